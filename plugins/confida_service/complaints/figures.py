"""Figures of complaints: how many by cause and by month, whether they were answered in time, and what they cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from confida_core.api import Access, Installation, Row
from confida_service.complaints.causes import causes
from confida_service.complaints.listing import IS_ONE
from confida_service.complaints.steps import in_time
from confida_service.equipment.equipment import today_of
from confida_service.equipment.recurring import day_after_months

NO_CAUSE = ""
COLUMNS = (
    "c.received_on, c.cause_id, c.acknowledge_by, c.answer_by, c.acknowledged_on, c.answered_on, c.remedy, c.amount, "
    "c.currency, c.refunded_on, c.satisfied"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ComplaintFigures:
    """Of some months. by_month: first day -> how many came. by_cause: name ("" for none) -> how many, the most first.

    acknowledged, answered: (in time, out of how many whose time is over or that are done). refunded: currency -> minor units
    paid. satisfied: yes, partly, no -> how many.
    """

    by_month: Mapping[date, int]
    by_cause: Mapping[str, int]
    acknowledged: tuple[int, int]
    answered: tuple[int, int]
    refunded: Mapping[str, int]
    satisfied: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.by_month.values())


def first_month(crm: Installation, months: int) -> date:
    """The first day of the month with which so many months, the present one included, begin."""
    return day_after_months(today_of(crm).replace(day=1), 1 - months)


async def complaint_figures(crm: Installation, access: Access, months: int) -> ComplaintFigures:
    """Of the last months, by when they came; two queries, and nothing is opened. Raises Forbidden."""
    access.actor.require("service.read")
    since, today = first_month(crm, months), today_of(crm)
    rows = await crm.data.fetch(
        f"SELECT {COLUMNS} FROM service_complaint AS c JOIN service_ticket AS t ON t.id = c.ticket_id "
        f"WHERE c.received_on >= ? AND {IS_ONE}",
        since,
    )
    names = {one.id: one.name for one in await causes(crm)}
    refunded = Counter[str]()
    for row in rows:
        if row["refunded_on"] is not None and row["amount"]:
            refunded[row["currency"]] += row["amount"]
    return ComplaintFigures(
        by_month=monthly(rows, since, months),
        by_cause=caused(rows, names),
        acknowledged=kept(rows, ("acknowledged_on", "acknowledge_by"), today),
        answered=kept(rows, ("answered_on", "answer_by"), today),
        refunded=refunded,
        satisfied=Counter(row["satisfied"] for row in rows if row["satisfied"]),
    )


def monthly(rows: Sequence[Row], since: date, months: int) -> dict[date, int]:
    """Months without any are there, too."""
    found = {day_after_months(since, number): 0 for number in range(months)}
    for row in rows:
        month = row["received_on"].replace(day=1)
        if month in found:
            found[month] += 1
    return found


def caused(rows: Sequence[Row], names: Mapping[UUID, str]) -> dict[str, int]:
    counted = Counter(names.get(row["cause_id"], NO_CAUSE) for row in rows)
    return dict(sorted(counted.items(), key=lambda one: (-one[1], one[0])))


def kept(rows: Sequence[Row], columns: tuple[str, str], today: date) -> tuple[int, int]:
    """An answer is an acknowledgement, too."""
    done, by = columns
    days = (row[done] or row["answered_on"] for row in rows)
    judged = [in_time(day, row[by], today) for day, row in zip(days, rows, strict=True)]
    return sum(one is True for one in judged), sum(one is not None for one in judged)
