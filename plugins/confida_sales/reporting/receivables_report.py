"""What is still to be paid, by how long it is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from confida_core.api import Access, Installation, Row
from confida_sales.billing.listing import OPEN
from confida_sales.reporting.asked import Asked
from confida_web.api import (
    Report,
    ReportColumn,
    ReportLine,
    ReportSection,
    share_of,
    shown_percent,
)

CLASSES = ("Not due yet", "0 to 30 days overdue", "31 to 60 days", "61 to 90 days", "More than 90 days")
LIMITS = (0, 30, 60, 90)


def limits_of(today: date) -> list[date]:
    """The first day due that still belongs to each class but the last."""
    return [today - timedelta(days=limit) for limit in LIMITS]


async def receivables_ageing(crm: Installation, access: Access, asked: Asked) -> Report:
    """As of today; one query. What was paid or credited in part is open with the rest."""
    limits = limits_of(asked.today)
    owned, values = (" AND owner_id = ?", [asked.owner_id]) if asked.owner_id else ("", [])
    rows = await crm.data.fetch(
        "SELECT currency, CASE WHEN due_on >= ? THEN 0 WHEN due_on >= ? THEN 1 WHEN due_on >= ? THEN 2 "
        "WHEN due_on >= ? THEN 3 ELSE 4 END AS age, sum(gross - paid - credited) AS amount, count(*) AS invoices "
        f"FROM sales_invoice WHERE {OPEN}{owned} GROUP BY 1, 2",
        *limits, *values,
    )  # fmt: skip
    found = sorted({row["currency"] for row in rows if asked.currency in {"", row["currency"]}})
    return Report(sections=tuple(section(asked, currency, rows) for currency in found))


def section(asked: Asked, currency: str, rows: Sequence[Row]) -> ReportSection:
    found = {row["age"]: (int(row["amount"]), row["invoices"]) for row in rows if row["currency"] == currency}
    whole = sum(amount for amount, _ in found.values())
    lines = tuple(
        ReportLine(
            label=label,
            values=(*found.get(age, (0, 0)), share_of(found.get(age, (0, 0))[0], whole)),
            href="/x/sales/reports/invoices" + asked.query(age=str(age), currency=currency) if age in found else "",
        )
        for age, label in enumerate(CLASSES)
    )
    late = whole - found.get(0, (0, 0))[0]
    return ReportSection(
        key=f"ageing-{currency.lower()}",
        title=f"Open invoices, {currency}",
        finding=f"{shown_percent(share_of(late, whole))} of what is open is overdue."
        if late
        else "Nothing is overdue.",
        label_head="Age",
        columns=(
            ReportColumn(label="Open", kind="money"),
            ReportColumn(label="Invoices", kind="count"),
            ReportColumn(label="Of all", kind="percent"),
        ),
        lines=lines,
        chart="ageing",
        total=ReportLine(label="Together", values=(whole, sum(count for _, count in found.values()), None)),
        currency=currency,
    )
