"""Contacts for the tests of the index, and an index that holds them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from msgspec import Struct

from confida_core.contacts.content import ContactContent, EmailAddress, StructuredName
from confida_core.ids import new_id
from confida_core.index.conditions import by_key
from confida_core.index.core_fields import contact_index_fields
from confida_core.index.cursors import CursorBox
from confida_core.index.entries import IndexEntry, project_contact
from confida_core.index.index import Index
from confida_core.index.query import Ask

KEY = bytes(range(32))
TODAY = date(2026, 5, 4)
CREATED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
FIELDS = contact_index_fields()


def person(name: str, **content: Any) -> ContactContent:
    given, _, family = name.partition(" ")
    return ContactContent(display_name=name, name=StructuredName(given=given, family=family), **content)


def entry(content: ContactContent, contact_id: UUID | None = None, **row: Any) -> IndexEntry:
    defaults = {"id": contact_id or new_id(), "kind": "person", "created_at": CREATED, "touched_at": None}
    return project_contact(content, defaults | row, FIELDS)


def ada(contact_id: UUID | None = None, **row: Any) -> IndexEntry:
    content = person("Ada Löwe", emails=[EmailAddress(address="ada.lowe@mail.example.org")], tags=["Donor"])
    return entry(content, contact_id, **row)


def filled(path: Path, entries: Sequence[IndexEntry]) -> Index:
    index = Index.open(path / "index.db", KEY, FIELDS)
    assert index.apply(entries, [], 1)
    return index


def ask(index: Index) -> Ask:
    return Ask(index.connection(), by_key(FIELDS), TODAY, CursorBox(KEY))


class FeedChange(Struct, frozen=True):
    position: int
    record_id: UUID
    table: str = "contact"
    kind: str = "update"


class Records:
    """A source as the data would be: contacts, and a feed that grows with every write."""

    def __init__(self) -> None:
        self.contacts: dict[UUID, IndexEntry] = {}
        self.feed: list[FeedChange] = []
        self.reads = 0
        self.pruned = 0

    def write(self, contact: IndexEntry) -> None:
        self.contacts[contact.id] = contact
        self.feed.append(FeedChange(len(self.feed) + 1, contact.id))

    def erase(self, contact_id: UUID) -> None:
        del self.contacts[contact_id]
        self.feed.append(FeedChange(len(self.feed) + 1, contact_id))

    async def changes_after(self, position: int, limit: int) -> Sequence[FeedChange]:
        self.reads += 1
        start = max(position, self.pruned)
        return self.feed[start : start + limit]

    async def oldest(self) -> int:
        return self.pruned + 1

    async def entries(self, ids: Sequence[UUID]) -> Sequence[IndexEntry]:
        return [self.contacts[each] for each in ids if each in self.contacts]

    async def position(self) -> int:
        return len(self.feed)

    async def all_entries(self) -> AsyncIterator[Sequence[IndexEntry]]:
        contacts = list(self.contacts.values())
        for start in range(0, len(contacts), 100):
            yield contacts[start : start + 100]
