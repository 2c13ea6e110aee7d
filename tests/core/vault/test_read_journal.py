"""What was shown stays written down, whatever happens to the process before its entries are in the database."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.storage.database import StorageFull
from confida_core.vault.access import Access, Actor
from confida_core.vault.read_journal import Entry, ReadJournal
from confida_core.vault.read_log import ReadLog

SECRET = bytes(range(32))


def entry() -> Entry:
    return (new_id(), now(), new_id(), "relationship", "test", new_id().bytes)


def killed(journal: ReadJournal) -> Path:
    """The file as it is left behind by a process that is gone: its lock is gone too."""
    file = journal.rotate()
    assert file is not None
    os.close(file._handle)
    return file.path


def test_entries_of_a_killed_process_are_found_and_taken_once(tmp_path: Path) -> None:
    before, after = ReadJournal(tmp_path, SECRET), ReadJournal(tmp_path, SECRET)
    entries = [entry() for _ in range(3)]
    before.append(entries[:2])
    before.append(entries[2:])
    killed(before)
    [found] = after.of_others()
    assert found.entries == entries
    found.release()
    assert after.of_others() == []
    assert list(tmp_path.iterdir()) == []


def test_file_of_a_living_process_is_read_but_stays(tmp_path: Path) -> None:
    living, other = ReadJournal(tmp_path, SECRET), ReadJournal(tmp_path, SECRET)
    entries = [entry()]
    living.append(entries)
    [found] = other.of_others()
    found.release()
    assert found.entries == entries
    assert len(other.of_others()) == 1
    assert living.of_others() == []


def test_incomplete_end_is_passed_over(tmp_path: Path) -> None:
    before = ReadJournal(tmp_path, SECRET)
    entries = [entry(), entry()]
    before.append(entries[:1])
    before.append(entries[1:])
    path = killed(before)
    path.write_bytes(path.read_bytes()[:-1])
    [found] = ReadJournal(tmp_path, SECRET).of_others()
    assert found.entries == entries[:1]


def test_damaged_file_is_put_aside_and_not_thrown_away(tmp_path: Path) -> None:
    before, after = ReadJournal(tmp_path, SECRET), ReadJournal(tmp_path, SECRET)
    kept, lost = entry(), entry()
    before.append([kept])
    before.append([lost])
    path = killed(before)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    [found] = after.of_others()
    found.release()
    assert found.entries == [kept]
    assert [each.name for each in tmp_path.iterdir()] == [path.with_suffix(".damaged").name]
    assert after.of_others() == []


def test_nothing_is_readable_in_the_file(tmp_path: Path) -> None:
    journal = ReadJournal(tmp_path, SECRET)
    one = entry()
    journal.append([one])
    content = killed(journal).read_bytes()
    assert one[5] not in content
    assert b"relationship" not in content
    [foreign] = ReadJournal(tmp_path, bytes(32)).of_others()
    assert foreign.entries == []


def test_full_disk_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = ReadJournal(tmp_path, SECRET)
    entries = [entry(), entry()]
    journal.append(entries[:1])

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "no room")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", full)
        with pytest.raises(StorageFull):
            journal.append([entry()])
    journal.append(entries[1:])
    killed(journal)
    [found] = ReadJournal(tmp_path, SECRET).of_others()
    assert found.entries == entries


def test_nothing_is_written_behind_a_piece_that_cannot_be_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever takes the file up after a crash reads as far as the first torn entry."""
    journal = ReadJournal(tmp_path, SECRET)
    entries = [entry(), entry()]
    journal.append(entries[:1])
    write = os.write

    def half(handle: int, data: bytes) -> int:
        return write(handle, data[: len(data) // 2])

    def failing(handle: int, size: int) -> None:
        raise OSError(errno.EIO, "input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "ftruncate", failing)
        with monkeypatch.context() as torn:
            torn.setattr(os, "write", half)
            with pytest.raises(StorageFull):
                journal.append([entry()])
        with pytest.raises(StorageFull):
            journal.append([entry()])
    journal.append(entries[1:])
    killed(journal)
    [found] = ReadJournal(tmp_path, SECRET).of_others()
    assert found.entries == entries


@pytest.mark.anyio
async def test_reads_of_a_killed_process_are_in_the_answer(crm: Any, tmp_path: Path) -> None:
    subject, actor = new_id(), Actor(id=new_id())
    journal = ReadJournal(tmp_path / "reads", SECRET)
    journal.append([(new_id(), now(), actor.id, "relationship", "killed", subject.bytes)])
    killed(journal)
    log = ReadLog(crm.data, ReadJournal(tmp_path / "reads", SECRET))
    await log.settle(Access(actor=actor, purpose="relationship", where="living", seen={subject}))
    assert {read.place for read in await log.of(subject)} == {"killed", "living"}
    assert len(await log.of(subject)) == 2
    await log.close()
    assert list((tmp_path / "reads").iterdir()) == []


@pytest.mark.anyio
async def test_closing_moves_what_was_read_into_the_database(crm: Any, tmp_path: Path) -> None:
    subject = new_id()
    log = ReadLog(crm.data, ReadJournal(tmp_path / "reads", SECRET))
    await log.settle(Access(actor=Actor(id=new_id()), purpose="relationship", where="test", seen={subject}))
    assert await crm.data.fetch("SELECT id FROM read_entry") == []
    await log.close()
    [stored] = await crm.data.fetch("SELECT subjects FROM read_entry")
    assert bytes(stored["subjects"]) == subject.bytes
