"""A sealed file: streamed in and out, told by its bytes, shared, torn, tampered with, and gone with its key."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import io
import os
import resource
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from confida_core.ids import new_id
from confida_core.storage import file_seal
from confida_core.storage.database import StorageFull
from confida_core.storage.file_seal import PIECE, TAG, PieceCipher, TooLarge, read_sealed, write_sealed
from confida_core.storage.pictures import MAX_PIXELS, NoPicture, redraw
from confida_core.storage.sealed_files import (
    SEALED_FILE,
    collected,
    delete_files,
    discard_files,
    file_name,
    keep_files,
    only,
    open_file,
    open_picture,
    path_of,
    receive_file,
    receive_picture,
    rows_without_bytes,
    set_people,
    sweep_files,
    type_of,
)
from confida_core.vault.access import Access, Actor, Forbidden, NotFound
from confida_core.vault.sealing import SealBroken

pytestmark = pytest.mark.anyio

HEAD = 4 + 7
READ = frozenset({"interactions.read"})


def access_of(permissions: frozenset[str] = READ) -> Access:
    return Access(actor=Actor(id=new_id(), permissions=permissions), purpose="relationship", where="test")


async def stream(data: bytes, step: int = 70_001) -> AsyncIterator[bytes]:
    for start in range(0, len(data), step):
        yield data[start : start + step]


async def sealed_on_disk(folder: Path, data: bytes) -> tuple[Path, Any, bytes]:
    path, file_id = folder / "ab" / "file", new_id()
    written = await write_sealed(path, file_id, stream(data), 1 << 40)
    return path, file_id, written.secret


async def kept(crm: Any, data: bytes, *people: Any, name: str = "letter.txt") -> Any:
    file = await receive_file(crm, name, stream(data))
    async with crm.data.transaction():
        await keep_files(crm, [file], owner_id=new_id(), people=people, permission="interactions.read")
    return file


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 17])
async def test_file_of_any_length_comes_back_as_written(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    path, file_id, secret = await sealed_on_disk(tmp_path, data)
    assert await collected(read_sealed(path, file_id, secret), size + 1) == data
    pieces = max(1, -(-size // PIECE))
    assert path.stat().st_size == HEAD + size + pieces * TAG


async def test_what_is_learnt_while_writing_is_true(tmp_path: Path) -> None:
    data = b"Dear Ada" * 300_000
    written = await write_sealed(tmp_path / "ab" / "x", new_id(), stream(data), 1 << 40)
    assert (written.size, written.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert written.sample == data[:4096]


def exchanged(data: bytes) -> bytes:
    """The first two pieces in each other's place."""
    first, second = data[HEAD : HEAD + PIECE + TAG], data[HEAD + PIECE + TAG : HEAD + 2 * (PIECE + TAG)]
    return data[:HEAD] + second + first + data[HEAD + 2 * (PIECE + TAG) :]


TAMPERED: dict[str, Callable[[bytes], bytes]] = {
    "one bit": lambda data: data[:200] + bytes((data[200] ^ 1,)) + data[201:],
    "nonce prefix": lambda data: data[:5] + bytes((data[5] ^ 1,)) + data[6:],
    "last byte missing": lambda data: data[:-1],
    "cut between pieces": lambda data: data[: HEAD + 2 * (PIECE + TAG)],
    "everything but the head missing": lambda data: data[:HEAD],
    "first piece missing": lambda data: data[:HEAD] + data[HEAD + PIECE + TAG :],
    "piece repeated": lambda data: data[: HEAD + PIECE + TAG] + data[HEAD:],
    "pieces exchanged": exchanged,
    "bytes added": lambda data: data + b"\0",
}


@pytest.mark.parametrize("how", TAMPERED)
async def test_tampered_file_does_not_open(tmp_path: Path, how: str) -> None:
    path, file_id, secret = await sealed_on_disk(tmp_path, os.urandom(2 * PIECE + 5))
    path.write_bytes(TAMPERED[how](path.read_bytes()))
    with pytest.raises(SealBroken):
        await collected(read_sealed(path, file_id, secret), 1 << 40)


async def test_cut_at_a_full_piece_is_noticed_although_every_piece_is_sound(tmp_path: Path) -> None:
    path, file_id, secret = await sealed_on_disk(tmp_path, os.urandom(2 * PIECE))
    data = path.read_bytes()
    cipher = PieceCipher(file_id, secret, data[4:HEAD])
    first = data[HEAD : HEAD + PIECE + TAG]
    assert len(cipher.open(0, first, last=False)) == PIECE
    with pytest.raises(SealBroken):
        cipher.open(0, first, last=True)


async def test_bytes_of_another_file_do_not_open_even_under_one_key(tmp_path: Path) -> None:
    path, file_id, secret = await sealed_on_disk(tmp_path, b"Dear Ada")
    assert await collected(read_sealed(path, file_id, secret), 100) == b"Dear Ada"
    with pytest.raises(SealBroken):
        await collected(read_sealed(path, new_id(), secret), 100)


@pytest.mark.parametrize("content", [b"", b"CF", b"something else entirely"])
async def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(SealBroken):
        await collected(read_sealed(path, new_id(), bytes(32)), 100)


async def test_too_large_a_stream_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TooLarge):
        await write_sealed(tmp_path / "ab" / "x", new_id(), stream(bytes(3 * PIECE)), 2 * PIECE)
    assert list((tmp_path / "ab").iterdir()) == []


async def test_broken_stream_leaves_nothing(tmp_path: Path) -> None:
    async def cut_off() -> AsyncIterator[bytes]:
        yield bytes(2 * PIECE)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await write_sealed(tmp_path / "ab" / "x", new_id(), cut_off(), 1 << 40)
    assert list((tmp_path / "ab").iterdir()) == []


async def test_cancelled_upload_leaves_nothing(tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(PIECE)
            begun.set()
            await asyncio.sleep(0)

    task = asyncio.create_task(write_sealed(tmp_path / "ab" / "x", new_id(), endless(), 1 << 40))
    await begun.wait()
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list((tmp_path / "ab").iterdir()) == []


async def test_full_disk_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    # The limit of file sizes makes the kernel refuse the write as a full disk would, without a mount and without root.
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * PIECE, before[1]))
    try:
        with pytest.raises(StorageFull):
            await write_sealed(tmp_path / "ab" / "x", new_id(), stream(bytes(5 * PIECE)), 1 << 40)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert list((tmp_path / "ab").iterdir()) == []


def test_no_room_is_told_from_other_faults() -> None:
    assert isinstance(file_seal.translated(OSError(errno.ENOSPC, "")), StorageFull)
    other = OSError(errno.EIO, "")
    assert file_seal.translated(other) is other


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from uuid import UUID
from confida_core.storage.file_seal import write_sealed

async def pieces():
    for number in range(40):
        yield os.urandom(1 << 20)
        if number == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(write_sealed(Path(sys.argv[1]) / "ab" / ("0" * 32), UUID(int=1), pieces(), 1 << 40))
"""


@pytest.mark.parametrize("piece", [0, 5, 39])
def test_killed_writer_leaves_no_file_under_its_name(tmp_path: Path, piece: int) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), str(piece)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert [path.name for path in (tmp_path / "ab").iterdir()] == [f".{'0' * 32}.part"]


MEASURED = """
import asyncio, os, resource, sys
from pathlib import Path
from uuid import UUID
from confida_core.storage.file_seal import read_sealed, write_sealed

size = int(sys.argv[2])

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

async def pieces(total):
    block = os.urandom(64 * 1024)
    for _ in range(total // len(block)):
        yield block

async def there_and_back(name, total):
    path, file_id = Path(sys.argv[1]) / "ab" / name, UUID(int=1)
    written = await write_sealed(path, file_id, pieces(total), 1 << 40)
    count = 0
    async for piece in read_sealed(path, file_id, written.secret):
        count += len(piece)
    assert count == total == written.size

asyncio.run(there_and_back("small", 4 << 20))
before = peak()
asyncio.run(there_and_back("large", size))
print(peak() - before)
"""


@pytest.mark.parametrize("megabytes", [20, pytest.param(200, marks=pytest.mark.slow)])
def test_large_file_never_sits_in_memory(tmp_path: Path, megabytes: int) -> None:
    command = [sys.executable, "-c", MEASURED, str(tmp_path), str(megabytes << 20)]
    grown_kilobytes = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert grown_kilobytes < 8 * 1024


# With an installation


async def test_kept_file_opens_with_its_name_type_and_bytes(crm: Any) -> None:
    ada = new_id()
    file = await kept(crm, b"Dear Olga,\nthank you.", ada)
    opened = await open_file(crm, access_of(), file.id)
    assert await collected(opened.pieces, 1000) == b"Dear Olga,\nthank you."
    content = opened.content
    assert (content.name, content.media_type, content.size) == ("letter.txt", "text/plain", 21)
    assert content.sha256 == hashlib.sha256(b"Dear Olga,\nthank you.").hexdigest()


async def test_neither_name_nor_bytes_stand_plain_on_the_disk(crm: Any) -> None:
    await kept(crm, b"MARKER-IN-BYTES" * 10, new_id(), name="MARKER-IN-NAME.txt")
    rows = await crm.data.fetch("SELECT * FROM sealed_file")
    assert b"MARKER" not in bytes(rows[0]["sealed"])
    files = [path for path in (crm.settings.home / "files").rglob("*") if path.is_file()]
    assert len(files) == 1
    assert b"MARKER" not in files[0].read_bytes()
    assert "MARKER" not in str(files[0])


async def test_opening_a_file_is_a_logged_read_of_everybody_whose_it_is(crm: Any) -> None:
    ada, mats = new_id(), new_id()
    file = await kept(crm, b"minutes", ada, mats)
    access = access_of()
    await open_file(crm, access, file.id)
    for person in (ada, mats):
        reads = await crm.door.read_log.of(person)
        assert [(read.actor_id, read.place) for read in reads] == [(access.actor.id, "test")]


async def test_file_needs_its_permission_and_unknown_ones_look_alike(crm: Any) -> None:
    file = await kept(crm, b"minutes", new_id())
    with pytest.raises(Forbidden):
        await open_file(crm, access_of(frozenset({"contacts.read"})), file.id)
    with pytest.raises(NotFound):
        await open_file(crm, access_of(), new_id())


async def test_file_of_a_restricted_person_is_hidden(crm: Any) -> None:
    ada = new_id()
    file = await kept(crm, b"minutes", ada)
    await crm.orders.give("restriction", ada)
    with pytest.raises(NotFound):
        await open_file(crm, access_of(), file.id)


async def test_erasing_one_leaves_the_others_their_file_and_erasing_all_ends_it(crm: Any) -> None:
    ada, mats = new_id(), new_id()
    file = await kept(crm, b"minutes", ada, mats)
    await crm.keyring.destroy(ada, ["relationship"])
    opened = await open_file(crm, access_of(), file.id)
    assert await collected(opened.pieces, 100) == b"minutes"
    await crm.keyring.destroy(mats, ["relationship"])
    with pytest.raises(NotFound):
        await open_file(crm, access_of(), file.id)


async def test_changed_people_hold_the_key_and_nobody_else(crm: Any) -> None:
    ada, mats = new_id(), new_id()
    file = await kept(crm, b"minutes", ada)
    owner = (await crm.data.fetch("SELECT owner_id FROM sealed_file"))[0]["owner_id"]
    await crm.keyring.ensure([mats], SEALED_FILE.retention_class)
    async with crm.data.transaction():
        await set_people(crm, owner, [mats])
    wraps = await crm.data.fetch("SELECT subject_id FROM shared_key WHERE record_id = ?", file.id)
    assert [row["subject_id"] for row in wraps] == [mats]
    opened = await open_file(crm, access_of(), file.id)
    assert await collected(opened.pieces, 100) == b"minutes"


async def test_deleted_file_loses_row_key_and_bytes_and_a_failed_deletion_none(crm: Any) -> None:
    file = await kept(crm, b"minutes", new_id())

    async def undone() -> None:
        async with crm.data.transaction():
            await delete_files(crm, [file.id])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await undone()
    opened = await open_file(crm, access_of(), file.id)
    assert await collected(opened.pieces, 100) == b"minutes"
    await delete_files(crm, [file.id])
    assert not path_of(crm, file.id).exists()
    assert await crm.data.fetch("SELECT id FROM shared_key") == []
    with pytest.raises(NotFound):
        await open_file(crm, access_of(), file.id)


async def test_lost_bytes_are_a_missing_file_and_doctor_can_name_them(crm: Any) -> None:
    file = await kept(crm, b"minutes", new_id())
    assert await rows_without_bytes(crm) == []
    path_of(crm, file.id).unlink()
    with pytest.raises(NotFound):
        await open_file(crm, access_of(), file.id)
    assert await rows_without_bytes(crm) == [file.id]


async def test_discarded_upload_leaves_nothing(crm: Any) -> None:
    file = await receive_file(crm, "a.txt", only(b"never mind"))
    assert path_of(crm, file.id).exists()
    await discard_files(crm, [file])
    assert not path_of(crm, file.id).exists()


async def test_sweep_removes_old_orphans_only(crm: Any) -> None:
    wanted = await kept(crm, b"minutes", new_id())
    old, young = [await receive_file(crm, "a.txt", only(b"x")) for _ in range(2)]
    part = path_of(crm, new_id())
    part = part.with_name(f".{part.name}.part")
    foreign = path_of(crm, wanted.id).with_name("README")
    for path in (part, foreign):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")
    for path in (path_of(crm, wanted.id), path_of(crm, old.id), part, foreign):
        os.utime(path, (1_000_000, 1_000_000))
    await sweep_files(crm, {})
    there = [path.exists() for path in (path_of(crm, wanted.id), path_of(crm, young.id), foreign)]
    assert (there, path_of(crm, old.id).exists(), part.exists()) == ([True, True, True], False, False)


# Names, types, pictures


@pytest.mark.parametrize(
    ("given", "kept_name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\letter.pdf", "letter.pdf"),
        ("a\r\nSet-Cookie: x", "a Set-Cookie: x"),
        ("nul\0l.txt", "null.txt"),
        ("\ud800.txt", "\ufffd.txt"),
        ("  ..  ", ""),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("Größe.txt", "Größe.txt"),
    ],
)
def test_file_name_is_one_harmless_line(given: str, kept_name: str) -> None:
    assert file_name(given) == kept_name


@pytest.mark.parametrize(
    ("sample", "name", "media_type"),
    [
        (b"%PDF-1.7 rest", "a.jpg", "application/pdf"),
        (b"", "a.pdf", "application/octet-stream"),
        ("Grüße".encode()[:-1], "x", "text/plain"),
        (b"PK\x03\x04 rest", "minutes.odt", "application/vnd.oasis.opendocument.text"),
        (b"PK\x03\x04 rest", "minutes.jpg", "application/zip"),
        (b"\x93\x81\x07\x07", "x.txt", "application/octet-stream"),
    ],
)
def test_type_is_told_by_the_bytes(sample: bytes, name: str, media_type: str) -> None:
    assert type_of(sample, name) == media_type


def picture_bytes(size: tuple[int, int], form: str = "JPEG", **more: Any) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, (200, 30, 40)).save(target, form, **more)
    return target.getvalue()


async def test_picture_is_redrawn_upright_small_and_without_its_place(crm: Any) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # Turned by 90 degrees.
    exif[0x010E] = "MARKER-PLACE"
    data = picture_bytes((1200, 600), exif=exif)
    assert b"MARKER-PLACE" in data
    file = await receive_picture(crm, "ada.jpg", only(data))
    async with crm.data.transaction():
        await keep_files(crm, [file], owner_id=new_id(), people=[new_id()], permission="interactions.read")
    picture = await open_picture(await open_file(crm, access_of(), file.id))
    assert b"MARKER-PLACE" not in picture.data
    drawn = Image.open(io.BytesIO(picture.data))
    assert (drawn.size, dict(drawn.getexif()), picture.media_type) == ((256, 512), {}, "image/jpeg")
    assert (file.content.width, file.content.height) == (256, 512)


async def test_attached_picture_keeps_its_bytes_and_is_shown_redrawn(crm: Any) -> None:
    data = picture_bytes((600, 600), "PNG")
    file = await kept(crm, data, new_id(), name="plan.png")
    assert await collected((await open_file(crm, access_of(), file.id)).pieces, 1 << 20) == data
    picture = await open_picture(await open_file(crm, access_of(), file.id), 100)
    assert (picture.width, picture.height) == (100, 100)


def bomb() -> bytes:
    """A PNG of a few kilobytes that says it has more pixels than are ever decoded."""
    target = io.BytesIO()
    Image.new("1", (MAX_PIXELS // 1000 + 1, 1000)).save(target, "PNG")
    return target.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        picture_bytes((50, 50))[:300],
        bomb(),
    ],
    ids=["empty", "text", "svg", "torn", "bomb"],
)
def test_what_is_no_sound_picture_is_refused(data: bytes) -> None:
    with pytest.raises(NoPicture):
        redraw(data, 100)


def test_transparency_survives() -> None:
    target = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(target, "PNG")
    picture = redraw(target.getvalue(), 100)
    assert (picture.media_type, Image.open(io.BytesIO(picture.data)).getpixel((0, 0))) == ("image/png", (0, 0, 0, 0))
