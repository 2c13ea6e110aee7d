"""What an organisation sets for its marketing."""

from __future__ import annotations

from msgspec import Struct


class MarketingSettings(Struct, frozen=True, kw_only=True):
    """most_a_week: messages that one person gets in seven days, of all campaigns and journeys together.

    quiet_from, quiet_until: the hours of the person's own day between which nothing leaves.
    """

    most_a_week: int = 3
    quiet_from: int = 21
    quiet_until: int = 8
