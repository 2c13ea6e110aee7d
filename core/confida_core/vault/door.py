"""The one door: personal content is opened here, for a purpose, by an actor, and the read log is written."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec

from confida_core.declarations import PurposeDeclaration, RecordDeclaration
from confida_core.storage.database import Database, Row
from confida_core.vault.access import Access
from confida_core.vault.keyring import Keyring
from confida_core.vault.orders import StandingOrders
from confida_core.vault.read_log import ReadLog
from confida_core.vault.records import wrap_place
from confida_core.vault.sealing import Key, SealBroken, key_id_of, open_sealed, place_of
from confida_core.vault.subject_key import SubjectKey

C = TypeVar("C")


class PurposeRefused(Exception):
    """The purpose is not declared; nothing was opened."""


class Opened(msgspec.Struct, Generic[C], frozen=True):
    """row: the operational columns (and the sealed bytes). content: the opened struct. people: whose record it is."""

    row: Row
    content: C
    people: tuple[UUID, ...]


@lru_cache(maxsize=256)
def decoder(content: type[Any]) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(content)


class Door:
    """Opens sealed rows. Everything else in Confida only ever sees what this returns."""

    def __init__(
        self,
        database: Database,
        keyring: Keyring,
        orders: StandingOrders,
        read_log: ReadLog,
        purposes: Mapping[str, PurposeDeclaration],
    ) -> None:
        self._database, self._keyring, self._orders, self.read_log = database, keyring, orders, read_log
        self._purposes = purposes

    async def open(self, access: Access, declaration: RecordDeclaration, rows: Sequence[Row]) -> list[Opened[Any]]:
        """The rows this actor may read for this purpose, in order; hidden and erased ones are left out.

        Writes the read log: before it returns, or, for a deferred access, when the caller settles it. The program's own
        access is not logged and sees restricted subjects too. Raises PurposeRefused and SealBroken.
        """
        purpose = self._purposes.get(access.purpose)
        if purpose is None:
            raise PurposeRefused(access.purpose)
        if not rows:
            return []
        moment = time.monotonic()
        # Each time, but for an access of several parts of one page: none of them begins before the first has looked.
        if access.fresh_seconds == 0 or moment - access.looked_at > access.fresh_seconds:
            await self._orders.refresh()
            # The moment before: what is ordered while it lasts may not be in what was read.
            access.looked_at = moment
        opener = self._open_shared if declaration.subject is None else self._open_own
        opened = await opener(declaration, rows)
        if access.actor.kind == "system":
            return opened
        shown = [item for item in opened if not item.people or self._may_any(purpose, item.people)]
        for item in shown:
            access.seen.update(item.people)
        if not access.deferred:
            await self.read_log.settle(access)
        return shown

    async def open_one(self, access: Access, declaration: RecordDeclaration, row: Row) -> Opened[Any] | None:
        """One row, or None if it is hidden from this access or its key is gone."""
        opened = await self.open(access, declaration, [row])
        return opened[0] if opened else None

    def _may_any(self, purpose: PurposeDeclaration, people: Sequence[UUID]) -> bool:
        """A record of several is open if it is for one of them."""
        return self._may(purpose, people[0]) or any(self._may(purpose, person) for person in people[1:])

    def _may(self, purpose: PurposeDeclaration, person: UUID) -> bool:
        # Nearly nobody has orders, and a list asks for each of its people.
        if not self._orders.of(person):
            return True
        if self._orders.restricted(person) and not purpose.allowed_when_restricted:
            return False
        return not self._orders.forbids(person, purpose.key)

    async def _open_own(self, declaration: RecordDeclaration, rows: Sequence[Row]) -> list[Opened[Any]]:
        key_ids = [key_id_of(row["sealed"]) for row in rows]
        keys = await self._keyring.load(key_ids)
        decode = decoder(declaration.content).decode
        subject_column = declaration.subject or ""
        opened = []
        for row, key_id in zip(rows, key_ids, strict=True):
            key = keys.get(key_id)
            if key is None:
                continue
            subject = row[subject_column]
            place = place_of(declaration.name, row["id"], subject, declaration.retention_class, key_id)
            opened.append(Opened(row, decode(open_sealed(key.row, row["sealed"], place)), (subject,)))
        return opened

    async def _open_shared(self, declaration: RecordDeclaration, rows: Sequence[Row]) -> list[Opened[Any]]:
        key_ids = {UUID(bytes=key_id_of(row["sealed"])) for row in rows}
        marks = ", ".join("?" * len(key_ids))
        wraps = await self._database.fetch(
            f"SELECT key_id, subject_id, record_id, wrapped FROM shared_key WHERE key_id IN ({marks})", *key_ids
        )
        keys = await self._keyring.load(key_id_of(wrap["wrapped"]) for wrap in wraps)
        holders: dict[UUID, list[tuple[Row, SubjectKey]]] = {}
        for wrap in wraps:
            holder = keys.get(key_id_of(wrap["wrapped"]))
            if holder is not None:
                holders.setdefault(wrap["record_id"], []).append((wrap, holder))
        decode = decoder(declaration.content).decode
        opened = []
        for row in rows:
            if row["id"] not in holders:
                continue
            key, people = self._unwrap(holders[row["id"]])
            place = place_of(declaration.name, row["id"], None, declaration.retention_class, key.id)
            opened.append(Opened(row, decode(open_sealed(key, row["sealed"], place)), people))
        return opened

    def _unwrap(self, holders: Sequence[tuple[Row, SubjectKey]]) -> tuple[Key, tuple[UUID, ...]]:
        """The record's key by the first person's wrap, and everybody whose record it is."""
        wrap, holder = holders[0]
        place = wrap_place(wrap["key_id"], wrap["subject_id"], wrap["record_id"])
        key = Key.shared(wrap["key_id"], open_sealed(holder.wrap, wrap["wrapped"], place))
        mine = self._keyring.installation_id
        return key, tuple(wrap["subject_id"] for wrap, _ in holders if wrap["subject_id"] != mine)


__all__ = ["Door", "Opened", "PurposeRefused", "SealBroken"]
