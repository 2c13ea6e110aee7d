"""Taking contacts out: everything or a selection, as vCard 4.0 or as a table, streamed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from confida_core.accounts.audit import record_event
from confida_core.clock import now
from confida_core.contacts.content import LineText, Sealed
from confida_core.contacts.custom_fields import custom_fields
from confida_core.contacts.records import CONTACT
from confida_core.contacts.text import clean_line, storable
from confida_core.declarations import RecordDeclaration
from confida_core.exchange.declarations import Exporter
from confida_core.exchange.handover import HandedOver, HandoverFigures, allowed_rows, check_handed, handover_figures
from confida_core.exchange.imports_records import BATCH
from confida_core.exchange.tables import ExportRun
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.storage.database import Row
from confida_core.vault.access import Access


class ExportContent(Sealed, frozen=True):
    """reason: what it was for, in the words of whoever asked. recipient, purpose, channel: of a file for somebody else."""

    reason: LineText = ""
    recipient: LineText = ""
    purpose: str = ""
    channel: str = ""


EXPORT = RecordDeclaration(
    table=ExportRun,
    content=ExportContent,
    subject=None,
    retention_class="relationship",
    purpose="import_export",
    label="Exports",
    clear={"format": "Key of an exporter."},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOrder:
    """format: key of an exporter. ids: a selection, in this order; None for everybody. archived: archived contacts too. reason: for the record.

    handed: to whom the file goes, if not to ourselves; then only those are in it whom every gate allows.
    """

    format: str
    ids: Sequence[UUID] | None = None
    archived: bool = False
    reason: str = ""
    handed: HandedOver | None = None


async def export_figures(crm: Installation, access: Access, order: ExportOrder) -> HandoverFigures:
    """How many would be in a file for somebody else, and why others would not. Raises Forbidden, ValueError without `handed`."""
    for permission in ("exchange.export", "contacts.read"):
        access.actor.require(permission)
    if order.handed is None:
        raise ValueError("everybody may be in a file that stays here")
    return await handover_figures(crm, _rows(crm, order), order.handed)


async def start_export(crm: Installation, access: Access, order: ExportOrder) -> AsyncIterator[bytes]:
    """Note who takes out what and why, then give the file piece by piece, some 200 contacts at a time.

    Each batch is logged as read before it leaves, whatever kind of access asks. Contacts in the trash and restricted
    ones are left out. Raises Forbidden, and ValueError for an unknown format or a hand-over to nobody, before anything is
    opened.
    """
    for permission in ("exchange.export", "contacts.read"):
        access.actor.require(permission)
    if order.format not in crm.registry.exporters:
        raise ValueError("there is no such format")
    export_id = new_id()
    columns = {
        "id": export_id,
        "format": order.format,
        "contact_count": 0,
        "left_out_count": 0,
        "created_by": access.actor.id,
        "created_at": now(),
    }
    await crm.keyring.ensure([crm.keyring.installation_id], EXPORT.retention_class)
    async with crm.data.transaction():
        await crm.records.insert(EXPORT, columns, _content(order))
        await record_event(
            crm,
            "contacts.exported",
            actor_id=access.actor.id,
            target_id=export_id,
            target_kind="export_run",
            serious=True,
        )
    own = Access(actor=access.actor, purpose="import_export", where=access.where)
    return _file(crm, own, order, export_id)


def _content(order: ExportOrder) -> ExportContent:
    reason = clean_line(storable(order.reason))[:500]
    check_handed(order.handed)
    if order.handed is None:
        return ExportContent(reason=reason)
    handed = order.handed
    recipient = clean_line(storable(handed.recipient))[:500]
    return ExportContent(reason=reason, recipient=recipient, purpose=handed.purpose, channel=handed.channel)


async def _file(crm: Installation, access: Access, order: ExportOrder, export_id: UUID) -> AsyncIterator[bytes]:
    keys = [definition.key for definition in await custom_fields(crm)]
    exporter: Exporter = crm.registry.exporters[order.format]
    if head := exporter.head(keys):
        yield head
    count = left_out = 0
    async for rows in _rows(crm, order):
        if order.handed is not None:
            rows, refused = await allowed_rows(crm, access, rows, order.handed)  # noqa: PLW2901 -- Nobody else may be opened.
            left_out += refused
        opened = await crm.door.open(access, CONTACT, rows)
        count += len(opened)
        async for piece in exporter.write(crm, access, opened, keys):
            yield piece
    await crm.data.fetch(
        "UPDATE export_run SET contact_count = ?, left_out_count = ?, finished_at = ? WHERE id = ?",
        count, left_out, now(), export_id,
    )  # fmt: skip


async def _rows(crm: Installation, order: ExportOrder) -> AsyncIterator[list[Row]]:
    """Rows in batches: the selection, or everybody by the time they were made."""
    if order.ids is not None:
        for start in range(0, len(order.ids), BATCH):
            yield shown(await crm.records.rows(CONTACT, order.ids[start : start + BATCH]), order)
        return
    last = UUID(int=0)
    while rows := await crm.data.fetch("SELECT * FROM contact WHERE id > ? ORDER BY id LIMIT ?", last, BATCH):
        last = rows[-1]["id"]
        yield shown(rows, order)


def shown(rows: Sequence[Row], order: ExportOrder) -> list[Row]:
    return [row for row in rows if row["deleted_at"] is None and (order.archived or row["archived_at"] is None)]
