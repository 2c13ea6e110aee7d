"""Answers that stay open, such as streams of events, hear at once when the server is told to stop.

The server waits for every answer that has begun, and only then ends what the application does; without this it would wait for
a stream until its patience is over.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def told_to_stop(stopping: asyncio.Event) -> Iterator[None]:
    """Set the event when one of the signals comes that stop a server; whoever heard them before hears them after.

    Does nothing outside of the main thread, where no signal arrives.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    former = {number: signal.getsignal(number) for number in SIGNALS}

    def heard(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(stopping.set)
        before = former[signal.Signals(number)]
        if callable(before):
            before(number, frame)

    for number in SIGNALS:
        signal.signal(number, heard)
    try:
        yield
    finally:
        for number, before in former.items():
            signal.signal(number, before)
