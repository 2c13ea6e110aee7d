"""Legal holds: what they stop, that they are seen, and that words and order survive whatever comes between."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from confida_consent.erasing import erase_evidence
from confida_consent.events import record_event as record_consent
from confida_consent.rights.content import HoldNote
from confida_consent.rights.erasure import ErasureBlocked, erase_person
from confida_consent.rights.holds import (
    give_hold,
    held,
    held_among,
    lift_hold,
    list_holds,
    review_hold,
    reviews_due,
    today_of,
)
from confida_core.contacts.trash import purge_trash
from confida_core.contacts.validation import InvalidContent
from confida_core.ids import new_id
from confida_core.vault.access import Access, Actor, Forbidden, NotFound, system_access
from tests.consent.people import SYSTEM, add_contact, says

pytestmark = pytest.mark.anyio
NOTE = HoldNote(name="Case 7/2026", reason="A claim about an invoice is before the court.", owner="Olga")
OFFICER = frozenset({"registers.read", "retention.manage", "requests.decide"})


def officer(permissions: frozenset[str] = OFFICER) -> Access:
    return Access(actor=Actor(id=new_id(), permissions=permissions), purpose="data_subject_rights", where="tests")


async def hold(crm: Any, contact_id: Any, days: int = 90) -> Any:
    return await give_hold(crm, officer(), contact_id, NOTE, today_of(crm) + timedelta(days=days))


async def there(crm: Any, contact_id: Any) -> bool:
    return bool(await crm.data.fetch("SELECT id FROM contact WHERE id = ?", contact_id))


async def test_given_hold_stands_beside_the_keys_and_its_words_are_sealed(crm: Any) -> None:
    ada, mats = await add_contact(crm), await add_contact(crm, "Mats", "mats@example.org")
    hold_id = await hold(crm, ada)
    assert await held(crm, ada) is True
    assert await held_among(crm, [ada, mats]) == {ada}
    (found,) = await list_holds(crm, officer())
    assert (found.id, found.contact_id, found.note, found.in_force) == (hold_id, ada, NOTE, True)
    (row,) = await crm.data.fetch("SELECT sealed FROM rights_hold")
    assert b"invoice" not in row["sealed"]


async def test_hold_stops_erasure_trash_and_the_end_of_proof(crm: Any) -> None:
    ada = await add_contact(crm)
    await record_consent(crm, SYSTEM, says(ada, "given"))
    await hold(crm, ada)
    with pytest.raises(ErasureBlocked):
        await erase_person(crm, system_access("tests", "data_subject_rights"), ada)
    await crm.data.fetch("UPDATE contact SET deleted_at = created_at WHERE id = ?", ada)
    await crm.data.fetch("UPDATE contact SET deleted_at = ? WHERE id = ?", (await long_ago(crm, ada)), ada)
    await purge_trash(crm, {})
    assert (await erase_evidence(crm, [ada])).held == {ada}
    assert await there(crm, ada)


async def long_ago(crm: Any, contact_id: Any) -> Any:
    rows = await crm.data.fetch("SELECT created_at FROM contact WHERE id = ?", contact_id)
    return rows[0]["created_at"] - timedelta(days=60)


async def test_lifted_hold_no_longer_stops_anything(crm: Any) -> None:
    ada = await add_contact(crm)
    hold_id = await hold(crm, ada)
    await crm.data.fetch("UPDATE contact SET deleted_at = ? WHERE id = ?", await long_ago(crm, ada), ada)
    await lift_hold(crm, officer(), hold_id)
    assert await held(crm, ada) is False
    await purge_trash(crm, {})
    assert not await there(crm, ada)
    (lifted,) = await list_holds(crm, officer(), lifted=True)
    assert (lifted.id, lifted.in_force, lifted.lifted_at is not None) == (hold_id, False, True)


async def test_two_holds_stop_until_both_are_lifted(crm: Any) -> None:
    ada = await add_contact(crm)
    first, second = await hold(crm, ada), await hold(crm, ada)
    await lift_hold(crm, officer(), first)
    assert await held(crm, ada) is True
    await lift_hold(crm, officer(), second)
    await lift_hold(crm, officer(), second)
    assert await held(crm, ada) is False


async def test_each_step_stands_in_the_audit_trail_once(crm: Any) -> None:
    ada = await add_contact(crm)
    hold_id = await hold(crm, ada)
    await review_hold(crm, officer(), hold_id, today_of(crm) + timedelta(days=5))
    await lift_hold(crm, officer(), hold_id)
    await lift_hold(crm, officer(), hold_id)
    rows = await crm.data.fetch("SELECT kind, target_id FROM audit_event WHERE kind LIKE 'hold.%' ORDER BY id")
    assert [(row["kind"], row["target_id"]) for row in rows] == [
        ("hold.given", ada),
        ("hold.reviewed", ada),
        ("hold.lifted", ada),
    ]


async def test_hold_whose_words_an_older_backup_forgot_is_shown_and_can_be_lifted(crm: Any) -> None:
    ada = await add_contact(crm)
    await hold(crm, ada)
    await crm.data.fetch("DELETE FROM rights_hold")
    (found,) = await list_holds(crm, officer())
    assert (found.note.name, found.in_force, found.review_due(today_of(crm))) == ("", True, True)
    assert await reviews_due(crm) == 1
    await lift_hold(crm, officer(), found.id)
    assert await held(crm, ada) is False


async def test_row_that_a_backup_brought_back_after_the_lifting_holds_nothing(crm: Any) -> None:
    ada = await add_contact(crm)
    hold_id = await hold(crm, ada)
    await lift_hold(crm, officer(), hold_id)
    await crm.data.fetch("UPDATE rights_hold SET lifted_at = NULL, lifted_by = NULL")
    assert await list_holds(crm, officer()) == []
    assert await held(crm, ada) is False


async def test_review_is_due_on_its_day(crm: Any) -> None:
    ada = await add_contact(crm)
    await hold(crm, ada)
    assert await reviews_due(crm) == 0
    await crm.data.fetch("UPDATE rights_hold SET review_on = ?", today_of(crm))
    assert await reviews_due(crm) == 1


@pytest.mark.parametrize("field", ["name", "reason", "owner", "review_on"])
async def test_hold_without_what_it_needs_is_refused_by_field(crm: Any, field: str) -> None:
    ada = await add_contact(crm)
    words = {"name": "Case", "reason": "A claim.", "owner": "Olga"} | ({} if field == "review_on" else {field: " "})
    day = today_of(crm) + timedelta(days=0 if field == "review_on" else 1)
    with pytest.raises(InvalidContent) as refused:
        await give_hold(crm, officer(), ada, HoldNote(**words), day)
    assert list(refused.value.errors) == [field]
    assert await held(crm, ada) is False


async def test_hold_needs_its_permission_and_a_contact(crm: Any) -> None:
    ada, day = await add_contact(crm), today_of(crm) + timedelta(days=1)
    with pytest.raises(Forbidden):
        await give_hold(crm, officer(frozenset({"registers.read"})), ada, NOTE, day)
    with pytest.raises(NotFound):
        await give_hold(crm, officer(), new_id(), NOTE, day)
    with pytest.raises(NotFound):
        await lift_hold(crm, officer(), new_id())
    with pytest.raises(NotFound):
        await review_hold(crm, officer(), new_id(), day)
