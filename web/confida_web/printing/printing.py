"""Hands pages to the printing press and takes PDFs from it, one at a time and never for long."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from weakref import WeakKeyDictionary

import msgspec

from confida_web.languages import mark
from confida_web.printing.press import NOT_INSTALLED, Order

SECONDS = 120
WAIT_SECONDS = 120
# Of those who wait for their paper; somebody who asks for hundreds must not make everybody wait for minutes.
MOST_WAITING = 10
PRESS = "confida_web.printing.press"

MISSING = mark("PDFs need the extra `pdf` and Pango: pip install 'confida[pdf]'. Everything else works without.")
BROKEN = mark("The PDF could not be made. Please try again, or look at `confida doctor`.")
BUSY = mark("Many papers are being made at this moment. Please try again in a minute.")


class NoPDF(Exception):
    """There is no PDF. sentence: why, in English, marked for translation; nothing of the paper is in it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def can_print() -> bool:
    """Whether the extra `pdf` is installed; whether it works, only printing tells (`confida doctor` does that)."""
    return find_spec("weasyprint") is not None


def can_embed() -> bool:
    """Whether the extra `einvoice` is installed, so that PDFs of invoices have the e-invoice inside."""
    return can_print() and find_spec("facturx") is not None


@dataclass(slots=True)
class Queue:
    """Who waits for the press of this process. Others have their own; nothing but time depends on it."""

    turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    waiting: int = 0


_queues: WeakKeyDictionary[asyncio.AbstractEventLoop, Queue] = WeakKeyDictionary()


def queue() -> Queue:
    return _queues.setdefault(asyncio.get_running_loop(), Queue())


def press_is_busy() -> bool:
    """Whether something is being printed by this process, so that what can wait should."""
    return queue().turn.locked()


async def print_pdf(order: Order) -> bytes:
    """About a second on a process of its own; two at once wait for each other. Raises NoPDF."""
    if not can_print():
        raise NoPDF(MISSING)
    mine = queue()
    if mine.waiting >= MOST_WAITING:
        raise NoPDF(BUSY)
    mine.waiting += 1
    try:
        await asyncio.wait_for(mine.turn.acquire(), WAIT_SECONDS)
    except TimeoutError:
        raise NoPDF(BUSY) from None
    finally:
        mine.waiting -= 1
    try:
        return await pressed(msgspec.msgpack.encode(order))
    finally:
        mine.turn.release()


async def pressed(order: bytes) -> bytes:
    # Without the folder we happen to be in on its path: nobody else's module may stand in for ours.
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", PRESS, stdin=PIPE, stdout=PIPE, stderr=DEVNULL
    )
    try:
        pdf, _ = await asyncio.wait_for(process.communicate(order), SECONDS)
    except TimeoutError:
        raise NoPDF(BROKEN) from None
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    if process.returncode == NOT_INSTALLED:
        raise NoPDF(MISSING)
    if process.returncode or not pdf.startswith(b"%PDF-"):
        raise NoPDF(BROKEN)
    return pdf
