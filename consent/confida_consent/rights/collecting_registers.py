"""What our own registers say about one person: who looked, what may not be done, where the data came from, receipts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from uuid import UUID

from confida_consent.receipts.files import files_of
from confida_consent.receipts.issuing import receipt_of
from confida_consent.rights.parts import Group, Item, Part
from confida_core.contacts.records import CONTACT
from confida_core.exchange.imports import ORIGINS
from confida_core.exchange.imports_records import RUN
from confida_core.installation import Installation
from confida_core.storage.batches import batches
from confida_core.storage.sealed_files import only
from confida_core.vault.access import system_access
from confida_core.vault.suppressions import suppressions_of

ACCESS = system_access("answer package", "data_subject_rights")
CONSENTS = system_access("answer package", "consent")
READS = (
    "SELECT s.id, e.at, e.purpose, e.place FROM read_subject s JOIN read_entry e ON e.id = s.read_id "
    "WHERE s.subject_id = ? AND s.id > ? ORDER BY s.id LIMIT ?"
)
FIRST = UUID(int=0)


async def collect_reads(crm: Installation, group: Group, contact_id: UUID, size: int) -> AsyncIterator[Part]:
    """When the data were looked at, and for what; by whom is left out (CJEU C-579/21). Complete up to this moment."""
    while await crm.door.read_log.distribute():
        pass
    after = 0
    while rows := await crm.data.fetch(READS, contact_id, after, size):
        after = rows[-1]["id"]
        yield Part(
            group=group,
            items=tuple(
                Item(id=None, at=row["at"], columns={"at": row["at"], "purpose": row["purpose"], "place": row["place"]})
                for row in rows
            ),
        )


async def collect_orders(crm: Installation, group: Group, contact_id: UUID, size: int) -> AsyncIterator[Part]:
    """Restrictions, withdrawals, objections and holds that stand beside the keys; a hold's reason is not told."""
    await crm.orders.refresh()
    for batch in batches(crm.orders.of(contact_id), size):
        yield Part(
            group=group,
            items=tuple(
                Item(
                    id=None,
                    at=order.given_at,
                    columns={
                        "kind": order.kind,
                        "purpose": order.purpose,
                        "channel": order.channel,
                        "given_at": order.given_at,
                    },
                )
                for order in batch
            ),
        )


async def collect_suppressions(crm: Installation, group: Group, contact_id: UUID, size: int) -> AsyncIterator[Part]:
    """Which of the person's addresses stand on the suppression list, which itself only knows keyed hashes."""
    rows = await crm.data.fetch("SELECT * FROM contact WHERE id = ?", contact_id)
    for opened in await crm.door.open(ACCESS, CONTACT, rows):
        addresses = [("email", mail.address) for mail in opened.content.emails]
        addresses += [(channel, phone.number) for phone in opened.content.phones for channel in ("phone", "sms")]
        for channel, address in addresses:
            items = [
                Item(
                    id=None,
                    at=order.given_at,
                    columns={"channel": channel, "purpose": order.purpose, "given_at": order.given_at},
                    content={"address": address},
                )
                for order in await suppressions_of(crm, channel, address)
            ]
            if items:
                yield Part(group=group, items=tuple(items))


async def collect_origins(crm: Installation, group: Group, contact_id: UUID, size: int) -> AsyncIterator[Part]:
    """The imports that the person's record came with, or was filled up by, and where the file came from."""
    rows = await crm.data.fetch(
        "SELECT DISTINCT r.* FROM import_run r JOIN import_item i ON i.run_id = r.id WHERE i.contact_id = ? ORDER BY r.id",
        contact_id,
    )
    for batch in batches(rows, size):
        yield Part(
            group=group,
            items=tuple(
                Item(
                    id=one.row["id"],
                    at=one.row["created_at"],
                    columns={"at": one.row["created_at"], "format": one.row["format"]},
                    content={
                        "origin": ORIGINS.get(one.content.origin, one.content.origin),
                        "origin_note": one.content.origin_note,
                    },
                )
                for one in await crm.door.open(ACCESS, RUN, batch)
            ),
        )


async def collect_security_events(crm: Installation, group: Group, contact_id: UUID, size: int) -> AsyncIterator[Part]:
    """What the audit trail noted about the contact; by whom is left out."""
    after = FIRST
    while rows := await crm.data.fetch(
        "SELECT id, at, kind FROM audit_event WHERE target_id = ? AND id > ? ORDER BY id LIMIT ?",
        contact_id,
        after,
        size,
    ):
        after = rows[-1]["id"]
        items = tuple(Item(id=None, at=row["at"], columns={"at": row["at"], "kind": row["kind"]}) for row in rows)
        yield Part(group=group, items=items)


async def collect_receipts(crm: Installation, group: Group, contact_id: UUID, size: int) -> AsyncIterator[Part]:
    """Every form of the receipt of each event; made when the archive is written, because it holds the newest proof."""
    rows = await crm.data.fetch(
        "SELECT id, indicated_at FROM consent_event WHERE subject_id = ? ORDER BY ledger_index", contact_id
    )
    for number, row in enumerate(rows, start=1):
        receipt = await receipt_of(crm, CONSENTS, row["id"])
        yield Part(
            group=group,
            items=tuple(
                Item(
                    id=row["id"],
                    at=row["indicated_at"],
                    name=f"{number:04}/{name}",
                    media_type=media_type,
                    read=bytes_of(content),
                )
                for name, (media_type, content) in files_of(receipt).items()
            ),
        )


def bytes_of(content: bytes) -> Callable[[], AsyncIterator[bytes]]:
    return lambda: only(content)
