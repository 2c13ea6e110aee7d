"""The suppression list in the hands of people: adding, looking up, lifting, reading lists, and what a new consent does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from confida_consent.answers import Reason
from confida_consent.content import Evidence
from confida_consent.events import record_event
from confida_consent.gate import may
from confida_consent.purposes import save_purpose
from confida_consent.registers import register_read_at
from confida_consent.suppression import (
    EVERYTHING,
    MARKETING,
    SuppressionRefused,
    add_suppression,
    lift,
    lookup,
    suppress_contact,
)
from confida_consent.suppression_lists import AT_ONCE, JOB, import_list, run_list
from confida_core.accounts.audit import list_events
from confida_core.clock import now
from confida_core.contacts.content import EmailAddress
from confida_core.storage.sealed_files import only
from confida_core.vault.access import Forbidden
from confida_core.vault.suppressions import suppressed, suppression_list
from tests.consent.gate_cast import MANAGER, make_contact, own_purpose
from tests.consent.people import LETTER, SYSTEM, person, says, staff

pytestmark = pytest.mark.anyio
MAIL = "ada@example.org"


async def purposes_of(crm: Any, address: str = MAIL) -> list[str]:
    return [entry.purpose for entry in await lookup(crm, MANAGER, "email", address)]


async def test_address_is_added_found_and_lifted_with_a_trail_of_ids(crm: Any) -> None:
    order = await add_suppression(crm, MANAGER, "email", " ADA@example.org ")
    assert await add_suppression(crm, MANAGER, "email", MAIL) == order
    assert [entry.id for entry in await lookup(crm, staff(), "email", MAIL)] == [order]
    assert await lift(crm, MANAGER, "email", MAIL, reason="mistake") == 1
    assert await purposes_of(crm) == []
    trail = [
        (event.kind, event.target_id, event.target_kind)
        for event in await list_events(crm, MANAGER, kind="suppression")
    ]
    added = ("suppression.added", order, "suppression")
    assert trail == [("suppression.lifted", order, "mistake"), added, added]


async def test_nobody_changes_the_list_without_the_right_or_with_nonsense(crm: Any) -> None:
    with pytest.raises(Forbidden):
        await add_suppression(crm, staff(), "email", MAIL)
    with pytest.raises(Forbidden):
        await lift(crm, staff(), "email", MAIL, reason="mistake")
    for channel, address, reason in (
        ("email", "no address", "mistake"),
        ("profiling", MAIL, "mistake"),
        ("email", MAIL, "new_consent"),
    ):
        with pytest.raises(SuppressionRefused):
            await lift(crm, MANAGER, channel, address, reason=reason)


async def test_rt6_consent_of_the_person_overrides_for_its_purpose_and_leaves_all_other_marketing_off(crm: Any) -> None:
    ada = await make_contact(crm)
    for key in ("press", "events"):
        await save_purpose(crm, MANAGER, own_purpose(key))
        await record_event(crm, SYSTEM, says(ada, "given", purpose=key, method="paper", evidence=LETTER))
    await add_suppression(crm, MANAGER, "email", MAIL)
    given = await record_event(crm, person(ada), says(ada, "given"))
    assert await purposes_of(crm) == ["-newsletter"]
    reasons = [
        (await may(crm, ada, key, "email")).reason for key in ("newsletter", "press", "events", "customer_offers")
    ]
    assert reasons == [Reason.CONSENT, Reason.SUPPRESSED, Reason.SUPPRESSED, Reason.SUPPRESSED]
    assert (await may(crm, ada, "newsletter", "email")).event_id == given.id
    await record_event(crm, staff(), says(ada, "given", purpose="press", method="paper", evidence=LETTER))
    assert await purposes_of(crm) == ["-newsletter,press"]
    assert not await suppressed(crm, "email", MAIL, "press")
    assert await suppressed(crm, "email", MAIL, "events")


async def test_entry_of_one_purpose_is_lifted_by_consent_to_it_and_one_about_everything_is_not(crm: Any) -> None:
    ada = await make_contact(crm)
    await add_suppression(crm, MANAGER, "email", MAIL, purpose="newsletter")
    await record_event(crm, person(ada), says(ada, "given"))
    assert await purposes_of(crm) == []
    await add_suppression(crm, MANAGER, "email", MAIL, purpose=EVERYTHING)
    await record_event(crm, person(ada), says(ada, "renewed"))
    assert await purposes_of(crm) == [EVERYTHING]
    assert (await may(crm, ada, "newsletter", "email")).reason == Reason.SUPPRESSED


async def test_consent_for_one_address_leaves_the_other_on_the_list(crm: Any) -> None:
    ada = await make_contact(crm, emails=[EmailAddress(address=MAIL), EmailAddress(address="a@example.org")])
    await suppress_contact(crm, ada, "email")
    await record_event(crm, person(ada), says(ada, "given", evidence=Evidence(address=MAIL)))
    assert await purposes_of(crm) == ["-newsletter"]
    assert await purposes_of(crm, "a@example.org") == [MARKETING]


async def test_suppression_after_the_consent_stays(crm: Any) -> None:
    ada = await make_contact(crm)
    await record_event(crm, person(ada), says(ada, "given"))
    await add_suppression(crm, MANAGER, "email", MAIL)
    assert (await may(crm, ada, "newsletter", "email")).reason == Reason.SUPPRESSED
    assert await purposes_of(crm) == [MARKETING]


async def test_consent_said_by_the_program_overrides_nothing(crm: Any) -> None:
    ada = await make_contact(crm)
    await add_suppression(crm, MANAGER, "email", MAIL)
    await record_event(crm, SYSTEM, says(ada, "given", method="system", evidence=LETTER))
    assert await purposes_of(crm) == [MARKETING]


async def test_every_address_of_a_contact_is_suppressed_at_once(crm: Any) -> None:
    ada = await make_contact(crm, emails=[EmailAddress(address=MAIL), EmailAddress(address="a@example.org")])
    assert len(await suppress_contact(crm, ada, "email")) == 2
    assert [await suppressed(crm, "email", address) for address in (MAIL, "a@example.org")] == [True, True]


@pytest.mark.parametrize(
    ("text", "added", "unreadable"),
    [
        ("name;e-mail\nAda;ada@example.org\nMats;MATS@example.org\nZoe;\n", 2, 1),
        ("ada@example.org\nmats@example.org\nADA@example.org\n", 2, 0),
        ("e-mail\nnot an address\nada@example.org\n", 1, 1),
    ],
)
async def test_list_is_read_with_and_without_headings(crm: Any, text: str, added: int, unreadable: int) -> None:
    outcome = await import_list(crm, MANAGER, "list.csv", only(text.encode()), channel="email")
    assert (outcome.added, outcome.unreadable, outcome.waiting) == (added, unreadable, False)
    assert await purposes_of(crm) == [MARKETING]
    assert await crm.data.fetch("SELECT id FROM sealed_file") == []


async def test_long_list_is_read_by_a_job_and_taking_it_twice_changes_nothing(crm: Any) -> None:
    rows = "".join(f"p{number}@example.org\n" for number in range(AT_ONCE + 1))
    outcome = await import_list(crm, MANAGER, "list.csv", only(rows.encode()), channel="email", register="A register")
    assert (outcome.rows, outcome.waiting) == (AT_ONCE + 1, True)
    assert await register_read_at(crm, "A register") is None
    file_id = (await crm.data.fetch("SELECT id FROM sealed_file"))[0]["id"]
    assert [row["key"] for row in await crm.data.fetch("SELECT key FROM job WHERE key = ?", JOB)] == [JOB]
    for _ in range(2):
        await run_list(crm, {"file_id": file_id, "position": 0})
    assert [entry.count for entry in await suppression_list(crm)] == [AT_ONCE + 1]
    assert await register_read_at(crm, "A register") is not None
    assert await suppressed(crm, "email", f"p{AT_ONCE}@example.org")


async def test_yes_of_an_earlier_date_than_the_no_takes_nothing_off_the_list(crm: Any) -> None:
    ada = await make_contact(crm)
    await record_event(crm, person(ada), says(ada, "given"))
    withdrawn = await record_event(crm, person(ada), says(ada, "withdrawn"))
    await suppress_contact(crm, ada, "email", event_id=withdrawn.id)
    earlier = now() - timedelta(days=30)
    await record_event(crm, staff(), says(ada, "given", method="paper", evidence=LETTER, indicated_at=earlier))
    assert await purposes_of(crm) == [MARKETING]
    other = await make_contact(crm, "Mats")
    await record_event(crm, staff(), says(other, "given", method="paper", evidence=LETTER, indicated_at=earlier))
    assert await purposes_of(crm) == [MARKETING]
