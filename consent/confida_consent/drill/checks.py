"""What must not be found after the oldest backup was put back, and what must."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from confida_consent.drill.cast import ACCESS, Cast
from confida_core.backup.stores import table_names
from confida_core.contacts.records import CONTACT
from confida_core.installation import Installation
from confida_core.storage.database import Database
from confida_core.storage.sqlite import SQLiteDatabase
from confida_core.vault.door import Door
from confida_core.vault.keyring import Keyring
from confida_core.vault.orders import StandingOrders
from confida_core.vault.read_log import ReadLog

PAGE = 500
CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Check:
    """One sentence, and whether it is true. found: how many of what should not be there."""

    says: str
    passed: bool
    found: int = 0


def nothing(says: str, found: Sequence[object]) -> Check:
    return Check(says, not found, len(found))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What there was before the erasure. keys: wrapped keys of the person. rows: the person's sealed rows."""

    keys: tuple[bytes, ...]
    rows: tuple[bytes, ...]
    opened: int


async def evidence_of(crm: Installation, cast: Cast) -> Evidence:
    """Taken before the erasure, so that the search for it afterwards could find something."""
    deks = await crm.keyring.database.fetch("SELECT wrapped FROM dek WHERE subject_id = ?", cast.person)
    rows = await crm.data.fetch("SELECT sealed FROM contact WHERE id = ?", cast.person)
    opened = [
        text async for text in everything_opened(crm, crm.data, crm.keyring) if cast.marker.lower() in text.lower()
    ]
    return Evidence(
        tuple(bytes(row["wrapped"]) for row in deks), tuple(bytes(row["sealed"]) for row in rows), len(opened)
    )


async def absent(crm: Installation, cast: Cast, before: Evidence, oldest: Path) -> list[Check]:
    """Every check, after the oldest backup was put back and the first start has done its work."""
    places = (crm.data, crm.keyring.database)
    wanted = cast.needles
    index = crm.index.connection().execute("SELECT count(*) FROM contact WHERE id = ?", (cast.person.bytes,))
    opened = [
        text async for text in everything_opened(crm, crm.data, crm.keyring) if cast.marker.lower() in text.lower()
    ]
    there = {row["id"] for row in await crm.data.fetch("SELECT id FROM contact")}
    left = await crm.keyring.database.fetch("SELECT id FROM dek WHERE subject_id = ?", cast.person)
    return [
        Check("the marker could be read before the erasure, so that this drill could fail", before.opened > 0),
        nothing("no file of the installation or of any backup holds the marker", files_with(crm.settings.home, wanted)),
        nothing("no row of either store holds the marker", [hit async for hit in rows_with(places, wanted)]),
        nothing(
            "no row holds what was sealed for the person, or a key that opened it",
            [hit async for hit in rows_with(places, [*before.rows, *before.keys])],
        ),
        nothing("nothing that can be opened with any key holds the marker", opened),
        nothing("no key of the person is left", left),
        Check("the person's contact is not there", cast.person not in there, int(cast.person in there)),
        Check("the index does not know the person", index.fetchone()[0] == 0),
        Check("whoever stayed is there and can be read", await opens(crm, crm.data, cast.stays)),
        Check("an objection made after the backup still holds", crm.orders.forbids(cast.stays, "drill")),
        *await oldest_itself(crm, cast, oldest),
    ]


def files_with(folder: Path, needles: Sequence[bytes]) -> list[str]:
    """Names of the files that hold one; the index is encrypted under a key of its own and is looked into by other means."""
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith("index.db") and holds(path, needles)
    ]


def holds(path: Path, needles: Sequence[bytes]) -> bool:
    overlap, tail = max(map(len, needles)), b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            window = tail + chunk
            if any(needle in window for needle in needles):
                return True
            tail = window[-overlap:]
    return False


async def rows_with(stores: Sequence[Database], needles: Sequence[bytes]) -> AsyncIterator[str]:
    """Tables and columns in which a value holds one, as the databases give them out."""
    for store in stores:
        for table in sorted(await table_names(store)):
            offset = 0
            while rows := await store.fetch(f'SELECT * FROM "{table}" LIMIT {PAGE} OFFSET {offset}'):
                for column in columns_with(rows, needles):
                    yield f"{table}.{column}"
                offset += PAGE


def columns_with(rows: Sequence[dict[str, Any]], needles: Sequence[bytes]) -> Iterator[str]:
    for row in rows:
        for column, value in row.items():
            data = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
            if any(needle in data for needle in needles):
                yield column


async def everything_opened(crm: Installation, data: Database, keyring: Keyring) -> AsyncIterator[str]:
    """The content of every sealed row, as far as these keys open it."""
    door = Door(data, keyring, StandingOrders(keyring), ReadLog(data), crm.registry.purposes)
    present = await table_names(data)
    for record in crm.registry.records.values():
        last = UUID(int=0)
        while record.name in present and (
            rows := await data.fetch(f"SELECT * FROM {record.name} WHERE id > ? ORDER BY id LIMIT {PAGE}", last)
        ):
            for opened in await door.open(ACCESS, record, rows):
                yield repr(opened.content)
            last = rows[-1]["id"]


async def opens(crm: Installation, data: Database, contact_id: UUID) -> bool:
    door = Door(data, crm.keyring, crm.orders, ReadLog(data), crm.registry.purposes)
    rows = await data.fetch("SELECT * FROM contact WHERE id = ?", contact_id)
    return len(await door.open(ACCESS, CONTACT, rows)) == 1


async def oldest_itself(crm: Installation, cast: Cast, oldest: Path) -> list[Check]:
    """The backup as somebody finds it who holds the root key and the newest keyring; on a server it can only be restored."""
    if not isinstance(crm.data, SQLiteDatabase):
        return []
    async with copy_of(crm.data, oldest / "confida.db") as copy:
        rows = await copy.fetch("SELECT id FROM contact WHERE id = ?", cast.person)
        return [
            Check("the oldest backup does hold the person's sealed row", len(rows) == 1),
            Check("with today's keyring it opens nothing of it", not await opens(crm, copy, cast.person)),
            Check("it does open whoever stayed", await opens(crm, copy, cast.stays)),
        ]


@asynccontextmanager
async def copy_of(store: SQLiteDatabase, path: Path) -> AsyncIterator[Database]:
    with TemporaryDirectory(dir=store.path.parent, prefix=".drill-") as place:
        copy = store.sibling(Path(await asyncio.to_thread(shutil.copyfile, path, Path(place) / path.name)))
        try:
            yield copy
        finally:
            await copy.close()
