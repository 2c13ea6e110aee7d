"""Lists of addresses that want no advertising, read into the suppressions: one's own, or a country's public register.

A short list is dealt with at once, a long one by a job; either way its bytes lie sealed until then, and are gone afterwards.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from confida_consent.registers import note_register_read
from confida_consent.rules.model import CHANNELS
from confida_consent.suppression import LONGEST, SuppressionRefused
from confida_core.accounts.audit import record_event as note
from confida_core.exchange.csv_reader import CSVTable, open_table
from confida_core.exchange.draft import RowError
from confida_core.exchange.imports_file import stored_bytes
from confida_core.installation import Installation
from confida_core.jobs.queue import enqueue
from confida_core.storage.sealed_files import SEALED_FILE, delete_files, discard_files, keep_files, receive_file
from confida_core.vault.access import Access, NotFound, system_access
from confida_core.vault.orders import NewOrder
from confida_core.vault.suppressions import MARKETING, key_version, mark_of, normalised

JOB = "consent.import_suppressions"
AT_ONCE = 1_000
BATCH = 5_000
LARGEST = 200_000_000
JOB_SECONDS = 60.0
INSIDE = system_access(JOB, "operation")
HEADINGS = frozenset(
    "address e-mail email mail phone telephone number mobile e-mail-adresse adresse telefon telefonnummer".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOutcome:
    """rows: in the file. added: not on the list before. unreadable: no address of the channel. waiting: a job goes on."""

    rows: int
    added: int
    unreadable: int
    waiting: bool = False


async def import_list(
    crm: Installation,
    access: Access,
    name: str,
    pieces: AsyncIterator[bytes],
    *,
    channel: str,
    purpose: str = MARKETING,
    register: str = "",
) -> ListOutcome:
    """Read a CSV or text file with one address a row (the first column, or the one with a known heading).

    register: the name of a public register as the rules have it, if the file is a complete one; then those who are not in
    it may be reached where the law asks no more. Raises Forbidden, SuppressionRefused, UnreadableFile, TooLarge, StorageFull.
    """
    access.actor.require("consents.manage")
    if channel not in CHANNELS:
        raise SuppressionRefused("channel", "nothing is sent this way")
    if max(len(purpose), len(register)) > LONGEST or "\n" in purpose + register:
        raise SuppressionRefused("register", "this is too long")
    head = f"{channel}\n{purpose}\n{register}\n".encode()
    file = await receive_file(crm, name, headed(head, pieces), limit=LARGEST)
    try:
        rows = await asyncio.to_thread(count_rows, read_list(await stored_bytes(crm, file.id, file.content)))
        await crm.keyring.ensure([file.id], SEALED_FILE.retention_class)
        async with crm.data.transaction():
            await keep_files(crm, [file], owner_id=file.id, people=[file.id], permission="consents.manage")
            await note(
                crm, "suppressions.imported", actor_id=access.actor.id, target_id=file.id, target_kind="suppression"
            )
            if rows > AT_ONCE:
                await enqueue(crm, JOB, {"file_id": file.id, "position": 0})
    except BaseException:
        await discard_files(crm, [file])
        raise
    if rows > AT_ONCE:
        return ListOutcome(rows=rows, added=0, unreadable=0, waiting=True)
    added, unreadable = await take(crm, file.id, 0, None)
    return ListOutcome(rows=rows, added=added, unreadable=unreadable)


async def headed(head: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """What the list is about travels with it, sealed too, in three lines."""
    yield head
    async for piece in pieces:
        yield piece


@dataclass(frozen=True, slots=True)
class SuppressionList:
    """An opened list."""

    channel: str
    purpose: str
    register: str
    table: CSVTable
    place: int

    def cells(self) -> Iterator[str]:
        """Every address as it stands; "" for a row that cannot be read."""
        if self.headless:
            yield self.table.header[0].strip()
        for row in self.table.rows():
            cells = () if isinstance(row, RowError) else row.cells
            yield cells[self.place].strip() if len(cells) > self.place else ""

    @property
    def headless(self) -> bool:
        """Whether the first row was taken for headings, and none of them is known: then it is an address too."""
        return self.table.has_header and not HEADINGS.intersection(folded(self.table))


def read_list(data: bytes) -> SuppressionList:
    """Raises UnreadableFile with a sentence for the person."""
    channel, purpose, register, body = data.split(b"\n", 3)
    table = open_table(body)
    place = next((number for number, name in enumerate(folded(table)) if name in HEADINGS), 0)
    return SuppressionList(channel.decode(), purpose.decode(), register.decode(), table, place)


def folded(table: CSVTable) -> list[str]:
    return [name.strip().casefold() for name in table.header] if table.has_header else []


def count_rows(found: SuppressionList) -> int:
    return sum(1 for _ in found.cells())


async def run_list(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """The job: a minute's work, then the rest is queued anew. Taking a row twice changes nothing."""
    await take(crm, arguments["file_id"], arguments["position"], JOB_SECONDS)


async def take(crm: Installation, file_id: UUID, position: int, seconds: float | None) -> tuple[int, int]:
    """Rows from a position on: how many were added, and how many are no addresses. A file that is gone was dealt with."""
    try:
        found = await opened_list(crm, file_id)
    except NotFound:
        return 0, 0
    deadline = None if seconds is None else time.monotonic() + seconds
    cells = islice(found.cells(), position, None)
    added = unreadable = 0
    while batch := await asyncio.to_thread(lambda: list(islice(cells, BATCH))):
        new, bad = await take_batch(crm, found, batch)
        added, unreadable, position = added + new, unreadable + bad, position + len(batch)
        if deadline is not None and time.monotonic() > deadline:
            await enqueue(crm, JOB, {"file_id": file_id, "position": position})
            return added, unreadable
    if found.register:
        await note_register_read(crm, found.register)
    await delete_files(crm, [file_id])
    return added, unreadable


async def opened_list(crm: Installation, file_id: UUID) -> SuppressionList:
    rows = await crm.records.rows(SEALED_FILE, [file_id])
    opened = await crm.door.open_one(INSIDE, SEALED_FILE, rows[0]) if rows else None
    if opened is None:
        raise NotFound
    return await asyncio.to_thread(read_list, await stored_bytes(crm, file_id, opened.content))


async def take_batch(crm: Installation, found: SuppressionList, batch: list[str]) -> tuple[int, int]:
    """One commit beside the keys for all of them."""
    await crm.orders.refresh()
    version = await key_version(crm)
    marks = await asyncio.to_thread(marks_of, crm, found.channel, batch, version)
    fresh = {mark for mark in marks if not any(order.purpose == found.purpose for order in crm.orders.of_mark(mark))}
    await crm.orders.give_many(
        [
            NewOrder(kind="suppression", subject_id=None, purpose=found.purpose, channel=found.channel, mark=mark)
            for mark in sorted(fresh)
        ]
    )
    return len(fresh), sum(1 for text in batch if not is_address(crm, found.channel, text))


def marks_of(crm: Installation, channel: str, batch: list[str], version: int) -> set[bytes]:
    region = crm.settings.region
    return {
        mark_of(crm.keyring, channel, text, version=version, region=region)
        for text in batch
        if is_address(crm, channel, text)
    }


def is_address(crm: Installation, channel: str, text: str) -> bool:
    if not text or len(text) > LONGEST or (channel == "email" and "@" not in text):
        return False
    needs_digits = channel in {"phone", "sms"}
    return any(map(str.isdigit, text)) if needs_digits else bool(normalised(channel, text, crm.settings.region))
