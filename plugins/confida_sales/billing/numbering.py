"""Numbers of papers: one after the other, none twice and none left out, whoever issues what at the same time.

A number is taken in the transaction that stores the paper: both are there after the commit, or neither is. On PostgreSQL the
row of the series is locked until then, on SQLite there is one writer anyway.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from datetime import date

from confida_core.api import Access, Installation, InvalidContent, new_id

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


async def next_number(crm: Installation, kind: str, day: date) -> Numbered:
    """The next number of the series; to be called within the transaction that stores the paper.

    A series whose pattern names the year begins anew with the first paper of a later year; a paper dated back into an earlier
    year gets a number of the current one, because those of the earlier year may have been reported already.
    """
    await crm.data.fetch(
        "INSERT INTO sales_series (id, kind, pattern, year, next) VALUES (?, ?, ?, ?, 1) ON CONFLICT (kind) DO NOTHING",
        new_id(), kind, PATTERNS[kind], 0,
    )  # fmt: skip
    rows = await crm.data.fetch(
        "UPDATE sales_series SET next = next + 1 WHERE kind = ? RETURNING pattern, year, next", kind
    )
    row = rows[0]
    year = row["year"]
    if "{year}" not in row["pattern"]:
        return Numbered(0, row["next"] - 1, written(row["pattern"], 0, row["next"] - 1))
    if day.year > year:
        await crm.data.fetch("UPDATE sales_series SET year = ?, next = 2 WHERE kind = ?", day.year, kind)
        return Numbered(day.year, 1, written(row["pattern"], day.year, 1))
    return Numbered(year, row["next"] - 1, written(row["pattern"], year, row["next"] - 1))


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


async def choose_pattern(crm: Installation, access: Access, kind: str, pattern: str) -> None:
    """How papers of this kind are numbered from now on; the count goes on. Raises Forbidden and InvalidContent."""
    access.actor.require("sales.manage")
    pattern = check_pattern(pattern)
    if kind not in PATTERNS:
        raise InvalidContent({"kind": "Please choose one of the kinds."})
    others = await crm.data.fetch("SELECT pattern FROM sales_series WHERE kind <> ?", kind)
    used = {row["pattern"] for row in others} | {text for other, text in PATTERNS.items() if other != kind}
    if pattern in used:
        raise InvalidContent({"pattern": "Another kind of paper is numbered like this already."})
    await crm.data.fetch(
        "INSERT INTO sales_series (id, kind, pattern, year, next) VALUES (?, ?, ?, 0, 1) "
        "ON CONFLICT (kind) DO UPDATE SET pattern = excluded.pattern",
        new_id(), kind, pattern,
    )  # fmt: skip
