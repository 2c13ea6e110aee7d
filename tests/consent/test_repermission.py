"""Asking many people anew: once each, by a mail that asks and nothing else, and never those who said no."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from confida_consent.events import IndicationRefused, record_event, states_of
from confida_consent.repermission import ask_again, ask_batch, repermission_of
from confida_consent.tables import ConsentEvent, ConsentToken
from confida_core.clock import now
from confida_core.contacts.trash import trash_contact
from confida_core.ids import new_id
from confida_core.jobs.arguments import decoded
from confida_core.outbound.content import OUTBOUND
from confida_core.vault.access import Forbidden, system_access
from confida_core.vault.suppressions import suppress
from tests.consent.people import RECORDING, SYSTEM, add_contact, person, says, staff

pytestmark = pytest.mark.anyio
ASKING = staff(RECORDING | {"outbound.send"})


async def run_queued(crm: Any) -> None:
    for row in await crm.data.fetch("SELECT arguments FROM job WHERE key = 'consent.ask_again'"):
        await ask_batch(crm, decoded(row["arguments"]))


async def mails(crm: Any) -> list[Any]:
    rows = await crm.data.fetch("SELECT * FROM outbound_message ORDER BY id")
    opened: list[Any] = await crm.door.open(system_access("tests"), OUTBOUND, rows)
    return opened


async def test_people_are_asked_once_however_often_the_job_runs(crm: Any) -> None:
    ada, mats = await add_contact(crm), await add_contact(crm, "Mats", "mats@example.org")
    planned = await ask_again(crm, ASKING, [ada, mats, ada], "newsletter")

    await run_queued(crm)
    await run_queued(crm)

    sent = await mails(crm)
    assert (planned.asked, planned.left_out) == ([ada, mats], {})
    assert [(await states_of(crm, each))["newsletter", "email"].state for each in (ada, mats)] == ["requested"] * 2
    assert sorted((item.row["contact_id"], item.content.to) for item in sent) == sorted(
        [(ada, "ada@example.org"), (mats, "mats@example.org")]
    )
    assert {item.row["purpose"] for item in sent} == {"consent_confirmation"}
    assert (await ConsentEvent.count(), await ConsentToken.count()) == (2, 2)
    for item in sent:
        assert item.content.text.count("/my/confirm/") == 1


async def test_nobody_is_asked_who_said_no_or_may_not_be_written_to(crm: Any) -> None:
    people = [await add_contact(crm, f"P{n}", f"p{n}@example.org") for n in range(7)]
    refused, ordered, listed, stands, restricted, trashed, lapsed = people
    await record_event(crm, person(refused), says(refused, "refused"))
    await crm.orders.give("objection", ordered, purpose="", channel="email")
    await suppress(crm, "email", "p2@example.org")
    await record_event(crm, person(stands), says(stands, "given"))
    await crm.orders.give("restriction", restricted)
    await trash_contact(crm, system_access("tests"), trashed)
    await record_event(
        crm,
        SYSTEM,
        says(lapsed, "given", indicated_at=now() - timedelta(days=9), valid_until=now() - timedelta(days=1)),
    )

    planned = await ask_again(crm, ASKING, people, "newsletter")
    await run_queued(crm)

    assert (planned.asked, planned.left_out) == (
        [lapsed],
        {
            refused: "said_no",
            ordered: "said_no",
            listed: "suppressed",
            stands: "stands",
            restricted: "restricted",
            trashed: "in_trash",
        },
    )
    assert [item.row["contact_id"] for item in await mails(crm)] == [lapsed]


async def test_no_after_the_list_was_made_is_respected(crm: Any) -> None:
    ada = await add_contact(crm)
    await ask_again(crm, ASKING, [ada], "newsletter")
    await record_event(crm, person(ada), says(ada, "refused"))

    await run_queued(crm)

    assert (await mails(crm), (await states_of(crm, ada))["newsletter", "email"].state) == ([], "refused")


async def test_standing_consent_is_asked_again_only_if_wanted(crm: Any) -> None:
    ada = await add_contact(crm)
    await record_event(crm, person(ada), says(ada, "given"))

    asked = [(await repermission_of(crm, ASKING, [ada], "newsletter", renew=renew)).asked for renew in (False, True)]

    assert asked == [[], [ada]]


async def test_job_cut_short_between_request_and_mail_is_made_good(crm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await add_contact(crm)
    await ask_again(crm, ASKING, [ada], "newsletter")

    async def killed(*_: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr("confida_consent.repermission.send_batch", killed)
        with pytest.raises(ConnectionError):
            await run_queued(crm)
    await asyncio.gather(run_queued(crm))

    assert (await ConsentEvent.count(), len(await mails(crm))) == (1, 1)


async def test_asking_needs_rights_and_a_purpose_people_consent_to_by_mail(crm: Any) -> None:
    for access in (staff(), staff(frozenset({"outbound.send"}))):
        with pytest.raises(Forbidden):
            await ask_again(crm, access, [new_id()], "newsletter")
    with pytest.raises(IndicationRefused):
        await ask_again(crm, ASKING, [new_id()], "customer_offers")
    assert (await ask_again(crm, ASKING, [new_id()], "newsletter")).asked == []
    assert await crm.data.fetch("SELECT id FROM job WHERE key = 'consent.ask_again'") == []
