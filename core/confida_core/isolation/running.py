"""Runs what plugins declare: each in a task of its own, for five seconds at most, and nothing it does can end the page."""

from __future__ import annotations

import asyncio
import contextvars
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import structlog

from confida_core.isolation.breakers import Breakers, Origin, forget, keep
from confida_core.loaded_plugin import LoadedPlugin
from confida_core.storage.database import Busy, DatabaseError, StorageFull
from confida_core.vault.access import Access, Forbidden, NotFound

if TYPE_CHECKING:
    from confida_core.installation import Installation

T = TypeVar("T")

SECONDS = 5.0
# Twenty panels that open something within a millisecond need not ask twenty times who forbade what.
FRESH_SECONDS = 0.05
# How often something that ignores its cancellation is cancelled again, once a second.
MOST_CANCELS = 60
# What the reader lacks, or the machine, is no fault of the plugin: anybody could switch it off for all the others.
NOT_ITS_FAULT = (Forbidden, NotFound, Busy, StorageFull)
log = structlog.get_logger("confida.isolation")


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One thing to run. run: with an access to open personal data by. check: makes of what it returned what is used, and
    raises for anything else; it may render, because what it raises counts as the plugin's failure too.
    """

    origin: Origin
    run: Callable[[Access], Awaitable[Any]]
    check: Callable[[Any], T]


@dataclass(frozen=True, slots=True)
class Fault:
    """Instead of a result. off: it is switched off, so that it did not even run, or will not run next time."""

    origin: Origin
    kind: str
    off: bool = False

    @property
    def plugin(self) -> LoadedPlugin:
        return self.origin.plugin

    @property
    def notice(self) -> str:
        """One sentence for whoever reads the page, in English."""
        name = self.plugin.info.name
        if self.off:
            return f"This part of “{name}” is switched off because it failed several times in a row."
        return f"This part of “{name}” could not be loaded."


@dataclass(frozen=True, slots=True)
class _Raised:
    error: BaseException


class Isolation:
    """What runs apart in this process, and what is switched off."""

    def __init__(self) -> None:
        self.breakers = Breakers()
        self._left: set[asyncio.Task[Any]] = set()

    @property
    def left(self) -> int:
        """How many things go on although nobody waits for them any more."""
        return sum(not task.done() for task in self._left)

    def leave(self, work: Coroutine[Any, Any, Any], name: str) -> None:
        """Let it run beside, with what it may hold of a transaction taken from it."""
        task = asyncio.create_task(work, name=name, context=contextvars.Context())
        self._left.add(task)
        task.add_done_callback(self._left.discard)

    async def settle(self) -> None:
        """Wait for what is being noted down; not for what plugins left running."""
        noting = [task for task in self._left if task.get_name() == "note"]
        if noting:
            await asyncio.wait(noting)

    async def run_all(self, crm: Installation, access: Access, calls: Sequence[Call[T]]) -> list[T | Fault]:
        """What each returned, or its fault, in the order of the calls; all at once, within five seconds together.

        What they opened by then is in `access`, and so in the read log, failed or not; what one that hangs opens later is
        logged before it gets it. A transaction of the caller is not theirs. Raises nothing but the caller's own cancellation.
        """
        # It belongs to this page alone, and so it looks at the standing orders after the page began, in any case.
        own, tasks = replace(access, fresh_seconds=FRESH_SECONDS, looked_at=0.0), list[asyncio.Task[Any] | None]()
        for call in calls:
            admitted = not self.breakers.is_off(call.origin) or await self.breakers.admits(crm, call.origin)
            tasks.append(_begin(call, own) if admitted else None)
        running = [task for task in tasks if task is not None]
        try:
            if running:
                await asyncio.wait(running, timeout=SECONDS)
        finally:
            _part(access, own)
            for task in running:
                if not task.done():
                    self.leave(_reap(task), "reap")
        found: list[T | Fault] = []
        for call, begun in zip(calls, tasks, strict=True):
            if begun is None:
                found.append(Fault(call.origin, "", off=True))
            else:
                result = self._result(crm, call, begun)
                found.append(result)
        return found

    async def run_one(self, crm: Installation, access: Access, call: Call[T]) -> T | Fault:
        """The same for one call."""
        return (await self.run_all(crm, access, [call]))[0]

    def _result(self, crm: Installation, call: Call[T], task: asyncio.Task[Any]) -> T | Fault:
        if not task.done():
            return self._fault(crm, call.origin, TimeoutError(), f"after {SECONDS:g} s")
        outcome = _Raised(asyncio.CancelledError()) if task.cancelled() else task.result()
        if isinstance(outcome, _Raised):
            return self._fault(crm, call.origin, outcome.error)
        try:
            checked = call.check(outcome)
        except (Exception, SystemExit) as error:
            return self._fault(crm, call.origin, error)
        if self.breakers.succeeded(call.origin):
            log.warning("plugin_works_again", **_named(call.origin))
            self.leave(_noted(forget(crm, call.origin)), "note")
        return checked

    def _fault(self, crm: Installation, origin: Origin, error: BaseException, where: str = "") -> Fault:
        """Only the kind of error and its place are kept: the text of somebody else's error may hold anything."""
        kind, where = type(error).__name__[:60], where or place_of(error)
        off = not isinstance(error, NOT_ITS_FAULT) and self.breakers.failed(origin)
        log.error("plugin_failed", **_named(origin), kind=kind, at=where, off=off)
        if off:
            self.leave(_noted(keep(crm, origin, kind, where)), "note")
        return Fault(origin, kind, off)


def _named(origin: Origin) -> dict[str, str]:
    plugin = origin.plugin
    return {"plugin": plugin.info.key, "distribution": plugin.distribution, "version": plugin.version,
            "hook": origin.hook, "key": origin.key}  # fmt: skip


def place_of(error: BaseException) -> str:
    """File, line and function where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno} {frames[-1].name}" if frames else ""


def _begin(call: Call[Any], access: Access) -> asyncio.Task[Any]:
    """Without any of the caller's context, of which a transaction is part."""
    return asyncio.create_task(_caught(call, access), name=f"plugin {call.origin}", context=contextvars.Context())


async def _caught(call: Call[Any], access: Access) -> Any:
    """Also what is no Exception: one that left a task as SystemExit would end the whole program."""
    try:
        return await call.run(access)
    except (asyncio.CancelledError, KeyboardInterrupt):
        raise
    except BaseException as error:
        return _Raised(error)


def _part(access: Access, own: Access) -> None:
    """From now on the caller settles nothing for them: what they still open is logged at once, before they get it."""
    own.seen, own.deferred, own.fresh_seconds = set(), False, 0.0


async def _reap(task: asyncio.Task[Any]) -> None:
    for _ in range(MOST_CANCELS):
        task.cancel()
        await asyncio.wait([task], timeout=1)
        if task.done():
            return
    log.error("plugin_does_not_end", task=task.get_name())


async def _noted(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except DatabaseError as error:
        log.warning("fault_not_kept", error=type(error).__name__)
