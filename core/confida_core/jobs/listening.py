"""Keeps connections open for plugins that listen, and opens them again when they break."""

from __future__ import annotations

import asyncio
import contextlib
from time import monotonic

import structlog

from confida_core.installation import Installation
from confida_core.jobs.declarations import Listener

SHORTEST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
# Whoever has listened for so long has not failed at once, and begins anew without a long pause.
SETTLED_SECONDS = 300.0

log = structlog.get_logger()


async def listen(crm: Installation, listener: Listener, stop: asyncio.Event) -> None:
    """Run one listener until `stop` is set, again and again with pauses (in seconds) that grow while it keeps failing."""
    pause = SHORTEST_PAUSE
    while not stop.is_set():
        began = monotonic()
        try:
            await listener.run(crm, stop)
        except Exception as error:
            # Only the type: what a server says may hold an address or a name.
            log.warning("listener_failed", key=listener.key, error=type(error).__name__)
        pause = SHORTEST_PAUSE if monotonic() - began > SETTLED_SECONDS else pause
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), timeout=pause)
        pause = min(pause * 2, LONGEST_PAUSE)
