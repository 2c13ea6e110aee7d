"""Invented interactions: what was said and done, and what is still to do."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from confida_core.demo.people import FIRST, PEOPLE, SEED, Ids, locale_of
from confida_core.demo.words import TALK
from confida_core.interactions.content import InteractionDraft

INTERACTIONS = 1000
KINDS = ("call", "meeting", "note", "email", "task")
WEIGHTS = (30, 20, 15, 28, 7)
MINUTES = {"call": (3, 40), "meeting": (30, 120)}


def interactions(moment: datetime, assignees: Sequence[UUID] = (), ids: Ids = FIRST) -> Iterator[InteractionDraft]:
    """The same ones every time, counted back from `moment`; tasks are shared out among the assignees."""
    chance = random.Random(SEED + 2)  # noqa: S311 -- Invented data; nothing secret depends on it.
    for number in range(INTERACTIONS):
        kind = chance.choices(KINDS, WEIGHTS)[0]
        # Few people take part in much, many in little, as everywhere.
        first = min(int(chance.expovariate(1 / 60)), PEOPLE - 1)
        others = chance.sample(range(PEOPLE), chance.randint(1, 3)) if kind == "meeting" else []
        people = tuple(ids.people[index] for index in dict.fromkeys([first, *others]))
        subject, body = chance.choice(TALK[locale_of(first).language][kind])
        when = moment - timedelta(days=int(chance.triangular(0, 600, 0)), minutes=chance.randint(1, 600))
        due = moment.date() + timedelta(days=chance.randint(-10, 30))
        planned = kind == "task"
        yield InteractionDraft(
            kind=kind,
            people=people,
            subject=subject,
            body=body,
            direction=chance.choice(("in", "out")) if kind in {"call", "email"} else "",
            at=None if planned else when,
            duration_minutes=chance.randint(*MINUTES[kind]) if kind in MINUTES else None,
            planned=planned,
            due_on=due if planned else None,
            assignee_id=assignees[number % len(assignees)] if planned and assignees else None,
        )
