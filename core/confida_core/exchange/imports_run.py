"""Running an import: 200 rows at a time, each batch one transaction with its report and the cursor.

Whoever commits a batch moves the cursor from where it stood when the batch was read. So a run that is taken up again after
a crash, or by two processes at once, writes every row exactly once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
import structlog

from confida_core.accounts.audit import record_event
from confida_core.clock import now
from confida_core.contacts.content import changed
from confida_core.contacts.custom_fields import FieldDefinition, custom_fields
from confida_core.contacts.history import differences, write_change
from confida_core.contacts.people import NewContact, create_many
from confida_core.contacts.records import CONTACT
from confida_core.exchange.draft import UnreadableFile
from confida_core.exchange.imports_file import DraftStream, Found
from confida_core.exchange.imports_matching import Match
from confida_core.exchange.imports_opening import access_of, matches_for, open_stream, opened_run
from confida_core.exchange.imports_plan import BatchPlan, PlannedContact, PlannedRow, Planner
from confida_core.exchange.imports_records import PROBLEM, RUN, Duplicates, ProblemContent, RunContent, RunState
from confida_core.exchange.imports_suppressed import note_suppressed
from confida_core.exchange.imports_upkeep import forget_file
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.jobs.queue import enqueue
from confida_core.storage.database import VersionConflict
from confida_core.storage.file_seal import TooLarge
from confida_core.storage.pictures import NoPicture
from confida_core.storage.sealed_files import (
    ReceivedFile,
    discard_files,
    keep_files,
    only,
    receive_picture,
)
from confida_core.vault.access import Access, Forbidden, NotFound
from confida_core.vault.door import Opened
from confida_core.vault.keyring import KeyDestroyed
from confida_core.vault.sealing import SealBroken

# A job works for so long and then queues the rest, so that a killed one is soon taken up again by the next lease.
JOB_SECONDS = 60.0
ATTEMPTS = 5
Progress = Callable[[int, int], None]


class Overtaken(Exception):
    """Another process has moved this run on, or somebody stopped it; nothing was written."""


async def run_import_job(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """Job: work for a minute, then queue the rest."""
    run_id = arguments["run_id"]
    if not await run_import(crm, run_id, seconds=JOB_SECONDS):
        await enqueue(crm, "core.run_import", {"run_id": run_id})


async def run_import(
    crm: Installation, run_id: UUID, *, seconds: float | None = None, progress: Progress | None = None
) -> bool:
    """Take the run on from its cursor; True if there is nothing left to do, False if `seconds` were over first.

    progress: told (rows done, rows in all) after each batch. Whatever makes the whole run impossible is noted as its
    failure; errors of the database and the disk are raised, and the run can be taken on later.
    """
    try:
        return await _run(crm, run_id, seconds, progress)
    except Overtaken:
        return True
    except (UnreadableFile, Forbidden, NotFound, SealBroken, FileNotFoundError) as error:
        await _fail(crm, run_id, sentence_for(error))
        return True


def sentence_for(error: Exception) -> str:
    """For people; it holds nothing from the file."""
    if isinstance(error, UnreadableFile):
        return str(error)
    if isinstance(error, Forbidden):
        return "Whoever started this import may not import any more."
    return "The uploaded file is not there any more."


async def _run(crm: Installation, run_id: UUID, seconds: float | None, progress: Progress | None) -> bool:
    run = await opened_run(crm, run_id)
    if run.row["state"] != RunState.RUNNING:
        return True
    access = await access_of(crm, run.row["run_by"])
    stream = await open_stream(crm, run)
    batches = Batches(crm, access, run, stream, await custom_fields(crm))
    deadline = None if seconds is None else time.monotonic() + seconds
    while found := await stream.batch():
        await batches.write(found)
        if progress:
            progress(batches.position, max(run.row["total"], batches.position))
        if deadline is not None and time.monotonic() > deadline:
            return False
    await _finish(crm, access, run_id, batches.position)
    # Nothing needs it any more, and whoever in it is erased tomorrow shall be gone from it too.
    await forget_file(crm, run_id)
    return True


class Batches:
    """Writes one batch after the other. position: how many rows of the file are dealt with."""

    def __init__(
        self,
        crm: Installation,
        access: Access,
        run: Opened[RunContent],
        stream: DraftStream,
        definitions: Sequence[FieldDefinition],
    ) -> None:
        self._crm, self._access, self._run, self._stream = crm, access, run, stream
        self._definitions = definitions
        self._policy = Duplicates(run.row["duplicates"])
        self.position: int = run.row["position"]

    async def write(self, found: Sequence[Found]) -> None:
        """All of it or nothing. Raises Overtaken, and VersionConflict if somebody keeps editing the same contacts."""
        for attempt in range(ATTEMPTS):
            try:
                await self._write_once(found)
                break
            except (VersionConflict, KeyDestroyed):
                # Somebody edited or erased a contact that a row is about; read again, the plan is another.
                if attempt == ATTEMPTS - 1:
                    raise
        self.position += len(found)

    async def _write_once(self, found: Sequence[Found]) -> None:
        matches: list[Match | None] = [None] * len(found)
        if self._policy is not Duplicates.CREATE:
            matches = await matches_for(self._crm, self._access, found)
        planner = Planner(
            self._policy,
            tags=self._run.content.tags,
            definitions=self._definitions,
            groups=self._stream.groups,
        )
        plan = planner.plan(found, matches)
        await note_suppressed(self._crm, plan, found)
        pictures = await self._pictures(plan)
        try:
            await self._commit(plan, pictures)
        except BaseException:
            await discard_files(self._crm, [file for _, file in pictures])
            raise

    async def _pictures(self, plan: BatchPlan) -> list[tuple[PlannedContact, ReceivedFile]]:
        """Redraw and seal embedded photos; what is no picture is said in the report."""
        kept = []
        for contact in plan.contacts:
            if contact.picture is None:
                continue
            try:
                file = await receive_picture(self._crm, "picture", only(contact.picture))
            except (NoPicture, TooLarge):
                note_lost_picture(plan, contact)
                continue
            contact.content = changed(contact.content, picture=file.id.hex)
            kept.append((contact, file))
        return kept

    async def _commit(self, plan: BatchPlan, pictures: Sequence[tuple[PlannedContact, ReceivedFile]]) -> None:
        crm, run_id = self._crm, self._run.row["id"]
        about = {row.about for row in plan.rows if row.about is not None}
        await crm.keyring.ensure([*about, run_id], CONTACT.retention_class)
        async with crm.data.transaction():
            await self._move_cursor(plan)
            new = [contact for contact in plan.contacts if contact.before is None]
            contacts = [NewContact(kind=one.kind, content=one.content, id=one.id) for one in new]
            await create_many(crm, self._access, contacts, operation_id=run_id)
            for contact in plan.contacts:
                if contact.before is not None:
                    await self._update(contact, contact.before)
            for contact, file in pictures:
                await keep_files(crm, [file], owner_id=contact.id, people=[contact.id], permission="contacts.read")
            await self._note(plan)

    async def _move_cursor(self, plan: BatchPlan) -> None:
        moved = await self._crm.data.fetch(
            "UPDATE import_run SET position = position + ?, created_count = created_count + ?, "
            "updated_count = updated_count + ?, duplicate_count = duplicate_count + ?, invalid_count = invalid_count + ?, "
            "group_count = group_count + ?, touched_at = ? WHERE id = ? AND position = ? AND state = ? RETURNING id",
            len(plan.rows), plan.count("created"), plan.count("updated", "merged"), plan.count("skipped"),
            plan.count("invalid"), plan.count("group"), now(), self._run.row["id"], self.position, RunState.RUNNING.value,
        )  # fmt: skip
        if not moved:
            raise Overtaken

    async def _update(self, contact: PlannedContact, before: Opened[Any]) -> None:
        columns = {"id": contact.id, "updated_at": now()}
        version = await self._crm.records.update(CONTACT, columns, contact.content, seen=before.row["version"])
        await write_change(
            self._crm, self._access, contact.id, "imported", version,
            changes=differences(before.content, contact.content), operation_id=self._run.row["id"],
        )  # fmt: skip

    async def _note(self, plan: BatchPlan) -> None:
        run_id = self._run.row["id"]
        await self._crm.data.execute_many(
            "INSERT INTO import_item (id, run_id, row_number, contact_id, action, version_after) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    new_id(),
                    run_id,
                    row.number,
                    row.contact.id if row.contact else None,
                    row.action,
                    version_after(row.contact),
                )
                for row in plan.rows
            ],
        )
        problems = [(problem_row(run_id, row), row.problem[1]) for row in plan.rows if row.problem is not None]
        await self._crm.records.insert_many(PROBLEM, problems)


def problem_row(run_id: UUID, row: PlannedRow) -> dict[str, Any]:
    """The operational columns of what is said about a row: it belongs to the contact it is about, if there is one."""
    return {
        "id": new_id(),
        "subject_id": row.about or run_id,
        "run_id": run_id,
        "row_number": row.number,
        "kind": row.problem[0] if row.problem else "",
    }


def version_after(contact: PlannedContact | None) -> int:
    if contact is None:
        return 0
    return 1 if contact.before is None else contact.before.row["version"] + 1


def note_lost_picture(plan: BatchPlan, contact: PlannedContact) -> None:
    sentence = "The picture could not be read and was left out."
    row = next(row for row in plan.rows if row.contact is contact)
    kind, problem = row.problem or ("remark", ProblemContent(reason="", name=contact.content.display_name))
    row.problem = kind, msgspec.structs.replace(problem, reason=f"{problem.reason} {sentence}".strip())


async def _finish(crm: Installation, access: Access, run_id: UUID, position: int) -> None:
    moment = now()
    async with crm.data.transaction():
        done = await crm.data.fetch(
            "UPDATE import_run SET state = ?, finished_at = ?, touched_at = ?, total = ? "
            "WHERE id = ? AND position = ? AND state = ? RETURNING id",
            RunState.DONE.value, moment, moment, position, run_id, position, RunState.RUNNING.value,
        )  # fmt: skip
        if done:
            await record_event(
                crm, "import.finished", actor_id=access.actor.id, target_id=run_id, target_kind="import_run"
            )


async def _fail(crm: Installation, run_id: UUID, sentence: str) -> None:
    """Say why nothing more can come of this run. What it wrote stays, and can be undone."""
    structlog.get_logger().warning("import_failed", run=str(run_id))
    try:
        run = await opened_run(crm, run_id)
    except NotFound:
        return
    async with crm.data.transaction():
        moved = await crm.data.fetch(
            "UPDATE import_run SET state = ?, finished_at = ?, touched_at = ? WHERE id = ? AND state = ? RETURNING id",
            RunState.FAILED.value, now(), now(), run_id, RunState.RUNNING.value,
        )  # fmt: skip
        if moved:
            content = msgspec.structs.replace(run.content, failure=sentence)
            await crm.records.update(RUN, {"id": run_id}, content, seen=run.row["version"])
