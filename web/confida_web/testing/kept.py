"""What an installation keeps, seen twice: every byte as it lies there, and everything that its keys open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from confida_core.installation import Installation
    from confida_core.storage.database import Database

SHORTEST = 6
TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgres": "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
}


def check_markers(markers: Iterable[str]) -> None:
    """Raises ValueError for a marker that sealed bytes could hold by chance, or none at all."""
    markers = tuple(markers)
    if not markers or min(map(len, markers)) < SHORTEST:
        raise ValueError(
            f"give at least one marker, of {SHORTEST} characters or more: a shorter one is found by chance"
        )


def forms_of(marker: str) -> Iterator[bytes]:
    """As it would lie there: as text, as UTF-16, and as hexadecimal digits."""
    folded = marker.lower()
    yield folded.encode()
    yield folded.encode("utf-16-le")
    for written in {marker, folded}:
        yield written.encode().hex().encode()


def places_of(markers: Iterable[str], kept: Iterable[tuple[str, bytes]]) -> dict[str, list[str]]:
    """Marker -> where it is found, whatever its case; markers that are nowhere are not in it."""
    markers = tuple(markers)
    found: dict[str, list[str]] = {}
    for place, content in kept:
        folded = place.lower().encode() + b"\n" + content.lower()
        for marker in markers:
            if any(form in folded for form in forms_of(marker)):
                found.setdefault(marker, []).append(place)
    return found


async def everything_kept(crm: Installation) -> list[tuple[str, bytes]]:
    """(place, bytes) of every file of the home but the index, which is a locked file, and of a dump of both databases."""
    home = crm.settings.home
    kept = [
        (path.relative_to(home).as_posix(), path.read_bytes())
        for path in sorted(home.rglob("*"))
        if path.is_file() and not path.name.startswith("index.db")
    ]
    for name, database in (("data", crm.data), ("keyring", crm.keyring.database)):
        kept += [(f"{name}: {table}", content) for table, content in await dump(database)]
    return kept


async def dump(database: Database) -> list[tuple[str, bytes]]:
    """(table, all its rows as bytes)."""
    found = []
    for table in await database.fetch(TABLES[database.engine]):
        rows = await database.fetch(f'SELECT * FROM "{table["name"]}"')
        found.append((str(table["name"]), b"\n".join(as_bytes(value) for row in rows for value in row.values())))
    return found


def as_bytes(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | bytearray | memoryview) else str(value).encode()


async def everything_opened(crm: Installation) -> list[tuple[str, bytes]]:
    """(table, content) of every sealed record and (name, content) of every sealed file that the keys of today open."""
    from confida_core.storage.file_seal import read_sealed
    from confida_core.storage.sealed_files import SEALED_FILE, path_of
    from confida_core.vault.access import system_access

    access, found = system_access("test"), list[tuple[str, bytes]]()
    for record in crm.registry.records.values():
        rows = await crm.data.fetch(f"SELECT * FROM {record.name}")
        for opened in await crm.door.open(access, record, rows):
            found.append((record.name, repr(opened.content).encode()))
            file_id, secret = opened.row["id"], getattr(opened.content, "secret", b"")
            if record is SEALED_FILE and secret and path_of(crm, file_id).exists():
                pieces = [piece async for piece in read_sealed(path_of(crm, file_id), file_id, secret)]
                found.append((f"file {file_id}", b"".join(pieces)))
    return found
