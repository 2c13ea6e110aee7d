"""The same for many contacts, and back again."""

from __future__ import annotations

from typing import Any

import pytest

from confida_core.contacts.bulk import archive_contacts, tag_contacts, undo_operation
from confida_core.contacts.history import changes_of
from confida_core.contacts.people import update_contact, visible_contact
from confida_core.contacts.states import restrict_contact
from confida_core.vault.access import Forbidden
from tests.core.contacts.cast import ZOE, access_of, ada, make_ada

pytestmark = pytest.mark.anyio


async def tags_of(crm: Any, contact_id: Any) -> list[str]:
    return list((await visible_contact(crm, access_of(), contact_id)).content.tags)


async def test_tags_are_added_and_removed_and_undone(crm: Any) -> None:
    first, second = await make_ada(crm, tags=["old"]), await make_ada(crm, tags=["new"])
    operation, count = await tag_contacts(crm, access_of(), [first, second, first], add=["new"], remove=["old"])
    assert (count, await tags_of(crm, first), await tags_of(crm, second)) == (1, ["new"], ["new"])
    assert (await changes_of(crm, access_of(), first))[0].operation_id == operation
    assert await undo_operation(crm, access_of(), operation) == 1
    assert (await tags_of(crm, first), await tags_of(crm, second)) == (["old"], ["new"])


async def test_undo_leaves_what_came_later(crm: Any) -> None:
    contact = await make_ada(crm)
    operation, _ = await tag_contacts(crm, access_of(), [contact], add=["spring"])
    await update_contact(crm, access_of(), contact, ada(tags=["spring", "summer"]), seen=2)
    assert await undo_operation(crm, access_of(), operation) == 1
    assert await tags_of(crm, contact) == ["summer"]


async def test_archiving_is_undone_where_it_was_done(crm: Any) -> None:
    first, second = await make_ada(crm), await make_ada(crm)
    await archive_contacts(crm, access_of(), [second])
    operation, count = await archive_contacts(crm, access_of(), [first, second])
    assert count == 1
    assert await undo_operation(crm, access_of(), operation) == 1
    rows = [(await visible_contact(crm, access_of(), one)).row for one in (first, second)]
    assert [row["archived_at"] is not None for row in rows] == [False, True]


async def test_restricted_contact_is_left_out(crm: Any) -> None:
    first, second = await make_ada(crm), await make_ada(crm)
    await restrict_contact(crm, access_of(), second)
    _, count = await tag_contacts(crm, access_of(), [first, second], add=["spring"])
    assert count == 1


async def test_more_than_a_batch_is_one_operation(crm: Any) -> None:
    from confida_core.contacts.content import ContactKind
    from confida_core.contacts.people import NewContact, create_many

    news = [NewContact(kind=ContactKind.PERSON, content=ada()) for _ in range(210)]
    ids = await create_many(crm, access_of(), news)
    operation, count = await tag_contacts(crm, access_of(), ids, add=["spring"])
    assert (count, await undo_operation(crm, access_of(), operation)) == (210, 210)


async def test_outsider_changes_nothing(crm: Any) -> None:
    contact = await make_ada(crm)
    with pytest.raises(Forbidden):
        await tag_contacts(crm, access_of(ZOE), [contact], add=["spring"])
    assert await tags_of(crm, contact) == []
