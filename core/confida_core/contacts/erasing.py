"""The steps of erasing a contact, for the trash and for requests alike. In this order, each repeatable, each durable by itself:

`redact_shared` (contacts.shared_erasing), destroying the keys of `erased_classes`, `remove_rows`, `erase_stores`, `sweep_traces`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from confida_core.contacts.indexing import ContactSource
from confida_core.contacts.records import CONTACT, RELATIONSHIP
from confida_core.declarations import RecordDeclaration, StoreDeclaration
from confida_core.installation import Installation
from confida_core.jobs.forgetting import forget_in_jobs
from confida_core.storage.batches import batches
from confida_core.storage.database import Busy, Database


class StoreFailed(RuntimeError):
    """A store did not erase what it keeps; nothing after it was done. Names the store, never what it said."""

    def __init__(self, store: StoreDeclaration, error: Exception) -> None:
        super().__init__(f"{store.key} could not erase: {type(error).__name__}")
        self.store, self.kind = store, type(error).__name__


def erased_classes(records: Iterable[RecordDeclaration]) -> list[str]:
    """Retention classes that end with the contact: nothing declared in them outlasts it."""
    records = list(records)
    kept = {record.retention_class for record in records if record.erasure == "keep"}
    return sorted({record.retention_class for record in records} - kept)


def erased_records(crm: Installation) -> list[RecordDeclaration]:
    """Record tables whose rows about one person go, but for those that a store removes itself."""
    by_stores = store_tables(crm)
    return [
        record
        for record in crm.registry.records.values()
        if record.subject is not None and record.erasure == "delete" and record.name not in by_stores
    ]


def store_tables(crm: Installation) -> frozenset[str]:
    """Names of record tables whose rows a store removes itself."""
    return frozenset(name for store in crm.registry.stores.values() for name in store.records)


async def remove_rows(crm: Installation, contact_id: UUID) -> int:
    """Remove the contact's rows, links and waiting work in the caller's transaction; how many rows.

    Rows that a store removes itself stay until `erase_stores`.
    """
    removed = await _remove_relationships(crm, contact_id)
    removed += await _remove_shared(crm, contact_id)
    for declaration in erased_records(crm):
        removed += await _delete_of(crm, declaration.name, declaration.subject or "", contact_id)
    for table in crm.registry.all("tables"):
        if table.subject:
            removed += await _delete_of(crm, table.table._meta.tablename, table.subject, contact_id)
    await forget_in_jobs(crm, contact_id)
    crm.feed.append(CONTACT.name, contact_id, contact_id, "deleted")
    return removed


async def _delete_of(crm: Installation, table: str, column: str, contact_id: UUID) -> int:
    return len(await crm.data.fetch(f"DELETE FROM {table} WHERE {column} = ? RETURNING 1 AS gone", contact_id))


async def _remove_relationships(crm: Installation, contact_id: UUID) -> int:
    rows = await crm.data.fetch("SELECT id, from_id, to_id FROM relationship WHERE ? IN (from_id, to_id)", contact_id)
    for row in rows:
        await crm.records.delete(RELATIONSHIP, row["id"], [row["from_id"], row["to_id"]])
    return len(rows)


async def _remove_shared(crm: Installation, contact_id: UUID) -> int:
    """Take this person's wrap off shared records; a record that was nobody else's goes altogether."""
    mine = "subject_id = ?" + "".join(
        f" AND NOT EXISTS (SELECT 1 FROM {name} s WHERE s.id = shared_key.record_id)"
        for name in sorted(store_tables(crm))
    )
    kept = await _kept_records(crm, contact_id)
    rows = await crm.data.fetch(f"SELECT DISTINCT record_id FROM shared_key WHERE {mine}", contact_id)
    records = [row["record_id"] for row in rows if row["record_id"] not in kept]
    removed = 0
    for batch in batches(records):
        marks = ", ".join("?" * len(batch))
        await crm.data.fetch(
            f"DELETE FROM shared_key WHERE subject_id = ? AND record_id IN ({marks})", contact_id, *batch
        )
        others = await crm.data.fetch(f"SELECT record_id FROM shared_key WHERE record_id IN ({marks})", *batch)
        alone = sorted(set(batch) - {row["record_id"] for row in others})
        removed += await _delete_records(crm, alone)
    return removed


async def _kept_records(crm: Installation, contact_id: UUID) -> set[UUID]:
    """Shared records that outlast the contact; the keys of their class are kept, and so are their wraps."""
    kept: set[UUID] = set()
    for record in crm.registry.records.values():
        if record.subject is None and record.erasure == "keep":
            rows = await crm.data.fetch(
                f"SELECT id FROM {record.name} WHERE id IN (SELECT record_id FROM shared_key WHERE subject_id = ?)",
                contact_id,
            )
            kept |= {row["id"] for row in rows}
    return kept


async def _delete_records(crm: Installation, ids: Sequence[UUID]) -> int:
    removed = 0
    if not ids:
        return removed
    marks = ", ".join("?" * len(ids))
    for record in crm.registry.records.values():
        if record.subject is None and record.erasure == "delete" and record.name not in store_tables(crm):
            rows = await crm.data.fetch(f"DELETE FROM {record.name} WHERE id IN ({marks}) RETURNING id", *ids)
            removed += len(rows)
    return removed


async def erase_stores(crm: Installation, contact_id: UUID) -> int:
    """Let every declared store erase what it keeps of this person; how many things went. Raises StoreFailed at the first
    one that fails; to be repeated then.
    """
    removed = 0
    for store in crm.registry.stores.values():
        try:
            removed += await store.erase(crm, contact_id)
        except Exception as error:
            # Not with its cause, whose text may name the person and would end in a log.
            raise StoreFailed(store, error) from None
    return removed


async def sweep_traces(crm: Installation) -> None:
    """Leave nothing of what was removed in the index, in write-ahead logs or in dead rows of the keyring.

    Raises Busy if somebody has been reading for so long that a log could not be emptied: a backup, say.
    """
    await crm.index.catch_up(ContactSource(crm))
    emptied = [await work() for work in (crm.index.empty_log, crm.data.checkpoint, crm.keyring.database.checkpoint)]
    if not all(emptied):
        raise Busy("a write-ahead log is being read and could not be emptied")
    await rewrite_keks(crm.keyring.database)


async def rewrite_keks(keyring: Database) -> None:
    """A server keeps a deleted row in its file until the table is rewritten; of this one it is 256 rows (privacy.md EN-7)."""
    if keyring.engine == "postgres":
        await keyring.fetch("VACUUM (FULL) kek")
