"""What the pages of campaigns show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from confida_web.api import Errors, Option, Page, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class CampaignRow:
    """One campaign in a list. percent: how far it is, None before it began. at: when it started, or shall start."""

    id: str
    name: str
    channel: str
    state: str
    tone: str
    owner: str
    goal: str
    at: datetime | None
    percent: int | None
    sent: int
    total: int


@dataclass(frozen=True, kw_only=True)
class CampaignsPage(Page):
    """GET /x/marketing/campaigns."""

    template: ClassVar[str] = "marketing/campaigns/list.html"
    title: ClassVar[str] = "Campaigns"
    blocks: ClassVar[tuple[str, ...]] = ("results",)

    tabs: tuple[Tab, ...]
    rows: tuple[CampaignRow, ...]
    which: str
    may_write: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One campaign on a day of the calendar."""

    id: str
    name: str
    tone: str
    state: str
    time: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """One day. outside: of the month before or after."""

    on: date
    outside: bool
    today: bool
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class CalendarPage(Page):
    """GET /x/marketing/campaigns/calendar. weeks: whole ones, from Monday."""

    template: ClassVar[str] = "marketing/campaigns/calendar.html"
    title: ClassVar[str] = "Campaigns by day"
    blocks: ClassVar[tuple[str, ...]] = ("month",)

    tabs: tuple[Tab, ...]
    month: str
    weekdays: tuple[str, ...]
    weeks: tuple[tuple[Day, ...], ...]
    previous: str
    following: str
    may_write: bool


@dataclass(frozen=True, kw_only=True)
class CampaignFormPage(Page):
    """A campaign as it is typed. begun: only words, owner, goal, money and speed can still be changed."""

    template: ClassVar[str] = "marketing/campaigns/form.html"
    title: ClassVar[str] = "Campaign"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    action: str
    cancel_href: str
    values: dict[str, str]
    channels: tuple[Option, ...]
    purposes: tuple[Option, ...]
    include: tuple[Option, ...]
    exclude: tuple[Option, ...]
    emails: tuple[Option, ...]
    owners: tuple[Option, ...]
    goals: tuple[Option, ...]
    decisions: tuple[Option, ...]
    house_zone: str
    is_new: bool
    begun: bool
    version: int = 0
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One number of the progress. key: of `progress.WORDS`."""

    key: str
    label: str
    number: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WayRow:
    """One way to say it that is tried. rate: answers or clicks of a hundred."""

    key: str
    subject: str
    sent: int
    replies: int
    clicks: int
    rate: float
    winner: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One line of what was decided. href: where it is written, or ""."""

    label: str
    value: str
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class CampaignPage(Page):
    """GET /x/marketing/campaigns/<id>. faults: what must be mended before it can start. live: progress is asked again."""

    template: ClassVar[str] = "marketing/campaigns/campaign.html"
    title: ClassVar[str] = "Campaign"
    blocks: ClassVar[tuple[str, ...]] = ("progress", "audience")

    id: str
    name: str
    channel: str
    channel_label: str
    state: str
    state_label: str
    tone: str
    live: bool
    percent: int
    total: int
    settled: int
    figures: tuple[Figure, ...]
    reasons: tuple[tuple[str, int], ...]
    faults: tuple[str, ...]
    facts: tuple[Fact, ...]
    email_id: str
    printed: bool
    goal: str
    goal_sentence: str
    note: str
    message: str
    money: tuple[Fact, ...]
    ways: tuple[WayRow, ...]
    test_ends_at: datetime | None
    decided: bool
    decides_by_hand: bool
    again: tuple[tuple[str, str, int], ...]
    may_write: bool
    may_send: bool
    version: int
    audience: int | None = None
    excluded: int = 0
    refused: tuple[tuple[str, int], ...] = ()
    error: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecipientRow:
    """One person of a campaign. why: of a refusal. preview_href: the message as they get it."""

    name: str
    href: str
    state: str
    tone: str
    why: str
    way: str
    at: datetime
    preview_href: str


@dataclass(frozen=True, kw_only=True)
class RecipientsPage(Page):
    """GET /x/marketing/campaigns/<id>/people. words: the text as the person that was asked for gets it."""

    template: ClassVar[str] = "marketing/campaigns/people.html"
    title: ClassVar[str] = "Whom it is for"
    blocks: ClassVar[tuple[str, ...]] = ("results",)

    id: str
    name: str
    tabs: tuple[Tab, ...]
    rows: tuple[RecipientRow, ...]
    following: str
    reader: str
    words: str
    hidden: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CallRow:
    """One person to telephone. outcome: what was noted before, "" where nobody called yet. words: what is to be said."""

    contact_id: str
    name: str
    numbers: tuple[str, ...]
    outcome: str
    words: str


@dataclass(frozen=True, kw_only=True)
class CallsPage(Page):
    """GET /x/marketing/campaigns/<id>/calls: whom to telephone, asked of the gate at this moment."""

    template: ClassVar[str] = "marketing/campaigns/calls.html"
    title: ClassVar[str] = "Whom to telephone"
    blocks: ClassVar[tuple[str, ...]] = ("calls",)

    id: str
    name: str
    rows: tuple[CallRow, ...]
    left: int
    called: int
    outcomes: tuple[Option, ...]
    may_write: bool
