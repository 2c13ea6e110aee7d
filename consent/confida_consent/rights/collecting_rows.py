"""Reading the rows that lead to one person: a batch at a time, opened through the door, without anybody else's ids."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from confida_consent.rights.parts import Group, Item, Part, Whom
from confida_core.declarations import RecordDeclaration, TableDeclaration
from confida_core.installation import Installation
from confida_core.storage.batches import batches
from confida_core.storage.database import Row
from confida_core.vault.access import SYSTEM_ID, system_access
from confida_core.vault.door import Opened

INTERNAL = frozenset({"sealed", "version"})
# Columns that hold who did something; the account may be gone, and then its id looks like any other.
ACTORS = frozenset({"actor_id", "assignee_id"})
MADE = ("at", "created_at", "recorded_at", "received_at", "started_at", "given_at")
ACCESS = system_access("answer package", "data_subject_rights")


class RowReader:
    """Reads rows about one contact, `size` at a time."""

    def __init__(self, crm: Installation, contact_id: UUID, size: int) -> None:
        self.crm, self.contact_id, self.size = crm, contact_id, size

    async def records(self, group: Group, record: RecordDeclaration) -> AsyncIterator[Part]:
        """The rows of a sealed table: those of the person, those whose key is wrapped for them, those said to lead there."""
        async for rows in self._pages(record.name, condition_of(record)):
            opened = await self.crm.door.open(ACCESS, record, rows)
            known = await self._known([*map(columns_of, rows), *(plain(record, one) for one in opened)])
            items = tuple(self._item(group, record, one, known) for one in opened)
            yield Part(group=group, items=items, unreadable=len(rows) - len(opened))

    async def rows(self, group: Group, table: TableDeclaration) -> AsyncIterator[Part]:
        """The rows of an operational table that name the person."""
        async for rows in self._pages(table.table._meta.tablename, f"{table.subject} = ?"):
            columns = [columns_of(row) for row in rows]
            known = await self._known(columns)
            items = tuple(
                Item(id=row["id"], columns=without_others(each, known), at=made_at(row), source=self._maker(row, group))
                for row, each in zip(rows, columns, strict=True)
            )
            yield Part(group=group, items=items)

    async def _pages(self, table: str, condition: str) -> AsyncIterator[list[Row]]:
        after: UUID | None = None
        while True:
            later = "" if after is None else "AND id > ? "
            rows = await self.crm.data.fetch(
                f"SELECT * FROM {table} WHERE {condition} {later}ORDER BY id LIMIT ?",
                self.contact_id, *(() if after is None else (after,)), self.size,
            )  # fmt: skip
            if rows:
                yield rows
            if len(rows) < self.size:
                return
            after = rows[-1]["id"]

    def _item(self, group: Group, record: RecordDeclaration, one: Opened[Any], known: Mapping[UUID, Whom]) -> Item:
        answer = record.answer
        hidden = answer.left_out
        columns = {name: value for name, value in columns_of(one.row).items() if name not in hidden}
        provided = answer.provided(one.row, one.content) if answer.provided and not self._others(one) else {}
        return Item(
            id=one.row["id"],
            columns=without_others(columns, known),
            content=without_others(plain(record, one), known),
            source=self._maker(one.row, group),
            at=made_at(one.row),
            others=self._others(one),
            provided=without_others(dict(provided), known),
        )

    def _others(self, one: Opened[Any]) -> int:
        return sum(1 for person in one.people if person != self.contact_id) if self.contact_id in one.people else 0

    def _maker(self, row: Row, group: Group) -> str:
        """Where an item comes from, as far as the row says who wrote it; else as the group usually does (item 9)."""
        maker = next((row[name] for name in ("created_by", "made_by", "actor_id", "started_by") if row.get(name)), None)
        if maker == self.contact_id:
            return "You entered it yourself."
        if maker == SYSTEM_ID:
            return "This program noted it."
        return group.source or ("Somebody who works for us entered it." if maker else "This program noted it.")

    async def _known(self, values: Sequence[Any]) -> dict[UUID, Whom]:
        """Who stands behind the ids in these values: one question for contacts, one for accounts."""
        found = {self.contact_id: Whom.YOU, SYSTEM_ID: Whom.PROGRAM}
        ids = set[UUID]()
        for value in values:
            ids_in(value, ids)
        ids -= set(found)
        for table, whom in (("contact", Whom.OTHER), ("account", Whom.STAFF)):
            for batch in batches(sorted(ids)):
                marks = ", ".join("?" * len(batch))
                for row in await self.crm.data.fetch(f"SELECT id FROM {table} WHERE id IN ({marks})", *batch):
                    found[row["id"]] = whom
        return found


def condition_of(record: RecordDeclaration) -> str:
    """The SQL condition by which rows lead to a person, with one `?`."""
    if record.answer.reached:
        return record.answer.reached
    if record.subject is not None:
        return f"{record.subject} = ?"
    return "id IN (SELECT record_id FROM shared_key WHERE subject_id = ?)"


def columns_of(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in INTERNAL}


def plain(record: RecordDeclaration, one: Opened[Any]) -> dict[str, Any]:
    """The content as it may leave, as plain values; bytes, times and ids stay what they are. Every field, empty ones too."""
    content = record.answer.shown(one.content) if record.answer.shown else one.content
    values = {name: getattr(content, name) for name in content.__struct_fields__}
    built: dict[str, Any] = msgspec.to_builtins(values, builtin_types=(bytes, datetime, UUID))
    return {name: value for name, value in built.items() if name not in record.answer.left_out}


def made_at(row: Row) -> datetime | None:
    return next((row[name] for name in MADE if isinstance(row.get(name), datetime)), None)


def as_id(value: Any) -> UUID | None:
    """An id, also one that is written out as text."""
    if isinstance(value, UUID):
        return value
    if isinstance(value, str) and len(value) in {32, 36}:
        try:
            return UUID(value)
        except ValueError:
            return None
    return None


def ids_in(value: Any, found: set[UUID]) -> None:
    """Adds every id in plain values, however deep; most values are texts."""
    if isinstance(value, dict):
        for name, each in value.items():
            ids_in(name, found)
            ids_in(each, found)
    elif isinstance(value, list | tuple | set | frozenset):
        for each in value:
            ids_in(each, found)
    elif (one := as_id(value)) is not None:
        found.add(one)


def without_others(values: Mapping[str, Any], known: Mapping[UUID, Whom]) -> dict[str, Any]:
    """The same values, with a word instead of each id that leads to a person; who of the staff it was is not told."""
    shown = {name: unnamed(value, known) for name, value in values.items()}
    for name, value in values.items():
        if (name in ACTORS or name.endswith("_by")) and isinstance(value, UUID):
            shown[name] = known.get(value, Whom.STAFF)
    return shown


def unnamed(value: Any, known: Mapping[UUID, Whom]) -> Any:
    if isinstance(value, dict):
        return {unnamed(name, known): unnamed(each, known) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [unnamed(each, known) for each in value]
    found = as_id(value)
    return value if found is None else known.get(found, value)
