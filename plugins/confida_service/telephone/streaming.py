"""Tells browsers that something about a call is new, whichever process heard it.

Each process that has listeners looks four times a second at what was written since, for all of them together; the feed of
changes has it in the order of the commits, so nothing is passed over. What a browser is told is the id of the call alone:
what its colleague may see of it is decided when they ask for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from uuid import UUID
from weakref import WeakKeyDictionary

import structlog

from confida_core.api import DatabaseError, Installation
from confida_service.telephone.content import CALL
from confida_service.telephone.phones import known_extensions, rung

EVERY_SECONDS = 0.25
MOST_WAITING = 100
# Longer than that nobody was away whose page is still open; they are told of what is under way when they come back.
MOST_CAUGHT_UP = 1_000


@dataclass(frozen=True, slots=True)
class News:
    """position: in the feed of changes, where a browser goes on after a break."""

    position: int
    call_id: UUID


@dataclass(eq=False, slots=True)
class Ear:
    """One open stream."""

    account_id: UUID
    news: asyncio.Queue[News] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))


class Switchboard:
    """The open streams of this process."""

    def __init__(self) -> None:
        self._ears: set[Ear] = set()
        self._task: asyncio.Task[None] | None = None

    async def news_for(
        self, crm: Installation, account_id: UUID, stopping: asyncio.Event
    ) -> AsyncGenerator[News, None]:
        """What concerns this account from now on, until the program stops."""
        ear = Ear(account_id)
        self._ears.add(ear)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._look(crm, await crm.feed.head()))
        stopped, waiting = asyncio.create_task(stopping.wait()), asyncio.create_task(ear.news.get())
        try:
            while True:
                await asyncio.wait({waiting, stopped}, return_when=asyncio.FIRST_COMPLETED)
                if not waiting.done():
                    break
                yield waiting.result()
                waiting = asyncio.create_task(ear.news.get())
        finally:
            # Also where the browser goes away while we wait.
            stopped.cancel()
            waiting.cancel()
            self._ears.discard(ear)

    async def _look(self, crm: Installation, position: int) -> None:
        """As long as anybody listens."""
        while self._ears:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                position, found = await news_since(crm, position)
                if found:
                    await self._tell(crm, found)
            except DatabaseError as error:
                structlog.get_logger().warning("calls_not_followed", error=type(error).__name__)

    async def _tell(self, crm: Installation, found: list[News]) -> None:
        concerned = await concerned_by(crm, found)
        for ear in tuple(self._ears):
            for one in found:
                # Whoever reads nothing misses something, and is shown it when their page asks.
                if ear.account_id in concerned.get(one.call_id, ()) and not ear.news.full():
                    ear.news.put_nowait(one)


_switchboards: WeakKeyDictionary[object, Switchboard] = WeakKeyDictionary()


def switchboard(crm: Installation) -> Switchboard:
    """Of this open installation in this process."""
    return _switchboards.setdefault(crm.keyring, Switchboard())


async def news_since(crm: Installation, position: int) -> tuple[int, list[News]]:
    """Where the feed is now, and which calls were written since, each once with its latest place. One query."""
    changes = await crm.feed.after(position, MOST_CAUGHT_UP)
    latest = {one.record_id: one.position for one in changes if one.record_table == CALL.name}
    return (changes[-1].position if changes else position), [News(at, one) for one, at in latest.items()]


async def concerned_by(crm: Installation, found: list[News]) -> dict[UUID, frozenset[UUID]]:
    """Call -> the accounts for which it rings, or which have it. Two queries for all of them."""
    known = await known_extensions(crm)
    marks = ", ".join("?" * len(found))
    rows = await crm.data.fetch(
        f"SELECT id, extensions, agent_id FROM service_call WHERE id IN ({marks})", *(one.call_id for one in found)
    )
    return {
        row["id"]: rung(known, row["extensions"].split()) | ({row["agent_id"]} if row["agent_id"] else frozenset())
        for row in rows
    }
