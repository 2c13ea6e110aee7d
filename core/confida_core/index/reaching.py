"""Where the index says that people can be reached: for whoever must decide about many at once without opening anybody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from sqlite3 import Connection
from uuid import UUID

import msgspec

_WANTED = (
    "FROM json_each(?) AS wanted CROSS JOIN contact AS c ON c.id = unhex(wanted.value)"
    " CROSS JOIN {} AS found ON found.row = c.row"
)


def mail_addresses(connection: Connection, ids: Sequence[UUID]) -> Iterator[tuple[UUID, str]]:
    """Every mail address of these contacts, folded: exact where it is ASCII."""
    return _same(connection, ids, "mail")


def phone_digits(connection: Connection, ids: Sequence[UUID]) -> Iterator[tuple[UUID, str]]:
    """Every telephone number of more than six digits, as digits with the country code where one was written."""
    return _same(connection, ids, "phone")


def _same(connection: Connection, ids: Sequence[UUID], kind: str) -> Iterator[tuple[UUID, str]]:
    sql = f"SELECT c.id, substr(found.key, ?) {_WANTED.format('same')} AND found.key > ? AND found.key < ?"
    # ";" is the character after ":".
    return _pairs(connection, sql, (len(kind) + 2, _listed(ids), f"{kind}:", f"{kind};"))


def labels(connection: Connection, ids: Sequence[UUID], field: str) -> Iterator[tuple[UUID, str]]:
    """The values of a field of type choice or set, as they were written."""
    sql = (
        f"SELECT c.id, coalesce(found.label, found.text) {_WANTED.format('attribute')}"
        " AND found.field = (SELECT id FROM field WHERE key = ?)"
    )
    return _pairs(connection, sql, (_listed(ids), field))


def _listed(ids: Sequence[UUID]) -> str:
    return msgspec.json.encode([each.hex for each in ids]).decode()


def _pairs(connection: Connection, sql: str, values: tuple[str | int, ...]) -> Iterator[tuple[UUID, str]]:
    for each, text in connection.execute(sql, values):
        yield UUID(bytes=each), text
