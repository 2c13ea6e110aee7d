"""Importing consents that were collected elsewhere: with an attestation of their origin, and never against a no.

200 rows at a time; whoever records a batch moves the cursor from where it stood, in the same transaction. So an import that
is taken up again, or by two processes at once, records every row once.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

import msgspec

from confida_consent.content import ImportAttestation
from confida_consent.events import RecordedEvent, record_each, settle
from confida_consent.import_plan import KNOWN, REASONS, TAKE, PlannedRow, Planner, reason_of
from confida_consent.import_rows import ClaimRow, read_claims
from confida_consent.records import EVENT, IMPORT
from confida_core.accounts.audit import record_event as note
from confida_core.accounts.roles import permissions_of
from confida_core.clock import now
from confida_core.contacts.text import clean_text, storable
from confida_core.exchange.draft import UnreadableFile
from confida_core.exchange.imports_file import stored_bytes
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.jobs.queue import enqueue
from confida_core.storage.database import VersionConflict
from confida_core.storage.sealed_files import (
    SEALED_FILE,
    delete_files,
    discard_files,
    keep_files,
    receive_file,
)
from confida_core.vault.access import SYSTEM_ID, Access, Actor, Forbidden, NotFound, system_access
from confida_core.vault.door import Opened
from confida_core.vault.keyring import KeyDestroyed

JOB = "consent.run_import"
BATCH = 200
JOB_SECONDS = 60.0
LARGEST_FILE = 50_000_000
MOST_REPORTED = 10_000
INSIDE = system_access(JOB, "consent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """Who vouches says, in their own words: where the consents come from (required), and how they were collected."""

    statement: str
    collected: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPreview:
    """rows: in the file. shown: the first ones as they would be dealt with. outcomes: how often each, among those."""

    rows: int
    shown: Sequence[PlannedRow]
    outcomes: Mapping[str, int]


async def receive_consent_import(
    crm: Installation, access: Access, name: str, pieces: AsyncIterator[bytes], attestation: Attestation
) -> UUID:
    """Seal a CSV file and its attestation; nothing is recorded yet. Returns the import's id.

    Raises Forbidden, ValueError without a statement, UnreadableFile with a sentence for the person, TooLarge, StorageFull.
    """
    access.actor.require("consents.manage")
    access.actor.require("consents.record")
    statement = clean_text(storable(attestation.statement))
    if not statement or max(len(statement), len(attestation.collected)) > 20_000:
        raise ValueError("statement: say where these consents come from")
    file = await receive_file(crm, name, pieces, limit=LARGEST_FILE)
    try:
        data = await stored_bytes(crm, file.id, file.content)
        rows, import_id = await asyncio.to_thread(count_rows, data, crm.settings.time_zone), new_id()
        content = ImportAttestation(
            file_name=file.content.name, statement=statement, collected=clean_text(storable(attestation.collected))
        )
        columns = {"id": import_id, "created_at": now(), "created_by": access.actor.id, "rows": rows, "taken": 0,
                   "refused": 0, "state": "received", "position": 0, "file_id": file.id}  # fmt: skip
        await crm.keyring.ensure([crm.keyring.installation_id], IMPORT.retention_class)
        await crm.keyring.ensure([file.id], SEALED_FILE.retention_class)
        async with crm.data.transaction():
            await crm.records.insert(IMPORT, columns, content)
            # Under a key of the file's own, so that deleting it works in old backups too.
            await keep_files(crm, [file], owner_id=import_id, people=[file.id], permission="consents.manage")
    except BaseException:
        await discard_files(crm, [file])
        raise
    return import_id


def count_rows(data: bytes, time_zone: str) -> int:
    return sum(1 for _ in read_claims(data, time_zone))


async def consent_import(crm: Installation, access: Access, import_id: UUID) -> Opened[ImportAttestation]:
    """The gate to one import; its content holds the attestation and the report. Raises Forbidden, NotFound."""
    access.actor.require("consents.manage")
    rows = await crm.records.rows(IMPORT, [import_id])
    opened = await crm.door.open_one(access, IMPORT, rows[0]) if rows else None
    if opened is None:
        raise NotFound
    return opened


async def list_consent_imports(
    crm: Installation, access: Access, *, before: UUID | None = None, limit: int = 50
) -> list[Opened[ImportAttestation]]:
    """Newest first, older than `before`. Raises Forbidden."""
    access.actor.require("consents.manage")
    rows = await crm.data.fetch(
        "SELECT * FROM consent_import WHERE id < ? ORDER BY id DESC LIMIT ?", before or UUID(int=2**128 - 1), limit
    )
    return await crm.door.open(access, IMPORT, rows)


async def preview_import(crm: Installation, access: Access, import_id: UUID, *, rows: int = BATCH) -> ImportPreview:
    """What would become of the first rows (at most 500). Changes nothing. Raises Forbidden, NotFound, UnreadableFile."""
    opened = await consent_import(crm, access, import_id)
    claims = list(islice(await claims_of(crm, opened), min(rows, 500)))
    shown = await planner_for(crm, access, opened).plan(claims)
    return ImportPreview(rows=opened.row["rows"], shown=shown, outcomes=Counter(each.outcome for each in shown))


async def start_import(crm: Installation, access: Access, import_id: UUID) -> None:
    """Let the job record it, with the rights that whoever received it has then. Starting twice starts once.

    Raises Forbidden, NotFound.
    """
    await consent_import(crm, access, import_id)
    async with crm.data.transaction():
        started = await crm.data.fetch(
            "UPDATE consent_import SET state = 'running' WHERE id = ? AND state IN ('received', 'failed') RETURNING id",
            import_id,
        )
        if started:
            await note(
                crm, "import.consents_started", actor_id=access.actor.id, target_id=import_id, target_kind="import"
            )
            await enqueue(crm, JOB, {"import_id": import_id})


async def run_import(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """Job: work for a minute, then queue the rest. import_id."""
    import_id: UUID = arguments["import_id"]
    until = time.monotonic() + JOB_SECONDS
    try:
        opened = await consent_import(crm, INSIDE, import_id)
        if opened.row["state"] != "running":
            return
        claims = islice(await claims_of(crm, opened), opened.row["position"], None)
        while batch := list(islice(claims, BATCH)):
            await run_batch(crm, opened, batch)
            if time.monotonic() > until:
                await enqueue(crm, JOB, {"import_id": import_id})
                return
            opened = await consent_import(crm, INSIDE, import_id)
        await finish(crm, opened)
    except VersionConflict:
        # Another worker has it.
        return
    except (UnreadableFile, Forbidden, NotFound):
        await crm.data.fetch("UPDATE consent_import SET state = 'failed' WHERE id = ?", import_id)


async def run_batch(crm: Installation, opened: Opened[ImportAttestation], claims: Sequence[ClaimRow]) -> None:
    """The next rows. Raises VersionConflict if another process was faster, Forbidden if the right to import is gone."""
    access = await access_of(crm, opened.row["created_by"])
    plan = await planner_for(crm, access, opened).plan(claims)
    taken = [row for row in plan if row.outcome == TAKE and row.indication is not None]
    await ensure_keys(crm, [row.contact_id for row in taken if row.contact_id])
    async with crm.data.transaction():
        outcomes = await record_each(crm, access, [row.indication for row in taken if row.indication])
        late = [
            PlannedRow(number=row.number, outcome=reason_of(outcome))
            for row, outcome in zip(taken, outcomes, strict=True)
            if not isinstance(outcome, RecordedEvent)
        ]
        await advance(crm, opened, len(claims), len(taken) - len(late), late + refused_in(plan))
    await settle(crm, [outcome for outcome in outcomes if isinstance(outcome, RecordedEvent)])


def refused_in(plan: Sequence[PlannedRow]) -> list[PlannedRow]:
    return [row for row in plan if row.outcome not in {TAKE, KNOWN}]


async def advance(
    crm: Installation, opened: Opened[ImportAttestation], rows: int, taken: int, refused: Sequence[PlannedRow]
) -> None:
    lines = sorted((row.number, row.outcome, REASONS[row.outcome]) for row in refused)
    content = msgspec.structs.replace(opened.content, report=(opened.content.report + lines)[:MOST_REPORTED])
    columns = {
        "id": opened.row["id"],
        "position": opened.row["position"] + rows,
        "taken": opened.row["taken"] + taken,
        "refused": opened.row["refused"] + len(refused),
    }
    await crm.records.update(IMPORT, columns, content, seen=opened.row["version"])


async def finish(crm: Installation, opened: Opened[ImportAttestation]) -> None:
    """The attestation and the report stay; the file, which is about persons, goes."""
    async with crm.data.transaction():
        await crm.records.update(
            IMPORT,
            {"id": opened.row["id"], "state": "done", "file_id": None},
            opened.content,
            seen=opened.row["version"],
        )
        await delete_files(crm, [opened.row["file_id"]])
        await note(
            crm, "import.consents_made", actor_id=opened.row["created_by"], target_id=opened.row["id"],
            target_kind="import", serious=True,
        )  # fmt: skip


async def ensure_keys(crm: Installation, people: Sequence[UUID]) -> None:
    """Before the transaction; who was erased meanwhile is found out again when it is their turn."""
    await crm.keyring.ensure([crm.keyring.installation_id], IMPORT.retention_class)
    try:
        await crm.keyring.ensure(people, EVENT.retention_class)
    except KeyDestroyed:
        return


async def access_of(crm: Installation, account_id: UUID) -> Access:
    """The rights of whoever made the import, as they are now. Raises Forbidden if they are gone."""
    permissions = frozenset(crm.registry.permissions)
    if account_id != SYSTEM_ID:
        rows = await crm.data.fetch("SELECT role FROM account WHERE id = ? AND state = 'active'", account_id)
        permissions = permissions_of(crm.registry, rows[0]["role"]) if rows else frozenset()
    actor = Actor(id=account_id, permissions=permissions)
    actor.require("consents.manage")
    return Access(actor=actor, purpose="consent", where=JOB)


def planner_for(crm: Installation, access: Access, opened: Opened[ImportAttestation]) -> Planner:
    return Planner(crm=crm, access=access, import_id=opened.row["id"], statement=opened.content.statement)


async def claims_of(crm: Installation, opened: Opened[ImportAttestation]) -> Iterator[ClaimRow]:
    """The rows of the file from the beginning. Raises NotFound once the file is gone, UnreadableFile."""
    rows = await crm.records.rows(SEALED_FILE, [opened.row["file_id"]]) if opened.row["file_id"] else []
    file = await crm.door.open_one(INSIDE, SEALED_FILE, rows[0]) if rows else None
    if file is None:
        raise NotFound
    data = await stored_bytes(crm, opened.row["file_id"], file.content)
    return await asyncio.to_thread(read_claims, data, crm.settings.time_zone)
