"""Breaches: the 72 hours, what Art. 33(5) asks for, and whose data it was, within minutes (RG-2, RG-3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from confida_consent.rights.breaches import (
    breach_of,
    change_breach,
    close_breach,
    list_breaches,
    open_breaches,
    record_breach,
    tell_authority,
    tell_persons,
)
from confida_consent.rights.breaches_affected import (
    affected_by_account,
    affected_by_backup,
    affected_by_file,
    affected_by_person_key,
    affected_by_unlock_key,
)
from confida_consent.rights.content import BreachFile
from confida_core.clock import now
from confida_core.contacts.people import visible_contact
from confida_core.contacts.validation import InvalidContent
from confida_core.ids import new_id
from confida_core.storage.database import VersionConflict
from confida_core.vault.access import Access, Actor, Forbidden, NotFound
from tests.consent.people import add_contact
from tests.core.interactions.cast import log, received

pytestmark = pytest.mark.anyio
FACTS = BreachFile(title="Lost laptop", facts="Left in a train.", consequences="None known.", measures="Keys changed.")
ALL = frozenset({"registers.read", "breaches.record", "contacts.read"})


def officer(permissions: frozenset[str] = ALL) -> Access:
    return Access(actor=Actor(id=new_id(), permissions=permissions), purpose="data_subject_rights", where="tests")


def with_risk(risk: str, **more: str) -> BreachFile:
    return BreachFile(
        **{name: getattr(FACTS, name) for name in ("title", "facts", "consequences", "measures")}, risk=risk, **more
    )


async def test_hours_count_from_our_knowledge(crm: Any) -> None:
    known = now() - timedelta(hours=10)
    breach_id = await record_breach(crm, officer(), BreachFile(title="Lost laptop"), known)
    found = await breach_of(crm, officer(), breach_id)
    assert found.clock(known).hours_left == 72
    assert found.clock(known + timedelta(hours=71, minutes=30)).hours_left == 0
    late = found.clock(known + timedelta(hours=72, seconds=1))
    assert (late.hours_left, late.late, late.stopped) == (-1, True, False)
    assert await open_breaches(crm) == [known + timedelta(hours=72)]


async def test_hours_stop_when_the_authority_is_told_and_phases_add_up(crm: Any) -> None:
    breach_id = await record_breach(crm, officer(), with_risk("risk"), now() - timedelta(hours=10))
    await tell_authority(crm, officer(), breach_id, "First words.")
    first = await breach_of(crm, officer(), breach_id)
    await tell_authority(crm, officer(), breach_id, "More words.")
    found = await breach_of(crm, officer(), breach_id)
    assert found.authority_told_at == first.authority_told_at
    assert [words in found.file.told_authority for words in ("First words.", "More words.")] == [True, True]
    assert found.clock(now() + timedelta(days=30)).hours_left == 61
    assert await open_breaches(crm) == []


async def test_breach_is_closed_only_with_what_the_law_asks_for(crm: Any) -> None:
    breach_id = await record_breach(crm, officer(), BreachFile(title="Lost laptop"), now())
    with pytest.raises(InvalidContent) as refused:
        await close_breach(crm, officer(), breach_id)
    assert list(refused.value.errors) == ["facts", "consequences", "measures", "risk"]
    await change_breach(crm, officer(), breach_id, with_risk("high"), now(), seen=1)
    with pytest.raises(InvalidContent, match=r".*"):
        await close_breach(crm, officer(), breach_id)
    await tell_authority(crm, officer(), breach_id, "All of it.")
    with pytest.raises(InvalidContent) as refused:
        await close_breach(crm, officer(), breach_id)
    assert refused.value.errors == {"text": "First tell the people."}
    await tell_persons(crm, officer(), breach_id, "In plain words.")
    await close_breach(crm, officer(), breach_id)
    with pytest.raises(InvalidContent):
        await tell_authority(crm, officer(), breach_id, "Too late.")


async def test_breach_without_risk_needs_the_reason_why(crm: Any) -> None:
    breach_id = await record_breach(crm, officer(), with_risk("unlikely"), now())
    with pytest.raises(InvalidContent) as refused:
        await close_breach(crm, officer(), breach_id)
    assert list(refused.value.errors) == ["reasons"]
    await change_breach(crm, officer(), breach_id, with_risk("unlikely", reasons="It was encrypted."), now(), seen=1)
    await close_breach(crm, officer(), breach_id)


async def test_two_who_write_at_once_do_not_overwrite_each_other(crm: Any) -> None:
    breach_id = await record_breach(crm, officer(), FACTS, now())
    await change_breach(crm, officer(), breach_id, with_risk("risk"), now(), seen=1)
    with pytest.raises(VersionConflict):
        await change_breach(crm, officer(), breach_id, FACTS, now(), seen=1)


async def test_each_step_is_audited_and_what_is_written_is_sealed(crm: Any) -> None:
    breach_id = await record_breach(crm, officer(), with_risk("risk"), now())
    await tell_authority(crm, officer(), breach_id, "Words.")
    await close_breach(crm, officer(), breach_id)
    rows = await crm.data.fetch("SELECT kind FROM audit_event WHERE target_id = ? ORDER BY id", breach_id)
    assert [row["kind"] for row in rows] == ["breach.recorded", "breach.authority_told", "breach.closed"]
    (row,) = await crm.data.fetch("SELECT sealed FROM rights_breach")
    assert b"laptop" not in row["sealed"]


async def test_breach_in_the_future_or_without_a_name_or_right_is_refused(crm: Any) -> None:
    with pytest.raises(InvalidContent):
        await record_breach(crm, officer(), FACTS, now() + timedelta(hours=1))
    with pytest.raises(InvalidContent) as refused:
        await record_breach(crm, officer(), BreachFile(risk="huge"), now())
    assert sorted(refused.value.errors) == ["risk", "title"]
    with pytest.raises(Forbidden):
        await record_breach(crm, officer(frozenset({"registers.read"})), FACTS, now())
    with pytest.raises(Forbidden):
        await list_breaches(crm, officer(frozenset()))
    with pytest.raises(NotFound):
        await breach_of(crm, officer(), new_id())


# Whose data, which fields


async def account(crm: Any) -> Any:
    from tests.web.client import make_account

    return await make_account(crm, "Mats", "staff")


async def look(crm: Any, account_id: Any, *contacts: Any) -> None:
    actor = Actor(id=account_id, permissions=frozenset({"contacts.read"}))
    for contact_id in contacts:
        await visible_contact(crm, Access(actor=actor, purpose="relationship", where="tests"), contact_id)


async def test_stolen_account_names_whom_it_saw_and_which_fields(crm: Any) -> None:
    ada, mats, zoe = [await add_contact(crm, name, f"{name}@example.org") for name in ("Ada", "Mats", "Zoe")]
    thief = await account(crm)
    await look(crm, thief, ada, mats, ada)
    found = await affected_by_account(crm, officer(), thief, now() - timedelta(hours=1), now() + timedelta(hours=1))
    assert [(one.contact_id, one.name, one.times) for one in found.people] == [(ada, "Ada", 2), (mats, "Mats", 1)]
    assert zoe not in {one.contact_id for one in found.people}
    groups = {group.label: group.fields for group in found.groups}
    assert "birthday" in groups["Contacts"]
    early = await affected_by_account(crm, officer(), thief, now() - timedelta(days=2), now() - timedelta(days=1))
    assert (early.count, early.groups) == (0, ())


async def test_key_of_one_person_names_what_lies_under_it(crm: Any) -> None:
    ada, mats = await add_contact(crm), await add_contact(crm, "Mats", "mats@example.org")
    await log(crm, ada, mats)
    found = await affected_by_person_key(crm, officer(), ada)
    assert {group.label: group.rows for group in found.groups} == {
        "Contacts": 1,
        "Change history of contacts": 1,
        "Interactions and tasks": 1,
    }
    with pytest.raises(NotFound):
        await affected_by_person_key(crm, officer(), new_id())


async def test_unlock_key_concerns_everybody(crm: Any) -> None:
    for name in ("Ada", "Mats", "Zoe"):
        await add_contact(crm, name, f"{name}@example.org")
    found = await affected_by_unlock_key(crm, officer())
    assert (found.count, len(found.people), found.unintelligible) == (3, 3, False)


async def test_backup_concerns_who_was_there_and_is_unreadable_without_the_keyring(crm: Any) -> None:
    ada = await add_contact(crm)
    await crm.data.fetch("UPDATE contact SET created_at = ?", datetime(2025, 1, 1, tzinfo=UTC))
    await add_contact(crm, "Mats", "mats@example.org")
    found = await affected_by_backup(crm, officer(), datetime(2025, 6, 1, tzinfo=UTC), with_keyring=False)
    assert ([one.contact_id for one in found.people], found.count, found.unintelligible) == ([ada], 1, True)
    worse = await affected_by_backup(crm, officer(), datetime(2025, 6, 1, tzinfo=UTC), with_keyring=True)
    assert worse.unintelligible is False


async def test_file_names_whose_it_is(crm: Any) -> None:
    ada, mats = await add_contact(crm), await add_contact(crm, "Mats", "mats@example.org")
    file = await received(crm)
    await log(crm, ada, files=[file])
    await log(crm, mats)
    found = await affected_by_file(crm, officer(), file.id)
    assert ([one.contact_id for one in found.people], found.unintelligible) == ([ada], True)
    with pytest.raises(NotFound):
        await affected_by_file(crm, officer(), new_id())
