"""The middle keys: one KEK per bucket and epoch, wrapped under the root key; and the change to a new epoch."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from confida_core.storage.database import Database, Row
from confida_core.vault.sealing import Key, bound_to, open_sealed, seal

BUCKETS = 256


def as_uuid(value: Any) -> UUID:
    """A UUID as it came from either engine; one driver has a class of its own for it."""
    return value if type(value) is UUID else UUID(str(value))


def bucket_of(subject_id: UUID) -> int:
    """The last byte: UUIDv7 begins with the time, its end is random."""
    return subject_id.bytes[-1]


def _place(bucket: int, epoch: int) -> bytes:
    return bound_to(b"kek", bytes((bucket,)), epoch.to_bytes(4, "big"))


def wrapped_kek(root_wrap: Key, bucket: int, epoch: int, secret: bytes) -> bytes:
    return seal(root_wrap, secret, _place(bucket, epoch))


def opened_kek(root_wrap: Key, row: Row) -> Key:
    """row: bucket, epoch, wrapped. Raises SealBroken."""
    bucket, epoch = row["bucket"], row["epoch"]
    secret = open_sealed(root_wrap, bytes(row["wrapped"]), _place(bucket, epoch))
    return Key.shared(b"confida-kek" + bytes((bucket,)) + epoch.to_bytes(4, "big"), secret)


class Keks(Mapping[tuple[int, int], Key]):
    """Those of a keyring, by bucket and epoch. Each is opened when it is first asked for: most starts need a few of them.

    Raises SealBroken then.
    """

    def __init__(self, root_wrap: Key, rows: Iterable[Row] = ()) -> None:
        self._root_wrap = root_wrap
        self._rows = {(row["bucket"], row["epoch"]): row for row in rows}
        self._open: dict[tuple[int, int], Key] = {}

    def __getitem__(self, place: tuple[int, int]) -> Key:
        found = self._open.get(place)
        if found is None:
            found = self._open[place] = opened_kek(self._root_wrap, self._rows[place])
        return found

    def __contains__(self, place: object) -> bool:
        return place in self._rows

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def first_keks(root_wrap: Key) -> list[tuple[int, bytes]]:
    """(bucket, wrapped) of a new installation, epoch 1."""
    return [(bucket, wrapped_kek(root_wrap, bucket, 1, os.urandom(32))) for bucket in range(BUCKETS)]


def dek_place(key_id: UUID, subject: UUID, retention_class: str) -> bytes:
    """Associated data of a person's wrapped key."""
    return bound_to(b"dek", key_id.bytes, subject.bytes, retention_class.encode())


async def roll(database: Database, root_wrap: Key, bucket: int) -> int:
    """Give a bucket a new KEK, wrap its DEKs again and destroy the old KEK, in the running transaction; the new epoch."""
    rows = await database.fetch("SELECT * FROM kek WHERE bucket = ?", bucket)
    old = {row["epoch"]: opened_kek(root_wrap, row) for row in rows}
    epoch = int(max(old)) + 1
    wrapped = wrapped_kek(root_wrap, bucket, epoch, os.urandom(32))
    new = opened_kek(root_wrap, {"bucket": bucket, "epoch": epoch, "wrapped": wrapped})
    await database.fetch("INSERT INTO kek (bucket, epoch, wrapped) VALUES (?, ?, ?)", bucket, epoch, wrapped)
    moved = []
    for row in await database.fetch("SELECT * FROM dek WHERE bucket = ?", bucket):
        place = dek_place(as_uuid(row["id"]), as_uuid(row["subject_id"]), row["retention_class"])
        plain = open_sealed(old[row["epoch"]], bytes(row["wrapped"]), place)
        moved.append((epoch, seal(new, plain, place), row["id"]))
    await database.execute_many("UPDATE dek SET epoch = ?, wrapped = ? WHERE id = ?", moved)
    await database.fetch("DELETE FROM kek WHERE bucket = ? AND epoch < ?", bucket, epoch)
    return epoch
