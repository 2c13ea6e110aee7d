"""What the history of others says about somebody who is erased, or about a record that is destroyed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from typing import Protocol
from uuid import UUID

import msgspec

from confida_core.contacts.records import CHANGE, ChangeContent
from confida_core.storage.batches import batches
from confida_core.storage.database import Database, VersionConflict
from confida_core.vault.access import system_access
from confida_core.vault.door import Door, Opened
from confida_core.vault.records import Records

INSIDE = system_access("erasure")
# Entries about something that several share; all others are about the contact alone.
SHARED_KINDS = "(kind LIKE 'interaction%' OR kind IN ('related', 'relation_changed', 'unrelated'))"
Rewrite = Callable[[Opened[ChangeContent]], ChangeContent]


class Stores(Protocol):
    """What sealed rows are read and written through; of an installation, or of a backup that is being restored."""

    @property
    def data(self) -> Database: ...
    @property
    def door(self) -> Door: ...
    @property
    def records(self) -> Records: ...


async def rewrite_shared_entries(
    crm: Stores, people: Collection[UUID], choose: Callable[[Sequence[Opened[ChangeContent]]], Awaitable[Rewrite]]
) -> int:
    """Rewrite entries of these people about what they share with others; how many changed. Repeatable.

    choose: given some opened entries, how to rewrite each of them.
    """
    count = 0
    for batch in batches(sorted(people), 100):
        marks = ", ".join("?" * len(batch))
        rows = await crm.data.fetch(
            f"SELECT * FROM contact_change WHERE subject_id IN ({marks}) AND {SHARED_KINDS} ORDER BY id", *batch
        )
        opened = await crm.door.open(INSIDE, CHANGE, rows)
        rewrite = await choose(opened)
        for entry in opened:
            content = rewrite(entry)
            if content != entry.content:
                count += await _replace(crm, entry, content)
    return count


async def _replace(crm: Stores, entry: Opened[ChangeContent], content: ChangeContent) -> int:
    columns = {"id": entry.row["id"], "subject_id": entry.row["subject_id"]}
    try:
        await crm.records.update(CHANGE, columns, content, seen=entry.row["version"])
    except VersionConflict as conflict:
        if conflict.current is not None:
            raise
        # Its own contact was erased meanwhile, and it with it.
        return 0
    return 1


async def forget_texts(crm: Stores, people_of: Mapping[UUID, Collection[UUID]]) -> int:
    """Take out of people's history what stood in these records; that something was done to them stays.

    people_of: record -> whose history it may stand in.
    """
    gone = {record.hex for record in people_of}

    async def choose(_: Sequence[Opened[ChangeContent]]) -> Rewrite:
        return without_changes

    def without_changes(entry: Opened[ChangeContent]) -> ChangeContent:
        if entry.content.detail not in gone:
            return entry.content
        return msgspec.structs.replace(entry.content, changes=[])

    people = {person for each in people_of.values() for person in each}
    return await rewrite_shared_entries(crm, people, choose)
