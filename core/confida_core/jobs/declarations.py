"""What is declared of work that goes on beside requests: jobs, and connections that are held open."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from confida_core.installation import Installation


@dataclass(frozen=True, kw_only=True, slots=True)
class JobDeclaration:
    """Work after commit. run: called with the installation and the job's own arguments, at least once.

    key: `<plugin>.<verb>`. attempts: how often before the job becomes a dead letter. seconds: its lease.
    every: run again after so many seconds, without anybody queueing it (None: only when queued).
    after_restore: run it, without arguments, at the first start after a backup was put in place.
    background: nobody waits for it, and it may take long: it gives way to everything else that is due, and a part of each
    worker never takes it.
    """

    key: str
    run: Callable[[Installation, Mapping[str, Any]], Awaitable[None]]
    label: str
    attempts: int = 5
    seconds: int = 300
    every: int | None = None
    after_restore: bool = False
    background: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Listener:
    """A connection that is held open to hear at once what happens elsewhere, such as a mailbox or a telephone exchange.

    key: `<plugin>.<name>`. run: called with the installation and an event that is set when the program stops; it goes on
    until then, and is begun anew, after a pause, if it ends or raises. Each process that does jobs has one of its own, so
    whatever it hears must be taken in once although several heard it.
    """

    key: str
    label: str
    run: Callable[[Installation, asyncio.Event], Awaitable[None]]
