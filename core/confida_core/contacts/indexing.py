"""What the index follows: contacts as they are now, opened by the program itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from confida_core.contacts.content import ContactContent
from confida_core.contacts.custom_fields import FieldDefinition, custom_fields
from confida_core.contacts.records import CONTACT
from confida_core.declarations import IndexField
from confida_core.index.core_fields import custom_index_fields
from confida_core.index.entries import IndexEntry, project_contact
from confida_core.installation import Installation
from confida_core.storage.database import Row
from confida_core.vault.access import system_access
from confida_core.vault.door import Opened

BATCH: Final = 1_000
COLUMNS: Final = "id, sealed, kind, owner_id, team_id, archived_at, created_at, touched_at"


@dataclass(frozen=True, slots=True)
class IndexChange:
    """One entry of the feed as the index wants it."""

    position: int
    table: str
    record_id: UUID


def index_fields(crm: Installation, definitions: Sequence[FieldDefinition]) -> tuple[IndexField, ...]:
    """Every field of the condition language: core's, the plugins', and the administrator's own."""
    return (*crm.registry.index_fields.values(), *custom_index_fields(definitions))


class ContactSource:
    """Reads the feed and the contacts for the index; see `index.index.Source`."""

    def __init__(self, crm: Installation) -> None:
        self._crm = crm

    async def position(self) -> int:
        return await self._crm.feed.head()

    async def oldest(self) -> int:
        return await self._crm.feed.tail()

    async def changes_after(self, position: int, limit: int) -> Sequence[IndexChange]:
        followed = {table for field in self._crm.registry.index_fields.values() for table in field.follows}
        return [
            IndexChange(change.position, CONTACT.name, change.subject_id)
            if change.record_table in followed and change.subject_id
            else IndexChange(change.position, change.record_table, change.record_id)
            for change in await self._crm.feed.after(position, limit)
        ]

    async def entries(self, ids: Sequence[UUID]) -> list[IndexEntry]:
        """Of those that exist and are not in the trash; opens sealed data, which is not logged as a read."""
        fields = index_fields(self._crm, await custom_fields(self._crm))
        rows = [row for row in await self._crm.records.rows(CONTACT, ids) if row["deleted_at"] is None]
        return await self._projected(rows, fields)

    async def all_entries(self) -> AsyncIterator[list[IndexEntry]]:
        """Every contact outside of the trash once, in the order of their ids, a thousand at a time."""
        fields = index_fields(self._crm, await custom_fields(self._crm))
        last = UUID(int=0)
        while rows := await self._crm.data.fetch(
            f"SELECT {COLUMNS} FROM contact WHERE id > ? AND deleted_at IS NULL ORDER BY id LIMIT ?", last, BATCH
        ):
            last = rows[-1]["id"]
            yield await self._projected(rows, fields)

    async def _projected(self, rows: Sequence[Row], fields: Sequence[IndexField]) -> list[IndexEntry]:
        opened = await self._crm.door.open(system_access("index"), CONTACT, rows)
        ids = [one.row["id"] for one in opened]
        gathered = {field.key: await field.gather(self._crm, ids) for field in fields if field.gather and ids}
        return [
            entry_of(self._crm, one, fields, {key: values.get(one.row["id"]) for key, values in gathered.items()})
            for one in opened
        ]


def entry_of(
    crm: Installation, opened: Opened[ContactContent], fields: Sequence[IndexField], gathered: Mapping[str, Any]
) -> IndexEntry:
    """The entry of one contact; whether it is restricted is known as of the last opening."""
    return project_contact(opened.content, operational_row(crm, opened.row), fields, gathered)


def operational_row(crm: Installation, row: Mapping[str, Any]) -> dict[str, Any]:
    """What fields of the index may know beside the content."""
    return {
        "id": row["id"],
        "kind": row["kind"],
        "owner": row["owner_id"],
        "team": row["team_id"],
        "archived": row["archived_at"] is not None,
        "restricted": crm.orders.restricted(row["id"]),
        "created_at": row["created_at"],
        "touched_at": row["touched_at"],
    }


async def values_of_contact(crm: Installation, contact_id: UUID) -> tuple[dict[str, IndexField], dict[str, Any]]:
    """Every field of the condition language, and what this contact has in each, as it is now and not as the index knows it.

    For rules that must decide at once, also within a transaction; no values if there is no such contact. Opens sealed data
    as the program itself, which is not logged as a read.
    """
    fields = index_fields(crm, await custom_fields(crm))
    opened = await crm.door.open(system_access("rules"), CONTACT, await crm.records.rows(CONTACT, [contact_id]))
    values: dict[str, Any] = {}
    for one in opened:
        row = operational_row(crm, one.row)
        for field in fields:
            gathered = await field.gather(crm, [contact_id]) if field.gather else {}
            values[field.key] = gathered.get(contact_id) if field.gather else field.value(one.content, row)
    return {field.key: field for field in fields}, values


async def catch_up_index(crm: Installation) -> None:
    """The index as of now, if there is one. Whoever writes about very many contacts calls it after each few hundred.

    Otherwise the next list that somebody opens would wait until all of them are read again.
    """
    if not crm.index.needs_rebuild:
        await crm.index.catch_up(ContactSource(crm))
