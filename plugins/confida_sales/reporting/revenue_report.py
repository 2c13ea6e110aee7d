"""What was billed, less what was credited: by month, product and colleague. Without tax, each currency by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation, Row
from confida_sales.bought.valuing import day_of
from confida_sales.reporting.asked import Asked, sees_colleagues
from confida_sales.reporting.outcome_report import owner_names
from confida_web.api import (
    Report,
    ReportColumn,
    ReportLine,
    ReportSection,
    month_days,
    month_label,
    share_of,
)

LISTED = 25
REVENUE = (ReportColumn(label="Revenue", kind="money"), ReportColumn(label="Invoices", kind="count"))
# Papers of a period from the index sales_invoice_revenue alone, already in the order of days.
SUMMED = (
    "sum(CASE WHEN kind = 'invoice' THEN net ELSE -net END) AS net, "
    "sum(CASE WHEN kind = 'invoice' THEN 1 ELSE 0 END) AS invoices FROM sales_invoice"
)

# One after the other from the index sales_invoice_line_sold, instead of looking at every line.
CURRENCIES = (
    "WITH RECURSIVE known(currency) AS (SELECT min(currency) FROM sales_invoice_line UNION ALL "
    "SELECT (SELECT min(currency) FROM sales_invoice_line WHERE currency > known.currency) "
    "FROM known WHERE known.currency IS NOT NULL) SELECT currency FROM known WHERE currency IS NOT NULL"
)
OF_PRODUCTS = (
    "SELECT CAST(? AS text) AS currency, p.id AS product_id, sum(l.net) AS net, count(*) AS lines "
    "FROM sales_product AS p CROSS JOIN sales_invoice_line AS l "
    "WHERE l.product_id = p.id AND l.currency = ? AND l.issued_on >= ? AND l.issued_on <= ? GROUP BY p.id"
)
OF_NO_PRODUCT = (
    "SELECT CAST(? AS text) AS currency, CAST(NULL AS uuid) AS product_id, sum(net) AS net, count(*) AS lines "
    "FROM sales_invoice_line WHERE product_id IS NULL AND currency = ? AND issued_on >= ? AND issued_on <= ? HAVING count(*) > 0"
)


def within(asked: Asked) -> tuple[str, list[Any]]:
    owned, values = (" AND owner_id = ?", [asked.owner_id]) if asked.owner_id else ("", [])
    return f"issued_on >= ? AND issued_on <= ?{owned}", [asked.start, asked.end, *values]


def wanted(asked: Asked, rows: Sequence[Row]) -> list[str]:
    """Currencies that there are and that were asked for."""
    return sorted({row["currency"] for row in rows if asked.currency in {"", row["currency"]}})


def behind(asked: Asked, **more: str) -> str:
    return "/x/sales/reports/invoices" + asked.query(**more)


async def revenue_by_month(crm: Installation, access: Access, asked: Asked) -> Report:
    """One query, which adds up the days; months are put together of them."""
    where, values = within(asked)
    rows = await crm.data.fetch(
        f"SELECT issued_on, currency, {SUMMED} WHERE {where} GROUP BY issued_on, currency", *values
    )
    return Report(sections=tuple(months(asked, currency, rows) for currency in wanted(asked, rows)))


def months(asked: Asked, currency: str, rows: Sequence[Row]) -> ReportSection:
    found: dict[str, list[int]] = {month: [0, 0] for month in asked.months}
    for row in rows:
        if row["currency"] == currency:
            sums = found[day_of(row["issued_on"]).isoformat()[:7]]
            sums[0] += int(row["net"])
            sums[1] += int(row["invoices"])
    lines = tuple(
        ReportLine(
            label=month_label(month),
            values=(net, count),
            href=month_behind(asked, month, currency) if count or net else "",
        )
        for month, (net, count) in found.items()
    )
    best = max(lines, key=lambda line: line.values[0] or 0)
    return ReportSection(
        key=f"months-{currency.lower()}",
        title=f"Revenue by month, {currency}",
        finding=f"{best.label} was the best of {len(lines)} months.",
        label_head="Month",
        columns=REVENUE,
        lines=lines,
        chart="columns",
        total=together(lines),
        currency=currency,
    )


def month_behind(asked: Asked, month: str, currency: str) -> str:
    first, last = month_days(month)
    first, last = max(first, asked.start), min(last, asked.end)
    return behind(asked, period="own", currency=currency, **{"from": first.isoformat(), "to": last.isoformat()})


def together(lines: Sequence[ReportLine]) -> ReportLine:
    return ReportLine(label="Together", values=tuple(sum(line.values[at] or 0 for line in lines) for at in (0, 1)))


async def revenue_by_product(crm: Installation, access: Access, asked: Asked) -> Report:
    """The products that earned most, and the rest as one line. A discount on a whole invoice is not a product's.

    Three queries, whatever there is.
    """
    rows = await sold_by(crm, asked) if asked.owner_id else await sold(crm, asked)
    names = await product_names(crm, largest(asked, rows))
    return Report(sections=tuple(products(asked, currency, rows, names) for currency in wanted(asked, rows)))


async def sold(crm: Installation, asked: Asked) -> list[Row]:
    """Sums of lines for each product and currency. Product by product: to group all lines SQLite would sort them first."""
    found = await crm.data.fetch(CURRENCIES)
    currencies = [row["currency"] for row in found if asked.currency in {"", row["currency"]}]
    if not currencies:
        return []
    query = " UNION ALL ".join([OF_PRODUCTS] * len(currencies) + [OF_NO_PRODUCT] * len(currencies))
    values = [value for currency in currencies * 2 for value in (currency, currency, asked.start, asked.end)]
    return await crm.data.fetch(query, *values)


async def sold_by(crm: Installation, asked: Asked) -> list[Row]:
    """The same of one colleague's invoices."""
    return await crm.data.fetch(
        "SELECT l.currency, l.product_id, sum(l.net) AS net, count(*) AS lines FROM sales_invoice AS i "
        "JOIN sales_invoice_line AS l ON l.invoice_id = i.id "
        "WHERE i.owner_id = ? AND i.issued_on >= ? AND i.issued_on <= ? GROUP BY l.currency, l.product_id",
        asked.owner_id, asked.start, asked.end,
    )  # fmt: skip


def largest(asked: Asked, rows: Sequence[Row]) -> list[UUID]:
    """The products that are named: the first ones of each currency."""
    found: dict[UUID, None] = {}
    for currency in wanted(asked, rows):
        own = [row for row in rows if row["currency"] == currency and row["product_id"]]
        found |= dict.fromkeys(row["product_id"] for row in sorted(own, key=lambda row: -int(row["net"]))[:LISTED])
    return list(found)


async def product_names(crm: Installation, ids: Sequence[UUID]) -> Mapping[UUID, str]:
    if not ids:
        return {}
    marks = ", ".join("?" * len(ids))
    rows = await crm.data.fetch(f"SELECT id, name FROM sales_product WHERE id IN ({marks})", *ids)
    return {row["id"]: row["name"] for row in rows}


def products(asked: Asked, currency: str, rows: Sequence[Row], names: Mapping[UUID, str]) -> ReportSection:
    own = sorted((row for row in rows if row["currency"] == currency), key=lambda row: -int(row["net"]))
    whole = sum(int(row["net"]) for row in own)
    named = [row for row in own if row["product_id"] in names][:LISTED]
    shown = {row["product_id"] for row in named}
    lines = [
        product_line(
            names[row["product_id"]], [row], whole, behind(asked, product=str(row["product_id"]), currency=currency)
        )
        for row in named
    ]
    rest = [row for row in own if row["product_id"] and row["product_id"] not in shown]
    free = [row for row in own if not row["product_id"]]
    lines += [product_line(f"{len(rest)} others", rest, whole)] if rest else []
    lines += [product_line("Without a product", free, whole)] if free else []
    return ReportSection(
        key=f"products-{currency.lower()}",
        title=f"Revenue by product, {currency}",
        finding=f"{lines[0].label} earned most.",
        label_head="Product",
        columns=(
            ReportColumn(label="Revenue", kind="money"),
            ReportColumn(label="Of all", kind="percent"),
            ReportColumn(label="Lines", kind="count"),
        ),
        lines=tuple(lines),
        total=ReportLine(label="Together", values=(whole, None, sum(row["lines"] for row in own))),
        currency=currency,
    )


def product_line(label: str, rows: Sequence[Row], whole: int, href: str = "") -> ReportLine:
    net = sum(int(row["net"]) for row in rows)
    part = share_of(net, whole) if whole > 0 and net >= 0 else None
    return ReportLine(label=label, values=(net, part, sum(row["lines"] for row in rows)), href=href)


async def revenue_by_owner(crm: Installation, access: Access, asked: Asked) -> Report:
    """Each colleague's, or one's own only without `sales.performance`; one query and names."""
    where, values = within(asked)
    if not sees_colleagues(access):
        where, values = f"{where} AND owner_id = ?", [*values, access.actor.id]
    rows = await crm.data.fetch(
        f"SELECT owner_id, currency, {SUMMED} WHERE {where} GROUP BY owner_id, currency", *values
    )
    names = await owner_names(crm, {row["owner_id"] for row in rows}) if rows else {}
    sections = tuple(owners(asked, currency, rows, names.__getitem__) for currency in wanted(asked, rows))
    note = "" if sees_colleagues(access) else "You see your own figures; those of colleagues are for who manages sales."
    return Report(sections=sections, personal=True, note=note)


def owners(asked: Asked, currency: str, rows: Sequence[Row], name: Callable[[UUID | None], str]) -> ReportSection:
    own = sorted((row for row in rows if row["currency"] == currency), key=lambda row: -int(row["net"]))
    lines = tuple(
        ReportLine(
            label=name(row["owner_id"]),
            values=(int(row["net"]), int(row["invoices"])),
            href=behind(asked, owner=str(row["owner_id"]), currency=currency) if row["owner_id"] else "",
        )
        for row in own
    )
    return ReportSection(
        key=f"owners-{currency.lower()}",
        title=f"Revenue by owner, {currency}",
        finding=f"{lines[0].label} billed most.",
        label_head="Owner",
        columns=REVENUE,
        lines=lines,
        total=together(lines),
        currency=currency,
    )
