"""Numbers of papers: one after the other, none twice and none left out, whoever issues what at the same time.

A number is taken in the transaction that stores the paper: both are there after the commit, or neither is. On PostgreSQL the
row of the series is locked until then, on SQLite there is one writer anyway.

A pattern may be changed at any time, and back again. Two things keep a number from being written twice all the same: a
pattern that was used before goes on where it ended, and one that could write what another one wrote is refused.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from confida_core.api import Access, Installation, InvalidContent, Row, new_id

PATTERNS = {
    "invoice": "I-{year}-{number}",
    "credit_note": "C-{year}-{number}",
    "quote": "Q-{year}-{number}",
    "order": "O-{year}-{number}",
}
DIGITS = 5
LONGEST_PATTERN = 40


@dataclass(frozen=True, slots=True)
class Numbered:
    """A place in a series, and how it is written. year: 0 for a series that never begins anew."""

    year: int
    number: int
    text: str
    pattern: str = ""


async def next_number(crm: Installation, kind: str, day: date) -> Numbered:
    """The next number of the series; to be called within the transaction that stores the paper.

    A series whose pattern names the year begins anew with the first paper of a later year; a paper dated back into an earlier
    year gets a number of the current one, because those of the earlier year may have been reported already.
    """
    await begin_series(crm, kind)
    rows = await crm.data.fetch(
        "UPDATE sales_series SET next = next + 1 WHERE kind = ? RETURNING pattern, year, next - 1 AS next", kind
    )
    place = upcoming(rows[0], day)
    if place.year > rows[0]["year"]:
        await crm.data.fetch("UPDATE sales_series SET year = ?, next = 2 WHERE kind = ?", place.year, kind)
    return place


async def begin_series(crm: Installation, kind: str) -> None:
    await crm.data.fetch(
        "INSERT INTO sales_series (id, kind, pattern, year, next) VALUES (?, ?, ?, ?, 1) ON CONFLICT (kind) DO NOTHING",
        new_id(), kind, PATTERNS[kind], 0,
    )  # fmt: skip


def written(pattern: str, year: int, number: int) -> str:
    return pattern.format(year=year, number=f"{number:0{DIGITS}}")


def check_pattern(pattern: str) -> str:
    """The pattern, trimmed. Raises InvalidContent for one that would write two papers alike."""
    pattern = pattern.strip()
    try:
        fields = [
            (name, spec, turned) for _, name, spec, turned in string.Formatter().parse(pattern) if name is not None
        ]
    except ValueError:
        fields = []
    plain = all(name in {"year", "number"} and not spec and not turned for name, spec, turned in fields)
    if not plain or [name for name, _, _ in fields].count("number") != 1 or len(pattern) > LONGEST_PATTERN:
        raise InvalidContent({"pattern": "Write {number} once, and {year} if the numbers shall begin anew each year."})
    return pattern


def shape_of(pattern: str) -> str:
    """What its numbers look like, with every run of digits as one mark. Two patterns of different shapes never write alike."""
    return re.sub("[0-9]+", "\N{NULL}", pattern.format(year=0, number=0))


async def choose_pattern(crm: Installation, access: Access, kind: str, pattern: str) -> None:
    """How papers of this kind are numbered from now on; the count goes on. Raises Forbidden and InvalidContent."""
    access.actor.require("sales.manage")
    pattern = check_pattern(pattern)
    if kind not in PATTERNS:
        raise InvalidContent({"kind": "Please choose one of the kinds."})
    async with crm.data.transaction():
        row = await held_series(crm, kind)
        if row["pattern"] == pattern:
            return
        used = await crm.data.fetch(
            "SELECT kind, pattern, next FROM sales_series_past UNION ALL SELECT kind, pattern, next FROM sales_series"
        )
        check_unlike(kind, pattern, used)
        before = [past["next"] for past in used if past["kind"] == kind and past["pattern"] == pattern]
        await crm.data.fetch(
            "INSERT INTO sales_series_past (id, kind, pattern, next) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (kind, pattern) DO UPDATE SET next = excluded.next",
            new_id(), kind, row["pattern"], row["next"],
        )  # fmt: skip
        # Those with the year in them begin anew by themselves; within a year the count only ever grows.
        going_on = row["next"] if "{year}" in pattern else max([row["next"], *before])
        await crm.data.fetch("UPDATE sales_series SET pattern = ?, next = ? WHERE kind = ?", pattern, going_on, kind)


async def preview_pattern(crm: Installation, access: Access, kind: str, pattern: str, day: date) -> Numbered:
    """The next number if this pattern were chosen now; chooses nothing. Raises Forbidden and InvalidContent."""
    access.actor.require("sales.manage")
    try:
        async with crm.data.transaction():
            await choose_pattern(crm, access, kind, pattern)
            found = await next_of(crm, kind, day)
            raise _OnlyLooked
    except _OnlyLooked:
        return found


class _OnlyLooked(Exception):
    """Undoes what was done to see what would come of it."""


async def held_series(crm: Installation, kind: str) -> Row:
    """The series, which nobody else numbers by until the caller's transaction ends."""
    await begin_series(crm, kind)
    return (await crm.data.fetch("UPDATE sales_series SET next = next WHERE kind = ? RETURNING *", kind))[0]


def check_unlike(kind: str, pattern: str, used: Sequence[Row]) -> None:
    """Raises InvalidContent for a pattern that could write a number which another one wrote, or is about to."""
    others = {(row["kind"], row["pattern"]) for row in used} | set(PATTERNS.items())
    for other_kind, other in others - {(kind, pattern)}:
        if shape_of(other) != shape_of(pattern):
            continue
        if other_kind != kind:
            raise InvalidContent({"pattern": "Another kind of paper is numbered like this already."})
        raise InvalidContent(
            {"pattern": "This could write a number that was given already. Please change a letter or a sign as well."}
        )


async def next_of(crm: Installation, kind: str, day: date) -> Numbered:
    """The number that a paper of this kind and day would get now; somebody else may be faster."""
    rows = await crm.data.fetch("SELECT pattern, year, next FROM sales_series WHERE kind = ?", kind)
    return upcoming(rows[0] if rows else {"pattern": PATTERNS[kind], "year": 0, "next": 1}, day)


async def all_series(crm: Installation, access: Access, day: date) -> list[Numbered]:
    """The next number of each kind, in the order of PATTERNS, as it would be written on the day; takes none. Raises Forbidden."""
    access.actor.require("sales.manage")
    rows = {row["kind"]: row for row in await crm.data.fetch("SELECT kind, pattern, year, next FROM sales_series")}
    return [
        upcoming(rows.get(kind, {"pattern": pattern, "year": 0, "next": 1}), day) for kind, pattern in PATTERNS.items()
    ]


def upcoming(row: Row, day: date) -> Numbered:
    pattern, year = row["pattern"], row["year"]
    if "{year}" not in pattern:
        return Numbered(0, row["next"], written(pattern, 0, row["next"]), pattern)
    if day.year > year:
        return Numbered(day.year, 1, written(pattern, day.year, 1), pattern)
    return Numbered(year, row["next"], written(pattern, year, row["next"]), pattern)
