"""Which results somebody asks for: those of a period, all of it in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from confida_web.api import Period, read_period


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked(Period):
    """zone: where the days begin."""

    zone: ZoneInfo

    def query(self) -> str:
        """The same as the end of an address, with a question mark."""
        return f"?{urlencode(self.parameters)}"

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From the beginning of the first day to the end of the last one, which does not belong to it; UTC."""
        return self.midnight(self.start), self.midnight(self.end + timedelta(days=1))

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=self.zone).astimezone(UTC)


def read_asked(given: Mapping[str, Any], today: date, zone: str) -> Asked:
    """From the parameters of an address; nonsense is told in `wrong`."""
    period = read_period(given, today)
    return Asked(
        key=period.key, start=period.start, end=period.end, today=today, wrong=period.wrong, zone=ZoneInfo(zone)
    )
