"""The ledger as staff see it: how far it has come, the key it is signed with, and a check of every entry."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from msgspec import Struct

from confida_consent.ledger.audit import verify_stored
from confida_consent.ledger.heads import newest_checkpoint, state_of
from confida_consent.ledger.log import verifier_key
from confida_core.accounts.stored_settings import read_stored, store
from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.jobs.declarations import JobDeclaration
from confida_core.jobs.queue import enqueue
from confida_web.consents.listing import LedgerPage, LedgerStatus
from confida_web.forms import parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect

CHECK = "consents.check_ledger"
STORED_AS = "ledger_check"
SECONDS = 3_600
# A setting holds 400 characters: enough to say how many faults there are, and the first of them.
SHOWN_FAULTS = 2
LONGEST_FAULT = 110
# A check that says nothing for so long has died with its process; the queue takes it up again.
SILENT_SECONDS = 120


class Checked(Struct, frozen=True, omit_defaults=True):
    """What the last check found, or how far the running one has come. at: when this was written."""

    at: datetime
    running: bool = False
    done: int = 0
    total: int = 0
    sound: bool = False
    faults: int = 0
    shown: list[str] = []


async def keep(crm: Installation, checked: Checked) -> None:
    await store(crm, STORED_AS, msgspec.json.encode(checked).decode())


async def last_check(crm: Installation) -> Checked | None:
    text = await read_stored(crm, STORED_AS)
    try:
        return msgspec.json.decode(text, type=Checked) if text else None
    except msgspec.DecodeError:
        return None


async def check_ledger(crm: Installation, _: Mapping[str, Any]) -> None:
    """Job: recompute everything and keep what was found. It opens every opening, as the program itself."""
    reached = [0, 0]

    def note(done: int, of: int) -> None:
        reached[:] = done, of

    async def tell() -> None:
        while True:
            await keep(crm, Checked(at=now(), running=True, done=reached[0], total=reached[1]))
            await asyncio.sleep(1)

    telling = asyncio.create_task(tell())
    try:
        report = await verify_stored(crm, note)
    finally:
        telling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await telling
    shown = [str(fault)[:LONGEST_FAULT] for fault in report.faults[:SHOWN_FAULTS]]
    faults = len(report.faults) + report.more
    await keep(crm, Checked(at=now(), total=report.size, sound=report.sound, faults=faults, shown=shown))


async def ledger_status(crm: Installation) -> LedgerStatus:
    """How it stands, without checking anything."""
    state, newest, checked = await state_of(crm), await newest_checkpoint(crm), await last_check(crm)
    status = LedgerStatus(
        size=state.size,
        checkpoint=newest.note.decode("utf-8", "replace") if newest else "",
        key=await verifier_key(crm) if newest else "",
    )
    if checked is None:
        return status
    if checked.running and (now() - checked.at).total_seconds() < SILENT_SECONDS:
        return replace(status, state="running", done=checked.done, total=checked.total)
    if checked.running:
        return status
    return replace(
        status,
        state="good" if checked.sound else "bad",
        verdict=verdict_of(checked),
        findings=findings_of(checked),
        checked_at=checked.at,
    )


def verdict_of(checked: Checked) -> str:
    if checked.sound:
        return (
            f"All {checked.total:,} entries are as they were written."
            if checked.total
            else "There is nothing to check yet."
        )
    one = "One thing is" if checked.faults == 1 else f"{checked.faults:,} things are"
    return f"{one} not as written. Keep a copy of everything as it is now, and find out who could write to it."


def findings_of(checked: Checked) -> tuple[str, ...]:
    more = checked.faults - len(checked.shown)
    rest = (f"and {more:,} more; `confida ledger verify` names them all",) if more > 0 else ()
    return (*checked.shown, *rest)


@get("/consents/ledger", permission="consents.read")
async def show(request: Request[Any, Any, Any]) -> Response[Any]:
    status = await ledger_status(request.state.crm)
    return page(
        request, LedgerPage(ledger=status, may_manage=request.state.actor.may("consents.manage")), block="ledger"
    )


@post("/consents/ledger", permission="consents.manage")
async def check(request: Request[Any, Any, Any]) -> Response[Any]:
    """Queue the check; one at a time is enough for everybody."""
    await parse_form(request)
    crm = request.state.crm
    checked = await last_check(crm)
    if checked is None or not checked.running or (now() - checked.at).total_seconds() >= SILENT_SECONDS:
        await keep(crm, Checked(at=now(), running=True))
        await enqueue(crm, CHECK, {})
    return redirect(request, "/consents/ledger", Toast(message="Every entry is being checked.", tone="notice"))


ROUTES = (show, check)
JOBS = (
    JobDeclaration(key=CHECK, run=check_ledger, label="Check every entry of the ledger", seconds=SECONDS, attempts=2),
)
