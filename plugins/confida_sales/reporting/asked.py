"""What a report is asked about: a period, a pipeline, a colleague, a currency. All of it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from confida_core.api import Access, NotFound
from confida_web.api import Period, read_period


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked(Period):
    """owner_id: whose figures, None for all together. currency: "" for each."""

    pipeline_id: UUID | None = None
    owner_id: UUID | None = None
    currency: str = ""

    def query(self, **more: str) -> str:
        """The same as the end of an address, with a question mark."""
        asked = dict(self.parameters)
        if self.pipeline_id:
            asked["pipeline"] = str(self.pipeline_id)
        if self.owner_id:
            asked["owner"] = str(self.owner_id)
        if self.currency:
            asked["currency"] = self.currency
        return f"?{urlencode(asked | more)}"


def read_asked(given: Mapping[str, Any], today: date) -> Asked:
    """From the parameters of an address. Raises NotFound for ids that are none; for other nonsense it says so in `wrong`."""
    period = read_period(given, today)
    return Asked(
        key=period.key,
        start=period.start,
        end=period.end,
        today=period.today,
        wrong=period.wrong,
        pipeline_id=id_of(given.get("pipeline", "")),
        owner_id=id_of(given.get("owner", "")),
        currency=currency_of(given.get("currency", "")),
    )


def id_of(given: Any) -> UUID | None:
    try:
        return UUID(str(given)) if given else None
    except ValueError:
        raise NotFound from None


def currency_of(given: Any) -> str:
    text = str(given)
    return text if len(text) == 3 and text.isascii() and text.isupper() else ""


def check_owner(access: Access, asked: Asked) -> None:
    """Whose figures somebody may ask for: their own, everybody's together, and with `sales.performance` each colleague's.

    Raises NotFound, as for a colleague who does not exist.
    """
    if asked.owner_id not in {None, access.actor.id} and not access.actor.may("sales.performance"):
        raise NotFound


def sees_colleagues(access: Access) -> bool:
    return access.actor.may("sales.performance")
