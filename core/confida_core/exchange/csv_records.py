"""Cuts the text of a table into records, without believing a quotation mark that is never closed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass

# A cell with more lines, or a record with more text, is far more likely a lost quotation mark.
MOST_LINES_OF_A_RECORD = 1_000
LARGEST_RECORD = 1_000_000


@dataclass(frozen=True, slots=True)
class Record:
    """number: 1-based, as a spreadsheet numbers rows. problem: "" or why the cells could not be told apart."""

    number: int
    text: str
    cells: tuple[str, ...]
    problem: str = ""


def split_records(lines: Iterator[str], delimiter: str) -> Iterator[Record]:
    """Every record in order; wholly blank lines are counted but not returned.

    lines: physical lines ending with "\\n". A quotation mark that stays open spoils only the line it stands in.
    Time grows with the text only.
    """
    waiting: list[str] = []
    number = failures = 0
    while True:
        line = waiting.pop() if waiting else next(lines, None)
        if line is None:
            return
        number += 1
        if not line.strip():
            continue
        if '"' not in line:
            yield _parsed(number, line, delimiter)
            continue
        # A file made to open a mark in each line would make us read the same lines a thousand times.
        most = MOST_LINES_OF_A_RECORD if failures < 100 else 20
        taken, closed = _whole_record(line, waiting, lines, delimiter, most)
        if closed:
            yield _parsed(number, "".join(taken), delimiter)
        else:
            failures += 1
            waiting.extend(reversed(taken[1:]))
            yield Record(number, line.rstrip("\n"), (), "A quotation mark is opened and never closed.")


def _whole_record(
    line: str, waiting: list[str], lines: Iterator[str], delimiter: str, most: int
) -> tuple[list[str], bool]:
    """The lines of the record that begins with this one, and whether its last quotation mark is closed."""
    taken = [line]
    size = len(line)
    inside = _ends_inside_quotes(line, delimiter, inside=False)
    while inside and len(taken) < most and size < LARGEST_RECORD:
        following = waiting.pop() if waiting else next(lines, None)
        if following is None:
            return taken, False
        taken.append(following)
        size += len(following)
        inside = _ends_inside_quotes(following, delimiter, inside=True)
    return taken, not inside


def _ends_inside_quotes(line: str, delimiter: str, *, inside: bool) -> bool:
    """As the csv module reads it: only a mark at the beginning of a cell opens, and two marks inside are one."""
    place = 0
    if not inside and line.startswith('"'):
        inside, place = True, 1
    while True:
        if not inside:
            opening = line.find(delimiter + '"', place)
            if opening < 0:
                return False
            inside, place = True, opening + len(delimiter) + 1
        place = line.find('"', place)
        if place < 0:
            return True
        if line.startswith('""', place):
            place += 2
        else:
            inside = False
            place += 1


def _parsed(number: int, text: str, delimiter: str) -> Record:
    shown = text.rstrip("\n")
    try:
        cells = next(csv.reader([shown], delimiter=delimiter), [])
    except csv.Error:
        return Record(number, shown, (), "A cell holds more than 131,072 characters.")
    return Record(number, shown, tuple(cells))
