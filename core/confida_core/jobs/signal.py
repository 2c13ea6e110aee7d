"""Tells the workers of this process that there may be work, so that they need not wait for their next look."""

from __future__ import annotations

import asyncio


class WorkSignal:
    """Workers of other processes find the work by looking once a second; correctness never depends on this."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Event] = set()

    def listen(self) -> asyncio.Event:
        """An event that is set when work is queued; give it back to `ignore`."""
        event = asyncio.Event()
        self._listeners.add(event)
        return event

    def ignore(self, event: asyncio.Event) -> None:
        self._listeners.discard(event)

    def ring(self) -> None:
        for event in self._listeners:
            event.set()
