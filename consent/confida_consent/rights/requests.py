"""Requests of data subjects: opened by the person or entered by staff, read again, and shown to who holds its status link.

Opening does the same work whether or not anybody is known by the identifier: looking that up, writing to whoever it is and
putting doubles together are the business of a job (`requests_receiving`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from confida_consent.controller import read_controller
from confida_consent.rights.clock import ClockEvent, Deadline, Step, rules
from confida_consent.rights.content import RequestFile
from confida_consent.rights.declared import REQUEST, STEP
from confida_consent.rights.requests_checking import checked_request
from confida_consent.rights.requests_references import new_reference
from confida_consent.rights.steps import (
    REFUSAL_PROPOSED,
    clock_events,
    deadline_of,
    opened_file,
    place_in_order,
    request_row,
    write_step,
)
from confida_consent.rights.vocabulary import OPEN, RequestKind, RequestSource, RequestState
from confida_consent.tokens import make_token
from confida_core.accounts.audit import SecurityEvent, events_of, record_event
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.jobs.queue import enqueue
from confida_core.storage.database import UniqueViolation
from confida_core.storage.sealed_files import ReceivedFile, keep_files
from confida_core.vault.access import Access

RECEIVE: Final = "rights.receive"
READ = "requests.read"
# Of a status link that went to stored contact data, or to somebody who proved who they are; others tell nothing new.
KNOWN: Final = "known"
STATUS_LASTS = timedelta(days=400)
MOST_TRIES = 5
MOST_ENTRIES = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class NewRequest:
    """What somebody asks for.

    kind, source: of `vocabulary`. country, subdivision: whose clock and holidays, "" for the organisation's own.
    identifier: an e-mail address or number that may be on file; name: how the person calls themselves. mandate: for whom
    and by which power, if it is for somebody else; mandate_files: received before, they belong to the request afterwards.
    delivery: portal or post. contact_id: if it is known whose request this is; of a person's own access only their own.
    proved: the person signed in by a code sent to stored contact data. received_at: of what came on paper, aware.
    """

    kind: str
    source: str = RequestSource.PORTAL
    country: str = ""
    subdivision: str = ""
    language: str = ""
    identifier: str = ""
    name: str = ""
    scope: str = ""
    message: str = ""
    mandate: str = ""
    mandate_files: Sequence[ReceivedFile] = ()
    delivery: str = "portal"
    contact_id: UUID | None = None
    proved: bool = False
    received_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A request just opened. status_token: for `/my/requests/<token>`, handed out once and stored nowhere."""

    id: UUID
    reference: str
    kind: RequestKind
    state: RequestState
    received_at: datetime
    due_on: date
    due_at: datetime
    status_token: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedStep:
    """step: of `clock.Step` or a word of `steps`. actor_id: the account, None for the person and the program."""

    id: UUID
    step: str
    at: datetime
    actor_id: UUID | None
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedRequest:
    """A whole request. row: operational columns. doubles: (id, reference, received at) of those merged into it."""

    id: UUID
    reference: str
    kind: RequestKind
    state: RequestState
    contact_id: UUID | None
    row: Mapping[str, Any]
    file: RequestFile
    deadline: Deadline
    steps: tuple[OpenedStep, ...]
    doubles: tuple[tuple[UUID, str, datetime], ...] = ()

    @property
    def open(self) -> bool:
        return self.row["closed_at"] is None and self.state in OPEN

    @property
    def proposal(self) -> UUID | None:
        """The step that proposed the refusal as it stands: its words never change."""
        return next((one.id for one in reversed(self.steps) if one.step == REFUSAL_PROPOSED), None)

    @property
    def verified(self) -> bool:
        return self.row["verified_at"] is not None


async def default_country(crm: Installation) -> str:
    """Whose clock runs unless somebody chooses: the organisation's country; "" where a choice must be made (RT-1)."""
    country = (await read_controller(crm)).country
    return country if country in rules() else ""


async def open_request(crm: Installation, access: Access, new: NewRequest) -> Request:
    """Store a request with its first step, its due date and a status link; durable when it returns.

    By staff with `requests.decide`; by a person, or by the program for a stranger, as one that came through the portal.
    Raises InvalidContent naming every field that is wrong (country: a choice is needed), Forbidden.
    """
    if access.actor.kind == "staff":
        access.actor.require("requests.decide")
    draft = await checked_request(crm, access, new, await default_country(crm))
    for tries in range(MOST_TRIES):
        try:
            return await _store(crm, access, draft, new.mandate_files)
        except UniqueViolation:
            # Two of 6 * 10^11 references are the same once in a very long time.
            if tries == MOST_TRIES - 1:
                raise
    raise AssertionError


async def _store(
    crm: Installation, access: Access, draft: tuple[dict[str, Any], RequestFile], files: Sequence[ReceivedFile]
) -> Request:
    request_id, (columns, content) = new_id(), draft
    row = {**_columns_of(crm, columns), "id": request_id, "reference": new_reference()}
    await crm.keyring.ensure([request_id], REQUEST.retention_class)
    if files:
        await crm.keyring.ensure([request_id], "relationship")
    async with crm.data.transaction():
        await crm.records.insert(REQUEST, row, content)
        await write_step(crm, access, request_id, Step.RECEIVED, at=row["received_at"])
        if row["verified_at"] is not None:
            await write_step(crm, access, request_id, Step.VERIFIED, content.identity, at=row["verified_at"])
        await keep_files(crm, files, owner_id=request_id, people=[request_id], permission=READ)
        known = KNOWN if row["verified_at"] is not None else ""
        token = await make_token(crm, request_id, "status", purpose=known, lasts=STATUS_LASTS)
        await enqueue(crm, RECEIVE, {"request_id": request_id})
    return Request(
        id=request_id,
        reference=row["reference"],
        kind=RequestKind(row["kind"]),
        state=RequestState(row["state"]),
        received_at=row["received_at"],
        due_on=row["due_on"],
        due_at=row["due_at"],
        status_token=token,
    )


def _columns_of(crm: Installation, columns: Mapping[str, Any]) -> dict[str, Any]:
    """All operational columns but id and reference, with the due date that follows from the receipt."""
    found = first_deadline(crm, columns)
    return {
        "closed_at": None,
        "assignee_id": None,
        "refusal_by": None,
        "merged_into": None,
        **columns,
        "due_on": found.due,
        "due_at": found.due_at.astimezone(UTC),
    }


def first_deadline(crm: Installation, row: Mapping[str, Any]) -> Deadline:
    """When it is due if nothing else happens."""
    return deadline_of(crm, row, [ClockEvent(step=Step.RECEIVED, at=row["received_at"])])


async def request_of(crm: Installation, access: Access, request_id: UUID) -> OpenedRequest:
    """The whole request, opened through the door. Raises NotFound, Forbidden without `requests.read`."""
    access.actor.require(READ)
    row = await request_row(crm, request_id)
    content = await opened_file(crm, access, row)
    rows = await crm.data.fetch("SELECT * FROM rights_step WHERE request_id = ? ORDER BY at, id", request_id)
    steps = await crm.door.open(access, STEP, rows)
    doubles = await crm.data.fetch(
        "SELECT id, reference, received_at FROM rights_request WHERE merged_into = ? ORDER BY id", request_id
    )
    return OpenedRequest(
        id=request_id,
        reference=row["reference"],
        kind=RequestKind(row["kind"]),
        state=RequestState(row["state"]),
        contact_id=row["contact_id"],
        row=row,
        file=content,
        deadline=deadline_of(crm, row, clock_events(rows)),
        steps=tuple(
            OpenedStep(
                id=one.row["id"],
                step=one.row["step"],
                at=one.row["at"],
                actor_id=one.row["actor_id"],
                text=one.content.text,
            )
            for one in sorted(steps, key=lambda one: place_in_order(one.row))
        ),
        doubles=tuple((one["id"], one["reference"], one["received_at"]) for one in doubles),
    )


async def trail_of(crm: Installation, access: Access, request_id: UUID) -> list[SecurityEvent]:
    """What the audit trail says of one request, the newest first. Raises Forbidden without `requests.read`."""
    access.actor.require(READ)
    rows = await crm.data.fetch(
        "SELECT * FROM audit_event WHERE target_id = ? ORDER BY id DESC LIMIT ?", request_id, MOST_ENTRIES
    )
    return events_of(rows)


async def assign(crm: Installation, access: Access, request_id: UUID, account_id: UUID | None) -> None:
    """Say who works on it; None for nobody. Raises NotFound, Forbidden."""
    access.actor.require("requests.decide")
    row = await request_row(crm, request_id)
    async with crm.data.transaction():
        await crm.records.set_columns(REQUEST, row["id"], row["id"], assignee_id=account_id)
        await record_event(
            crm, "request.assigned", actor_id=access.actor.id, target_id=request_id, target_kind="request"
        )
