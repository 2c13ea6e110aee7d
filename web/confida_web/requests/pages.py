"""What the pages of requests show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, Literal

from confida_web.display import Errors, Option, Paging, PersonRef, Tab, TaskRow
from confida_web.page import Page

Urgency = Literal["late", "soon", "calm", "closed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Countdown:
    """How much time is left. days: negative once the date has passed. stopped: a question is open, time stands still."""

    due_on: date
    days: int
    urgency: Urgency = "calm"
    stopped: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestRow:
    """One line of the queue. who: "" where nobody has said a name. confirmed: it is proved who asks."""

    href: str
    reference: str
    kind: str
    state: str
    tone: str
    source: str
    who: str
    confirmed: bool
    received_at: datetime
    countdown: Countdown
    assignee: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SortColumn:
    """A heading. direction: ascending, descending, or "" where the list is not sorted by it."""

    key: str
    label: str
    href: str | None = None
    direction: str = ""


@dataclass(frozen=True, kw_only=True)
class QueuePage(Page):
    """GET /requests (query: which, kind, state, sort, skip)."""

    template: ClassVar[str] = "requests/queue.html"
    title: ClassVar[str] = "Requests"
    blocks: ClassVar[tuple[str, ...]] = ("results",)

    rows: tuple[RequestRow, ...] = ()
    tabs: tuple[Tab, ...] = ()
    columns: tuple[SortColumn, ...] = ()
    kinds: tuple[Option, ...] = ()
    states: tuple[Option, ...] = ()
    which: str = "open"
    filtered: bool = False
    paging: Paging = field(default_factory=Paging)
    may_decide: bool = False


@dataclass(frozen=True, kw_only=True)
class NewRequestPage(Page):
    """GET and POST /requests/new. countries: the first choice is empty where none follows from the organisation."""

    template: ClassVar[str] = "requests/new.html"
    title: ClassVar[str] = "Enter a request"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    values: Mapping[str, str]
    kinds: tuple[Option, ...]
    sources: tuple[Option, ...]
    countries: tuple[Option, ...]
    languages: tuple[Option, ...]
    deliveries: tuple[Option, ...]
    people: tuple[Option, ...] = ()
    today: str = ""
    country_known: bool = False
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionLink:
    """A way on. post: the address takes a POST at once."""

    label: str
    href: str
    icon: str
    post: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class StepLine:
    """One thing that happened. counts: the clock depends on it."""

    what: str
    at: datetime
    who: str = ""
    text: str = ""
    counts: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterLine:
    """One letter. href: the page on which it can be printed."""

    direction: Literal["in", "out"]
    channel: str
    at: datetime
    subject: str
    href: str
    who: str = ""
    text: str = ""
    to_print: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DoubleLine:
    reference: str
    received_at: datetime
    href: str


@dataclass(frozen=True, kw_only=True)
class RequestPage(Page):
    """GET /requests/{id}. lead: what is to be done next, in one sentence; ways: how. more: what else can be done.

    clock: (label, value) of how the date follows. merged_href: of the request this one was put together with.
    """

    template: ClassVar[str] = "requests/request.html"
    title: ClassVar[str] = "Request"

    reference: str
    kind: str
    state: str
    tone: str
    countdown: Countdown
    href: str
    person: PersonRef | None = None
    asked_by: str = ""
    lead: str = ""
    lead_tone: str = ""
    ways: tuple[ActionLink, ...] = ()
    more: tuple[ActionLink, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    wishes: tuple[tuple[str, str], ...] = ()
    clock: tuple[tuple[str, str], ...] = ()
    citation: str = ""
    mandate_href: str = ""
    steps: tuple[StepLine, ...] = ()
    letters: tuple[LetterLine, ...] = ()
    tasks: tuple[TaskRow, ...] = ()
    doubles: tuple[DoubleLine, ...] = ()
    audit: tuple[StepLine, ...] = ()
    assignee: str = ""
    merged_href: str = ""
    merged_reference: str = ""
    erasure_href: str = ""
    may_decide: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class FormField:
    """One field of a step's form. kind: text, area, day, choice, radio, several or hidden."""

    name: str
    label: str
    kind: str = "area"
    hint: str = ""
    value: str = ""
    options: tuple[Option, ...] = ()
    rows: int = 5
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class StepPage(Page):
    """GET and POST /requests/{id}/step/{key}: one decision, with the words that it needs. grave: the button warns.

    changes: (label, before, after) of what somebody changed since the form was shown.
    """

    template: ClassVar[str] = "requests/step.html"
    title: ClassVar[str] = "Request"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    heading: str
    lead: str
    reference: str
    back: str
    action: str
    button: str
    grave: bool = False
    quote: str = ""
    changes: tuple[tuple[str, str, str], ...] = ()
    fields: tuple[FormField, ...] = ()
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class LetterPage(Page):
    """GET /requests/{id}/letters/{letter}, and the letter with a code, which is shown once. address: lines to send it to."""

    template: ClassVar[str] = "requests/letter.html"
    title: ClassVar[str] = "Letter"

    reference: str
    back: str
    subject: str
    text: str
    at: datetime
    sender: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    place: str = ""
    language: str = "en"
    once: bool = False
