"""Sealed files: streamed in, kept under a random name and a key of their own, streamed out again.

The bytes are written first, the row that holds their key afterwards, in the transaction of whatever the file belongs to.
A crash in between leaves bytes that nobody can open and that `sweep_files` removes.
"""

from __future__ import annotations

import asyncio
import codecs
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from confida_core.clock import now
from confida_core.contacts.text import clean_line, storable
from confida_core.declarations import InAnswer, RecordDeclaration
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.storage.database import Row
from confida_core.storage.file_content import FileContent
from confida_core.storage.file_seal import TooLarge, read_sealed, write_sealed
from confida_core.storage.pictures import MAX_BYTES, Picture, redrawn
from confida_core.storage.tables import SealedFile
from confida_core.vault.access import Access, NotFound, system_access

SEALED_FILE = RecordDeclaration(
    table=SealedFile,
    content=FileContent,
    subject=None,
    retention_class="relationship",
    purpose="relationship",
    label="Files",
    clear={"permission": "Key of a declared permission."},
    answer=InAnswer(
        category="Files about you",
        source="Kept by somebody who works for us, or sent by you.",
        left_out={"secret": "The key of the file; the file itself is here instead."},
    ),
)
PICTURE_SIDE = 512
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
PACKED = {
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "odt": f"{_OPEN}text",
    "ods": f"{_OPEN}spreadsheet",
    "odp": f"{_OPEN}presentation",
    "epub": "application/epub+zip",
}


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """Bytes that are sealed and durable, but belong to nothing yet: `keep_files` or `discard_files` them."""

    id: UUID
    content: FileContent


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that may be read. row: the operational columns. pieces: iterate once; raises SealBroken if tampered with."""

    row: Row
    content: FileContent
    pieces: AsyncIterator[bytes]


def path_of(crm: Installation, file_id: UUID) -> Path:
    """Where the bytes lie: `files/ab/<id>`, spread by the random end of the id."""
    return crm.settings.home / "files" / file_id.hex[-2:] / file_id.hex


def largest(crm: Installation) -> int:
    """The largest file that is taken, in bytes."""
    return crm.settings.upload_megabytes * 1_000_000


def file_name(name: str) -> str:
    """The last part of a name as browsers and mail programs send it, of one line, at most 200 characters."""
    line = clean_line(storable(name)).replace("\\", "/").rpartition("/")[2].strip(". ")
    stem, dot, suffix = line.rpartition(".")
    if len(line) <= 200 or not dot or len(suffix) > 20:
        return line[:200]
    return f"{stem[: 199 - len(suffix)]}.{suffix}"


def type_of(sample: bytes, name: str) -> str:
    """The media type, told from the first bytes; the name only decides between documents that all begin as archives."""
    import puremagic

    if sample.startswith(b"PK\x03\x04"):
        return PACKED.get(name.rpartition(".")[2].lower(), "application/zip")
    try:
        found = puremagic.from_string(sample, mime=True)
    except (puremagic.PureError, ValueError):
        found = ""
    return found[:127] or ("text/plain" if is_text(sample) else "application/octet-stream")


def is_text(sample: bytes) -> bool:
    """Whether the bytes are UTF-8 without control characters; a sample may end in the middle of a character."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return bool(text) and not any(c < " " and c not in "\t\n\r\f" for c in text)


async def receive_file(
    crm: Installation, name: str, pieces: AsyncIterator[bytes], *, limit: int | None = None
) -> ReceivedFile:
    """Seal a stream as it comes; at most some 4 MiB of it are in memory, and nothing of it lies plain on the disk.

    Raises TooLarge (limit: bytes, by default the setting), StorageFull, and what the stream raises; then nothing stays.
    """
    file_id = new_id()
    written = await write_sealed(path_of(crm, file_id), file_id, pieces, limit or largest(crm))
    name = file_name(name)
    content = FileContent(
        secret=written.secret,
        name=name,
        media_type=type_of(written.sample, name),
        sha256=written.sha256,
        size=written.size,
    )
    return ReceivedFile(file_id, content)


async def receive_picture(
    crm: Installation, name: str, pieces: AsyncIterator[bytes], *, longest: int = PICTURE_SIDE
) -> ReceivedFile:
    """A picture, redrawn: upright, at most `longest` pixels wide and high, without metadata.

    Raises NoPicture, TooLarge, StorageFull.
    """
    data = await collected(pieces, MAX_BYTES)
    picture = await redrawn(data, longest)
    stored = await receive_file(crm, name, only(picture.data))
    content = msgspec.structs.replace(
        stored.content, media_type=picture.media_type, width=picture.width, height=picture.height
    )
    return ReceivedFile(stored.id, content)


async def collected(pieces: AsyncIterator[bytes], limit: int) -> bytes:
    """The whole stream; raises TooLarge."""
    whole = bytearray()
    async for piece in pieces:
        whole += piece
        if len(whole) > limit:
            raise TooLarge(limit)
    return bytes(whole)


async def only(data: bytes) -> AsyncIterator[bytes]:
    """Bytes that are at hand, as a stream of one piece."""
    yield data


async def keep_files(
    crm: Installation, files: Sequence[ReceivedFile], *, owner_id: UUID, people: Sequence[UUID], permission: str
) -> None:
    """Give received files to a record; call it in the transaction that writes that record.

    people: whose files they are; each person's erasure takes away that person's way to them.
    """
    for file in files:
        columns = {"id": file.id, "owner_id": owner_id, "permission": permission, "created_at": now()}
        await crm.records.insert(SEALED_FILE, columns, file.content, people=people)


async def discard_files(crm: Installation, files: Sequence[ReceivedFile]) -> None:
    """Remove received files that no record was written for.

    One with a row stays: a caller who was cancelled during the commit, or failed after it, has stored the file.
    """
    for file in files:
        if not await crm.data.fetch("SELECT id FROM sealed_file WHERE id = ?", file.id):
            await asyncio.to_thread(path_of(crm, file.id).unlink, missing_ok=True)


async def open_file(crm: Installation, access: Access, file_id: UUID) -> OpenFile:
    """Open a file to read it. Opens sealed data; counts as a read of everybody whose file it is.

    Raises NotFound (also if the bytes are gone), Forbidden.
    """
    rows = await crm.records.rows(SEALED_FILE, [file_id])
    if not rows:
        raise NotFound("file")
    access.actor.require(rows[0]["permission"])
    opened = await crm.door.open_one(access, SEALED_FILE, rows[0])
    if opened is None:
        raise NotFound("file")
    path = path_of(crm, file_id)
    if not await asyncio.to_thread(path.exists):
        raise NotFound("file")
    return OpenFile(opened.row, opened.content, read_sealed(path, file_id, opened.content.secret))


async def open_picture(file: OpenFile, longest: int = PICTURE_SIDE) -> Picture:
    """A picture to show in a page: never the bytes somebody sent, always a drawing of our own. Raises NoPicture, TooLarge."""
    data = await collected(file.pieces, MAX_BYTES)
    if file.content.width:
        return Picture(data, file.content.media_type, file.content.width, file.content.height)
    return await redrawn(data, longest)


async def set_people(crm: Installation, owner_id: UUID, people: Sequence[UUID]) -> None:
    """Seal the rows of a record's files anew, for exactly these people; call it in the transaction that changes them."""
    rows = await crm.data.fetch("SELECT * FROM sealed_file WHERE owner_id = ?", owner_id)
    for opened in await crm.door.open(system_access("files: change people"), SEALED_FILE, rows):
        seen = opened.row["version"]
        await crm.records.update(SEALED_FILE, {"id": opened.row["id"]}, opened.content, seen=seen, people=people)


async def delete_files(crm: Installation, file_ids: Sequence[UUID]) -> None:
    """Remove rows, keys and, once the transaction is committed, the bytes. Overwriting is not promised: the key is gone."""
    async with crm.data.transaction() as transaction:
        for file_id in file_ids:
            await crm.records.delete(SEALED_FILE, file_id, ())
            transaction.after_commit.append(remover(path_of(crm, file_id)))


def remover(path: Path) -> Any:
    return lambda: path.unlink(missing_ok=True)


async def sweep_files(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """Job: remove bytes without a row that are older than a day (an upload that was cut off, an unlink that was missed).

    Rows without bytes are left alone: a folder that is not mounted must not cost anybody's records; `doctor` counts them.
    """
    for path in await asyncio.to_thread(older_than_a_day, crm.settings.home / "files", now().timestamp() - 86_400):
        known = not path.name.startswith(".") and await crm.data.fetch(
            "SELECT id FROM sealed_file WHERE id = ?", UUID(hex=path.name)
        )
        if not known:
            await asyncio.to_thread(path.unlink, missing_ok=True)


def older_than_a_day(folder: Path, before: float) -> list[Path]:
    """Our own files in the folder (whole or partly written) that were last changed before then (seconds since 1970)."""
    return [
        path
        for path in sorted(folder.glob("??/*"))
        if is_ours(path.name) and path.stat(follow_symlinks=False).st_mtime < before
    ]


def is_ours(name: str) -> bool:
    """Whether a name is one that we gave, to a file or to its beginning; nobody else's file is touched."""
    core = name[1:-5] if name.startswith(".") and name.endswith(".part") else name
    return len(core) == 32 and all(c in "0123456789abcdef" for c in core)


async def rows_without_bytes(crm: Installation) -> list[UUID]:
    """Ids of files whose bytes are missing, for `doctor`."""
    rows = await crm.data.fetch("SELECT id FROM sealed_file ORDER BY id")
    return [row["id"] for row in rows if not path_of(crm, row["id"]).exists()]
