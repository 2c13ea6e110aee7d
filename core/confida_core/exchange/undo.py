"""Taking an import back: what came goes for good, what was changed becomes as it was, what was edited since stays."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec

from confida_core.accounts.audit import record_event
from confida_core.clock import now
from confida_core.contacts.content import ContactContent
from confida_core.contacts.history import differences, write_change
from confida_core.contacts.records import CHANGE, CONTACT, FieldChange
from confida_core.exchange.imports import NotNow, visible_run
from confida_core.exchange.imports_opening import INSIDE, opened_run
from confida_core.exchange.imports_records import BATCH, PROBLEM, RunState
from confida_core.exchange.imports_run import Progress
from confida_core.exchange.imports_upkeep import forget_file, forget_report
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.jobs.queue import enqueue
from confida_core.storage.database import Row, VersionConflict
from confida_core.storage.sealed_files import SEALED_FILE, delete_files
from confida_core.vault.access import Access, Actor
from confida_core.vault.keyring import KeyDestroyed

JOB_SECONDS = 60.0
ATTEMPTS = 5
_PARTS = ("name", "custom")


@dataclass(slots=True)
class Verdict:
    """Contact ids of one batch by what happens to them."""

    remove: list[UUID] = field(default_factory=list)
    restore: list[UUID] = field(default_factory=list)
    keep: list[UUID] = field(default_factory=list)


async def start_undo(crm: Installation, access: Access, run_id: UUID, *, queue: bool = True) -> None:
    """Begin to take a finished or failed import back. Raises NotNow, NotFound, Forbidden."""
    for permission in ("exchange.import", "contacts.write"):
        access.actor.require(permission)
    await visible_run(crm, access, run_id)
    async with crm.data.transaction():
        started = await crm.data.fetch(
            "UPDATE import_run SET state = ?, touched_at = ?, run_by = ? WHERE id = ? AND state IN ('done', 'failed') "
            "RETURNING id",
            RunState.UNDOING.value, now(), access.actor.id, run_id,
        )  # fmt: skip
        if not started:
            raise NotNow
        await record_event(
            crm, "import.undone", actor_id=access.actor.id, target_id=run_id, target_kind="import_run", serious=True
        )
        if queue:
            await enqueue(crm, "core.undo_import", {"run_id": run_id})


async def undo_import_job(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """Job: work for a minute, then queue the rest."""
    run_id = arguments["run_id"]
    if not await undo_import(crm, run_id, seconds=JOB_SECONDS):
        await enqueue(crm, "core.undo_import", {"run_id": run_id})


async def undo_import(
    crm: Installation, run_id: UUID, *, seconds: float | None = None, progress: Progress | None = None
) -> bool:
    """Go on taking back; True if nothing is left to do, False if `seconds` were over first. Can be repeated at any point."""
    run = await opened_run(crm, run_id)
    if run.row["state"] != RunState.UNDOING:
        return True
    # In the name of whoever asked for it; what is opened on the way nobody looks at.
    access = Access(actor=Actor(id=run.row["run_by"], kind="system"), purpose="operation", where="import undo")
    deadline = None if seconds is None else time.monotonic() + seconds
    total = run.row["created_count"] + run.row["updated_count"]
    while contact_ids := await _next_contacts(crm, run_id):
        await _undo_batch(crm, access, run_id, contact_ids)
        if progress:
            done = (await opened_run(crm, run_id)).row["undone_count"]
            progress(done, max(total, done))
        if deadline is not None and time.monotonic() > deadline:
            return False
    await forget_file(crm, run_id)
    await forget_report(crm, run_id)
    await crm.data.fetch(
        "UPDATE import_run SET state = ?, touched_at = ?, finished_at = ? WHERE id = ? AND state = ?",
        RunState.UNDONE.value, now(), now(), run_id, RunState.UNDOING.value,
    )  # fmt: skip
    return True


async def _next_contacts(crm: Installation, run_id: UUID) -> list[UUID]:
    rows = await crm.data.fetch(
        "SELECT DISTINCT contact_id FROM import_item WHERE run_id = ? AND contact_id IS NOT NULL "
        "AND action IN ('created', 'updated', 'removing') ORDER BY contact_id LIMIT ?",
        run_id, BATCH,
    )  # fmt: skip
    return [row["contact_id"] for row in rows]


async def _undo_batch(crm: Installation, access: Access, run_id: UUID, contact_ids: Sequence[UUID]) -> None:
    for attempt in range(ATTEMPTS):
        try:
            removing = await _mark(crm, access, run_id, contact_ids)
            break
        except (VersionConflict, KeyDestroyed):
            if attempt == ATTEMPTS - 1:
                raise
    if removing:
        # The keys go first: whatever interrupts us, nothing that was to be gone can be opened any more.
        await crm.keyring.destroy_many(removing, [CONTACT.retention_class])
        await _remove(crm, run_id, removing)


async def _mark(crm: Installation, access: Access, run_id: UUID, contact_ids: Sequence[UUID]) -> list[UUID]:
    """Restore and keep what is to be, and put what is to go out of everybody's reach; returns the latter."""
    there = await _present(crm, contact_ids)
    # Of an undo that was killed in between, keys may be gone whose rows are still to go.
    erased = await crm.keyring.destroyed(there, CONTACT.retention_class)
    await crm.keyring.ensure([each for each in there if each not in erased], CONTACT.retention_class)
    async with crm.data.transaction():
        verdict = await _judge(crm, run_id, contact_ids)
        contacts = {row["id"]: row for row in await crm.records.rows(CONTACT, [*verdict.remove, *verdict.restore])}
        for contact_id in verdict.restore:
            if not await _restore(crm, access, run_id, contacts[contact_id]):
                verdict.keep.append(contact_id)
        verdict.restore = [each for each in verdict.restore if each not in verdict.keep]
        present = [contacts[each] for each in verdict.remove if each in contacts]
        await _hide(crm, [row for row in present if row["deleted_at"] is None])
        await _set_action(crm, run_id, verdict.remove, "removing")
        await _set_action(crm, run_id, verdict.restore, "restored")
        await _set_action(crm, run_id, verdict.keep, "kept")
        await crm.data.fetch(
            "UPDATE import_run SET undone_count = undone_count + ?, kept_count = kept_count + ?, touched_at = ? WHERE id = ?",
            len(verdict.restore) + len(verdict.keep), len(verdict.keep), now(), run_id,
        )  # fmt: skip
    return verdict.remove


async def _present(crm: Installation, contact_ids: Sequence[UUID]) -> list[UUID]:
    """Those with a row: nobody who is gone may get a new key."""
    found = await crm.data.fetch(f"SELECT id FROM contact WHERE id IN ({marks(contact_ids)})", *contact_ids)
    return [row["id"] for row in found]


async def _judge(crm: Installation, run_id: UUID, contact_ids: Sequence[UUID]) -> Verdict:
    rows = await crm.data.fetch(
        f"SELECT contact_id, action, version_after FROM import_item WHERE run_id = ? AND contact_id IN ({marks(contact_ids)})",
        run_id, *contact_ids,
    )  # fmt: skip
    items: dict[UUID, list[Row]] = {}
    for row in rows:
        items.setdefault(row["contact_id"], []).append(row)
    contacts = {row["id"]: row for row in await crm.records.rows(CONTACT, contact_ids)}
    touched = await _touched_since(crm, run_id, contact_ids)
    verdict = Verdict()
    for contact_id, own in items.items():
        actions = {item["action"] for item in own}
        contact = contacts.get(contact_id)
        if "removing" in actions or contact is None:
            verdict.remove.append(contact_id)
        elif contact["version"] != max(item["version_after"] for item in own):
            verdict.keep.append(contact_id)
        elif "created" in actions:
            (verdict.keep if contact_id in touched else verdict.remove).append(contact_id)
        else:
            verdict.restore.append(contact_id)
    return verdict


async def _touched_since(crm: Installation, run_id: UUID, contact_ids: Sequence[UUID]) -> set[UUID]:
    """Contacts somebody did something with beside what the run did: a change of any kind, or a record that names them."""
    listed = marks(contact_ids)
    queries = [
        (
            "SELECT subject_id AS id FROM contact_change "
            f"WHERE (operation_id IS NULL OR operation_id <> ?) AND subject_id IN ({listed})",
            (run_id, *contact_ids),
        ),
        (
            "SELECT subject_id AS id FROM shared_key k WHERE NOT EXISTS "
            "(SELECT 1 FROM sealed_file f WHERE f.id = k.record_id AND f.owner_id = k.subject_id) "
            f"AND subject_id IN ({listed})",
            tuple(contact_ids),
        ),
    ]
    for declaration in crm.registry.records.values():
        if declaration.subject is not None and declaration.name not in (CONTACT.name, CHANGE.name, PROBLEM.name):
            sql = (
                f"SELECT {declaration.subject} AS id FROM {declaration.name} WHERE {declaration.subject} IN ({listed})"
            )
            queries.append((sql, tuple(contact_ids)))
    return {row["id"] for sql, values in queries for row in await crm.data.fetch(sql, *values)}


async def _restore(crm: Installation, access: Access, run_id: UUID, row: Row) -> bool:
    """Give a contact its former values back; False if they are not known any more."""
    contact_id = row["id"]
    opened = await crm.door.open_one(INSIDE, CONTACT, row)
    rows = await crm.data.fetch(
        "SELECT * FROM contact_change WHERE subject_id = ? AND operation_id = ? ORDER BY contact_version DESC",
        contact_id, run_id,
    )  # fmt: skip
    entries = await crm.door.open(INSIDE, CHANGE, rows)
    if opened is None or not entries:
        return False
    former = undone(opened.content, (change for entry in entries for change in entry.content.changes))
    version = await crm.records.update(CONTACT, {"id": contact_id, "updated_at": now()}, former, seen=row["version"])
    await write_change(
        crm, access, contact_id, "undone", version, changes=differences(opened.content, former), operation_id=new_id()
    )
    if opened.content.picture and opened.content.picture != former.picture:
        await delete_files(crm, [UUID(hex=opened.content.picture)])
    return True


def undone(content: ContactContent, changes: Iterable[FieldChange]) -> ContactContent:
    """The content before these changes, the latest of them first."""
    fields: dict[str, Any] = msgspec.to_builtins(content)
    for change in changes:
        owner, _, part = change.field.partition(".")
        place = fields.setdefault(owner, {}) if owner in _PARTS and part else fields
        name = part if place is not fields else change.field
        if change.before is None:
            place.pop(name, None)
        else:
            place[name] = change.before
    return msgspec.convert(fields, ContactContent)


async def _hide(crm: Installation, rows: Sequence[Row]) -> None:
    """Into the trash, at the version that was judged: nobody can edit them any more. Raises VersionConflict."""
    if not rows:
        return
    ids = [row["id"] for row in rows]
    hidden = await crm.data.fetch(
        f"UPDATE contact SET deleted_at = ? WHERE id IN ({marks(ids)}) AND deleted_at IS NULL RETURNING id, version",
        now(), *ids,
    )  # fmt: skip
    if {row["id"]: row["version"] for row in hidden} != {row["id"]: row["version"] for row in rows}:
        raise VersionConflict(None)
    for contact_id in ids:
        crm.feed.append(CONTACT.name, contact_id, contact_id)


async def _set_action(crm: Installation, run_id: UUID, contact_ids: Sequence[UUID], action: str) -> None:
    if contact_ids:
        await crm.data.fetch(
            f"UPDATE import_item SET action = ? WHERE run_id = ? AND contact_id IN ({marks(contact_ids)})",
            action, run_id, *contact_ids,
        )  # fmt: skip


async def _remove(crm: Installation, run_id: UUID, contact_ids: Sequence[UUID]) -> None:
    """Remove the rows of contacts whose keys are destroyed: contact, history, picture."""
    listed = marks(contact_ids)
    async with crm.data.transaction():
        files = await crm.data.fetch(f"SELECT id FROM {SEALED_FILE.name} WHERE owner_id IN ({listed})", *contact_ids)
        await delete_files(crm, [row["id"] for row in files])
        await crm.data.fetch(f"DELETE FROM shared_key WHERE subject_id IN ({listed})", *contact_ids)
        await crm.data.fetch(f"DELETE FROM import_problem WHERE subject_id IN ({listed})", *contact_ids)
        await crm.data.fetch(f"DELETE FROM contact_change WHERE subject_id IN ({listed})", *contact_ids)
        await crm.data.fetch(f"DELETE FROM contact WHERE id IN ({listed})", *contact_ids)
        for contact_id in contact_ids:
            crm.feed.append(CONTACT.name, contact_id, contact_id, "deleted")
        await crm.data.fetch(
            f"UPDATE import_item SET action = 'removed', contact_id = NULL WHERE run_id = ? AND contact_id IN ({listed})",
            run_id, *contact_ids,
        )  # fmt: skip
        await crm.data.fetch(
            "UPDATE import_run SET undone_count = undone_count + ?, touched_at = ? WHERE id = ?",
            len(contact_ids), now(), run_id,
        )  # fmt: skip


def marks(ids: Sequence[UUID]) -> str:
    return ", ".join("?" * len(ids))
