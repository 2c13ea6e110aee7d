"""The keyring: a store of its own for every key, so that a backup of the data alone opens nothing.

root key -> one KEK per bucket (256, by the subject's id; each with an epoch) -> one DEK per subject and retention class.
Erasing destroys DEKs, gives the bucket a new KEK, wraps the bucket's other DEKs again and destroys the old KEK.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from confida_core.ids import new_id
from confida_core.storage.batches import batches
from confida_core.storage.database import Busy, Database, Row
from confida_core.storage.grouping import Grouping
from confida_core.vault import kept_facts
from confida_core.vault.access import NotFound
from confida_core.vault.keks import BUCKETS, Keks, as_uuid, bucket_of, dek_place, first_keks, roll
from confida_core.vault.keyring_tables import Counters, create_tables, read_counters
from confida_core.vault.sealing import Key, bound_to, derived, open_sealed, seal
from confida_core.vault.subject_key import SubjectKey
from confida_core.vault.tombstones import Tombstones
from confida_core.vault.unlock import KeyPlaces, replace_recovery_key

DekRow = tuple[UUID, UUID, str, int, int, int, bytes]

FIRST_KEYS_LOCK = 0x636F6E68
# At most some 75 MB of memory; an installation of 100,000 contacts has all its keys at hand.
CACHE_LIMIT = 150_000


class KeyDestroyed(NotFound):
    """These people were erased and get no new key; for whoever asks, they are not there."""

    def __init__(self, subjects: Iterable[UUID] = ()) -> None:
        super().__init__("the key was destroyed")
        self.subjects = frozenset(subjects)


class Keyring:
    """All keys of one installation. Opens none of the data itself."""

    def __init__(self, database: Database, root: bytes) -> None:
        self.database = database
        self._root = root
        self._root_wrap = Key.shared(b"confida-root-key", derived(root, "wrap keks"))
        self._keks = Keks(self._root_wrap)
        self._open: dict[bytes, SubjectKey] = {}
        self._current: dict[tuple[UUID, str], SubjectKey] = {}
        self._derived: dict[str, bytes] = {}
        self._tombstones = Tombstones(database, self.hashing_key("destroyed keys"))
        self.generation = self.order_number = -1
        self._seen_version = -2
        self.installation_id = UUID(int=0)
        self._making = Grouping(self._make)

    async def prepare(self) -> None:
        """Create the store where it is missing and read its state."""
        async with self.database.transaction():
            if self.database.engine == "postgres":
                # Two processes of a new installation would both make the first keys, and one would fail.
                await self.database.fetch("SELECT pg_advisory_xact_lock(?)", FIRST_KEYS_LOCK)
            await create_tables(self.database)
            if not await self.database.fetch("SELECT id FROM keyring_state"):
                await self.database.fetch(
                    "INSERT INTO keyring_state (id, installation, generation) VALUES (1, ?, 0)", new_id()
                )
                await self.database.execute_many(
                    "INSERT INTO kek (bucket, epoch, wrapped) VALUES (?, 1, ?)", first_keks(self._root_wrap)
                )
        state = (await self.database.fetch("SELECT installation FROM keyring_state"))[0]
        self.installation_id = as_uuid(state["installation"])
        counters = await read_counters(self.database)
        self.generation, self.order_number = counters.generation, counters.orders
        await self._load_keks()

    @property
    def counters(self) -> Counters:
        """How much this keyring had seen at the last refresh."""
        return Counters(self.generation, self.order_number)

    async def _load_keks(self) -> None:
        rows = await self.database.fetch("SELECT bucket, epoch, wrapped FROM kek")
        self._keks = Keks(self._root_wrap, rows)

    async def refresh(self) -> bool:
        """Forget what another process has destroyed meanwhile; true if it did. Orders that were given only count up."""
        version = await self.database.data_version()
        if version == self._seen_version and version != -1:
            return False
        counters = await read_counters(self.database)
        self._seen_version = version
        # Of two readings at once the slower one may bring the smaller number.
        self.order_number = max(self.order_number, counters.orders)
        if counters.generation == self.generation:
            return False
        self._forget(counters.generation)
        await self._load_keks()
        return True

    async def bump(self) -> None:
        """Tell every process that keys were destroyed; first step of the transaction that does it."""
        await self.database.fetch("UPDATE keyring_state SET generation = generation + 1")

    async def bump_orders(self) -> int:
        """The number of an order that is given or lifted; first step of the transaction that does it.

        Nobody else gets one until that transaction ends, so numbers become visible in their order. No key is forgotten.
        """
        return int(
            (await self.database.fetch("UPDATE keyring_state SET orders = orders + 1 RETURNING orders"))[0]["orders"]
        )

    async def _hold_generation(self) -> None:
        """Until this transaction ends no epoch rolls; a key wrapped under a KEK that is being destroyed would be lost."""
        lock = " FOR SHARE" if self.database.engine == "postgres" else ""
        state = await self.database.fetch("SELECT generation FROM keyring_state" + lock)
        if state[0]["generation"] != self.generation:
            self._forget(int(state[0]["generation"]))
            await self._load_keks()

    def _forget(self, generation: int) -> None:
        self.generation = generation
        self._open.clear()
        self._current.clear()

    async def ensure(self, subject_ids: Iterable[UUID], retention_class: str) -> None:
        """Give each subject a key of this class if it has none; one commit for all of them.

        Raises KeyDestroyed, which is a NotFound, naming those who were erased; the others have their keys then.
        """
        # What would be sealed under a key that another process has destroyed would be lost without a word.
        await self.refresh()
        wanted = {subject for subject in subject_ids if (subject, retention_class) not in self._current}
        missing = wanted - await self._load_current(wanted, retention_class)
        if not missing:
            return
        await self._making.done({(subject, retention_class) for subject in missing})
        erased = missing - await self._load_current(missing, retention_class)
        if erased:
            raise KeyDestroyed(erased)

    async def _make(self, wanted: list[set[tuple[UUID, str]]]) -> None:
        """One commit for all who ask at the same time."""
        async with self.database.transaction():
            await self._hold_generation()
            pairs = sorted(set[tuple[UUID, str]]().union(*wanted))
            destroyed = await self._tombstones.among(pairs)
            await self.database.execute_many(
                "INSERT INTO dek (id, subject_id, retention_class, version, bucket, epoch, wrapped) VALUES (?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (subject_id, retention_class, version) DO NOTHING",
                [self._new_dek(subject, each, 1) for subject, each in pairs if (subject, each) not in destroyed],
            )

    async def destroyed(self, subject_ids: Sequence[UUID], retention_class: str) -> set[UUID]:
        """Those of them whose key of this class was destroyed, and who will get no other."""
        pairs = [(subject, retention_class) for subject in subject_ids]
        return {subject for subject, _ in await self._tombstones.among(pairs)}

    def _new_dek(self, subject: UUID, retention_class: str, version: int) -> DekRow:
        key_id, bucket = new_id(), bucket_of(subject)
        epoch = max(epoch for known, epoch in self._keks if known == bucket)
        place = dek_place(key_id, subject, retention_class)
        wrapped = seal(self._keks[bucket, epoch], os.urandom(32), place)
        return key_id, subject, retention_class, version, bucket, epoch, wrapped

    async def _load_current(self, subjects: set[UUID], retention_class: str) -> set[UUID]:
        found = set()
        for batch in batches(sorted(subjects)):
            marks = ", ".join("?" * len(batch))
            query = f"SELECT * FROM dek WHERE retention_class = ? AND subject_id IN ({marks}) ORDER BY version"
            for row in await self._deks(query, retention_class, *batch):
                key = self._admit(row)
                self._current[key.subject_id, retention_class] = key
                found.add(key.subject_id)
        return found

    async def _deks(self, query: str, *args: Any) -> list[Row]:
        """Wrapped keys that the KEKs at hand open; another process may have rolled an epoch since they were read."""
        for _ in range(3):
            rows = await self.database.fetch(query, *args)
            if all((row["bucket"], row["epoch"]) in self._keks for row in rows):
                return rows
            await self._load_keks()
        raise Busy("keys change faster than they can be read")

    def _admit(self, row: Row) -> SubjectKey:
        """Unwrap one DEK and keep it open, within bounds."""
        key_id, subject = as_uuid(row["id"]), as_uuid(row["subject_id"])
        place = dek_place(key_id, subject, row["retention_class"])
        secret = open_sealed(self._keks[row["bucket"], row["epoch"]], bytes(row["wrapped"]), place)
        key = SubjectKey(Key.own(key_id, secret), subject, sys.intern(row["retention_class"]))
        if len(self._open) >= CACHE_LIMIT:
            # Forgetting all at once costs one slow page; ordering by use would cost a little on every one.
            self._open.clear()
            self._current.clear()
        self._open[key.row.id] = key
        return key

    async def current(self, subject_id: UUID, retention_class: str) -> SubjectKey:
        """The key to seal with; made if the subject has none. Call it before a data transaction, not inside.

        Raises KeyDestroyed for somebody who was erased.
        """
        if (subject_id, retention_class) not in self._current:
            await self.ensure([subject_id], retention_class)
        return self._current[subject_id, retention_class]

    def cached(self, key_id: bytes) -> SubjectKey | None:
        """The open key with this id, if it is at hand."""
        return self._open.get(key_id)

    async def load(self, key_ids: Iterable[bytes]) -> dict[bytes, SubjectKey]:
        """These keys, by id; those that no longer exist are absent. At most one query for each 500 keys.

        Returned, not only kept: what is kept may be forgotten while the rest is still being read.
        """
        wanted = set(key_ids)
        found = {key_id: self._open[key_id] for key_id in wanted if key_id in self._open}
        for batch in batches([UUID(bytes=each) for each in wanted - found.keys()]) if len(found) < len(wanted) else ():
            marks = ", ".join("?" * len(batch))
            for row in await self._deks(f"SELECT * FROM dek WHERE id IN ({marks})", *batch):
                key = self._admit(row)
                found[key.row.id] = key
        return found

    async def destroy(self, subject_id: UUID, retention_classes: Sequence[str]) -> int:
        """Destroy the subject's keys of these classes and roll the bucket's epoch; returns the new epoch.

        Afterwards neither this store nor any older copy of the data opens what they sealed (EN-6).
        """
        return (await self.destroy_many([subject_id], retention_classes))[bucket_of(subject_id)]

    async def destroy_many(self, subject_ids: Sequence[UUID], retention_classes: Sequence[str]) -> dict[int, int]:
        """The same for many subjects in one commit, with one new epoch for each of their buckets: bucket -> epoch."""
        classes = ", ".join("?" * len(retention_classes))
        async with self.database.transaction():
            await self.bump()
            await self._tombstones.add((subject, each) for subject in subject_ids for each in retention_classes)
            for batch in batches(subject_ids):
                marks = ", ".join("?" * len(batch))
                await self.database.fetch(
                    f"DELETE FROM dek WHERE retention_class IN ({classes}) AND subject_id IN ({marks})",
                    *retention_classes,
                    *batch,
                )
            buckets = sorted({bucket_of(each) for each in subject_ids})
            epochs = {bucket: await roll(self.database, self._root_wrap, bucket) for bucket in buckets}
        await self.refresh()
        await self.database.checkpoint()
        return epochs

    async def rotate(self) -> int:
        """Give every bucket a new KEK and wrap all DEKs again; returns how many DEKs were wrapped."""
        for bucket in range(BUCKETS):
            async with self.database.transaction():
                await self.bump()
                await roll(self.database, self._root_wrap, bucket)
        await self.refresh()
        await self.database.checkpoint()
        return int((await self.database.fetch("SELECT count(*) AS keys FROM dek"))[0]["keys"])

    async def named(self, name: str) -> bytes:
        """A random 32-byte key of this name; made on first use, the same in every process."""
        place = bound_to(b"named", name.encode())
        rows = await self.database.fetch("SELECT wrapped FROM named_key WHERE name = ?", name)
        if not rows:
            wrapped = seal(self._root_wrap, os.urandom(32), place)
            await self.database.fetch(
                "INSERT INTO named_key (name, wrapped) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", name, wrapped
            )
            rows = await self.database.fetch("SELECT wrapped FROM named_key WHERE name = ?", name)
        return open_sealed(self._root_wrap, bytes(rows[0]["wrapped"]), place)

    async def remember(self, name: str, number: int, text: str = "") -> bool:
        """Keep a small fact that must be as fresh as the keys, durable before it returns; nothing personal.

        number: says which of two is newer; a fact that is not newer than the one kept changes nothing, and False is said.
        """
        return await kept_facts.remember(self.database, name, number, text)

    async def remembered(self, name: str) -> tuple[int, str] | None:
        """(number, text) of the newest fact of this name, None if there is none."""
        return await kept_facts.remembered(self.database, name)

    def over(self, database: Database) -> Keyring:
        """A copy of this keyring in another store, opened with the same root key; `prepare` must follow."""
        return Keyring(database, self._root)

    def hashing_key(self, label: str) -> bytes:
        """A derived key for keyed hashes of one use, such as finding an account by its e-mail address."""
        # Kept: labels are words of the program, so there are never many.
        return self._derived.get(label) or self._derived.setdefault(label, derived(self._root, f"hash {label}"))

    def new_recovery_key(self, places: KeyPlaces) -> str:
        """A fresh recovery key, to be shown once; the one before no longer opens this installation."""
        return replace_recovery_key(places, self._root)
