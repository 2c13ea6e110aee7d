"""Writing the index: entries in, one transaction each time, in step with the change feed.

Rows travel as one JSON text per table: half the time of binding each value, and without Python's lock, so that a rebuild
opens the next contacts meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from sqlite3 import Connection
from typing import Final
from uuid import UUID

import msgspec

from confida_core.index.entries import IndexEntry
from confida_core.index.schema import FIELD_COLUMNS
from confida_core.index.values import Comparable, Day

_SORT_LENGTH: Final = 200
_LAST: Final = "\U0010ffff"  # Sorts contacts without an organisation behind those with one.
_CONTACT_COLUMNS: Final = 17
_COLUMNS: Final = {
    "attribute": "row field text number label",
    "same": "row key",
    "search": "rowid names mails phones tags organisation",
}

Row = tuple[int | float | str | bytes | None, ...]


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """BEGIN IMMEDIATE, so that what is read inside holds until the commit, also among several processes."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def read_position(connection: Connection) -> int:
    """The position in the change feed up to which the index is current; 0 before the first change."""
    return int(connection.execute("SELECT position FROM state").fetchone()[0])


def apply(
    connection: Connection,
    upserts: Sequence[IndexEntry],
    deletes: Sequence[UUID],
    position: int,
    *,
    after: int | None = None,
) -> bool:
    """Brings the index to `position`, in one transaction.

    upserts: the entries as they are now, at `position` or later. after: the position from which the changes were read.
    Returns False, and changes nothing, if another process has applied these changes meanwhile, or if the index stands
    before `after` (a rebuild took its place): then read its position again and start from there.
    """
    with transaction(connection):
        stands = read_position(connection)
        if stands >= position or (after is not None and stands < after):
            return False
        _delete(connection, list(_rows(connection, deletes).values()))
        _upsert(connection, upserts)
        connection.execute("UPDATE state SET position = ?", (position,))
    if deletes:
        # The log still holds the pages as they were; if readers prevent this, the next deletion or close does it.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return True


def insert_new(connection: Connection, entries: Sequence[IndexEntry]) -> None:
    """Adds entries that the index does not have; inside the caller's transaction."""
    first = connection.execute("SELECT coalesce(max(row), 0) + 1 FROM contact").fetchone()[0]
    fields = _field_ids(connection, entries)
    numbered = list(enumerate(entries, first))
    _add_contacts(connection, [_contact_row(row, entry) for row, entry in numbered])
    _add(connection, "attribute", [each for row, entry in numbered for each in _attribute_rows(row, entry, fields)])
    _add(connection, "same", [(row, key) for row, entry in numbered for key in entry.same])
    _add(connection, "search", [_search_row(row, entry) for row, entry in numbered])


def _add_contacts(connection: Connection, rows: Sequence[Row]) -> None:
    # JSON has no bytes, and wide rows gain nothing from it.
    connection.executemany(f"INSERT INTO contact VALUES ({', '.join('?' * _CONTACT_COLUMNS)})", rows)


def _add(connection: Connection, table: str, rows: Sequence[Row]) -> None:
    columns = _COLUMNS[table].split()
    values = ", ".join(f"value ->> {place}" for place in range(len(columns)))
    sql = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM json_each(?)"
    if rows:
        connection.execute(sql, (msgspec.json.encode(rows).decode(),))


def _rows(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, int]:
    wanted = msgspec.json.encode([each.hex for each in ids]).decode()
    found = connection.execute(
        "SELECT id, row FROM contact WHERE id IN (SELECT unhex(value) FROM json_each(?))", (wanted,)
    )
    return {UUID(bytes=each): row for each, row in found}


def _delete(connection: Connection, rows: Sequence[int]) -> None:
    for table, column in (("search", "rowid"), ("attribute", "row"), ("same", "row"), ("contact", "row")):
        connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", [(row,) for row in rows])


def _upsert(connection: Connection, entries: Sequence[IndexEntry]) -> None:
    # Of two entries with one id the later is the newer.
    latest = {entry.id: entry for entry in entries}
    known = _rows(connection, list(latest))
    insert_new(connection, [entry for entry in latest.values() if entry.id not in known])
    fields = _field_ids(connection, [latest[each] for each in known])
    for each, row in known.items():
        _update(connection, row, latest[each], fields)


def _update(connection: Connection, row: int, entry: IndexEntry, fields: Mapping[str, int]) -> None:
    """Writes only what differs: most changes are a later last contact, and rewriting the words costs a millisecond."""
    connection.execute("DELETE FROM contact WHERE row = ?", (row,))
    _add_contacts(connection, [_contact_row(row, entry)])
    for table, key, after in (
        ("attribute", "row = ? AND field = ? AND text = ?", _attribute_rows(row, entry, fields)),
        ("same", "row = ? AND key = ?", [(row, key) for key in entry.same]),
        ("search", "rowid = ?", [_search_row(row, entry)]),
    ):
        columns = _COLUMNS[table].split()
        asked = f"SELECT {', '.join(columns)} FROM {table} WHERE {columns[0]} = ?"
        before = set(connection.execute(asked, (row,)))
        new = set(after)
        connection.executemany(f"DELETE FROM {table} WHERE {key}", [each[: key.count("?")] for each in before - new])
        _add(connection, table, list(new - before))


def _field_ids(connection: Connection, entries: Sequence[IndexEntry]) -> Mapping[str, int]:
    known: dict[str, int] = dict(connection.execute("SELECT key, id FROM field").fetchall())
    used: set[str] = set().union(*(entry.attributes.keys() for entry in entries))
    for key in sorted(used - known.keys() - FIELD_COLUMNS.keys()):
        added = connection.execute("INSERT INTO field (key) VALUES (?) RETURNING id", (key,)).fetchone()
        known[key] = int(added[0])
    return known


def _contact_row(row: int, entry: IndexEntry) -> Row:
    name = entry.sort_key[:_SORT_LENGTH]
    values = entry.attributes
    return (
        row,
        entry.id.bytes,
        entry.kind,
        entry.display,
        name,
        f"{entry.organisation_sort[:_SORT_LENGTH] or _LAST}\t{name}",
        int(entry.archived),
        int(entry.restricted),
        _milliseconds(entry.created_at),
        0 if entry.touched_at is None else _milliseconds(entry.touched_at),
        _first_word(values.get("name")),
        _first_word(values.get("owner")),
        _first_word(values.get("team")),
        _truth(values.get("has_email")),
        _truth(values.get("has_phone")),
        _ordinal(values.get("created")),
        _ordinal(values.get("touched")),
    )


def _milliseconds(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


def _first_word(value: Comparable) -> str | None:
    return next(iter(value)) if isinstance(value, dict) else None


def _truth(value: Comparable) -> int | None:
    return int(value) if isinstance(value, bool) else None


def _ordinal(value: Comparable) -> int | None:
    return value.ordinal if isinstance(value, Day) else None


def _search_row(row: int, entry: IndexEntry) -> Row:
    words = entry.search
    return row, words.names, words.mails, words.phones, words.tags, words.organisation


def _attribute_rows(row: int, entry: IndexEntry, fields: Mapping[str, int]) -> list[Row]:
    found: list[Row] = []
    for key, value in entry.attributes.items():
        field = fields.get(key)
        if field is None:
            continue  # A column of `contact`.
        if isinstance(value, dict):
            for text, label in value.items():
                found.append((row, field, text, None, label or None))
        elif isinstance(value, Day):
            found.append((row, field, value.month_day, value.ordinal, None))
        elif value is not None:
            found.append((row, field, "", float(value), None))
    return found
