"""Backups that make themselves, and how long they are kept: some days, some weeks, some months."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from confida_core.backup.archive import LAST_BACKUP, back_up
from confida_core.backup.places import Kept, at_work, data_place, discard, facts_of, kept_in
from confida_core.clock import now
from confida_core.installation import Installation
from confida_core.settings import Settings


async def back_up_when_due(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job: one backup after each time of day that the settings name, then remove those that have had their time.

    Whichever machine comes first makes it. Raises what `back_up` raises; then nothing is removed.
    """
    settings = crm.settings
    if not settings.backup_at:
        return
    last = await crm.keyring.remembered(LAST_BACKUP)
    if last is not None and last[0] >= last_turn(settings, now()).timestamp():
        return
    await back_up(crm)
    await prune(settings)


def last_turn(settings: Settings, moment: datetime) -> datetime:
    """The newest moment, not after `moment`, at which a backup was to be made."""
    local = moment.astimezone(ZoneInfo(settings.time_zone))
    hour, minute = map(int, settings.backup_at.split(":"))
    turn = datetime.combine(local.date(), time(hour, minute), local.tzinfo)
    return turn if turn <= local else turn - timedelta(days=1)


async def prune(settings: Settings, folder: Path | None = None) -> list[Path]:
    """Remove the data backups that need not be kept any more; returns which. The newest always stays. Raises OSError."""
    folder = folder or data_place(settings)
    async with at_work(folder, "data", wait=True):
        copies = await asyncio.to_thread(kept_in, folder, "data")
        wanted = worth_keeping(copies, settings)
        gone = [copy.path for copy in copies if copy not in wanted]
        for path in gone:
            await asyncio.to_thread(discard, path)
            facts_of(path).unlink(missing_ok=True)
    return gone


def worth_keeping(copies: Iterable[Kept], settings: Settings) -> set[Kept]:
    """The newest copy of each of the newest days, weeks and months that have one."""
    zone = ZoneInfo(settings.time_zone)
    spans: tuple[tuple[int, Callable[[datetime], tuple[int, ...]]], ...] = (
        (settings.backup_daily, lambda at: (at.year, at.month, at.day)),
        (settings.backup_weekly, lambda at: at.isocalendar()[:2]),
        (settings.backup_monthly, lambda at: (at.year, at.month)),
    )
    newest_first, wanted = sorted(copies, reverse=True), set[Kept]()
    for number, span_of in spans:
        by_span: dict[tuple[int, ...], Kept] = {}
        for copy in newest_first:
            by_span.setdefault(span_of(copy.made_at.astimezone(zone)), copy)
        wanted.update(list(by_span.values())[:number])
    return wanted
