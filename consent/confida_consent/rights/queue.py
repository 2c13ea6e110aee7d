"""The queue of those who answer requests: what is open, by when, and who works on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from confida_consent.rights.clock import Step
from confida_consent.rights.content import RequestFile
from confida_consent.rights.declared import REQUEST
from confida_consent.rights.vocabulary import OPEN, RequestKind, RequestState
from confida_core.clock import now
from confida_core.contacts.people import display_names
from confida_core.installation import Installation
from confida_core.storage.database import Row
from confida_core.vault.access import Access
from confida_core.vault.door import Opened

Which = Literal["open", "late", "closed", "all"]
SORTS: Final = {"due": "due_at", "received": "received_at", "kind": "kind", "state": "state", "reference": "reference"}
MOST = 200
SOON = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueQuery:
    """which: open, late (open, and the date has passed), closed or all. kind, state: one of them, "" for every one.

    sort: of SORTS. skip: how many lie before this page.
    """

    which: Which = "open"
    kind: str = ""
    state: str = ""
    sort: str = "due"
    descending: bool = False
    limit: int = 50
    skip: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueRow:
    """One request. who: the contact's name, else what the person calls themselves, else the identifier; "" for nothing.

    days_left: whole local days until the due date; negative once it has passed. stopped: a question is open and time
    stands still. confirmed: it has been proved who asks.
    """

    id: UUID
    reference: str
    kind: RequestKind
    state: RequestState
    source: str
    who: str
    contact_id: UUID | None
    confirmed: bool
    received_at: datetime
    due_on: date
    days_left: int
    late: bool
    stopped: bool
    assignee_id: UUID | None
    closed_at: datetime | None

    @property
    def open(self) -> bool:
        return self.closed_at is None


@dataclass(frozen=True, kw_only=True, slots=True)
class QueuePage:
    """more: others follow."""

    rows: tuple[QueueRow, ...]
    more: bool


async def queue(crm: Installation, access: Access, query: QueueQuery | None = None) -> QueuePage:
    """One page of requests, doubles left out; two queries for any number of them. Raises Forbidden without `requests.read`."""
    access.actor.require("requests.read")
    query = query or QueueQuery()
    limit = min(max(query.limit, 1), MOST)
    where, values = _condition(query)
    order, turned = SORTS.get(query.sort, "due_at"), " DESC" if query.descending else ""
    rows = await crm.data.fetch(
        f"SELECT *, {_STOPPED} AS stopped FROM rights_request WHERE {where} "
        f"ORDER BY {order}{turned}, id{turned} LIMIT ? OFFSET ?",
        *values, limit + 1, max(query.skip, 0),
    )  # fmt: skip
    opened = await crm.door.open(access, REQUEST, rows[:limit])
    names = await _names(crm, access, rows[:limit])
    moment, zone = now(), ZoneInfo(crm.settings.time_zone)
    return QueuePage(rows=tuple(_row(one, names, moment, zone) for one in opened), more=len(rows) > limit)


# The last question or reply is a question that was needed.
_STOPPED = (
    "(SELECT step FROM rights_step AS s WHERE s.request_id = rights_request.id "
    f"AND s.step IN ('{Step.ASKED.value}', '{Step.REPLIED.value}') ORDER BY s.at DESC, s.id DESC LIMIT 1)"
)


def _condition(query: QueueQuery) -> tuple[str, list[Any]]:
    where, values = ["merged_into IS NULL"], list[Any]()
    if query.which in {"open", "late"}:
        # By the states, so that it is a walk of the index of states.
        where.append(f"state IN ({', '.join('?' * len(OPEN))}) AND closed_at IS NULL")
        values += sorted(state.value for state in OPEN)
    elif query.which == "closed":
        where.append("closed_at IS NOT NULL")
    if query.which == "late":
        where.append("due_at <= ?")
        values.append(now())
    for column, wanted in (("kind", query.kind), ("state", query.state)):
        if wanted:
            where.append(f"{column} = ?")
            values.append(wanted)
    return " AND ".join(where), values


async def _names(crm: Installation, access: Access, rows: Sequence[Row]) -> dict[UUID, str]:
    ids = [row["contact_id"] for row in rows if row["contact_id"] is not None]
    return await display_names(crm, access, ids) if ids else {}


def _row(opened: Opened[RequestFile], names: dict[UUID, str], moment: datetime, zone: ZoneInfo) -> QueueRow:
    row, file = opened.row, opened.content
    closed = row["closed_at"]
    return QueueRow(
        id=row["id"],
        reference=row["reference"],
        kind=RequestKind(row["kind"]),
        state=RequestState(row["state"]),
        source=row["source"],
        who=names.get(row["contact_id"], "") or file.given_name_of or file.identifier,
        contact_id=row["contact_id"],
        confirmed=row["verified_at"] is not None,
        received_at=row["received_at"],
        due_on=row["due_on"],
        days_left=(row["due_on"] - moment.astimezone(zone).date()).days,
        late=(closed or moment) >= row["due_at"],
        stopped=closed is None and row["stopped"] == Step.ASKED.value,
        assignee_id=row["assignee_id"],
        closed_at=closed,
    )


async def due_soon(crm: Installation, access: Access) -> int:
    """How many open requests are late or due within seven days, for the badge; opens nothing. 0 without `requests.read`."""
    if not access.actor.may("requests.read"):
        return 0
    marks = ", ".join("?" * len(OPEN))
    rows = await crm.data.fetch(
        f"SELECT count(*) AS due FROM rights_request WHERE state IN ({marks}) AND due_at <= ? "
        "AND closed_at IS NULL AND merged_into IS NULL",
        *sorted(state.value for state in OPEN), now() + SOON,
    )  # fmt: skip
    return int(rows[0]["due"])
