"""Erasing a person, stage by stage; what is done is durable before the next begins, so that it can be resumed anywhere.

1 confirmed: what was shown is written down, the contact is out of everybody's sight. 2 keys destroyed: whoever got data is
noted, the others' part of what is shared is sealed for them alone; then the keys go. 3 rows, 4 files and other stores,
5 index, logs and the keyring's copy, 6 recipients told, 7 entered in the ledger, with the certificate (GDPR Art. 17, 19).
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

import structlog

from confida_consent.rights.content import ErasureNote
from confida_consent.rights.declared import ERASURE
from confida_consent.rights.erasure_facts import BlockingHold, ErasurePlan
from confida_consent.rights.erasure_plan import blocking_holds, plan_erasure
from confida_consent.rights.erasure_rows import ErasureRow, Found, erasure_row, read, unfinished, write
from confida_consent.rights.erasure_stages import (
    destroy_keys,
    finish,
    remove_files,
    remove_person,
    sweep,
    tell_recipients,
)
from confida_consent.rights.vocabulary import ErasureStage
from confida_core.accounts.audit import record_event
from confida_core.clock import now
from confida_core.contacts.erasing import StoreFailed
from confida_core.contacts.records import CONTACT
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.storage.database import DatabaseError, VersionConflict
from confida_core.vault.access import Access, NotFound

Stage = Callable[[Installation, Found], Awaitable[None]]
STAGES: Mapping[str, Stage] = {
    ErasureStage.CONFIRMED.value: destroy_keys,
    ErasureStage.KEYS_DESTROYED.value: remove_person,
    ErasureStage.ROWS_REMOVED.value: remove_files,
    ErasureStage.FILES_REMOVED.value: sweep,
    ErasureStage.INDEX_CLEANED.value: tell_recipients,
    ErasureStage.RECIPIENTS_TOLD.value: finish,
}
ATTEMPTS = 20
SALT_BYTES = 32
MOST_FAULTS = 20


class ErasureBlocked(RuntimeError):
    """A legal hold keeps this person's data; nothing was erased. holds: which."""

    def __init__(self, holds: tuple[BlockingHold, ...]) -> None:
        super().__init__(f"{len(holds)} legal holds keep these data")
        self.holds = holds


class ErasureFailed(RuntimeError):
    """The erasure stopped at a stage and can be resumed, by the job or by asking again. Names what failed, no data."""

    def __init__(self, erasure_id: UUID, stage: str, what: str) -> None:
        super().__init__(f"the erasure stopped after stage {stage}: {what}")
        self.erasure_id, self.stage, self.what = erasure_id, ErasureStage(stage), what


async def erase_person(
    crm: Installation,
    access: Access,
    contact_id: UUID,
    *,
    request_id: UUID | None = None,
    suppress: bool = False,
    evidence: bool = False,
) -> ErasureRow:
    """Erase a contact for good, or go on with an erasure of it that was interrupted. Durable and complete when it returns.

    suppress: put the person's addresses on the suppression list before they are forgotten. evidence: erase the proof of
    consents too, although its time is not over: the person asks for it, and no claim is to be expected. It goes anyway
    once its time is over. What stays, and why, is what `plan_erasure` said.
    Raises Forbidden without `requests.decide`, NotFound, ErasureBlocked, and ErasureFailed if a stage did not succeed:
    then it is resumed by the job, or by calling this again.
    """
    access.actor.require("requests.decide")
    erasure_id = await unfinished(crm, contact_id)
    if erasure_id is None:
        plan = await plan_erasure(crm, access, contact_id, evidence=evidence)
        if plan.blocked:
            raise ErasureBlocked(plan.blocked_by)
        erasure_id = await confirm(crm, access, plan, request_id, suppress=suppress, evidence=evidence)
    return await resume_erasure(crm, erasure_id)


async def confirm(
    crm: Installation, access: Access, plan: ErasurePlan, request_id: UUID | None, *, suppress: bool, evidence: bool
) -> UUID:
    """Write down what was shown, and take the contact out of everybody's sight; returns the erasure's id."""
    moment, erasure_id = now(), new_id()
    note = ErasureNote(
        suppress=suppress,
        evidence=evidence,
        classes=list(plan.classes),
        goes=[str(each) for each in plan.goes],
        stays=[str(each) for each in plan.stays],
        request_salt=os.urandom(SALT_BYTES),
    )
    columns = {
        "id": erasure_id,
        "contact_id": plan.contact_id,
        "request_id": request_id,
        "stage": ErasureStage.CONFIRMED.value,
        "started_at": moment,
        "started_by": access.actor.id,
        "finished_at": None,
        "epoch": None,
        "rows": 0,
        "files": 0,
        "ledger_index": None,
    }
    await crm.keyring.ensure([crm.keyring.installation_id], ERASURE.retention_class)
    async with crm.data.transaction():
        # Holds the row: of two who confirm at once, the second finds the erasure of the first.
        held = await crm.data.fetch(
            "UPDATE contact SET deleted_at = coalesce(deleted_at, ?) WHERE id = ? RETURNING id", moment, plan.contact_id
        )
        if not held:
            raise NotFound
        other = await unfinished(crm, plan.contact_id)
        if other is not None:
            return other
        crm.feed.append(CONTACT.name, plan.contact_id, plan.contact_id)
        await crm.records.insert(ERASURE, columns, note)
        await record_event(
            crm,
            "person.erasing",
            actor_id=access.actor.id,
            target_id=erasure_id,
            target_kind="rights_erasure",
            serious=True,
        )
    return erasure_id


async def resume_erasure(crm: Installation, erasure_id: UUID) -> ErasureRow:
    """Go on from wherever it stands until it is done. Asks for no permission: it was confirmed. Raises ErasureFailed,
    ErasureBlocked (a hold came in between, before the keys were destroyed), NotFound.
    """
    for _ in range(ATTEMPTS):
        found = await read(crm, erasure_id)
        stage = found.row["stage"]
        if stage == ErasureStage.DONE.value:
            return erasure_row(found)
        try:
            if stage == ErasureStage.CONFIRMED.value and (holds := await blocking_holds(crm, found.row["contact_id"])):
                raise ErasureBlocked(tuple(holds))
            await STAGES[stage](crm, found)
        except VersionConflict:
            # Another process is at it too; every stage may be done twice.
            continue
        except ErasureBlocked:
            raise
        except Exception as error:
            # Whatever it is: it is named, and the erasure goes on from here.
            raise await failed(crm, erasure_id, stage, error) from error
    raise await failed(crm, erasure_id, stage, TimeoutError())


async def failed(crm: Installation, erasure_id: UUID, stage: str, error: Exception) -> ErasureFailed:
    """Note what stopped it, as far as the store still takes notes."""
    what = str(error) if isinstance(error, StoreFailed) else type(error).__name__
    with suppress(DatabaseError, VersionConflict, NotFound):
        found = await read(crm, erasure_id)
        sentence = f"{now():%Y-%m-%d %H:%M} after {stage}: {what}"
        await write(crm, found, {"faults": [*found.content.faults, sentence][-MOST_FAULTS:]})
    return ErasureFailed(erasure_id, stage, what)


async def resume_erasures(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job: go on with every erasure that was interrupted; one that fails does not stop the others.

    Raises ErasureFailed at the end if any did, so that the overview of jobs shows it.
    """
    rows = await crm.data.fetch(
        "SELECT id FROM rights_erasure WHERE stage <> ? ORDER BY id LIMIT 1000", ErasureStage.DONE.value
    )
    problem: ErasureFailed | None = None
    for row in rows:
        try:
            await resume_erasure(crm, row["id"])
        except ErasureBlocked:
            structlog.get_logger().warning("erasure_blocked", erasure=str(row["id"]))
        except ErasureFailed as error:
            problem = error
    if problem is not None:
        raise problem


__all__ = ["ErasureBlocked", "ErasureFailed", "ErasureRow", "erase_person", "resume_erasure", "resume_erasures"]
