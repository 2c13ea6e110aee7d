"""What the pages of events show to colleagues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from confida_marketing.sign_up.public_pages import ShownEvent
from confida_web.api import Errors, Page, PersonRef, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class EventRow:
    """One line of the list. capacity: 0 for as many as like."""

    id: str
    title: str
    place: str
    starts_at: datetime
    capacity: int
    taken: int
    waiting: int
    active: bool


@dataclass(frozen=True, kw_only=True)
class EventsPage(Page):
    """GET /x/marketing/forms/events. which: those to come, those that are over, or the trash."""

    template: ClassVar[str] = "marketing/sign_up/events.html"
    title: ClassVar[str] = "Events"

    tabs: tuple[Tab, ...]
    kinds: tuple[Tab, ...]
    which: str
    rows: tuple[EventRow, ...] = ()
    may_write: bool = False


@dataclass(frozen=True, kw_only=True)
class EventFormPage(Page):
    """An event as it is written. zone: by whose clock its hours are typed."""

    template: ClassVar[str] = "marketing/sign_up/event_form.html"
    title: ClassVar[str] = "Event"

    action: str
    back: str
    zone: str
    new: bool = True
    version: int = 0
    values: Mapping[str, str] = field(default_factory=dict)
    active: bool = False
    waiting_list: bool = True
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Guest:
    """Somebody who has a seat or waits. checked_in_at: None as long as they did not come."""

    id: str
    who: PersonRef
    note: str
    waiting: bool
    checked_in_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class EventPage(Page):
    """GET /x/marketing/forms/events/<id>: who comes, and who came."""

    template: ClassVar[str] = "marketing/sign_up/event.html"
    title: ClassVar[str] = "Event"

    href: str
    event: ShownEvent
    active: bool
    public: str
    capacity: int
    came: int
    guests: tuple[Guest, ...] = ()
    waiting: tuple[Guest, ...] = ()
    may_write: bool = False
