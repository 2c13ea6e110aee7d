"""Connections of plugins: open as long as the program runs, opened again when they break, closed when it stops."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import pytest

from confida_core.jobs import listening
from confida_core.jobs.declarations import Listener
from confida_core.jobs.worker import run_worker

pytestmark = pytest.mark.anyio


@dataclass
class Mailbox:
    """Breaks as often as it is told to, then stays open."""

    breaks: int
    begun: int = 0
    open: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False

    async def run(self, _: Any, stop: asyncio.Event) -> None:
        self.begun += 1
        if self.begun <= self.breaks:
            raise ConnectionError("ada@example.org was thrown out")
        self.open.set()
        try:
            await stop.wait()
        finally:
            self.closed = True


async def test_listener_is_begun_anew_and_ends_with_the_program(
    crm: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(listening, "SHORTEST_PAUSE", 0.01)
    boxes = {key: Mailbox(breaks) for key, breaks in (("a.one", 0), ("a.two", 3))}
    declared = {key: Listener(key=key, label="Mail", run=box.run) for key, box in boxes.items()}
    monkeypatch.setattr(crm.registry, "listeners", MappingProxyType(declared))
    stop = asyncio.Event()
    worker = asyncio.create_task(run_worker(crm, stop))
    async with asyncio.timeout(20):
        for box in boxes.values():
            await box.open.wait()
        stop.set()
        await worker
    assert [(box.begun, box.closed) for box in boxes.values()] == [(1, True), (4, True)]
    assert "ada@example.org" not in "".join(capsys.readouterr())
