"""What a report is asked about: a period, a pipeline, a colleague, a currency. All of it stands in the address."""

from __future__ import annotations

from calendar import month_abbr
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from confida_core.api import Access, NotFound

PERIODS: Mapping[str, str] = {
    "12m": "Last twelve months",
    "month": "This month",
    "quarter": "This quarter",
    "year": "This year",
    "last-year": "Last year",
    "own": "From … to …",
}
LONGEST_YEARS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """start, end: both days belong to it; today: the reader's. owner_id: whose figures, None for all together. currency: "" for each.

    wrong: what could not be read, by field; the usual stands in its place.
    """

    period: str
    start: date
    end: date
    today: date
    pipeline_id: UUID | None = None
    owner_id: UUID | None = None
    currency: str = ""
    wrong: Mapping[str, str] | None = None

    @property
    def errors(self) -> Mapping[str, str]:
        return self.wrong or {}

    def query(self, **more: str) -> str:
        """The same as the end of an address, with a question mark."""
        asked = {"period": self.period}
        if self.period == "own":
            asked |= {"from": self.start.isoformat(), "to": self.end.isoformat()}
        if self.pipeline_id:
            asked["pipeline"] = str(self.pipeline_id)
        if self.owner_id:
            asked["owner"] = str(self.owner_id)
        if self.currency:
            asked["currency"] = self.currency
        return f"?{urlencode(asked | more)}"


def read_asked(given: Mapping[str, Any], today: date) -> Asked:
    """From the parameters of an address. Raises NotFound for ids that are none; for other nonsense it says so in `wrong`."""
    period = str(given.get("period", "12m"))
    period = period if period in PERIODS else "12m"
    start, end = days_of(period, today)
    asked = Asked(
        period=period,
        start=start,
        end=end,
        today=today,
        pipeline_id=id_of(given.get("pipeline", "")),
        owner_id=id_of(given.get("owner", "")),
        currency=currency_of(given.get("currency", "")),
    )
    return own_days(asked, str(given.get("from", "")), str(given.get("to", ""))) if period == "own" else asked


def own_days(asked: Asked, first: str, last: str) -> Asked:
    errors: dict[str, str] = {}
    start, end = (read_day(name, typed, errors) for name, typed in (("from", first), ("to", last)))
    start, end = start or asked.start, end or asked.end
    if not errors and start > end:
        errors["to"] = "The end stands before the beginning."
    if not errors and end.year - start.year > LONGEST_YEARS:
        errors["from"] = f"At most {LONGEST_YEARS} years at once."
    return replace(asked, wrong=errors) if errors else replace(asked, start=start, end=end)


def read_day(name: str, typed: str, errors: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        errors[name] = "Please choose a day."
        return None


def days_of(period: str, today: date) -> tuple[date, date]:
    """The first and last day of a named period; a running one ends today. One of one's own begins as the last twelve months."""
    if period == "month":
        return today.replace(day=1), today
    if period == "quarter":
        return date(today.year, (today.month - 1) // 3 * 3 + 1, 1), today
    if period == "year":
        return date(today.year, 1, 1), today
    if period == "last-year":
        return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
    # Twelve whole months and the one that runs would compare thirteen; so eleven and this one.
    month = today.year * 12 + today.month - 1 - 11
    return date(month // 12, month % 12 + 1, 1), today


def id_of(given: Any) -> UUID | None:
    try:
        return UUID(str(given)) if given else None
    except ValueError:
        raise NotFound from None


def currency_of(given: Any) -> str:
    text = str(given)
    return text if len(text) == 3 and text.isascii() and text.isupper() else ""


def months_of(asked: Asked) -> list[str]:
    """Every month of the period, as `2026-11`."""
    first, last = (day.year * 12 + day.month - 1 for day in (asked.start, asked.end))
    return [f"{month // 12}-{month % 12 + 1:02}" for month in range(first, last + 1)]


def month_label(month: str) -> str:
    """In words that fit below a column: `Nov 2026`."""
    return f"{month_abbr[int(month[5:])]} {month[:4]}"


def month_days(month: str) -> tuple[date, date]:
    """The first and last day of a month like `2026-11`."""
    year, number = int(month[:4]), int(month[5:])
    following = date(year + number // 12, number % 12 + 1, 1)
    return date(year, number, 1), following - timedelta(days=1)


def check_owner(access: Access, asked: Asked) -> None:
    """Whose figures somebody may ask for: their own, everybody's together, and with `sales.performance` each colleague's.

    Raises NotFound, as for a colleague who does not exist.
    """
    if asked.owner_id not in {None, access.actor.id} and not access.actor.may("sales.performance"):
        raise NotFound


def sees_colleagues(access: Access) -> bool:
    return access.actor.may("sales.performance")
