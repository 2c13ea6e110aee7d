"""SQLite's write-ahead log while somebody reads for long, such as a backup: what gathers in it is moved in pieces afterwards.

Until a long reader is done, nothing that was committed since it began can be moved from the log into the file. Afterwards
one of the next commits would move all of it, and everybody would wait for the disk. So further readers are begun in between:
each holds back what came after it, and when they end one by one, so much at a time is moved as came between two of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

# SQLite has places for four such marks in its log: one is of the long reader itself.
MOST_MARKS = 3
FIRST_SPACING = 1.0
# Between two pieces, so that whoever has waited for the disk is served first.
PAUSE = 0.25

Opened = Callable[[], Any]


def marked(open_reader: Opened) -> Any:
    """A connection that reads as of this moment until it is closed."""
    connection = open_reader()
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return connection


def move(connection: Any) -> None:
    """Move what no reader holds back into the file; waits for nobody."""
    connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


class Marks:
    """Readers at about equal distances. Of too many every other one ends, and the distance is doubled."""

    def __init__(self, open_reader: Opened) -> None:
        self._open, self.held = open_reader, list[Any]()

    async def keep_marking(self) -> None:
        """Until it is cancelled."""
        spacing = FIRST_SPACING
        while True:
            await asyncio.sleep(spacing)
            if len(self.held) == MOST_MARKS:
                for each in self.held[::2]:
                    each.close()
                self.held, spacing = self.held[1::2], spacing * 2
            marking = asyncio.ensure_future(asyncio.to_thread(marked, self._open))
            try:
                self.held.append(await asyncio.shield(marking))
            except asyncio.CancelledError:
                await asyncio.wait([marking])
                if not marking.exception():
                    marking.result().close()
                raise


@asynccontextmanager
async def moved_in_pieces(open_reader: Opened, open_writer: Opened) -> AsyncIterator[None]:
    """Around a long read. open_reader, open_writer: make a connection, which is closed here; they are called in a thread."""
    marks = Marks(open_reader)
    marking = asyncio.create_task(marks.keep_marking())
    try:
        yield
    finally:
        marking.cancel()
        await asyncio.wait([marking])
        connection = await asyncio.to_thread(open_writer)
        try:
            await asyncio.to_thread(move, connection)
            while marks.held:
                await asyncio.sleep(PAUSE)
                marks.held.pop(0).close()
                await asyncio.to_thread(move, connection)
        finally:
            for each in (*marks.held, connection):
                each.close()
