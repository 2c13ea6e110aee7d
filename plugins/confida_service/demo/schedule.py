"""Who asks what, and when: forty tickets of the last sixty days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from confida_core.api import ContactContent, Opened, now
from confida_service.demo.cast import Cast
from confida_service.demo.stories import ENGLISH, GRIEVANCES, Story
from confida_service.demo.stories_german import GERMAN
from confida_service.service_levels.business_hours import BusinessHours, after_open

AMOUNT, DAYS = 40, 60
OVER, FRESH = 22, 3
"""Older than so many days, everything is settled; younger than so many, some are nobody's yet."""
REACHED = (1, 3, 1, 4, 1, 2, 1, 4, 3)
"""How many turns of the younger ones have been taken, one after the other; after the last one it is solved."""
TAKEN = ("", "open", "on_hold", "open")
"""The states to which somebody put those with one turn, one after the other."""
UNSETTLED = (1, 3, 4)
"""Which of the grievances are still open, by their place."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """One ticket to be. owner: whose it is, None for nobody's. turns: how many are taken.

    solved: once all of them were. state: to which somebody put it by hand, "" for none.
    """

    story: Story
    who: Opened[ContactContent]
    owner: UUID | None
    opened_at: datetime
    turns: int
    solved: bool
    state: str = ""


def tickets(cast: Cast, hours: BusinessHours) -> Iterator[Told]:
    """The oldest first, nearly."""
    chance, usual = cast.chance, (*ENGLISH, *GERMAN)
    speakers = {language: cast.speaking(language) for language in ("en", "de")}
    for number in range(AMOUNT):
        grievance = number % 8 == 5
        place = number // 8 % len(GRIEVANCES)
        story = GRIEVANCES[place] if grievance else usual[number % len(usual)]
        days = DAYS * (AMOUNT - 1 - number) / AMOUNT
        latest = now() - timedelta(minutes=chance.randint(5, 90))
        opened_at = after_open(hours, latest - timedelta(days=days), chance.randint(0, 3_600)) or latest
        turns = 4 if days > OVER or grievance else REACHED[number % len(REACHED)]
        yield Told(
            story=story,
            who=chance.choice(speakers["de" if story in GERMAN else "en"]),
            owner=None if days < FRESH and turns == 1 else chance.choice(cast.owners),
            opened_at=min(opened_at, latest),
            turns=turns,
            state=TAKEN[number % len(TAKEN)] if turns == 1 and days > FRESH else "",
            solved=turns == 4 and not (grievance and place in UNSETTLED),
        )
