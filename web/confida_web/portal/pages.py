"""What the pages of the public side show. Titles are translated by the layout."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from confida_web.display import Errors
from confida_web.languages import mark
from confida_web.page import Page


@dataclass(frozen=True, kw_only=True)
class EnterPage(Page):
    """GET /my/. Posts email to /my/. following: the page they wanted, "" for none; so on the next two, too."""

    template: ClassVar[str] = "portal/enter.html"
    title: ClassVar[str] = mark("Your data and your choices")

    email: str = ""
    following: str = ""
    errors: Errors = field(default_factory=dict)
    signed_out: bool = False


@dataclass(frozen=True, kw_only=True)
class CodePage(Page):
    """GET /my/code, the same for every address. Posts code."""

    template: ClassVar[str] = "portal/code.html"
    title: ClassVar[str] = mark("Enter your code")

    following: str = ""
    errors: Errors = field(default_factory=dict)
    minutes: int = 10
    tries: int = 3


@dataclass(frozen=True, kw_only=True)
class WhoPage(Page):
    """GET /my/who, after the code, for who shares the address with others. Posts name."""

    template: ClassVar[str] = "portal/who.html"
    title: ClassVar[str] = mark("Who are you?")

    name: str = ""
    following: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MessagePage(Page):
    """One thing to say. kind: spent, sent, confirmed, unsubscribed, trouble; its words are in the template.

    status: of the answer, where it is no success. reference: of a failure of ours.
    """

    template: ClassVar[str] = "portal/message.html"
    title: ClassVar[str] = mark("Your data and your choices")
    blocks: ClassVar[tuple[str, ...]] = ("message",)

    kind: str
    status: int = 200
    reference: str = ""
    wording: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class WayRow:
    """One channel of a purpose. state: a word of the template's list; since: when it began; until: when a consent ends.

    do: give, withdraw, object, end_objection, or "" where there is nothing to decide. receipt: address of the proof.
    """

    channel: str
    label: str
    state: str
    allowed: bool
    since: datetime | None = None
    until: datetime | None = None
    do: str = ""
    receipt: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PurposeCard:
    """One purpose in plain words. notice: the text exactly as it is stored. notice_id: what a decision refers to.

    basis: one of the lawful bases. signalled: the browser's GPC signal stands against an explicit consent.
    """

    key: str
    title: str
    description: str
    basis: str
    notice: str
    notice_id: str
    notice_language: str
    balancing_note: str = ""
    retention: str = ""
    recipients: tuple[str, ...] = ()
    ways: tuple[WayRow, ...] = ()
    signalled: bool = False


@dataclass(frozen=True, kw_only=True)
class ChoicesPage(Page):
    """GET {base}/consents. Each button posts purpose, channel, notice and do to the same address; `withdraw_all` to
    {base}/withdraw-all. done: what just happened, one word. gpc: the browser sends Sec-GPC: 1.
    """

    template: ClassVar[str] = "portal/choices.html"
    title: ClassVar[str] = mark("Your choices")

    cards: tuple[PurposeCard, ...] = ()
    done: str = ""
    gpc: bool = False
    anything_given: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryRow:
    """One event. what: its kind; how: its method, both words that the template knows. receipt: its page, "" if it has none."""

    at: datetime
    what: str
    how: str
    purpose: str
    channel: str
    by_staff: bool = False
    receipt: str = ""


@dataclass(frozen=True, kw_only=True)
class StoryPage(Page):
    """GET {base}/history: everything that was ever recorded, the newest first."""

    template: ClassVar[str] = "portal/history.html"
    title: ClassVar[str] = mark("What was recorded")

    rows: tuple[StoryRow, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ConfirmPage(Page):
    """GET /my/confirm/{token}: one button, which posts to the same address. notice: the text exactly as it is stored."""

    template: ClassVar[str] = "portal/confirm.html"
    title: ClassVar[str] = mark("Please confirm")

    action: str
    wording: str
    notice: str
    notice_language: str
    channel: str = "email"


@dataclass(frozen=True, kw_only=True)
class UnsubscribePage(Page):
    """GET /my/unsubscribe/{token}: one button, which posts to the same address. wording: the purpose's title, or ""."""

    template: ClassVar[str] = "portal/unsubscribe.html"
    title: ClassVar[str] = mark("Unsubscribe")

    action: str
    wording: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """A purpose one can sign up for. chosen: ticked, which it never is before the person did it."""

    key: str
    title: str
    description: str
    notice: str
    notice_id: str
    notice_language: str
    chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class SubscribePage(Page):
    """GET /my/subscribe. Posts name (may be empty), email, and per ticked purpose `purpose` = key and `notice-<key>`."""

    template: ClassVar[str] = "portal/subscribe.html"
    title: ClassVar[str] = mark("Sign up")

    offers: tuple[Offer, ...] = ()
    name: str = ""
    email: str = ""
    errors: Errors = field(default_factory=dict)
