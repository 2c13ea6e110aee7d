"""What the pages of the telephone show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from confida_service.tickets.listing import ShownTicket
from confida_web.api import Errors, Option, Page, Panel, PersonRef, Tab

STATES = {"ringing": "Ringing", "answered": "Speaking", "ended": "Ended"}
OUTCOMES = {"answered": "Answered", "missed": "Missed"}


@dataclass(frozen=True, kw_only=True, slots=True)
class LastContact:
    """Something of the timeline, in a line. href: "" where it has no page."""

    at: datetime
    label: str
    text: str
    href: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownCall:
    """A call as this colleague may see it. person: None where nobody is known, or may not be seen.

    closed: it is about somebody whom this colleague may not see; then there is neither name nor number. number: "" where
    it was suppressed. candidates: several who have the number. agent: who had it, by name.
    """

    id: UUID
    direction: str
    state: str
    outcome: str
    number: str = ""
    name: str = ""
    note: str = ""
    closed: bool = False
    person: PersonRef | None = None
    contact_id: UUID | None = None
    candidates: tuple[Option, ...] = ()
    agent: str = ""
    mine: bool = False
    started_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    handled_at: datetime | None = None
    version: int = 0

    @property
    def href(self) -> str:
        return f"/x/service/calls/{self.id}"

    @property
    def missed(self) -> bool:
        return self.direction == "in" and self.outcome == "missed"

    @property
    def seconds(self) -> int:
        """How long they spoke."""
        return int((self.ended_at - self.answered_at).total_seconds()) if self.ended_at and self.answered_at else 0

    @property
    def title(self) -> str:
        """What stands where the name would."""
        if self.closed:
            return "Somebody you may not see"
        return self.name or self.number or "Number withheld"


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A call that is under way, with what one wants to know before one says hello."""

    call: ShownCall
    tickets: tuple[ShownTicket, ...] = ()
    last: tuple[LastContact, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CardsPage(Page):
    """GET /x/service/calls/now: what concerns this colleague at this moment. panels: of others, about the first one's person."""

    template: ClassVar[str] = "service/telephone/now.html"
    title: ClassVar[str] = "Calls now"
    blocks: ClassVar[tuple[str, ...]] = ("cards",)

    cards: tuple[Card, ...] = ()
    panels: tuple[Panel, ...] = ()
    may_write: bool = False


@dataclass(frozen=True, kw_only=True)
class CallsPage(Page):
    """GET /x/service/calls. on: calls are shown to oneself. following: address of the older ones, "" for none."""

    template: ClassVar[str] = "service/telephone/list.html"
    title: ClassVar[str] = "Calls"

    rows: tuple[ShownCall, ...] = ()
    tabs: tuple[Tab, ...] = ()
    following: str = ""
    on: bool = False
    may_write: bool = False
    may_manage: bool = False


@dataclass(frozen=True, kw_only=True)
class CallPage(Page):
    """GET /x/service/calls/<id>. panels: what other plugins say of the person."""

    template: ClassVar[str] = "service/telephone/call.html"
    title: ClassVar[str] = "Call"

    card: Card
    panels: tuple[Panel, ...] = ()
    note: str = ""
    find: str = ""
    people: tuple[Option, ...] = ()
    errors: Errors = field(default_factory=dict)
    may_write: bool = False
    may_add: bool = False


@dataclass(frozen=True, kw_only=True)
class NewCallerPage(Page):
    """GET and POST /x/service/calls/<id>/new-contact: a contact from a number."""

    template: ClassVar[str] = "service/telephone/new_caller.html"
    title: ClassVar[str] = "New contact"

    call: ShownCall
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PhonePage(Page):
    """GET and POST /x/service/telephone: one's own telephone. exchange: how the exchange is, as (sentence, tone)."""

    template: ClassVar[str] = "service/telephone/phone.html"
    title: ClassVar[str] = "My telephone"

    extensions: str = ""
    active: bool = False
    exchange: tuple[str, str] = ("", "")
    errors: Errors = field(default_factory=dict)
    may_manage: bool = False
