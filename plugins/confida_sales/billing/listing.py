"""The list of invoices: what is open, overdue, paid or too much, quickly among hundreds of thousands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation, Opened
from confida_sales.content import INVOICE, PaperContent
from confida_web.api import open_place, seal_place

# Written as in the indexes (migration 22b), so that both engines see that the index answers it.
OPEN = "kind = 'invoice' AND gross - paid - credited > 0"
STATES: Mapping[str, str] = {
    "open": OPEN,
    "overdue": f"{OPEN} AND due_on < ?",
    "paid": "kind = 'invoice' AND gross - paid - credited <= 0",
    "overpaid": "kind = 'invoice' AND gross - paid - credited < 0",
    "all": "1 = 1",
}
# From one currency to the next along the index, and then a range of it for each: grouping would sort every row.
KNOWN_CURRENCIES = (
    "WITH RECURSIVE known(currency) AS (SELECT min(currency) FROM sales_invoice UNION ALL "
    "SELECT (SELECT min(i.currency) FROM sales_invoice i WHERE i.currency > known.currency) FROM known "
    "WHERE known.currency IS NOT NULL)"
)
BY_DUE = frozenset({"open", "overdue"})
LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class InvoicePage:
    """next: cursor of the page after it, "" on the last."""

    items: list[Opened[PaperContent]]
    next: str = ""


async def list_invoices(
    crm: Installation, access: Access, state: str, today: date, *, cursor: str = "", limit: int = 50
) -> InvoicePage:
    """state: a key of STATES. Open ones by the day they are due, the longest overdue first; others the newest first.

    Two queries and one opening. Raises Forbidden, KeyError and InvalidCursor.
    """
    access.actor.require("sales.read")
    column, order, sign = ("due_on", "ASC", ">") if state in BY_DUE else ("issued_on", "DESC", "<")
    where, values = STATES[state], list[Any]([today] if state == "overdue" else [])
    place = f"sales.invoices {state}"
    if cursor:
        where += f" AND ({column}, id) {sign} (?, ?)"
        values += open_place(crm, place, cursor, tuple[date, UUID])
    # The ids first: they stand in the index, and only what is shown is read from the table.
    ids = await crm.data.fetch(
        f"SELECT id, {column} AS day FROM sales_invoice WHERE {where} ORDER BY {column} {order}, id {order} LIMIT ?",
        *values, limit + 1,
    )  # fmt: skip
    more, ids = len(ids) > limit, ids[:limit]
    rows = await crm.records.rows(INVOICE, [row["id"] for row in ids])
    following = seal_place(crm, place, [ids[-1]["day"], ids[-1]["id"]]) if more else ""
    return InvoicePage(items=await crm.door.open(access, INVOICE, rows), next=following)


async def find_invoices(crm: Installation, access: Access, typed: str, limit: int = 50) -> list[Opened[PaperContent]]:
    """By number: as it is written, in any case, or its last digits without the zeros before. The newest first.

    One query and one opening. Raises Forbidden.
    """
    access.actor.require("sales.read")
    words = typed.strip()
    if not words:
        return []
    where, values = "number IN (?, ?, ?)", list[Any]([words, words.upper(), words.lower()])
    if words.isascii() and words.isdigit() and int(words) <= LARGEST_NUMBER:
        where, values = f"({where} OR series_number = ?)", [*values, int(words)]
    rows = await crm.data.fetch(
        f"SELECT * FROM sales_invoice WHERE {where} ORDER BY series_year DESC, id DESC LIMIT ?", *values, limit
    )
    return await crm.door.open(access, INVOICE, rows)


async def sums_of(crm: Installation, access: Access, state: str, today: date) -> list[tuple[int, str]]:
    """What all invoices of the list come to, for each currency: (minor units, currency).

    Of those that are open what is open, of those with too much what is too much; of others what was billed this year, of
    all of them less credit notes. One query. Raises Forbidden.
    """
    access.actor.require("sales.read")
    amount, where, values = "gross - paid - credited", STATES[state], list[Any]([today] if state == "overdue" else [])
    if state == "overpaid":
        amount = "paid + credited - gross"
    elif state not in BY_DUE:
        # Of those that are paid all are invoices, and the index holds no more than it needs.
        amount = "gross" if state == "paid" else "CASE kind WHEN 'invoice' THEN gross ELSE -gross END"
        where, values = f"{where} AND issued_on >= ?", [date(today.year, 1, 1)]
    rows = await crm.data.fetch(
        f"{KNOWN_CURRENCIES} SELECT currency, (SELECT CAST(sum({amount}) AS BIGINT) FROM sales_invoice "
        f"WHERE sales_invoice.currency = known.currency AND {where}) AS amount FROM known "
        "WHERE currency IS NOT NULL ORDER BY currency",
        *values,
    )
    return [(int(row["amount"]), row["currency"]) for row in rows if row["amount"]]
