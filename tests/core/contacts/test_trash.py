"""The trash: back within thirty days, gone for good afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_core.clock import now
from confida_core.contacts.people import visible_contact
from confida_core.contacts.states import archive_contact
from confida_core.contacts.trash import list_trash, purge_contact, purge_trash, restore_contact, trash_contact
from confida_core.interactions.content import InteractionDraft
from confida_core.interactions.interactions import log_interaction, visible_interaction
from confida_core.vault.access import Forbidden, NotFound, system_access
from tests.core.contacts.cast import MATS, access_of, ada, make, make_ada

pytestmark = pytest.mark.anyio


async def age_trash(crm: Any, days: int) -> None:
    await crm.data.fetch("UPDATE contact SET deleted_at = ? WHERE deleted_at IS NOT NULL", now() - timedelta(days=days))


async def test_trashed_contact_is_gone_from_its_page_and_comes_back(crm: Any) -> None:
    contact_id = await make_ada(crm)
    await trash_contact(crm, access_of(), contact_id)
    with pytest.raises(NotFound):
        await visible_contact(crm, access_of(), contact_id)
    with pytest.raises(NotFound):
        await visible_contact(crm, access_of(MATS), contact_id, trashed=True)
    assert [one.row["id"] for one in await list_trash(crm, access_of())] == [contact_id]
    await restore_contact(crm, access_of(), contact_id)
    assert (await visible_contact(crm, access_of(), contact_id)).content == ada()
    assert await list_trash(crm, access_of()) == []


async def test_trash_needs_its_permission(crm: Any) -> None:
    contact_id = await make_ada(crm)
    for work in (trash_contact(crm, access_of(MATS), contact_id), list_trash(crm, access_of(MATS))):
        with pytest.raises(Forbidden):
            await work
    assert (await visible_contact(crm, access_of(), contact_id)).row["deleted_at"] is None


async def test_purge_waits_thirty_days(crm: Any) -> None:
    contact_id = await make_ada(crm)
    await trash_contact(crm, access_of(), contact_id)
    await age_trash(crm, 29)
    await purge_trash(crm, {})
    assert [one.row["id"] for one in await list_trash(crm, access_of())] == [contact_id]


async def test_purge_destroys_the_key_and_every_row_of_the_person_alone(crm: Any) -> None:
    contact_id, other = await make_ada(crm), await make(crm, "Other")
    sealed = (await crm.data.fetch("SELECT * FROM contact WHERE id = ?", contact_id))[0]
    await trash_contact(crm, access_of(), contact_id)
    await age_trash(crm, 31)
    await purge_trash(crm, {})
    left = {
        table: await crm.data.fetch(f"SELECT id FROM {table} WHERE {column} = ?", contact_id)
        for table, column in (("contact", "id"), ("contact_change", "subject_id"), ("shared_key", "subject_id"))
    }
    assert left == {"contact": [], "contact_change": [], "shared_key": []}
    from confida_core.contacts.records import CONTACT

    assert await crm.door.open(access_of(), CONTACT, [sealed]) == []
    assert (await visible_contact(crm, access_of(), other)).content.display_name == "Other"


async def test_contact_taken_back_while_the_trash_is_emptied_stays(crm: Any) -> None:
    """The job has read who is due; before it comes to the second, somebody takes that one back."""
    ids = sorted([await make_ada(crm), await make(crm, "Other")])
    for contact_id in ids:
        await trash_contact(crm, access_of(), contact_id)
    await age_trash(crm, 31)
    destroy = crm.keyring.destroy
    destroyed: list[UUID] = []

    async def slow(contact_id: UUID, classes: Any) -> Any:
        if not destroyed:
            await restore_contact(crm, access_of(), next(one for one in ids if one != contact_id))
        destroyed.append(contact_id)
        return await destroy(contact_id, classes)

    crm.keyring.destroy = slow
    await purge_trash(crm, {})
    del crm.keyring.destroy
    [kept] = [one for one in ids if one not in destroyed]
    assert (await visible_contact(crm, access_of(), kept)).row["deleted_at"] is None


async def test_nothing_is_written_about_a_contact_that_is_gone_meanwhile(crm: Any) -> None:
    contact_id = await make_ada(crm)
    ensure = crm.keyring.ensure

    async def erased_first(*args: Any) -> None:
        crm.keyring.ensure = ensure
        await purge_contact(crm, contact_id)
        await ensure(*args)

    crm.keyring.ensure = erased_first
    with pytest.raises(NotFound):
        await archive_contact(crm, access_of(), contact_id)
    assert await crm.data.fetch("SELECT id FROM contact_change WHERE subject_id = ?", contact_id) == []


async def test_contact_under_a_hold_stays_in_the_trash(crm: Any) -> None:
    held, other = await make_ada(crm), await make(crm, "Other")
    await crm.orders.give("hold", held)
    for contact_id in (held, other):
        await trash_contact(crm, access_of(), contact_id)
    await age_trash(crm, 31)
    await purge_trash(crm, {})
    assert [one.row["id"] for one in await list_trash(crm, access_of())] == [held]
    await crm.orders.lift("hold", held)
    await purge_trash(crm, {})
    assert await list_trash(crm, access_of()) == []


async def test_purge_takes_the_name_out_of_what_others_keep(crm: Any) -> None:
    contact_id, other = await make_ada(crm), await make(crm, "Other")
    name = (await visible_contact(crm, access_of(), contact_id)).content.display_name
    draft = InteractionDraft(kind="note", people=(contact_id, other), subject=f"{name} and Other")
    note = await log_interaction(crm, system_access("tests"), draft)
    await trash_contact(crm, access_of(), contact_id)
    await age_trash(crm, 31)
    await purge_trash(crm, {})
    opened = await visible_interaction(crm, system_access("tests"), note)
    assert (opened.content.subject, opened.people) == ("[erased] and Other", (other,))
