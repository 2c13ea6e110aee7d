"""To which messages money is put down that came in after them: to the first, to the last, or to all in equal parts. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Touch:
    """Somebody was reached. source: campaign or journey."""

    at: datetime
    source: str
    source_id: UUID


@dataclass(frozen=True, slots=True)
class Part:
    """What one campaign or journey gets of an amount, in minor units, by each of the three rules."""

    source: str
    source_id: UUID
    first: int
    last: int
    linear: int


def touches_before(touches: Sequence[Touch], at: datetime, days: int) -> list[Touch]:
    """Those of the so many days before that moment, in their order."""
    since = at - timedelta(days=days)
    return sorted((one for one in touches if since <= one.at < at), key=lambda one: (one.at, one.source_id.int))


def shared_out(amount: int, touches: Sequence[Touch]) -> list[Part]:
    """touches: in their order, at least one. By each rule the parts add up to the amount exactly.

    Linear gives each message the same; what cannot be divided goes to the earlier ones, a minor unit each.
    """
    each, rest = divmod(amount, len(touches))
    first, last = touches[0].source_id, touches[-1].source_id
    found: dict[UUID, Part] = {}
    for place, touch in enumerate(touches):
        known = found.get(touch.source_id)
        found[touch.source_id] = Part(
            source=touch.source,
            source_id=touch.source_id,
            first=amount if touch.source_id == first else 0,
            last=amount if touch.source_id == last else 0,
            linear=(known.linear if known else 0) + each + (place < rest),
        )
    return list(found.values())
