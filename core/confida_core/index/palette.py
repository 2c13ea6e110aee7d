"""The few contacts that somebody most likely means who types into the command palette."""

from __future__ import annotations

from sqlite3 import Connection
from typing import Final
from uuid import UUID

from confida_core.index.fold import fold
from confida_core.index.in_sql import start_limit
from confida_core.index.typed_words import search_words

_CONSIDERED: Final = 200
_RANKED: Final = 1_000
# Names count most, then organisation, then mail, telephone, tags; in the order of the columns of `search`.
_WEIGHTS: Final = "bm25(search, 10.0, 4.0, 4.0, 2.0, 6.0)"


def likely(connection: Connection, text: str, limit: int = 8) -> list[UUID]:
    """Most likely first; archived and restricted contacts are left out; empty if there is no word in the text.

    A name equal to the text comes before one that begins with it, then the better match, then the later touched.
    """
    expression = search_words(text)
    if expression is None or limit < 1:
        return []
    typed = fold(text)
    rows = _ranked(connection, expression) or [*_named(connection, typed), *_first(connection, expression)]
    places = {row: place for place, row in reversed(list(enumerate(rows)))}
    marks = ", ".join("?" * len(places))
    found = connection.execute(
        f"SELECT row, id, display, sort_key, touched_at FROM contact WHERE row IN ({marks})"
        " AND archived = 0 AND restricted = 0",
        tuple(places),
    ).fetchall()
    found.sort(key=lambda each: (_closeness(typed, each[2], each[3]), places[each[0]], -each[4]))
    return [UUID(bytes=each[1]) for each in found[:limit]]


def _ranked(connection: Connection, expression: str) -> list[int]:
    """Rows by rank; empty if there are too many to rank each."""
    matching = "SELECT rowid FROM search WHERE search MATCH ?"
    counting = f"SELECT count(*) FROM ({matching} LIMIT {_RANKED + 1})"
    if connection.execute(counting, (expression,)).fetchone()[0] > _RANKED:
        return []
    ranking = f"{matching} ORDER BY {_WEIGHTS} LIMIT {_CONSIDERED}"
    return [row for (row,) in connection.execute(ranking, (expression,))]


def _named(connection: Connection, typed: str) -> list[int]:
    """Contacts whose sort key begins with the typed text."""
    found = connection.execute(
        "SELECT row FROM contact INDEXED BY contact_by_name WHERE sort_key >= ? AND sort_key < ?"
        f" AND archived = 0 AND restricted = 0 LIMIT {_CONSIDERED}",
        (typed, start_limit(typed)),
    )
    return [row for (row,) in found]


def _first(connection: Connection, expression: str) -> list[int]:
    found = connection.execute(f"SELECT rowid FROM search WHERE search MATCH ? LIMIT {_CONSIDERED}", (expression,))
    return [row for (row,) in found]


def _closeness(typed: str, display: str, sort_key: str) -> int:
    shown = fold(display)
    if typed in (shown, sort_key):
        return 0
    return 1 if shown.startswith(typed) or sort_key.startswith(typed) else 2
