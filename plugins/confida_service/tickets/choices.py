"""What forms of tickets offer to choose from, and what addresses of the list say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from confida_core.api import Installation, InvalidCursor, active_accounts
from confida_service.queues.queues import queues
from confida_service.tickets.listing import NOBODY, SHOWN, TicketQuery
from confida_service.tickets.states import CHANNELS, KINDS, NEXT, PRIORITIES, STATES
from confida_web.api import Option, open_place, seal_place

LIST = "/x/service/tickets"
PURPOSE = "relationship"
WORDS = "service.words"
LONGEST_TEXT = 200


def options(labels: Mapping[Any, str], chosen: object = "", *, every: str = "") -> tuple[Option, ...]:
    """every: what stands first and means all of them, "" for none."""
    first = [Option(value="", label=every)] if every else []
    return (
        *first,
        *(Option(value=str(key), label=label, chosen=str(key) == str(chosen)) for key, label in labels.items()),
    )


def kind_options(chosen: str = "", *, every: str = "") -> tuple[Option, ...]:
    return options(KINDS, chosen, every=every)


def priority_options(chosen: int = 2, *, every: str = "") -> tuple[Option, ...]:
    return options(dict(reversed(PRIORITIES.items())), chosen, every=every)


def channel_options(chosen: str) -> tuple[Option, ...]:
    """What somebody writes down came by one of these; mails and chats come by themselves."""
    return options({key: CHANNELS[key] for key in ("phone", "post", "staff")}, chosen)


def state_options(state: str) -> tuple[Option, ...]:
    """Its own and what may follow on it."""
    return options({key: label for key, label in STATES.items() if key == state or key in NEXT[state]}, state)


async def queue_options(crm: Installation, chosen: object = "", *, every: str = "") -> tuple[Option, ...]:
    return options({one.id: one.name for one in await queues(crm)}, chosen, every=every)


async def assignee_options(crm: Installation, chosen: object = "", name: str = "") -> tuple[Option, ...]:
    """Everybody who works here, and whoever has it now, even if they left."""
    people = {one.id: one.name for one in await active_accounts(crm)}
    if chosen and chosen not in people:
        people[chosen] = name  # type: ignore[index]
    return options(people, chosen or "", every="Nobody")


def query_of(crm: Installation, given: Mapping[str, Any]) -> TicketQuery:
    """What an address or a form says; what was not made here means nothing."""
    showing, whose, kind = (str(given.get(name, "")) for name in ("show", "whose", "kind"))
    priority = str(given.get("priority", ""))
    return TicketQuery(
        showing=showing if showing in SHOWN else "todo",
        queue_id=id_in(given, "queue"),
        whose=whose if whose == NOBODY or is_id(whose) else "",
        kind=kind if kind in KINDS else "",
        priority=int(priority) if priority in {str(one) for one in PRIORITIES} else 0,
        text=words_in(crm, str(given.get("s", ""))),
        after=str(given.get("after", "")),
        before=str(given.get("before", "")),
    )


def words_in(crm: Installation, sealed: str) -> str:
    try:
        return str(open_place(crm, WORDS, sealed, tuple[str])[0])[:LONGEST_TEXT] if sealed else ""
    except InvalidCursor:
        return ""


def fields_of(crm: Installation, query: TicketQuery, **changes: str) -> tuple[tuple[str, str], ...]:
    """The same as fields of an address or a form, without the page; empty ones are left out. Words are mostly names: sealed."""
    given = {
        "show": query.showing if query.showing != "todo" else "",
        "queue": str(query.queue_id or ""),
        "whose": query.whose,
        "kind": query.kind,
        "priority": str(query.priority or ""),
        "s": seal_place(crm, WORDS, [query.text]) if query.text else "",
    } | changes
    return tuple((name, value) for name, value in given.items() if value)


def address(fields: tuple[tuple[str, str], ...]) -> str:
    return f"{LIST}?{urlencode(fields)}" if fields else LIST


def is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def id_in(given: Mapping[str, Any], name: str) -> UUID | None:
    """An id in an address, None for anything else."""
    text = str(given.get(name, ""))
    return UUID(text) if is_id(text) else None
