"""How values of our columns look in SQLite, and how they are read back."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from functools import lru_cache
from uuid import UUID

import msgspec
from sqlcipher3 import dbapi2


@lru_cache(maxsize=1)
def register_types() -> None:
    """Teach this driver the column types that Piccolo teaches the standard library's driver."""
    import piccolo.engine.sqlite  # noqa: F401 -- Importing it registers adapters and converters on sqlite3.

    dbapi2.converters.update(sqlite3.converters)
    for (type_, _), adapter in sqlite3.adapters.items():
        dbapi2.register_adapter(type_, adapter)
    # Piccolo's own take a microsecond each, and a page of a list has 350 such values; these read the same text.
    dbapi2.register_adapter(UUID, msgspec.to_builtins)
    dbapi2.register_converter("UUID", uuid_of_text)
    dbapi2.register_converter("TIMESTAMPTZ", instant_of_text)
    dbapi2.register_converter("BOOLEAN", b"1".__eq__)
    dbapi2.converters.pop("INTEGER")  # What we store there are integers, and come back as such.


_decode_uuid = msgspec.msgpack.Decoder(UUID).decode


def uuid_of_text(text: bytes) -> UUID:
    """From 36 characters; as a MessagePack string it is parsed without any Python of its own."""
    return _decode_uuid(b"\xd9" + bytes((len(text),)) + text)


def instant_of_text(text: bytes) -> datetime:
    """Piccolo stores UTC and says so in the text."""
    return datetime.fromisoformat(text.decode())
