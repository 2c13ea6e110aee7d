"""What a person sees of a request by its status link: everything, if they are known to be who they say; else what anybody would."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from confida_consent.rights.requests import KNOWN, STATUS_LASTS, first_deadline
from confida_consent.rights.steps import clock_events, deadline_of, request_row
from confida_consent.rights.vocabulary import RequestKind, RequestState
from confida_consent.tokens import find_token, make_token
from confida_core.installation import Installation
from confida_core.storage.database import Row


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestStatus:
    """What a status link shows. known: whether its holder may see how the request really stands.

    Whoever merely typed an identifier sees what they would see if nobody had it: received, and due when it was first due.
    request_id: None unless known. extended: told with reasons in a letter. complaint_told: the authority named in a refusal.
    """

    reference: str
    kind: RequestKind
    state: RequestState
    received_at: datetime
    due_on: date
    known: bool = False
    request_id: UUID | None = None
    verified: bool = False
    extended: bool = False
    closed_at: datetime | None = None
    language: str = ""
    steps: tuple[tuple[str, datetime], ...] = ()


async def root_of(crm: Installation, row: Row) -> Row:
    """The request into which this one was merged, or itself.

    What is proved for one counts for the other, so that nothing leads on from here to a request about somebody else.
    """
    seen, contact_id = {row["id"]}, row["contact_id"]
    while row["merged_into"] is not None and row["merged_into"] not in seen:
        following = await request_row(crm, row["merged_into"])
        if None not in (contact_id, following["contact_id"]) and contact_id != following["contact_id"]:
            break
        seen.add(following["id"])
        row, contact_id = following, contact_id or following["contact_id"]
    return row


async def known_status_token(crm: Installation, request_id: UUID) -> str:
    """A status link that shows how the request stands: only for who has proved who they are, or by stored contact data."""
    return await make_token(crm, request_id, "status", purpose=KNOWN, lasts=STATUS_LASTS)


async def status_of(crm: Installation, token: str) -> RequestStatus | None:
    """What the holder of a status link may see; None for a link that is not right, or no longer. Opens nothing sealed."""
    grant = await find_token(crm, token, "status")
    rows = await crm.data.fetch("SELECT * FROM rights_request WHERE id = ?", grant.subject_id if grant else UUID(int=0))
    if grant is None or not rows:
        return None
    if grant.purpose != KNOWN:
        return RequestStatus(
            reference=rows[0]["reference"],
            kind=RequestKind(rows[0]["kind"]),
            state=RequestState.RECEIVED,
            received_at=rows[0]["received_at"],
            due_on=first_deadline(crm, rows[0]).due,
            language=rows[0]["language"],
        )
    return await _whole_status(crm, rows[0])


async def own_status(crm: Installation, contact_id: UUID, reference: str) -> RequestStatus | None:
    """How a request stands, for somebody who is in and whose request it is; None for any other. Opens nothing sealed."""
    rows = await crm.data.fetch("SELECT * FROM rights_request WHERE reference = ?", reference)
    if not rows or rows[0]["contact_id"] != contact_id:
        return None
    return await _whole_status(crm, rows[0])


async def _whole_status(crm: Installation, own: Row) -> RequestStatus:
    row = await root_of(crm, own)
    steps = await crm.data.fetch("SELECT step, at FROM rights_step WHERE request_id = ? ORDER BY at, id", row["id"])
    known = clock_events(steps)
    return RequestStatus(
        reference=own["reference"],
        kind=RequestKind(own["kind"]),
        state=RequestState(row["state"]),
        received_at=own["received_at"],
        due_on=row["due_on"],
        known=True,
        request_id=row["id"],
        verified=row["verified_at"] is not None,
        extended=deadline_of(crm, row, known).extended,
        closed_at=row["closed_at"],
        language=own["language"],
        steps=tuple((event.step.value, event.at) for event in known),
    )
