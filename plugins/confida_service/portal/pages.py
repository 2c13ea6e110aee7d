"""What customers see of service on the public side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from confida_service.content import MessageFile
from confida_service.equipment.own import OwnContract, OwnEquipment
from confida_service.knowledge.pages import ShownArticle
from confida_service.mail.folding import Piece
from confida_web.api import Errors, Option, Page, mark

BASE = "/my/x/service/tickets"
HELP = "/my/x/service/help"
STATES: Mapping[str, tuple[str, str]] = {
    "new": (mark("Received"), "ask"),
    "open": (mark("In progress"), "ask"),
    "pending": (mark("Waiting for your answer"), "must-not"),
    "on_hold": (mark("Waiting for somebody else"), "quiet"),
    "solved": (mark("Solved"), "may"),
    "closed": (mark("Done"), "may"),
    "merged": (mark("Done"), "may"),
}
"""What a state is called to whoever asked, and its tone."""
KINDS: Mapping[str, str] = {
    "question": mark("A question"),
    "fault": mark("Something does not work"),
    "complaint": mark("A complaint"),
    "order": mark("An order"),
    "access": mark("I cannot get in"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnRow:
    """One of their tickets in a list."""

    id: UUID
    number: int
    subject: str
    state: str
    kind: str
    opened_at: datetime
    touched_at: datetime

    @property
    def href(self) -> str:
        return f"{BASE}/{self.id}"

    @property
    def state_label(self) -> str:
        return STATES[self.state][0]

    @property
    def tone(self) -> str:
        return STATES[self.state][1]

    @property
    def kind_label(self) -> str:
        return KINDS.get(self.kind, "")


@dataclass(frozen=True, kw_only=True)
class OwnTicketsPage(Page):
    """GET /my/x/service/tickets. open: what is not done yet; done: what was. survey: address of one that waits for them.

    equipment, contracts: theirs; what colleagues wrote down about them is not shown.
    """

    template: ClassVar[str] = "service/portal/tickets.html"
    title: ClassVar[str] = mark("Service")

    open: tuple[OwnRow, ...] = ()
    done: tuple[OwnRow, ...] = ()
    survey: str = ""
    equipment: tuple[OwnEquipment, ...] = ()
    contracts: tuple[OwnContract, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnMessage:
    """One thing that was said. by_them: by whoever reads this. called: it was on the telephone or in a letter: it has no text."""

    id: UUID
    by_them: bool
    channel: str
    at: datetime
    pieces: tuple[Piece, ...] = ()
    files: tuple[MessageFile, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OwnTicketPage(Page):
    """GET /my/x/service/tickets/<id>. done: what was done a moment ago: sent, answered, solved. may_reopen: it is done, and an
    answer opens it again.
    """

    template: ClassVar[str] = "service/portal/ticket.html"
    title: ClassVar[str] = mark("Service request")

    one: OwnRow
    messages: tuple[OwnMessage, ...] = ()
    may_answer: bool = False
    may_reopen: bool = False
    may_solve: bool = False
    survey: str = ""
    done: str = ""
    text: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class AskPage(Page):
    """GET and POST /my/x/service/tickets/new. last: the second step, with files, after articles were proposed."""

    template: ClassVar[str] = "service/portal/new.html"
    title: ClassVar[str] = mark("New request")
    blocks: ClassVar[tuple[str, ...]] = ("suggested",)

    values: Mapping[str, str] = field(default_factory=dict)
    kinds: tuple[Option, ...] = ()
    articles: tuple[ShownArticle, ...] = ()
    errors: Errors = field(default_factory=dict)
    last: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Category:
    label: str
    number: int
    href: str
    current: bool = False


@dataclass(frozen=True, kw_only=True)
class HelpPage(Page):
    """GET and POST /my/x/service/help. q: what was searched, "" without a search."""

    template: ClassVar[str] = "service/portal/help.html"
    title: ClassVar[str] = mark("Help")

    rows: tuple[ShownArticle, ...] = ()
    categories: tuple[Category, ...] = ()
    category: str = ""
    q: str = ""
    previous: str = ""
    following: str = ""
    may_ask: bool = False


@dataclass(frozen=True, kw_only=True)
class HelpArticlePage(Page):
    """GET /my/x/service/help/<id>. told: they have just said whether it helped."""

    template: ClassVar[str] = "service/portal/help_article.html"
    title: ClassVar[str] = mark("Help")

    one: ShownArticle
    told: str = ""
    may_ask: bool = False
