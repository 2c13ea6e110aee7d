"""The opportunities and invoices behind a figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation, NotFound, Row, display_names
from confida_sales.billing.invoices import bookkeeping
from confida_sales.billing.listing import OPEN
from confida_sales.content import INVOICE, OPPORTUNITY
from confida_sales.opportunities.pipelines import ShownPipeline
from confida_sales.reporting.asked import Asked, check_owner, id_of
from confida_sales.reporting.funnel_report import began
from confida_sales.reporting.outcome_report import narrowed
from confida_sales.reporting.receivables_report import limits_of

LISTED = 100
MOST_PAGES = 1_000


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownRow:
    """One opportunity or invoice. title: of the opportunity, or the number. amount: minor units; minus for credit notes."""

    href: str
    title: str
    contact_id: UUID
    name: str
    day: date | None
    amount: int
    currency: str
    state: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Behind:
    """more: whether there is a following page. hidden: rows of this page that the reader may not see."""

    rows: tuple[ShownRow, ...]
    more: bool
    hidden: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Narrowed:
    """Conditions on the table and their values."""

    where: str
    values: list[Any]


def page_of(given: Mapping[str, Any]) -> int:
    text = str(given.get("page", "1"))
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 1 <= number <= MOST_PAGES:
        raise NotFound
    return number


async def opportunities_behind(
    crm: Installation, access: Access, asked: Asked, pipeline: ShownPipeline, given: Mapping[str, Any]
) -> Behind:
    """Those of a stage, of a step of the funnel, or that ended within the period; the most valuable first.

    Three queries. Raises Forbidden, and NotFound for what nothing of ours leads to.
    """
    access.actor.require("sales.read")
    check_owner(access, asked)
    asked_for = narrowed_opportunities(asked, pipeline, given)
    rows = await crm.data.fetch(
        f"SELECT * FROM sales_opportunity WHERE {asked_for.where} ORDER BY value DESC, id DESC LIMIT ? OFFSET ?",
        *asked_for.values, LISTED + 1, LISTED * (page_of(given) - 1),
    )  # fmt: skip
    opened = await crm.door.open(access, OPPORTUNITY, rows[:LISTED])
    names = await display_names(crm, access, [one.row["contact_id"] for one in opened])
    stages = {stage.id: stage.name for stage in pipeline.stages}
    shown = tuple(
        ShownRow(
            href=f"/x/sales/opportunities/{one.row['id']}",
            title=one.content.title,
            contact_id=one.row["contact_id"],
            name=names[one.row["contact_id"]],
            day=(one.row["closed_at"] or one.row["created_at"]).date(),
            amount=one.row["value"],
            currency=one.row["currency"],
            state=stages.get(one.row["stage_id"], ""),
        )
        for one in opened
        if one.row["contact_id"] in names
    )
    return Behind(rows=shown, more=len(rows) > LISTED, hidden=len(rows[:LISTED]) - len(shown))


def narrowed_opportunities(asked: Asked, pipeline: ShownPipeline, given: Mapping[str, Any]) -> Narrowed:
    if given.get("closed") == "yes":
        where, values = narrowed(asked, pipeline)
        return Narrowed(where=where, values=values)
    if "reached" in given:
        query, values = began(asked, pipeline)
        text = str(given["reached"])
        if not (text.isascii() and text.isdigit() and int(text) < len(pipeline.stages)):
            raise NotFound
        where = f"id IN (SELECT id FROM ({query}) AS farthest WHERE reached >= ?)"
        return Narrowed(where=where, values=[*values, int(text)])
    stage = pipeline.stage(id_of(given.get("stage", "")) or UUID(int=0))
    owned, values = (" AND owner_id = ?", [asked.owner_id]) if asked.owner_id else ("", [])
    where = f"stage_id = ? AND outcome = 'open' AND currency = ?{owned}"
    return Narrowed(where=where, values=[stage.id, asked.currency, *values])


async def invoices_behind(crm: Installation, access: Access, asked: Asked, given: Mapping[str, Any]) -> Behind:
    """Those of a period, product or colleague, or open ones of an age; the newest first. Three queries.

    Raises Forbidden, and NotFound for what nothing of ours leads to.
    """
    access.actor.require("sales.read")
    check_owner(access, asked)
    asked_for = narrowed_invoices(asked, given)
    rows = await crm.data.fetch(
        f"SELECT * FROM sales_invoice WHERE {asked_for.where} ORDER BY issued_on DESC, id DESC LIMIT ? OFFSET ?",
        *asked_for.values, LISTED + 1, LISTED * (page_of(given) - 1),
    )  # fmt: skip
    reading = bookkeeping(access)
    opened = await crm.door.open(reading, INVOICE, rows[:LISTED])
    shown = tuple(shown_invoice(one.row, one.content.name, still_open="age" in given) for one in opened)
    return Behind(rows=shown, more=len(rows) > LISTED, hidden=len(rows[:LISTED]) - len(shown))


def shown_invoice(row: Row, name: str, *, still_open: bool) -> ShownRow:
    note = row["kind"] == "credit_note"
    amount = row["gross"] - row["paid"] - row["credited"] if still_open else (-row["net"] if note else row["net"])
    return ShownRow(
        href=f"/x/sales/invoices/{row['id']}",
        title=row["number"],
        contact_id=row["contact_id"],
        name=name,
        day=row["due_on"] if still_open else row["issued_on"],
        amount=amount,
        currency=row["currency"],
        state="Credit note" if note else "Invoice",
    )


def narrowed_invoices(asked: Asked, given: Mapping[str, Any]) -> Narrowed:
    owned, owner = (" AND owner_id = ?", [asked.owner_id]) if asked.owner_id else ("", [])
    if "age" in given:
        place, limits = str(given["age"]), limits_of(asked.today)
        if place not in {"0", "1", "2", "3", "4"}:
            raise NotFound
        age = int(place)
        where, values = f"{OPEN} AND currency = ?{owned}", [asked.currency, *owner]
        where, values = (f"{where} AND due_on >= ?", [*values, limits[age]]) if age < 4 else (where, values)
        where, values = (f"{where} AND due_on < ?", [*values, limits[age - 1]]) if age else (where, values)
        return Narrowed(where=where, values=values)
    where, values = "issued_on >= ? AND issued_on <= ? AND currency = ?", [asked.start, asked.end, asked.currency]
    product = id_of(given.get("product", ""))
    if product:
        where += " AND id IN (SELECT invoice_id FROM sales_invoice_line WHERE product_id = ? AND issued_on >= ? AND issued_on <= ?)"
        values += [product, asked.start, asked.end]
    return Narrowed(where=f"{where}{owned}", values=[*values, *owner])
