"""What the pages of the chat show: to visitors, to whoever answers, and to whoever sets it up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from confida_service.chat.chats import Said
from confida_web.api import Errors, Option, Page, mark


@dataclass(frozen=True, kw_only=True)
class StartPage(Page):
    """GET and POST /my/x/service/chat. policy_href: of the privacy notice, "" for none. working: somebody is there now."""

    template: ClassVar[str] = "service/chat/start.html"
    title: ClassVar[str] = mark("Chat")

    greeting: str
    notice: str
    policy_href: str = ""
    working: bool = True
    over: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ChatPage(Page):
    """GET and POST /my/x/service/chat/<token>: one conversation. last: id of its last line."""

    template: ClassVar[str] = "service/chat/chat.html"
    title: ClassVar[str] = mark("Chat")
    blocks: ClassVar[tuple[str, ...]] = ("said",)

    href: str
    said: tuple[Said, ...] = ()
    working: bool = True
    text: str = ""
    errors: Errors = field(default_factory=dict)

    @property
    def last(self) -> str:
        return str(self.said[-1].id) if self.said else ""


@dataclass(frozen=True, kw_only=True)
class TicketChat(Page):
    """The conversation on its ticket's page. href: of the ticket. there: the visitor's window is open."""

    template: ClassVar[str] = "service/chat/of_ticket_page.html"
    title: ClassVar[str] = "Chat"
    blocks: ClassVar[tuple[str, ...]] = ("lines",)

    href: str
    said: tuple[Said, ...] = ()
    there: bool = False
    text: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class BoxPage(Page):
    """GET and POST /x/service/settings/chat. script: what is put into a site's own pages."""

    template: ClassVar[str] = "service/chat/settings.html"
    title: ClassVar[str] = "Chat box"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    script: str
    active: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    queues: tuple[Option, ...] = ()
    version: int = 0
    errors: Errors = field(default_factory=dict)
