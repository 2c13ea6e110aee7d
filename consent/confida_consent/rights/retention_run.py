"""The daily run of retention: what is due by the rules that are switched on ends, and each run is reported."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog

from confida_consent.erasing import erase_evidence
from confida_consent.rights.declared import CLASS, ERASURE, HOLD, LETTER, PACKAGE, PURPOSE, REQUEST, STEP
from confida_consent.rights.erasure import ErasureBlocked, ErasureFailed, erase_person
from confida_consent.rights.holds import today_of
from confida_consent.rights.retention import rules, switched_on
from confida_consent.rights.retention_due import Due, finders, pages_due, start_of
from confida_consent.rights.retention_log import end_reads
from confida_consent.rights.retention_rules import RetentionRule
from confida_core.accounts.audit import record_event
from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.jobs.declarations import JobDeclaration
from confida_core.jobs.queue import enqueue
from confida_core.storage.sealed_files import SEALED_FILE, delete_files
from confida_core.vault.access import Access, NotFound, system_access

JOB = "consent.retention"
INSIDE = system_access("retention", PURPOSE)
# Whatever is beyond that is left to the next day: a wrong rule must not empty the house before somebody has looked.
MOST_CONTACTS = 500


class RetentionFailed(RuntimeError):
    """Some of what was due could not be ended; the run went on with the rest, and the next one tries again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRun:
    """What one run did by one rule. held: kept by a hold, a restriction or an open request."""

    id: UUID
    at: datetime
    rule: str
    due: int
    ended: int
    held: int
    failed: int


async def run_retention(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job. Raises InvalidRetention for an own file with faults, before anything is ended, and RetentionFailed."""
    country = await rules(crm)
    if country is None:
        return
    on, failed = await switched_on(crm), 0
    for rule in country.rules:
        if rule.key in on and (rule.retention_class == "read_log" or finders(crm, rule.retention_class)):
            failed += (await run_rule(crm, rule)).failed
    if failed:
        raise RetentionFailed(f"{failed} could not be ended")


async def run_rule(crm: Installation, rule: RetentionRule) -> RetentionRun:
    """End what is due by one rule now, and write down what was done."""
    due = ended = held = failed = 0
    if rule.retention_class == "read_log":
        due = ended = await end_reads(crm, start_of(crm, rule.due_before(today_of(crm))))
        return await report(crm, rule, due=due, ended=ended)
    async for page in pages_due(crm, rule, today_of(crm)):
        for one in page:
            if due - held >= MOST_CONTACTS and one.kind == "contact":
                break
            due += 1
            if one.kept:
                held += 1
            elif await end_one(crm, one):
                ended += 1
            else:
                failed += 1
    return await report(crm, rule, due=due, ended=ended, held=held, failed=failed)


async def report(
    crm: Installation, rule: RetentionRule, *, due: int, ended: int, held: int = 0, failed: int = 0
) -> RetentionRun:
    run = RetentionRun(id=new_id(), at=now(), rule=rule.key, due=due, ended=ended, held=held, failed=failed)
    async with crm.data.transaction():
        await crm.data.fetch(
            "INSERT INTO rights_retention_run (id, at, rule, due, ended, held, failed) VALUES (?, ?, ?, ?, ?, ?, ?)",
            run.id, run.at, run.rule, run.due, run.ended, run.held, run.failed,
        )  # fmt: skip
        if ended:
            await record_event(
                crm, "retention.ended", target_id=run.id, target_kind="rights_retention_run", serious=True
            )
    return run


async def end_one(crm: Installation, one: Due) -> bool:
    """Whether it is gone now. What stands in the way is named in the log by its id."""
    try:
        await (END[one.kind](crm, one.id) if one.kind in END else end_record(crm, one))
    except NotFound:
        # Somebody else was faster.
        return True
    except (ErasureBlocked, ErasureFailed, OSError) as error:
        structlog.get_logger().warning("retention_failed", kind=one.kind, id=str(one.id), reason=type(error).__name__)
        return False
    return True


async def end_contact(crm: Installation, contact_id: UUID) -> None:
    await erase_person(crm, INSIDE, contact_id)


async def end_evidence(crm: Installation, subject_id: UUID) -> None:
    await erase_evidence(crm, [subject_id])


async def end_request(crm: Installation, request_id: UUID) -> None:
    """The file of a request with everything in it; its key first, because only keys are in no backup of the data."""
    packages = [
        row["id"] for row in await crm.data.fetch("SELECT id FROM rights_package WHERE request_id = ?", request_id)
    ]
    owners = [request_id, *packages]
    marks = ", ".join("?" * len(owners))
    files = await crm.data.fetch(f"SELECT id FROM sealed_file WHERE owner_id IN ({marks})", *owners)
    # The mandate of whoever asked for somebody else is a file like any other.
    await crm.keyring.destroy(request_id, [CLASS, SEALED_FILE.retention_class])
    async with crm.data.transaction():
        await delete_files(crm, [row["id"] for row in files])
        for declaration in (LETTER, STEP, PACKAGE):
            rows = await crm.data.fetch(f"SELECT id FROM {declaration.name} WHERE request_id = ?", request_id)
            for row in rows:
                await crm.records.delete(declaration, row["id"], ())
        await crm.data.fetch("DELETE FROM consent_token WHERE subject_id = ?", request_id)
        await crm.records.delete(REQUEST, request_id, ())


async def end_erasure(crm: Installation, erasure_id: UUID) -> None:
    await crm.records.delete(ERASURE, erasure_id, ())


async def end_hold(crm: Installation, hold_id: UUID) -> None:
    await crm.records.delete(HOLD, hold_id, ())


async def end_record(crm: Installation, one: Due) -> None:
    """A row of a plugin's record; with the last one of its class the person's key to them goes too."""
    declaration = crm.registry.records[one.kind]
    same = [
        record
        for record in crm.registry.records.values()
        if record.retention_class == declaration.retention_class and record.subject
    ]
    people = [one.contact_id] if one.contact_id is not None else []
    await crm.records.delete(declaration, one.id, people)
    for contact_id in people:
        left = [
            row
            for record in same
            for row in await crm.data.fetch(
                f"SELECT id FROM {record.name} WHERE {record.subject} = ? LIMIT 1", contact_id
            )
        ]
        if not left:
            await crm.keyring.destroy(contact_id, [declaration.retention_class])


END: Mapping[str, Callable[[Installation, UUID], Awaitable[None]]] = {
    "contact": end_contact,
    "evidence": end_evidence,
    "request": end_request,
    "erasure": end_erasure,
    "hold": end_hold,
}


async def list_runs(crm: Installation, access: Access, *, limit: int = 50) -> list[RetentionRun]:
    """What was done, the latest first. Raises Forbidden without `registers.read`."""
    access.actor.require("registers.read")
    rows = await crm.data.fetch(
        "SELECT id, at, rule, due, ended, held, failed FROM rights_retention_run ORDER BY at DESC, id DESC LIMIT ?",
        limit,
    )
    return [RetentionRun(**row) for row in rows]


async def start_run(crm: Installation, access: Access) -> None:
    """Queue a run now, beside the daily one. Raises Forbidden without `retention.manage`."""
    access.actor.require("retention.manage")
    await enqueue(crm, JOB, {})


JOBS = (
    JobDeclaration(
        key=JOB, run=run_retention, label="End what is kept no longer", every=24 * 3600, seconds=3600, attempts=3
    ),
)
