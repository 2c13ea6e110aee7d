"""The figures of tickets, counted by the database; nothing sealed is opened, and nobody who asked is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from confida_core.api import Installation, Row, now
from confida_service.figures.asked import Asked

COLUMNS = {"queue": "queue_id", "person": "assignee_id", "kind": "kind", "channel": "channel"}
MINUTES = {
    "sqlite": "CAST(round((julianday({until}) - julianday(opened_at)) * 1440) AS INTEGER)",
    "postgres": "CAST(round(EXTRACT(EPOCH FROM ({until} - opened_at)) / 60) AS INTEGER)",
}
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


async def counted(crm: Installation, asked: Asked, moment: str) -> dict[Place, int]:
    """How many tickets; moment: `opened_at` or `solved_at`. One query."""
    place, rows = divided(asked, moment), narrowed(asked, moment)
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


async def promised(crm: Installation, asked: Asked, until: str, whole: bool = False) -> dict[Place, Promised]:
    """How long it took until `first_response_at` or `solved_at`, of tickets opened in the period; whole: of all, under None.

    Two queries. What is due and has not happened counts as missed once it is late.
    """
    place = Divided("NULL") if whole else divided(asked, "opened_at")
    rows = narrowed(asked, "opened_at")
    spans = await crm.data.fetch(
        f"WITH spans AS (SELECT {place.sql} AS place, {MINUTES[crm.data.engine].format(until=until)} AS minutes "
        f"FROM service_ticket WHERE {rows.sql} AND state <> 'merged' AND {until} IS NOT NULL), ranked AS (SELECT place, minutes, "
        "row_number() OVER (PARTITION BY place ORDER BY minutes) AS nth, count(*) OVER (PARTITION BY place) AS amount FROM spans) "
        "SELECT place, amount, max(CASE WHEN nth = (amount + 1) / 2 THEN minutes END) AS median, "
        "max(CASE WHEN nth = (amount * 9 + 9) / 10 THEN minutes END) AS most FROM ranked GROUP BY place, amount",
        *place.values, *rows.values,
    )  # fmt: skip
    kept = await kept_of(crm, asked, until, (place, rows))
    found = {row["place"]: row for row in spans}
    return {one: promised_of(found.get(one), kept.get(one)) for one in found.keys() | kept.keys()}


async def kept_of(
    crm: Installation, asked: Asked, until: str, parts: tuple[Divided, Divided]
) -> dict[Place, tuple[int, int]]:
    place, rows = parts
    due = "first_response_due" if until == "first_response_at" else "solution_due"
    found = await crm.data.fetch(
        f"SELECT {place.sql} AS place, sum(CASE WHEN {until} <= {due} THEN 1 ELSE 0 END) AS kept, "
        f"sum(CASE WHEN {until} > {due} OR ({until} IS NULL AND {due} < ?) THEN 1 ELSE 0 END) AS missed "
        f"FROM service_ticket WHERE {rows.sql} AND state <> 'merged' AND {due} IS NOT NULL GROUP BY 1",
        *place.values, now(), *rows.values,
    )  # fmt: skip
    return {row["place"]: (int(row["kept"]), int(row["missed"])) for row in found}


def promised_of(span: Row | None, kept: tuple[int, int] | None) -> Promised:
    amount, median, most = (span["amount"], span["median"], span["most"]) if span else (0, None, None)
    return Promised(amount=amount, median=median, most=most, kept=(kept or (0, 0))[0], missed=(kept or (0, 0))[1])


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
