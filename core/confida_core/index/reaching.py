"""Where the index says that people can be reached: for whoever must decide about many at once without opening anybody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from sqlite3 import Connection
from uuid import UUID

import msgspec

# The id's bytes, because making an object of each takes as long as finding it.
Pair = tuple[bytes, str]

_OF_THEM = "FROM json_each(?) AS wanted CROSS JOIN contact AS c ON c.id = unhex(wanted.value)"
_WANTED = f"{_OF_THEM} CROSS JOIN {{}} AS found ON found.row = c.row"


def mail_addresses(connection: Connection, ids: Sequence[UUID]) -> Iterator[Pair]:
    """Every mail address of these contacts, folded: exact where it is ASCII."""
    return _same(connection, ids, "mail")


def phone_digits(connection: Connection, ids: Sequence[UUID]) -> Iterator[Pair]:
    """Every telephone number of more than six digits, as digits with the country code where one was written."""
    return _same(connection, ids, "phone")


def _same(connection: Connection, ids: Sequence[UUID], kind: str) -> Iterator[Pair]:
    sql = f"SELECT c.id, substr(found.key, ?) {_WANTED.format('same')} AND found.key > ? AND found.key < ?"
    # ";" is the character after ":".
    return _pairs(connection, sql, (len(kind) + 2, _listed(ids), f"{kind}:", f"{kind};"))


def labels(connection: Connection, ids: Sequence[UUID], field: str, prefix: str = "") -> Iterator[Pair]:
    """The values of a field of type choice or set, as they were written; prefix: only those that begin so, in lower case."""
    sql = (
        f"SELECT c.id, coalesce(found.label, found.text) {_WANTED.format('attribute')}"
        " AND found.field = (SELECT id FROM field WHERE key = ?) AND found.text >= ? AND found.text < ?"
    )
    return _pairs(connection, sql, (_listed(ids), field, prefix, f"{prefix}\U0010ffff"))


def organisations(connection: Connection, ids: Sequence[UUID]) -> list[UUID]:
    """Those of these contacts that are organisations."""
    sql = f"SELECT c.id {_OF_THEM} WHERE c.kind = 'organisation'"
    return [UUID(bytes=each) for (each,) in connection.execute(sql, (_listed(ids),))]


def _listed(ids: Sequence[UUID]) -> str:
    return msgspec.json.encode([each.hex for each in ids]).decode()


def _pairs(connection: Connection, sql: str, values: tuple[str | int, ...]) -> Iterator[Pair]:
    yield from connection.execute(sql, values)
