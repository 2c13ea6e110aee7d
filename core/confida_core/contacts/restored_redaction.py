"""A restored backup holds shared records as they were when somebody was still in them who has been erased since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import msgspec

from confida_core.contacts.erasing import erased_classes
from confida_core.contacts.history_erasing import INSIDE, Rewrite, forget_texts, rewrite_shared_entries
from confida_core.contacts.records import ChangeContent
from confida_core.contacts.redaction_marks import as_redacted, marks_of
from confida_core.contacts.shared_erasing import holders_of, shared_declarations
from confida_core.registry import Registry
from confida_core.storage.batches import batches
from confida_core.storage.changes import ChangeFeed
from confida_core.storage.database import Database
from confida_core.vault.door import Door, Opened
from confida_core.vault.keyring import Keyring
from confida_core.vault.orders import StandingOrders
from confida_core.vault.read_log import ReadLog
from confida_core.vault.records import Records


@dataclass(frozen=True, slots=True)
class _Restored:
    data: Database
    door: Door
    records: Records


async def redact_restored(data: Database, keyring: Keyring, registry: Registry, wraps: Sequence[UUID]) -> int:
    """Take out of restored shared records, and of the history of the others, what was erased since; how many records.

    wraps: ids of wrapped keys whose holder's key is gone. To be called in the transaction that removes them, before it does.
    """
    erased = await _erased_holders(data, wraps)
    if not erased:
        return 0
    door = Door(data, keyring, StandingOrders(keyring), ReadLog(data), registry.purposes)
    stores = _Restored(data, door, Records(data, keyring, ChangeFeed(data)))
    holders = await holders_of(stores, erased)
    left = {record: holders.get(record, set()) - gone for record, gone in erased.items()}
    await _redact_history(stores, left, {person for gone in erased.values() for person in gone})
    return await _redact_records(stores, keyring, registry, {record: erased[record] for record in left if left[record]})


async def _erased_holders(data: Database, wraps: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    """Record -> whose key to it is gone."""
    found: dict[UUID, set[UUID]] = {}
    for batch in batches(wraps):
        marks = ", ".join("?" * len(batch))
        for row in await data.fetch(f"SELECT record_id, subject_id FROM shared_key WHERE id IN ({marks})", *batch):
            found.setdefault(row["record_id"], set()).add(row["subject_id"])
    return found


async def _redact_history(stores: _Restored, left: dict[UUID, set[UUID]], erased: set[UUID]) -> None:
    await forget_texts(stores, left)
    gone = {person.hex for person in erased}

    async def choose(_: Sequence[Opened[ChangeContent]]) -> Rewrite:
        return without_detail

    def without_detail(entry: Opened[ChangeContent]) -> ChangeContent:
        return msgspec.structs.replace(entry.content, detail="") if entry.content.detail in gone else entry.content

    await rewrite_shared_entries(stores, {person for people in left.values() for person in people}, choose)


async def _redact_records(
    stores: _Restored, keyring: Keyring, registry: Registry, erased: dict[UUID, set[UUID]]
) -> int:
    count = 0
    marks = await marks_of(keyring.database, sorted(erased))
    for declaration in shared_declarations(registry, erased_classes(registry.records.values())):
        for batch in batches(sorted(erased)):
            for item in await stores.door.open(INSIDE, declaration, await stores.records.rows(declaration, batch)):
                record = item.row["id"]
                content = as_redacted(item, marks.get(record, []), erased[record])
                seen = item.row["version"]
                await stores.records.update(declaration, {"id": record}, content, seen=seen, people=item.people)
                count += 1
    return count
