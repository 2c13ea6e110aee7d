"""What happens to a request, step by step: each is kept with its words, and the due date follows from all of them (CK-1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from confida_consent.rights.clock import ORDER, ClockEvent, Deadline, Step, deadline
from confida_consent.rights.content import RequestFile, StepNote
from confida_consent.rights.declared import REQUEST, STEP
from confida_consent.rights.vocabulary import OPEN, RequestState
from confida_core.accounts.audit import record_event
from confida_core.clock import now
from confida_core.contacts.text import UnstorableText, clean_text
from confida_core.contacts.validation import InvalidContent
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.storage.database import Row
from confida_core.vault.access import Access, NotFound, system_access

INSIDE = system_access("requests", "data_subject_rights")
LONGEST_NOTE = 20_000
CLOCK_STEPS = frozenset(Step)
CLOSED = "This request is closed; nothing can be added to it."

# What is kept beside the steps that time depends on.
LINKED, MERGED, NOTE = "linked", "merged", "note"
REFUSAL_PROPOSED, REFUSAL_DECLINED = "refusal_proposed", "refusal_declined"
EXPIRED = "expired"
CARRIED_OUT, REMINDED, ASSIGNED = "carried_out", "reminded", "assigned"

STATE_AFTER: Mapping[str, RequestState] = {
    Step.VERIFIED: RequestState.IN_PROGRESS,
    Step.ASKED: RequestState.CLARIFYING,
    Step.ASKED_WITHOUT_NEED: RequestState.CLARIFYING,
    Step.ANSWERED: RequestState.ANSWERED,
    Step.REFUSED: RequestState.REFUSED,
    Step.WITHDRAWN: RequestState.WITHDRAWN,
    EXPIRED: RequestState.EXPIRED,
    REFUSAL_PROPOSED: RequestState.REVIEW,
    REFUSAL_DECLINED: RequestState.IN_PROGRESS,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """What a step made of the request."""

    state: RequestState
    deadline: Deadline


async def take_step(
    crm: Installation, access: Access, request_id: UUID, step: str, text: str = "", *, at: datetime | None = None
) -> Moved:
    """Keep a step with its words and derive state and due date anew, in one transaction with its entry in the audit trail.

    step: of `clock.Step`, or one of this module's own words. at: when it happened, if not now; not before the receipt.
    Raises InvalidContent for a closed request, an instant in the future and text that cannot be stored; NotFound; Forbidden.
    """
    access.actor.require("requests.decide")
    await crm.keyring.ensure([request_id], REQUEST.retention_class)
    async with crm.data.transaction():
        row = await locked_request(crm, request_id)
        return await move(crm, access, row, step, text, at=at)


async def move(
    crm: Installation,
    access: Access,
    row: Row,
    step: str,
    text: str = "",
    *,
    at: datetime | None = None,
    **columns: Any,
) -> Moved:
    """As `take_step`, of a row that is locked, in the caller's transaction. columns: operational ones that change too."""
    await write_step(crm, access, row["id"], step, text, at=checked_instant(row, at))
    known = await events_of(crm, row["id"])
    found = deadline_of(crm, row, known)
    moved = Moved(state=state_after(row, step), deadline=found)
    changes = {
        "state": moved.state.value,
        "due_on": found.due,
        "due_at": found.due_at.astimezone(UTC),
        "closed_at": found.ended_at,
        **({"verified_at": at or now()} if step == Step.VERIFIED and row["verified_at"] is None else {}),
        **columns,
    }
    await crm.records.set_columns(REQUEST, row["id"], row["id"], **changes)
    return moved


def state_after(row: Row, step: str) -> RequestState:
    if step in (Step.REPLIED, REFUSAL_DECLINED) and row["verified_at"] is None and row["kind"] != "complaint":
        return RequestState.VERIFYING
    if step == Step.REPLIED:
        return RequestState.IN_PROGRESS
    return STATE_AFTER.get(step, RequestState(row["state"]))


async def write_step(
    crm: Installation, access: Access, request_id: UUID, step: str, text: str = "", *, at: datetime | None = None
) -> None:
    """The row of a step and its entry in the audit trail; in the caller's transaction."""
    actor = access.actor
    staff = actor.id if actor.kind == "staff" else None
    columns = {"id": new_id(), "request_id": request_id, "step": step, "at": at or now(), "actor_id": staff}
    await crm.records.insert(STEP, columns, StepNote(text=checked_text(text)))
    await record_event(crm, f"request.{step}", actor_id=staff, target_id=request_id, target_kind="request")


def checked_text(text: str, field: str = "text") -> str:
    """Raises InvalidContent naming the field."""
    try:
        clean = clean_text(text)
    except UnstorableText:
        raise InvalidContent({field: "This holds a character that cannot be stored."}) from None
    if len(clean) > LONGEST_NOTE:
        raise InvalidContent({field: f"This has more than {LONGEST_NOTE} characters."})
    return clean


def checked_reasons(text: str) -> str:
    """Raises InvalidContent if there are none."""
    reasons = checked_text(text, "reasons")
    if not reasons:
        raise InvalidContent({"reasons": "Say why; the person is told in these words."})
    return reasons


def checked_instant(row: Row, at: datetime | None) -> datetime:
    moment = now()
    if at is not None and at > moment:
        raise InvalidContent({"at": "This lies in the future."})
    if at is not None and at < row["received_at"]:
        raise InvalidContent({"at": "This lies before the request came in."})
    return at or moment


async def locked_request(crm: Installation, request_id: UUID, *, closed: bool = False) -> Row:
    """The row, which nobody else changes until the transaction ends. Raises NotFound, InvalidContent if it is closed."""
    lock = " FOR UPDATE" if crm.data.engine == "postgres" else ""
    rows = await crm.data.fetch("SELECT * FROM rights_request WHERE id = ?" + lock, request_id)
    if not rows:
        raise NotFound
    if not closed and (rows[0]["closed_at"] is not None or rows[0]["state"] not in OPEN):
        raise InvalidContent({"": CLOSED})
    return rows[0]


async def request_row(crm: Installation, request_id: UUID) -> Row:
    """The row as it stands. Raises NotFound."""
    rows = await crm.data.fetch("SELECT * FROM rights_request WHERE id = ?", request_id)
    if not rows:
        raise NotFound
    return rows[0]


async def events_of(crm: Installation, request_id: UUID) -> list[ClockEvent]:
    """The steps that time depends on; opens nothing."""
    rows = await crm.data.fetch("SELECT step, at FROM rights_step WHERE request_id = ? ORDER BY at, id", request_id)
    return clock_events(rows)


def clock_events(rows: Sequence[Row]) -> list[ClockEvent]:
    return [ClockEvent(step=Step(row["step"]), at=row["at"]) for row in rows if row["step"] in CLOCK_STEPS]


def place_in_order(row: Mapping[str, Any]) -> tuple[datetime, int]:
    """For sorting: of two steps at the same instant, such as received and verified, the one that has to come first."""
    return row["at"], ORDER.index(Step(row["step"])) if row["step"] in CLOCK_STEPS else len(ORDER)


def deadline_of(crm: Installation, row: Mapping[str, Any], events: Sequence[ClockEvent]) -> Deadline:
    zone = ZoneInfo(crm.settings.time_zone)
    return deadline(events, row["country"], zone, subdivision=row["subdivision"] or None)


async def opened_file(crm: Installation, access: Access, row: Row) -> RequestFile:
    """What the person asked; through the door. Raises NotFound if its key is gone."""
    opened = await crm.door.open_one(access, REQUEST, row)
    if opened is None:
        raise NotFound
    content: RequestFile = opened.content
    return content


async def rewrite_file(crm: Installation, row: Row, content: RequestFile, **columns: Any) -> None:
    """Replace the sealed part of a row that is locked; in the caller's transaction."""
    await crm.records.update(REQUEST, {"id": row["id"], **columns}, content, seen=row["version"])
