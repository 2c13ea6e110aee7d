"""What the pages of tickets show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from confida_service.chat.pages import TicketChat
from confida_service.complaints.pages import Track
from confida_service.equipment.ticket_links import EquipmentOfTicket
from confida_service.knowledge.pages import ShownArticle
from confida_service.tickets.conversation import ShownEvent, ShownMessage
from confida_service.tickets.listing import ShownTicket
from confida_web.api import Errors, Option, Page, PersonRef, Tab


@dataclass(frozen=True, kw_only=True)
class TicketsPage(Page):
    """GET /x/service/tickets. queues: what is to do in each. whose: everybody's, mine, nobody's. state: the address as fields.

    searched: words were typed, so that it is one page of what they mean.
    """

    template: ClassVar[str] = "service/tickets/list.html"
    title: ClassVar[str] = "Tickets"
    blocks: ClassVar[tuple[str, ...]] = ("results",)

    rows: tuple[ShownTicket, ...] = ()
    tabs: tuple[Tab, ...] = ()
    queues: tuple[Option, ...] = ()
    whose: tuple[Option, ...] = ()
    kinds: tuple[Option, ...] = ()
    priorities: tuple[Option, ...] = ()
    assignees: tuple[Option, ...] = ()
    q: str = ""
    state: tuple[tuple[str, str], ...] = ()
    previous: str = ""
    following: str = ""
    filtered: bool = False
    clear_href: str = "/x/service/tickets"
    may_write: bool = False
    may_manage: bool = False


@dataclass(frozen=True, kw_only=True)
class NewTicketPage(Page):
    """GET and POST /x/service/tickets/new. people: who was found, as radio buttons. find: what was looked for."""

    template: ClassVar[str] = "service/tickets/new.html"
    title: ClassVar[str] = "New ticket"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    contact: PersonRef | None = None
    contact_id: str = ""
    people: tuple[Option, ...] = ()
    find: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)
    queues: tuple[Option, ...] = ()
    kinds: tuple[Option, ...] = ()
    priorities: tuple[Option, ...] = ()
    channels: tuple[Option, ...] = ()
    assignees: tuple[Option, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OtherTicket:
    """A ticket beside this one. kind: how the two belong together, in words."""

    id: UUID
    number: int
    subject: str
    state_label: str
    kind: str = ""

    @property
    def href(self) -> str:
        return f"/x/service/tickets/{self.id}"


@dataclass(frozen=True, kw_only=True)
class Presence:
    """Who else has the ticket open. answering: names of those who write; looking: of the others. answered: somebody did meanwhile."""

    answering: tuple[str, ...] = ()
    looking: tuple[str, ...] = ()
    answered: bool = False


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a checklist. key: what its tick is sent as. by: who did it, "" while it is open."""

    key: str
    text: str
    done: bool = False
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class ShownChecklist:
    id: UUID
    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class TicketPage(Page):
    """GET /x/service/tickets/<id>. answer: what stands in the form of the answer, by field; note: in that of the note.

    articles: what the question may be answered by. merged_into: where it went. states: what may follow. minutes: time spent so
    far. last: id of the newest message. earlier: how much was said before what is shown.
    """

    template: ClassVar[str] = "service/tickets/ticket.html"
    title: ClassVar[str] = "Ticket"
    blocks: ClassVar[tuple[str, ...]] = ("presence", "checklists")

    one: ShownTicket
    contact: PersonRef
    messages: tuple[ShownMessage, ...] = ()
    earlier: int = 0
    events: tuple[ShownEvent, ...] = ()
    presence: Presence = field(default_factory=Presence)
    others: tuple[OtherTicket, ...] = ()
    links: tuple[OtherTicket, ...] = ()
    merged_into: OtherTicket | None = None
    states: tuple[Option, ...] = ()
    kinds: tuple[Option, ...] = ()
    priorities: tuple[Option, ...] = ()
    queues: tuple[Option, ...] = ()
    assignees: tuple[Option, ...] = ()
    afterwards: tuple[Option, ...] = ()
    canned: tuple[Option, ...] = ()
    articles: tuple[ShownArticle, ...] = ()
    checklists: tuple[ShownChecklist, ...] = ()
    complaint: Track | None = None
    equipment: EquipmentOfTicket = field(default_factory=EquipmentOfTicket)
    minutes: int = 0
    answer: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)
    last: str = ""
    chat: TicketChat | None = None
    may_write: bool = False
    may_send: bool = False

    @property
    def merged(self) -> bool:
        return self.merged_into is not None or self.one.state == "merged"
