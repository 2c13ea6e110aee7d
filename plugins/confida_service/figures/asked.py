"""What figures of service are asked about: a period, how they are divided, and a queue. All of it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from confida_core.api import NotFound
from confida_web.api import Period, month_days, read_period

DIVISIONS: Mapping[str, str] = {
    "month": "Month",
    "queue": "Queue",
    "person": "Colleague",
    "kind": "Kind",
    "channel": "Channel",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked(Period):
    """by: a key of DIVISIONS. queue_id: tickets of this queue alone. zone: where the days begin."""

    by: str
    queue_id: UUID | None
    zone: ZoneInfo

    def query(self, **more: str) -> str:
        """The same as the end of an address, with a question mark."""
        asked = self.parameters | {"by": self.by} | ({"queue": str(self.queue_id)} if self.queue_id else {})
        return f"?{urlencode(asked | more)}"

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From the beginning of the first day to the end of the last one, which does not belong to it; UTC."""
        return self.midnight(self.start), self.midnight(self.end + timedelta(days=1))

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=self.zone).astimezone(UTC)

    @property
    def month_ends(self) -> Sequence[tuple[str, datetime]]:
        """Each month with the moment at which it is over."""
        return [(month, self.midnight(month_days(month)[1] + timedelta(days=1))) for month in self.months]


def read_asked(given: Mapping[str, Any], today: date, zone: str) -> Asked:
    """From the parameters of an address. Raises NotFound for a queue that is no id; other nonsense is told in `wrong`."""
    period = read_period(given, today)
    by = str(given.get("by", "month"))
    return Asked(
        key=period.key,
        start=period.start,
        end=period.end,
        today=today,
        wrong=period.wrong,
        by=by if by in DIVISIONS else "month",
        queue_id=queue_of(str(given.get("queue", ""))),
        zone=ZoneInfo(zone),
    )


def queue_of(given: str) -> UUID | None:
    try:
        return UUID(given) if given else None
    except ValueError:
        raise NotFound from None
