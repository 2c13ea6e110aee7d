"""Things that wait for the disk, done together: what is asked for while one group is under way makes up the next."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Grouping(Generic[T]):
    """work: does all items of a group; what it raises reaches everybody who is in the group."""

    def __init__(self, work: Callable[[list[T]], Awaitable[None]]) -> None:
        self._work = work
        self._waiting: list[tuple[T, asyncio.Future[None]]] = []
        self._worker: asyncio.Task[None] | None = None

    async def done(self, item: T) -> None:
        """Returns when the group with this item is done."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        self._waiting.append((item, done))
        if self._worker is None or self._worker.done():
            # In a context of its own: it must not inherit the transaction of whoever comes first.
            self._worker = loop.create_task(self._run(), context=contextvars.Context())
        await done

    async def _run(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting, []
            try:
                await self._work([item for item, _ in group])
            except Exception as error:
                for _, done in group:
                    if not done.done():
                        done.set_exception(error)
            else:
                for _, done in group:
                    if not done.done():
                        done.set_result(None)
