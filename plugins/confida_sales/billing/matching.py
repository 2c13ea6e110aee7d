"""Which invoice an entry of a bank pays: by the number that the payer wrote, else by its amount."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from confida_core.api import Access, Installation, Opened, Row
from confida_sales.billing.bank_files import BankEntry
from confida_sales.billing.invoices import PaymentDraft, open_amount, record_payment, visible_invoice
from confida_sales.billing.listing import OPEN
from confida_sales.content import INVOICE, PaperContent

WORD = re.compile(r"[^\s,;:()]{3,40}")
BATCH = 400


@dataclass(frozen=True, kw_only=True, slots=True)
class Matched:
    """sure: the number stood there. known: a payment of this day and amount was entered already."""

    entry: BankEntry
    invoice: Opened[PaperContent] | None
    sure: bool = False
    known: bool = False


async def match_entries(crm: Installation, access: Access, entries: Sequence[BankEntry]) -> list[Matched]:
    """In their order. A few queries, however many entries. Raises Forbidden."""
    access.actor.require("sales.bill")
    words = {word for entry in entries for found in words_of(entry) for word in (found, found.upper())}
    rows = await rows_by(crm, "number", sorted(words), "kind = 'invoice'")
    by_number = {row["number"].upper(): row for row in rows}
    open_rows = await rows_by(crm, "gross - paid - credited", sorted({entry.amount for entry in entries}), OPEN)
    chosen = [chosen_row(entry, by_number, open_rows) for entry in entries]
    opened = {
        one.row["id"]: one
        for one in await crm.door.open(access, INVOICE, list({row["id"]: row for row, _ in chosen if row}.values()))
    }
    known = await known_payments(crm, list(opened))
    return [
        Matched(
            entry=entry,
            invoice=opened.get(row["id"]) if row else None,
            sure=sure,
            known=row is not None and (row["id"], entry.on, entry.amount) in known,
        )
        for entry, (row, sure) in zip(entries, chosen, strict=True)
    ]


def words_of(entry: BankEntry) -> list[str]:
    """What may be a number; a full stop behind it is the payer's."""
    return [word.rstrip(".") for word in WORD.findall(entry.text)]


async def rows_by(crm: Installation, value: str, among: Sequence[object], where: str) -> list[Row]:
    found: list[Row] = []
    for start in range(0, len(among), BATCH):
        batch = among[start : start + BATCH]
        marks = ", ".join("?" * len(batch))
        found += await crm.data.fetch(f"SELECT * FROM sales_invoice WHERE {where} AND {value} IN ({marks})", *batch)
    return found


def chosen_row(entry: BankEntry, by_number: dict[str, Row], open_rows: Sequence[Row]) -> tuple[Row | None, bool]:
    """By its number, and surely; else the only open one of this very amount, to be looked at."""
    for word in words_of(entry):
        row = by_number.get(word.upper())
        if row is not None and row["currency"] == entry.currency:
            return row, True
    same = [row for row in open_rows if row["currency"] == entry.currency and open_amount(row) == entry.amount]
    return (same[0], False) if len(same) == 1 else (None, False)


async def known_payments(crm: Installation, invoice_ids: Sequence[UUID]) -> set[tuple[UUID, object, int]]:
    found: set[tuple[UUID, object, int]] = set()
    for start in range(0, len(invoice_ids), BATCH):
        batch = invoice_ids[start : start + BATCH]
        marks = ", ".join("?" * len(batch))
        rows = await crm.data.fetch(
            f"SELECT invoice_id, paid_on, amount FROM sales_payment WHERE invoice_id IN ({marks})", *batch
        )
        found |= {(row["invoice_id"], row["paid_on"], row["amount"]) for row in rows}
    return found


async def enter_matched(crm: Installation, access: Access, chosen: Sequence[tuple[UUID, BankEntry]]) -> tuple[int, int]:
    """Enter these payments; how many were entered, and how many were there already. Raises Forbidden, NotFound and
    InvalidContent.
    """
    access.actor.require("sales.bill")
    known = await known_payments(crm, list({invoice_id for invoice_id, _ in chosen}))
    entered = 0
    for invoice_id, entry in chosen:
        if (invoice_id, entry.on, entry.amount) in known:
            continue
        # The page was made from a file; that the invoice is still in this currency is looked at again.
        if (await visible_invoice(crm, access, invoice_id)).row["currency"] != entry.currency:
            continue
        known.add((invoice_id, entry.on, entry.amount))
        draft = PaymentDraft(amount=entry.amount, paid_on=entry.on, reference=entry.text)
        await record_payment(crm, access, invoice_id, draft)
        entered += 1
    return entered, len(chosen) - entered
