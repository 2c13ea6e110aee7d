"""Sealed rows: written here, and nowhere else.

A row about one person is sealed under that person's key. A row about several is sealed under a key of its own, which is
wrapped once per person, so that erasing one leaves the others theirs.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from confida_core.declarations import RecordDeclaration
from confida_core.ids import new_id
from confida_core.storage.changes import ChangeFeed, ChangeKind
from confida_core.storage.database import Database, Row, VersionConflict
from confida_core.vault.keyring import Keyring
from confida_core.vault.sealing import Key, bound_to, place_of, seal

encode = msgspec.msgpack.Encoder().encode
INSERT_WRAP = "INSERT INTO shared_key (id, key_id, subject_id, record_id, wrapped) VALUES (?, ?, ?, ?, ?)"


def wrap_place(key_id: UUID, subject_id: UUID, record_id: UUID) -> bytes:
    """Associated data of a shared record's key wrapped for one person."""
    return bound_to(b"record key", key_id.bytes, subject_id.bytes, record_id.bytes)


class Records:
    """Seals and stores rows of declared tables, each write with its version and its entry in the change feed."""

    def __init__(self, database: Database, keyring: Keyring, feed: ChangeFeed) -> None:
        self.database, self.keyring, self.feed = database, keyring, feed

    async def insert(
        self,
        declaration: RecordDeclaration,
        columns: Mapping[str, Any],
        content: msgspec.Struct,
        *,
        people: Sequence[UUID] = (),
    ) -> None:
        """Store a new row at version 1.

        columns: the operational columns, `id` and the subject's column included. people: whose record it is, for a shared
        one; nobody means that it belongs to the organisation itself.
        """
        record_id = columns["id"]
        await self._make_keys(declaration, columns, people)
        async with self.database.transaction():
            sealed = await self._seal(declaration, record_id, columns, content, people)
            row = {**columns, "version": 1, "sealed": sealed}
            marks = ", ".join("?" * len(row))
            names = ", ".join(f'"{name}"' for name in row)
            await self.database.fetch(f"INSERT INTO {declaration.name} ({names}) VALUES ({marks})", *row.values())
            self._announce(declaration, record_id, columns, people, "created")

    async def insert_many(
        self, declaration: RecordDeclaration, rows: Sequence[tuple[Mapping[str, Any], msgspec.Struct]]
    ) -> None:
        """Store many rows about one person each in one transaction; all with the same operational columns."""
        if declaration.subject is None:
            raise TypeError("a shared record is stored with its people: insert_shared_many")
        if not rows:
            return
        await self.keyring.ensure([columns[declaration.subject] for columns, _ in rows], declaration.retention_class)
        names = [*rows[0][0], "version", "sealed"]
        async with self.database.transaction():
            values = []
            for columns, content in rows:
                sealed = await self._seal(declaration, columns["id"], columns, content, ())
                values.append((*(columns[name] for name in names[:-2]), 1, sealed))
                self._announce(declaration, columns["id"], columns, (), "created")
            quoted = ", ".join(f'"{name}"' for name in names)
            marks = ", ".join("?" * len(names))
            await self.database.execute_many(f"INSERT INTO {declaration.name} ({quoted}) VALUES ({marks})", values)

    async def insert_shared_many(
        self,
        declaration: RecordDeclaration,
        rows: Sequence[tuple[Mapping[str, Any], msgspec.Struct, Sequence[UUID]]],
    ) -> None:
        """Store many new shared rows, each with its people, in one transaction; all with the same operational columns."""
        if not rows:
            return
        everybody = {person for _, _, people in rows for person in people or (self.keyring.installation_id,)}
        await self.keyring.ensure(everybody, declaration.retention_class)
        names = [*rows[0][0], "version", "sealed"]
        wraps, values = [], []
        async with self.database.transaction():
            for columns, content, people in rows:
                key, own = await self._fresh_key(declaration, columns["id"], people)
                place = place_of(declaration.name, columns["id"], None, declaration.retention_class, key.id)
                wraps += own
                values.append((*(columns[name] for name in names[:-2]), 1, seal(key, encode(content), place)))
                self._announce(declaration, columns["id"], columns, people, "created")
            await self.database.execute_many(INSERT_WRAP, wraps)
            quoted = ", ".join(f'"{name}"' for name in names)
            marks = ", ".join("?" * len(names))
            await self.database.execute_many(f"INSERT INTO {declaration.name} ({quoted}) VALUES ({marks})", values)

    async def update(
        self,
        declaration: RecordDeclaration,
        columns: Mapping[str, Any],
        content: msgspec.Struct,
        *,
        seen: int,
        people: Sequence[UUID] = (),
    ) -> int:
        """Replace the row that was read at version `seen`; returns the new version.

        columns: `id`, the subject's column, and whatever operational columns change. Raises VersionConflict.
        """
        record_id = columns["id"]
        await self._make_keys(declaration, columns, people)
        async with self.database.transaction():
            sealed = await self._seal(declaration, record_id, columns, content, people)
            version = await self._replace(declaration, {**columns, "sealed": sealed}, seen)
            if version is None:
                raise VersionConflict(await self.version(declaration, record_id))
            self._announce(declaration, record_id, columns, people)
        return version

    async def update_many(
        self, declaration: RecordDeclaration, rows: Sequence[tuple[Mapping[str, Any], msgspec.Struct, int]]
    ) -> set[UUID]:
        """The same for rows about one person each, in one transaction: columns, content and version seen of each.

        All with the same columns. Returns which were replaced; the others have another version by now, or are gone.
        """
        if declaration.subject is None:
            raise TypeError("a shared record is replaced alone, with its people")
        await self.keyring.ensure([columns[declaration.subject] for columns, _, _ in rows], declaration.retention_class)
        replaced: set[UUID] = set()
        async with self.database.transaction():
            for columns, content, seen in rows:
                sealed = await self._seal(declaration, columns["id"], columns, content, ())
                if await self._replace(declaration, {**columns, "sealed": sealed}, seen):
                    replaced.add(columns["id"])
                    self._announce(declaration, columns["id"], columns, ())
        return replaced

    async def _replace(self, declaration: RecordDeclaration, columns: Mapping[str, Any], seen: int) -> int | None:
        """The new version; None if the row is not at `seen`."""
        changes = {name: value for name, value in columns.items() if name != "id"}
        assignments = ", ".join(f'"{name}" = ?' for name in changes)
        done = await self.database.fetch(
            f"UPDATE {declaration.name} SET {assignments}, version = version + 1 WHERE id = ? AND version = ? RETURNING version",
            *changes.values(), columns["id"], seen,
        )  # fmt: skip
        return int(done[0]["version"]) if done else None

    async def set_columns(
        self, declaration: RecordDeclaration, record_id: UUID, subject_id: UUID | None, **columns: Any
    ) -> None:
        """Change operational columns only; the sealed content and the version stay as they are.

        Raises VersionConflict if the row is gone.
        """
        assignments = ", ".join(f'"{name}" = ?' for name in columns)
        async with self.database.transaction():
            done = await self.database.fetch(
                f"UPDATE {declaration.name} SET {assignments} WHERE id = ? RETURNING id", *columns.values(), record_id
            )
            if not done:
                raise VersionConflict(None)
            self.feed.append(declaration.name, record_id, subject_id)

    async def delete(self, declaration: RecordDeclaration, record_id: UUID, people: Sequence[UUID]) -> None:
        """Remove a row, and the wraps of its key if it is shared."""
        async with self.database.transaction():
            await self.database.fetch(f"DELETE FROM {declaration.name} WHERE id = ?", record_id)
            if declaration.subject is None:
                await self.database.fetch("DELETE FROM shared_key WHERE record_id = ?", record_id)
            for person in people or (None,):
                self.feed.append(declaration.name, record_id, person, "deleted")

    async def hold(self, declaration: RecordDeclaration, record_id: UUID, seen: int) -> None:
        """Until the caller's transaction ends, nobody else changes this row. Raises VersionConflict if it is not at `seen`."""
        sql = f"UPDATE {declaration.name} SET version = version WHERE id = ? AND version = ? RETURNING id"
        if not await self.database.fetch(sql, record_id, seen):
            raise VersionConflict(await self.version(declaration, record_id))

    async def version(self, declaration: RecordDeclaration, record_id: UUID) -> int | None:
        """The version now stored, None if there is no such row."""
        rows = await self.database.fetch(f"SELECT version FROM {declaration.name} WHERE id = ?", record_id)
        return int(rows[0]["version"]) if rows else None

    async def rows(self, declaration: RecordDeclaration, ids: Sequence[UUID]) -> list[Row]:
        """Sealed rows by id, in the order asked for; ids without a row are left out. One query for up to 500 ids."""
        found: dict[int, Row] = {}
        for start in range(0, len(ids), 500):
            batch = ids[start : start + 500]
            marks = ", ".join("?" * len(batch))
            for row in await self.database.fetch(f"SELECT * FROM {declaration.name} WHERE id IN ({marks})", *batch):
                found[row["id"].int] = row
        return [kept for record_id in ids if (kept := found.get(record_id.int)) is not None]

    async def _make_keys(
        self, declaration: RecordDeclaration, columns: Mapping[str, Any], people: Sequence[UUID]
    ) -> None:
        """Before the data transaction, because making a key is a commit of its own."""
        subjects = list(people) or [self.keyring.installation_id]
        if declaration.subject is not None:
            subjects = [columns[declaration.subject]]
        await self.keyring.ensure(subjects, declaration.retention_class)

    async def _seal(
        self,
        declaration: RecordDeclaration,
        record_id: UUID,
        columns: Mapping[str, Any],
        content: msgspec.Struct,
        people: Sequence[UUID],
    ) -> bytes:
        plain = encode(content)
        if declaration.subject is None:
            key = await self._shared_key(declaration, record_id, people)
            return seal(key, plain, place_of(declaration.name, record_id, None, declaration.retention_class, key.id))
        subject = columns[declaration.subject]
        own = (await self.keyring.current(subject, declaration.retention_class)).row
        return seal(own, plain, place_of(declaration.name, record_id, subject, declaration.retention_class, own.id))

    async def _shared_key(self, declaration: RecordDeclaration, record_id: UUID, people: Sequence[UUID]) -> Key:
        """A fresh key for each writing: somebody who was taken off a record does not keep a key to its future."""
        key, wraps = await self._fresh_key(declaration, record_id, people)
        await self.database.fetch("DELETE FROM shared_key WHERE record_id = ?", record_id)
        await self.database.execute_many(INSERT_WRAP, wraps)
        return key

    async def _fresh_key(
        self, declaration: RecordDeclaration, record_id: UUID, people: Sequence[UUID]
    ) -> tuple[Key, list[tuple[UUID, UUID, UUID, UUID, bytes]]]:
        """A new key, and the rows that hold it, wrapped once for each person."""
        key_id, secret = new_id(), os.urandom(32)
        wraps = []
        for person in dict.fromkeys(people or (self.keyring.installation_id,)):
            holder = await self.keyring.current(person, declaration.retention_class)
            wrapped = seal(holder.wrap, secret, wrap_place(key_id, person, record_id))
            wraps.append((new_id(), key_id, person, record_id, wrapped))
        return Key.shared(key_id, secret), wraps

    def _announce(
        self,
        declaration: RecordDeclaration,
        record_id: UUID,
        columns: Mapping[str, Any],
        people: Sequence[UUID],
        kind: ChangeKind = "written",
    ) -> None:
        if declaration.subject is not None:
            self.feed.append(declaration.name, record_id, columns[declaration.subject], kind)
            return
        for person in people or (None,):
            self.feed.append(declaration.name, record_id, person, kind)
