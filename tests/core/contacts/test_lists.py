"""The list of contacts: found, sorted, paged, counted, and read with a fixed number of queries."""

from __future__ import annotations

from threading import get_ident
from typing import Any

import pytest

from confida_core.contacts.content import EmailAddress
from confida_core.contacts.custom_fields import custom_fields, define_field
from confida_core.contacts.indexing import ContactSource
from confida_core.contacts.lists import (
    answered,
    likely_contacts,
    list_contacts,
    page_for_program,
    possible_duplicates,
    select_ids,
)
from confida_core.contacts.people import update_contact
from confida_core.contacts.states import archive_contact, restrict_contact, unrestrict_contact
from confida_core.contacts.trash import purge_contact, restore_contact, trash_contact
from confida_core.index.conditions import All, Not, Test
from confida_core.index.conditions import Any as AnyOf
from confida_core.index.plan import Scope
from confida_core.index.query import IndexQuery
from confida_core.vault.access import Forbidden
from tests.core.contacts.cast import ZOE, access_of, ada, make, make_ada

pytestmark = pytest.mark.anyio


async def names(crm: Any, **query: Any) -> list[str]:
    found = await list_contacts(crm, access_of(), IndexQuery(**query), definitions=await custom_fields(crm))
    return [one.content.display_name for one in found.contacts]


async def test_two_word_beginnings_find_a_contact(crm: Any) -> None:
    await make_ada(crm)
    await make(crm, "Ada Byron")
    assert await names(crm, text="lov ad") == ["Ada Lovelace"]
    assert sorted(await names(crm, text="ada")) == ["Ada Byron", "Ada Lovelace"]
    assert await names(crm, text="nobody") == []


async def test_list_follows_each_write(crm: Any) -> None:
    contact_id = await make_ada(crm)
    assert await names(crm) == ["Ada Lovelace"]
    await update_contact(crm, access_of(), contact_id, ada(display_name="Ada King"), seen=1)
    assert await names(crm, text="king") == ["Ada King"]
    await archive_contact(crm, access_of(), contact_id)
    assert (await names(crm), await names(crm, archived=True)) == ([], ["Ada King"])


async def test_hidden_contacts_leave_the_list_and_return(crm: Any) -> None:
    first, second = await make(crm, "First"), await make(crm, "Second")
    await restrict_contact(crm, access_of(), first)
    await trash_contact(crm, access_of(), second)
    assert (await names(crm), await names(crm, restricted=None)) == ([], [])
    await unrestrict_contact(crm, access_of(purpose="data_subject_rights"), first)
    await restore_contact(crm, access_of(), second)
    assert await names(crm) == ["First", "Second"]
    await purge_contact(crm, first)
    assert await names(crm) == ["Second"]


async def test_pages_go_forth_and_back(crm: Any) -> None:
    for number in range(5):
        await make(crm, f"Person {number}")
    first = await list_contacts(crm, access_of(), IndexQuery(limit=2))
    assert (first.count, first.exact, first.page.previous_cursor) == (5, True, None)
    second = await list_contacts(crm, access_of(), IndexQuery(limit=2, cursor=first.page.next_cursor))
    assert [one.content.display_name for one in second.contacts] == ["Person 2", "Person 3"]
    back = await list_contacts(crm, access_of(), IndexQuery(limit=2, cursor=second.page.previous_cursor))
    assert [one.row["id"] for one in back.contacts] == [one.row["id"] for one in first.contacts]


async def test_condition_on_a_custom_field(crm: Any) -> None:
    await define_field(crm, access_of(), label="Colour", type="choice", choices=["red", "blue"])
    await make(crm, "Red", custom={"colour": "red"})
    await make(crm, "Blue", custom={"colour": "blue"})
    condition = Test("custom.colour", "is", "red")
    assert await names(crm, condition=condition) == ["Red"]
    definitions = await custom_fields(crm)
    ids = await select_ids(crm, access_of(), Scope(condition=condition), definitions=definitions)
    assert len(ids) == 1


@pytest.mark.parametrize("rows", [1, 3])
async def test_list_costs_two_queries_whatever_its_length(crm: Any, rows: int) -> None:
    for number in range(rows):
        await make(crm, f"Person {number}")
    await names(crm)
    seen: list[str] = []
    crm.data.observers.append(seen.append)
    access = access_of()
    access.deferred = True
    found = await list_contacts(crm, access, IndexQuery())
    crm.data.observers.clear()
    assert len(found.contacts) == rows
    # What changed, and the rows.
    assert [sql.split(" ", 1)[0] for sql in seen] == ["SELECT", "SELECT"]


async def test_list_counts_as_a_read_of_everybody_on_it(crm: Any) -> None:
    contact_id = await make_ada(crm)
    before = len(await crm.door.read_log.of(contact_id))
    await names(crm)
    assert len(await crm.door.read_log.of(contact_id)) == before + 1


async def test_outsider_gets_no_list(crm: Any) -> None:
    with pytest.raises(Forbidden):
        await list_contacts(crm, access_of(ZOE), IndexQuery())


async def test_palette_and_duplicates(crm: Any) -> None:
    first = await make_ada(crm)
    second = await make(crm, "A. Lovelace", emails=[EmailAddress(address="ADA@example.org")])
    assert [one.row["id"] for one in await likely_contacts(crm, access_of(), "ada lov")] == [first, second]
    found = await possible_duplicates(crm, access_of(), ada(), contact_id=first)
    assert [one.row["id"] for one in found] == [second]


async def test_rebuilt_index_answers_as_the_followed_one(crm: Any) -> None:
    for number in range(3):
        await make(crm, f"Person {number}", tags=["donor"] if number else [])
    await make(crm, "Gone")
    await trash_contact(crm, access_of(), (await select_ids(crm, access_of(), Scope(text="gone")))[0])
    followed = await names(crm, condition=Test("tags", "has", "donor"))
    await crm.index.rebuild(ContactSource(crm))
    assert await names(crm, condition=Test("tags", "has", "donor")) == followed == ["Person 1", "Person 2"]
    assert await names(crm) == ["Person 0", "Person 1", "Person 2"]


async def test_long_condition_is_not_answered_in_the_thread_that_answers_everybody(crm: Any) -> None:
    await make_ada(crm)
    here, long = get_ident(), AnyOf(tuple(Test("name", "contains", f"x{number}") for number in range(190)))
    for condition, elsewhere in ((Test("name", "contains", "ada"), False), (Not(All((long,))), True)):
        asked = IndexQuery(condition=condition)
        assert (await answered(crm, asked, lambda _: get_ident()) != here) is elsewhere
        assert await names(crm, condition=condition) == ["Ada Lovelace"]
        [one], following = await page_for_program(crm, access_of(), asked)
        assert (one.content.display_name, following) == ("Ada Lovelace", None)
