"""The queue: what is open, sorted by what is most urgent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, get_args
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get

from confida_consent.rights.queue import SORTS, QueueQuery, QueueRow, Which, queue
from confida_core.accounts.staff import account_names
from confida_core.installation import Installation
from confida_web.display import Paging, Tab
from confida_web.forms import whole_number
from confida_web.page import page
from confida_web.requests.pages import Countdown, QueuePage, RequestRow, SortColumn, Urgency
from confida_web.requests.words import KINDS, SOURCES, STATES, TONES, options
from confida_web.security.access import access_for

HERE = "/requests"
TABS: Mapping[Which, str] = {"open": "Open", "late": "Late", "closed": "Closed", "all": "All"}
COLUMNS: Mapping[str, str] = {
    "due": "Time left",
    "reference": "Request",
    "": "Who asks",
    "kind": "What for",
    "state": "Where it stands",
    "received": "Received",
    "assignee": "With",
}
PER_PAGE = 50
FURTHEST = 1_000_000
SOON_DAYS = 7


@get(HERE, permission="requests.read")
async def requests(request: Request[Any, Any, Any]) -> Response[Any]:
    query = query_of(request.query_params)
    found = await queue(request.state.crm, access_for(request, "data_subject_rights"), query)
    names = await names_of(request.state.crm, found.rows)
    shown = QueuePage(
        rows=tuple(row_of(one, names) for one in found.rows),
        tabs=tuple(Tab(label=label, href=address(query, which=which), current=which == query.which)
                   for which, label in TABS.items()),
        columns=tuple(column_of(query, key, label) for key, label in COLUMNS.items()),
        kinds=options({"": "Every kind", **KINDS}, {query.kind}),
        states=options({"": "Every state", **STATES}, {query.state}),
        which=query.which,
        filtered=bool(query.kind or query.state),
        paging=Paging(
            previous=address(query, skip=max(query.skip - PER_PAGE, 0)) if query.skip else None,
            following=address(query, skip=query.skip + PER_PAGE) if found.more else None,
        ),
        may_decide=request.state.actor.may("requests.decide"),
    )  # fmt: skip
    return page(request, shown, block="results")


def query_of(params: Mapping[str, Any]) -> QueueQuery:
    """What the address asks for; what makes no sense is the default."""
    which, sort = str(params.get("which", "open")), str(params.get("sort", "due"))
    kind, state = str(params.get("kind", "")), str(params.get("state", ""))
    return QueueQuery(
        which=which if which in get_args(Which) else "open",  # type: ignore[arg-type]
        kind=kind if kind in KINDS else "",
        state=state if state in STATES else "",
        sort=sort.removeprefix("-") if sort.removeprefix("-") in SORTS else "due",
        descending=sort.startswith("-"),
        limit=PER_PAGE,
        skip=whole_number(str(params.get("skip", "")), 0, lowest=0, highest=FURTHEST),
    )


def address(query: QueueQuery, **changes: Any) -> str:
    """The page with something changed; a change of anything but the place begins at the first page."""
    given: dict[str, Any] = {
        "which": query.which,
        "kind": query.kind,
        "state": query.state,
        "sort": ("-" if query.descending else "") + query.sort,
        **changes,
    }
    usual = {"which": "open", "sort": "due"}
    return f"{HERE}?{urlencode({k: v for k, v in given.items() if v and usual.get(k) != v})}".rstrip("?")


def column_of(query: QueueQuery, key: str, label: str) -> SortColumn:
    if key not in SORTS:
        return SortColumn(key=key, label=label)
    current = key == query.sort
    turned = "-" if current and not query.descending else ""
    direction = ("descending" if query.descending else "ascending") if current else ""
    return SortColumn(key=key, label=label, href=address(query, sort=turned + key), direction=direction)


def row_of(one: QueueRow, names: Mapping[UUID, str]) -> RequestRow:
    return RequestRow(
        href=f"{HERE}/{one.id}",
        reference=one.reference,
        kind=KINDS[one.kind],
        state=STATES[one.state],
        tone=TONES.get(one.state, "quiet"),
        source=SOURCES[one.source],
        who=one.who,
        confirmed=one.confirmed,
        received_at=one.received_at,
        countdown=countdown_of(one.due_on, one.days_left, late=one.late, closed=not one.open, stopped=one.stopped),
        assignee=names.get(one.assignee_id, "") if one.assignee_id else "",
    )


def countdown_of(due_on: date, days: int, *, late: bool, closed: bool, stopped: bool) -> Countdown:
    urgency: Urgency = "calm"
    if late:
        urgency = "late"
    elif closed:
        urgency = "closed"
    elif days <= SOON_DAYS:
        urgency = "soon"
    return Countdown(due_on=due_on, days=days, urgency=urgency, stopped=stopped)


async def names_of(crm: Installation, rows: tuple[QueueRow, ...]) -> dict[UUID, str]:
    ids = [one.assignee_id for one in rows if one.assignee_id is not None]
    return await account_names(crm, ids) if ids else {}


ROUTES = (requests,)
