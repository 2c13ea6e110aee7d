"""The figures of tickets, counted by the database; nothing sealed is opened, and nobody who asked is named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from confida_core.api import Installation, Row, now
from confida_service.figures.asked import Asked

COLUMNS = {"queue": "queue_id", "person": "assignee_id", "kind": "kind", "channel": "channel"}
MINUTES = {
    "sqlite": "CAST(round((julianday({until}) - julianday(opened_at)) * 1440) AS INTEGER)",
    "postgres": "CAST(round(EXTRACT(EPOCH FROM ({until} - opened_at)) / 60) AS INTEGER)",
}
KEPT = {
    until: f"CASE WHEN {until} <= {due} THEN 1 WHEN {until} > {due} OR {due} < ? THEN 0 END"
    for until, due in (("first_response_at", "first_response_due"), ("solved_at", "solution_due"))
}
WHOLE = object()
WAITING = "state IN ('new', 'open', 'pending', 'on_hold')"
Place = Any
"""What a figure stands for: a month like `2026-11`, the id of a queue or a colleague, a key, or None for nobody."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Promised:
    """How long something took, in minutes by the clock: half of them at most `median`, nine of ten at most `most`.

    kept, missed: of what was promised by a service level, which reckons in business hours.
    """

    amount: int = 0
    median: int | None = None
    most: int | None = None
    kept: int = 0
    missed: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Timed:
    """Of the tickets that were opened."""

    opened: int = 0
    first: Promised = Promised()
    solution: Promised = Promised()


@dataclass(frozen=True, kw_only=True, slots=True)
class Satisfied:
    """score_sum: of all answers, from 1 to 5 each. content: those of 4 and 5."""

    asked: int = 0
    answers: int = 0
    content: int = 0
    score_sum: int = 0


@dataclass(frozen=True, slots=True)
class Divided:
    """A piece of SQL that says to which place a row belongs, and its values."""

    sql: str
    values: tuple[Any, ...] = ()


def divided(asked: Asked, moment: str, table: str = "") -> Divided:
    """moment: the column with the time that counts. table: its name and a point, where columns need one."""
    if asked.by != "month":
        return Divided(f"{table}{COLUMNS[asked.by]}")
    cases = " ".join(f"WHEN {moment} < ? THEN '{month}'" for month, _ in asked.month_ends)
    return Divided(f"CASE {cases} END", tuple(end for _, end in asked.month_ends))


def narrowed(asked: Asked, moment: str, table: str = "") -> Divided:
    """Which rows count: of the period, of the queue, and none that was merged into another."""
    queue = f" AND {table}queue_id = ?" if asked.queue_id else ""
    values = (*asked.span, *((asked.queue_id,) if asked.queue_id else ()))
    return Divided(f"{moment} >= ? AND {moment} < ?{queue}", values)


async def solved(crm: Installation, asked: Asked) -> dict[Place, int]:
    """How many tickets were solved within the period, whenever they were opened. One query."""
    place, rows = divided(asked, "solved_at"), narrowed(asked, "solved_at")
    found = await crm.data.fetch(
        f"SELECT {place.sql} AS place, count(*) AS amount FROM service_ticket WHERE {rows.sql} AND state <> 'merged' GROUP BY 1",
        *place.values, *rows.values,
    )  # fmt: skip
    return {row["place"]: int(row["amount"]) for row in found}


async def waiting(crm: Installation, asked: Asked) -> dict[Place, int]:
    """Tickets that wait now, divided as asked; not by month. One query."""
    queue = " AND queue_id = ?" if asked.queue_id else ""
    found = await crm.data.fetch(
        f"SELECT {COLUMNS[asked.by]} AS place, count(*) AS amount FROM service_ticket WHERE {WAITING}{queue} GROUP BY 1",
        *((asked.queue_id,) if asked.queue_id else ()),
    )
    return {row["place"]: int(row["amount"]) for row in found}


async def waiting_before(crm: Installation, asked: Asked) -> int:
    """How many tickets waited when the period began: opened before, and not solved until then. One query."""
    start = asked.span[0]
    queue = " AND queue_id = ?" if asked.queue_id else ""
    rows = await crm.data.fetch(
        "SELECT count(*) AS amount FROM service_ticket WHERE opened_at < ? AND state <> 'merged' "
        f"AND (solved_at IS NULL OR solved_at >= ?){queue}",
        start, start, *((asked.queue_id,) if asked.queue_id else ()),
    )  # fmt: skip
    return int(rows[0]["amount"])


async def timed(crm: Installation, asked: Asked) -> Mapping[Place, Timed]:
    """The tickets that were opened within the period; all of them together stand under WHOLE. One query.

    What is due and has not happened counts as missed once it is late. The database gives a line for each ticket, because to
    find the middle of each group takes it several times as long as sorting them here (measured with 50,000 tickets).
    """
    place, rows, moment = divided(asked, "opened_at"), narrowed(asked, "opened_at"), now()
    minutes = MINUTES[crm.data.engine]
    found = await crm.data.fetch(
        f"SELECT {place.sql} AS place, {minutes.format(until='first_response_at')} AS first, {KEPT['first_response_at']} AS "
        f"first_kept, {minutes.format(until='solved_at')} AS solution, {KEPT['solved_at']} AS solution_kept "
        f"FROM service_ticket WHERE {rows.sql} AND state <> 'merged'",
        *place.values, moment, moment, *rows.values,
    )  # fmt: skip
    groups: dict[Place, list[Row]] = {WHOLE: found}
    for row in found:
        groups.setdefault(row["place"], []).append(row)
    return {one: timed_of(own) for one, own in groups.items()}


def timed_of(rows: Sequence[Row]) -> Timed:
    return Timed(
        opened=len(rows),
        first=promised_of([row["first"] for row in rows], [row["first_kept"] for row in rows]),
        solution=promised_of([row["solution"] for row in rows], [row["solution_kept"] for row in rows]),
    )


def promised_of(minutes: Sequence[int | None], kept: Sequence[int | None]) -> Promised:
    """kept: 1 for each promise that was kept, 0 for each that was missed, None where none was made or time is left."""
    spans = sorted(one for one in minutes if one is not None)
    amount = len(spans)
    return Promised(
        amount=amount,
        median=spans[(amount + 1) // 2 - 1] if spans else None,
        most=spans[(amount * 9 + 9) // 10 - 1] if spans else None,
        kept=kept.count(1),
        missed=kept.count(0),
    )


async def satisfied(crm: Installation, asked: Asked) -> dict[Place, Satisfied]:
    """What those said who were asked within the period. One query."""
    joined = asked.by in {"kind", "channel"}
    place, rows = divided(asked, "asked_at", "t." if joined else "s."), narrowed(asked, "s.asked_at", "s.")
    more = " JOIN service_ticket AS t ON t.id = s.ticket_id" if joined else ""
    found = await crm.data.fetch(
        f"SELECT {place.sql} AS place, count(*) AS asked, count(s.score) AS answers, coalesce(sum(s.score), 0) AS score_sum, "
        f"sum(CASE WHEN s.score >= 4 THEN 1 ELSE 0 END) AS content FROM service_survey AS s{more} WHERE {rows.sql} GROUP BY 1",
        *place.values, *rows.values,
    )  # fmt: skip
    return {
        row["place"]: Satisfied(
            asked=row["asked"], answers=row["answers"], content=int(row["content"]), score_sum=int(row["score_sum"])
        )
        for row in found
    }


async def spent(crm: Installation, asked: Asked) -> dict[Place, int]:
    """Minutes that were written down within the period; of colleagues, those of whoever worked. One query."""
    whose = Divided("s.account_id") if asked.by == "person" else divided(asked, "s.at", "t.")
    rows = narrowed(asked, "s.at", "t.")
    found = await crm.data.fetch(
        f"SELECT {whose.sql} AS place, sum(s.minutes) AS minutes FROM service_time_spent AS s "
        f"JOIN service_ticket AS t ON t.id = s.ticket_id WHERE {rows.sql} GROUP BY 1",
        *whose.values, *rows.values,
    )  # fmt: skip
    return {row["place"]: int(row["minutes"]) for row in found}


def together(found: Sequence[Satisfied]) -> Satisfied:
    return Satisfied(
        asked=sum(one.asked for one in found),
        answers=sum(one.answers for one in found),
        content=sum(one.content for one in found),
        score_sum=sum(one.score_sum for one in found),
    )
