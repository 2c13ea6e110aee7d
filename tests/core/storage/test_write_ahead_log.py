"""What gathers in SQLite's log while somebody reads for long is moved in pieces, and nothing of it is lost."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from confida_core.storage import write_ahead_log
from confida_core.storage.sqlite import SQLiteDatabase, connect

pytestmark = pytest.mark.anyio
KEY = b"k" * 32


async def test_log_is_moved_in_pieces_after_a_long_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_ahead_log, "FIRST_SPACING", 0.1)
    monkeypatch.setattr(write_ahead_log, "PAUSE", 0.01)
    moved: list[int] = []
    move = write_ahead_log.move

    def noted(connection: Any) -> None:
        move(connection)
        moved.append(connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[2])

    monkeypatch.setattr(write_ahead_log, "move", noted)
    database = SQLiteDatabase(tmp_path / "some.db", KEY)
    await database.fetch("CREATE TABLE note (words TEXT)")
    async with database.long_read():
        reader = write_ahead_log.marked(lambda: connect(database.path, KEY, read_only=True))
        for number in range(60):
            await database.fetch("INSERT INTO note VALUES (?)", f"{number} " + "x" * 4000)
            await asyncio.sleep(0.02)
        assert reader.execute("SELECT count(*) FROM note").fetchone()[0] == 0
        reader.close()
    assert len(moved) >= 3
    assert moved == sorted(set(moved)), "each piece moves more, and none moves all"
    # The writer moves by itself again.
    assert (await database.fetch("PRAGMA wal_autocheckpoint"))[0] == {"wal_autocheckpoint": 1000}
    assert await database.checkpoint()
    assert (await database.fetch("SELECT count(*) AS notes FROM note"))[0]["notes"] == 60
    await database.close()


async def test_failed_long_read_leaves_no_reader_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_ahead_log, "FIRST_SPACING", 0.01)
    monkeypatch.setattr(write_ahead_log, "PAUSE", 0.01)
    database = SQLiteDatabase(tmp_path / "some.db", KEY)
    await database.fetch("CREATE TABLE note (words TEXT)")

    async def fails() -> None:
        async with database.long_read():
            await asyncio.sleep(0.1)
            raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        await fails()
    await database.fetch("INSERT INTO note VALUES ('x')")
    assert await database.checkpoint(), "a reader that was left would hold the log"
    await database.close()
