"""Connections to PostgreSQL that outlive a test: a new one knows nothing of the catalogue, and learning it costs the server
more than many a test does.

A database that tests borrow one after the other keeps the pool through which an installation asked it; the next installation
that opens it gets this pool, its connections reset. They belong to one event loop, so the loop outlives the tests too.
Tasks, timers and signal handlers do not: whatever a test left behind ends with it, as ever.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

# More are seldom open at a time; and a server lets in a hundred.
MOST_CONNECTIONS, MOST_POOLS = 3, 12


class LastingLoop(asyncio.SelectorEventLoop):
    """A loop that is emptied where others are closed."""

    # What the standard library's loops hold, and say of themselves only here.
    _signal_handlers: dict[int, Any]
    _ready: deque[Any]
    _scheduled: list[Any]

    def close(self) -> None:
        """Forgets what was to be done, and can be used again."""
        if self.is_running():
            raise RuntimeError("a loop that runs cannot be closed")
        for signal in list(self._signal_handlers):
            self.remove_signal_handler(signal)
        self._ready.clear()
        self._scheduled.clear()

    async def shutdown_asyncgens(self) -> None:
        await super().shutdown_asyncgens()
        self._asyncgens_shutdown_called = False

    async def shutdown_default_executor(self, *timeout: Any) -> None:
        await super().shutdown_default_executor(*timeout)
        self._executor_shutdown_called, self._default_executor = False, None

    def end(self) -> None:
        """Closes it for good."""
        super().close()


@dataclass(eq=False)
class Kept:
    """A pool and what it was opened with."""

    url: str
    given: dict[str, Any]
    connections: list[Any] = field(default_factory=list)
    pool: Any = None

    async def note(self, connection: Any) -> None:
        self.connections.append(connection)

    def open(self) -> list[Any]:
        return [one for one in self.connections if not one.is_closed()]

    async def make_ready(self) -> bool:
        """Whether the next may have it: nobody uses a connection, and none remembers anything."""
        if self.pool.get_idle_size() != self.pool.get_size():
            return False
        for connection in self.open()[MOST_CONNECTIONS:]:
            await connection.close()
        self.connections = self.open()
        for connection in self.connections:
            await connection.reset()
        return bool(self.connections)


class Borrowed:
    """A pool in the hands of one installation: to close it is to hand it back."""

    def __init__(self, kept: Kept, hand_back: Callable[[Kept], Awaitable[None]]) -> None:
        self._kept: Kept | None = kept
        self._hand_back = hand_back

    def __getattr__(self, name: str) -> Any:
        if self._kept is None:
            import asyncpg

            raise asyncpg.InterfaceError("pool is closed")
        return getattr(self._kept.pool, name)

    async def close(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            await self._hand_back(kept)


class Keeper:
    """The loop of this process, and the pools that wait for the next test; the longest waiting first."""

    def __init__(self) -> None:
        self.loop: LastingLoop | None = None
        self.waiting: list[Kept] = []
        self.process = os.getpid()

    def loop_for_test(self) -> asyncio.AbstractEventLoop:
        """The lasting loop; another for whoever runs beside it."""
        if self.loop is None or self.process != os.getpid():
            self.loop, self.waiting, self.process = LastingLoop(), [], os.getpid()
        return asyncio.SelectorEventLoop() if self.loop.is_running() else self.loop

    async def pool(self, create: Callable[..., Any], url: str, given: dict[str, Any]) -> Any:
        """A pool that waits for this database, or a new one; `create` makes it. Outside of the lasting loop none is kept."""
        if asyncio.get_running_loop() is not self.loop or self.process != os.getpid():
            return await create(url, **given)
        for kept in self.waiting:
            if (kept.url, kept.given) == (url, given):
                self.waiting.remove(kept)
                break
        else:
            kept = Kept(url, given)
            kept.pool = await create(url, init=kept.note, **given)
        return Borrowed(kept, self._take_back)

    async def _take_back(self, kept: Kept) -> None:
        if any(other.url == kept.url for other in self.waiting) or not await kept.make_ready():
            await kept.pool.close()
            return
        self.waiting.append(kept)
        if len(self.waiting) > MOST_POOLS:
            await self.waiting.pop(0).pool.close()

    def server_processes(self, url: str) -> list[int]:
        """Of the connections that wait for the next test of this database."""
        return [one.get_server_pid() for kept in self.waiting if kept.url == url for one in kept.open()]

    def forget(self, url: str) -> None:
        """The database goes; nobody asks it again."""
        gone = [kept for kept in self.waiting if kept.url == url]
        self.waiting = [kept for kept in self.waiting if kept.url != url]
        for kept in gone:
            kept.pool.terminate()

    def end(self) -> None:
        """Closes everything; a later test begins anew."""
        if self.loop is None:
            return
        for kept in self.waiting:
            self.loop.run_until_complete(kept.pool.close())
        self.loop.end()
        self.loop, self.waiting = None, []


KEEPER = Keeper()
ASYNCIO = ("asyncio", {"loop_factory": KEEPER.loop_for_test})
