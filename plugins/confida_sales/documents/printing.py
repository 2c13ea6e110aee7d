"""Hands pages to the printing press and takes PDFs from it, one at a time and never for long."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from importlib.util import find_spec
from weakref import WeakKeyDictionary

import msgspec

from confida_sales.documents.press import NOT_INSTALLED, Order
from confida_web.api import mark

SECONDS = 60
WAIT_SECONDS = 120
PRESS = "confida_sales.documents.press"
_one_at_a_time: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()

MISSING = mark("PDFs need the extra `pdf` and Pango: pip install 'confida[pdf]'. Everything else works without.")
BROKEN = mark("The PDF could not be made. Please try again, or look at `confida doctor`.")


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


async def print_pdf(order: Order) -> bytes:
    """Some two seconds on a process of its own; two at once wait for each other. Raises NoPDF."""
    if not can_print():
        raise NoPDF(MISSING)
    turn = _one_at_a_time.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(1))
    try:
        await asyncio.wait_for(turn.acquire(), WAIT_SECONDS)
    except TimeoutError:
        raise NoPDF(BROKEN) from None
    try:
        return await pressed(msgspec.msgpack.encode(order))
    finally:
        turn.release()


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
