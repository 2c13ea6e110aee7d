"""Everything that is kept about one person, from every plugin's declared records, tables and stores, and our registers.

Driven by what is declared, so that a table that leads to a person cannot be left out (DS-2).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from uuid import UUID

from confida_consent.rights.collecting_registers import (
    collect_orders,
    collect_origins,
    collect_reads,
    collect_receipts,
    collect_security_events,
    collect_suppressions,
)
from confida_consent.rights.collecting_rows import RowReader
from confida_consent.rights.parts import CollectorFailed, Group, Item, Part
from confida_core.declarations import RecordDeclaration, StoreDeclaration, TableDeclaration
from confida_core.installation import Installation
from confida_core.vault.access import Access, system_access

BATCH = 250
# Not on behalf of whoever asks: what this access may not see would be left out without a word.
OPENING = system_access("answer package", "data_subject_rights")

Parts = AsyncIterator[Part]


async def collect(crm: Installation, access: Access, contact_id: UUID, *, size: int = BATCH) -> AsyncIterator[Part]:
    """Everything about a contact, in parts of at most `size` items, so that memory does not grow with what there is.

    Restricted and archived people, and those in the trash, are answered too. Sealed data is opened; for staff, one read of
    the contact is logged before anything is yielded. Raises Forbidden without `requests.read`, CollectorFailed.
    """
    access.actor.require("requests.read")
    if access.actor.kind != "system":
        access.seen.add(contact_id)
        if not access.deferred:
            await crm.door.read_log.settle(access)
    for group, parts in collectors(crm, contact_id, size):
        found = False
        try:
            async for part in parts:
                found = True
                yield part
        except Exception as error:
            raise CollectorFailed(group.key, group.label, error) from error
        if not found:
            yield Part(group=group)


def collectors(crm: Installation, contact_id: UUID, size: int = BATCH) -> Iterator[tuple[Group, Parts]]:
    """Each group with what reads it; the groups are known before anything is read."""
    reader = RowReader(crm, contact_id, size)
    for one in crm.registry.with_owner("records"):
        record: RecordDeclaration = one.value
        if "*" not in record.answer.left_out:
            group = group_of(record, one.plugin.info.key)
            yield group, reader.records(group, record)
    for one in crm.registry.with_owner("tables"):
        table: TableDeclaration = one.value
        if table.subject:
            group = group_of_table(table, one.plugin.info.key)
            yield group, reader.rows(group, table)
    for one in crm.registry.with_owner("stores"):
        store: StoreDeclaration = one.value
        group = Group(key=f"store:{store.key}", label=store.label, category=store.label, plugin=one.plugin.info.key)
        yield group, stored(crm, group, store, contact_id)
    for group, collector in REGISTERS:
        yield group, collector(crm, group, contact_id, size)


REGISTERS = (
    (Group(key="origin", label="Imports that brought you in", category="Where your data come from"), collect_origins),
    (
        Group(key="reads", label="Who looked at your data", category="When your data were looked at", purpose="security"),
        collect_reads,
    ),
    (
        Group(key="orders", label="What may not be done", category="Restrictions and objections", purpose="consent"),
        collect_orders,
    ),
    (
        Group(
            key="suppressions",
            label="Addresses that get no advertising",
            category="Restrictions and objections",
            purpose="consent",
        ),
        collect_suppressions,
    ),
    (
        Group(
            key="security_events", label="Decisions that were noted about your record", category="Audit trail",
            purpose="security",
        ),
        collect_security_events,
    ),
    (
        Group(
            key="receipts", label="Receipts of what you allowed and refused", category="What you allowed and refused",
            plugin="consent", purpose="consent", folder="receipts",
        ),
        collect_receipts,
    ),
)  # fmt: skip


def group_of(record: RecordDeclaration, plugin: str) -> Group:
    return Group(
        key=record.name,
        label=record.label,
        category=record.answer.category or record.label,
        plugin=plugin,
        purpose=record.purpose,
        retention_class=record.retention_class,
        source=record.answer.source,
        declaration=record,
    )


def group_of_table(table: TableDeclaration, plugin: str) -> Group:
    name = table.table._meta.tablename
    return Group(key=name, label=name.replace("_", " ").capitalize(), category="Technical notes", plugin=plugin)


async def stored(crm: Installation, group: Group, store: StoreDeclaration, contact_id: UUID) -> Parts:
    """The files of one store; their bytes are read when the archive is written."""
    for item in await store.collect(crm, OPENING, contact_id):
        record = item.record[1] if item.record else None
        file = Item(id=record, name=item.name, media_type=item.media_type, read=item.read, columns={"name": item.name})
        yield Part(group=group, items=(file,))


def left_out(crm: Installation) -> list[tuple[RecordDeclaration, str, str]]:
    """What no answer holds, with the reason: record, field or "*", why."""
    return [
        (record, field, why)
        for record in crm.registry.records.values()
        for field, why in record.answer.left_out.items()
    ]


__all__ = ["BATCH", "OPENING", "REGISTERS", "CollectorFailed", "collect", "collectors", "left_out"]
