"""Lists of contacts: the index yields ids, rows are read by id, and the door opens them once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from confida_core.clock import now
from confida_core.contacts.content import ContactContent
from confida_core.contacts.custom_fields import FieldDefinition
from confida_core.contacts.indexing import ContactSource, index_fields
from confida_core.contacts.records import CONTACT
from confida_core.ids import new_id
from confida_core.index.conditions import size_of
from confida_core.index.entries import project_contact
from confida_core.index.phones import international_digits
from confida_core.index.plan import Scope
from confida_core.index.query import Ask, IndexPage, IndexQuery
from confida_core.installation import Installation
from confida_core.storage.batches import batches
from confida_core.storage.database import Row
from confida_core.vault.access import Access
from confida_core.vault.door import Opened

T = TypeVar("T")
COUNTED_EXACTLY = 10_000
EVERYBODY = 2**31
# A condition with more tests is not answered in the thread that answers everybody.
SHORT = 10
# What lists show of a row; every further column would be read and converted fifty times for nothing.
COLUMNS = "id, version, sealed, kind, owner_id, archived_at, deleted_at, touched_at"
COLUMNS_OF_PROGRAMS = COLUMNS + ", team_id, created_at, updated_at"


@dataclass(frozen=True, slots=True)
class ContactList:
    """contacts: opened, in the order of the list. count, exact: of all pages together (see `Ask.count`)."""

    contacts: tuple[Opened[ContactContent], ...]
    page: IndexPage
    count: int
    exact: bool


async def list_contacts(
    crm: Installation, access: Access, query: IndexQuery, *, definitions: Sequence[FieldDefinition] = ()
) -> ContactList:
    """One page, current as of this moment. Two queries of the data, whatever the number of rows; opens sealed data.

    definitions: of the custom fields that the condition may name. Raises InvalidCursor, InvalidCondition.
    """
    access.actor.require("contacts.read")
    await follow(crm, definitions)

    def ask(index: Ask) -> tuple[IndexPage, tuple[int, bool]]:
        return index.page(query), index.count(query, COUNTED_EXACTLY)

    page, (count, exact) = await answered(crm, query, ask)
    contacts = await opened_in_order(crm, access, page.ids)
    return ContactList(contacts, page, count, exact)


async def page_for_program(
    crm: Installation, access: Access, query: IndexQuery, *, definitions: Sequence[FieldDefinition] = ()
) -> tuple[tuple[Opened[ContactContent], ...], str | None]:
    """One page and the cursor of the next, for programs that read everything: not counted, with every operational column.

    One query of the data beside that of the change feed; opens sealed data. Raises InvalidCursor, InvalidCondition.
    """
    access.actor.require("contacts.read")
    await crm.index.catch_up(ContactSource(crm))
    if definitions:
        # Nothing may come between the two: other lists declare fields of their own.
        crm.index.declare(index_fields(crm, definitions))
    page = await answered(crm, query, lambda ask: ask.page(query))
    return await opened_in_order(crm, access, page.ids, COLUMNS_OF_PROGRAMS), page.next_cursor


async def answered(crm: Installation, query: IndexQuery, work: Callable[[Ask], T]) -> T:
    """What the index says. A long condition may take it seconds, in which everybody else goes on."""
    if size_of(query.condition) > SHORT:
        return await crm.index.run(work)
    return crm.index.inline(work)


async def neighbours_of(
    crm: Installation,
    access: Access,
    query: IndexQuery,
    contact_id: UUID,
    *,
    definitions: Sequence[FieldDefinition] = (),
) -> tuple[UUID | None, UUID | None]:
    """Ids of the contacts before and after this one in a list, None at its ends. Nothing is opened."""
    access.actor.require("contacts.read")
    await follow(crm, definitions)
    return await answered(crm, query, lambda ask: ask.neighbours(query, contact_id))


async def follow(crm: Installation, definitions: Sequence[FieldDefinition]) -> None:
    """Have the index know the fields and every change committed before now."""
    crm.index.declare(index_fields(crm, definitions))
    await crm.index.catch_up(ContactSource(crm))


async def opened_in_order(
    crm: Installation, access: Access, ids: Sequence[UUID], columns: str = COLUMNS
) -> tuple[Opened[ContactContent], ...]:
    """These contacts, without those in the trash and those this access may not see; one query, one opening.

    columns: which their rows have; `id`, `version` and `sealed` must be among them.
    """
    # By the number of the UUID, which hashes and compares ten times faster than the UUID itself.
    found: dict[int, Row] = {}
    for some in batches(ids):
        marks = ", ".join("?" * len(some))
        sql = f"SELECT {columns} FROM contact WHERE id IN ({marks}) AND deleted_at IS NULL"
        found |= {row["id"].int: row for row in await crm.data.fetch(sql, *some)}
    rows = [row for one in ids if (row := found.get(one.int)) is not None]
    return tuple(await crm.door.open(access, CONTACT, rows))


async def select_ids(
    crm: Installation,
    access: Access,
    scope: Scope,
    *,
    definitions: Sequence[FieldDefinition] = (),
    limit: int = 200_000,
) -> list[UUID]:
    """All contacts of a filter, by name, for exports and bulk work. Nothing is opened. Raises InvalidCondition."""
    access.actor.require("contacts.read")
    await follow(crm, definitions)
    found: list[UUID] = []
    cursor: str | None = None
    while len(found) < limit:
        page = await crm.index.page(
            IndexQuery(
                condition=scope.condition,
                text=scope.text,
                archived=scope.archived,
                restricted=scope.restricted,
                cursor=cursor,
                limit=500,
            )
        )
        found += page.ids
        cursor = page.next_cursor
        if cursor is None:
            break
    return found[:limit]


async def matching_ids(
    crm: Installation, access: Access, scope: Scope, *, definitions: Sequence[FieldDefinition] = ()
) -> tuple[UUID, ...]:
    """All contacts of a filter in the order of their making: a hundred thousand in one walk of the index.

    Nothing is opened. Not inside a transaction. Raises Forbidden, InvalidCondition.
    """
    access.actor.require("contacts.read")
    await follow(crm, definitions)
    return await crm.index.run(lambda ask: ask.every(scope))


async def count_matching(
    crm: Installation, access: Access, scope: Scope, *, definitions: Sequence[FieldDefinition] = ()
) -> int:
    """How many contacts a filter has, exactly. Not inside a transaction. Raises Forbidden, InvalidCondition."""
    access.actor.require("contacts.read")
    await follow(crm, definitions)
    return (await crm.index.count(scope, EVERYBODY))[0]


async def likely_contacts(
    crm: Installation, access: Access, text: str, *, limit: int = 8
) -> tuple[Opened[ContactContent], ...]:
    """Whom somebody most likely means who types this, best first; for the palette. Opens sealed data."""
    access.actor.require("contacts.read")
    await crm.index.catch_up(ContactSource(crm))
    return await opened_in_order(crm, access, crm.index.inline(lambda ask: ask.likely(text, limit)))


async def contacts_with_number(crm: Installation, number: str, *, limit: int = 5) -> list[UUID]:
    """Ids of the contacts that have this telephone number, the oldest first, for whoever notes who called.

    number: with country code, as `normal_phone` gives it; one of fewer than seven digits is nobody's. Restricted and archived
    contacts are among them, those in the trash not. Nothing is opened: who may see a contact is asked at its own gate.
    """
    await crm.index.catch_up(ContactSource(crm))
    digits = international_digits(number.partition(";")[0])
    ids = crm.index.inline(lambda ask: ask.numbered(digits, limit)) if digits else []
    if not ids:
        return []
    return await living(crm, ids)


async def contacts_with_address(crm: Installation, address: str, *, limit: int = 5) -> list[UUID]:
    """Ids of the contacts that have this mail address, the oldest first, for what came from there. As `contacts_with_number`."""
    await crm.index.catch_up(ContactSource(crm))
    ids = crm.index.inline(lambda ask: ask.addressed(address, limit)) if address else []
    return await living(crm, ids) if ids else []


async def living(crm: Installation, ids: Sequence[UUID]) -> list[UUID]:
    """Those of them that are not in the trash."""
    marks = ", ".join("?" * len(ids))
    rows = await crm.data.fetch(f"SELECT id FROM contact WHERE id IN ({marks}) AND deleted_at IS NULL", *ids)
    there = {row["id"] for row in rows}
    return [one for one in ids if one in there]


async def possible_duplicates(
    crm: Installation, access: Access, content: ContactContent, *, contact_id: UUID | None = None, limit: int = 5
) -> tuple[Opened[ContactContent], ...]:
    """Other contacts that share a mail address, telephone number, or name and birthday with this content.

    contact_id: whose content it is, None before it is stored.
    """
    access.actor.require("contacts.read")
    await crm.index.catch_up(ContactSource(crm))
    row = {"id": contact_id or new_id(), "kind": "", "created_at": now()}
    entry = project_contact(content, row, ())
    return await opened_in_order(crm, access, crm.index.inline(lambda ask: ask.candidates(entry, limit)))
