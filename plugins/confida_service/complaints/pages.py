"""What the pages of complaints show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar
from uuid import UUID

from confida_service.complaints.causes import Cause
from confida_service.complaints.listing import ShownComplaint
from confida_web.api import Chart, Errors, Option, Page, PersonRef, Tab


@dataclass(frozen=True, kw_only=True)
class ComplaintsPage(Page):
    """GET /x/service/complaints. state: the address as fields."""

    template: ClassVar[str] = "service/complaints/list.html"
    title: ClassVar[str] = "Complaints"
    blocks: ClassVar[tuple[str, ...]] = ("results",)

    rows: tuple[ShownComplaint, ...] = ()
    tabs: tuple[Tab, ...] = ()
    causes: tuple[Option, ...] = ()
    steps: tuple[Option, ...] = ()
    remedies: tuple[Option, ...] = ()
    state: tuple[tuple[str, str], ...] = ()
    following: str = ""
    filtered: bool = False
    clear_href: str = "/x/service/complaints"
    may_export: bool = False
    may_manage: bool = False
    may_write: bool = False


@dataclass(frozen=True, kw_only=True)
class ShownStep:
    """One step of the track. on: its day, None where it has not been reached or was left out. current: here it stands."""

    label: str
    on: date | None = None
    current: bool = False


@dataclass(frozen=True, kw_only=True)
class Onward:
    """A button that goes to a step."""

    step: str
    label: str


@dataclass(frozen=True, kw_only=True)
class Track:
    """Where a complaint stands, as its own page and the ticket's show it."""

    one: ShownComplaint
    steps: tuple[ShownStep, ...]
    onward: tuple[Onward, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Learned:
    """The task that was made of what was learned. state: planned, done or cancelled."""

    href: str
    state: str


@dataclass(frozen=True, kw_only=True)
class ComplaintPage(Page):
    """GET and POST /x/service/complaints/<id>. values: what stands in the form, by field."""

    template: ClassVar[str] = "service/complaints/complaint.html"
    title: ClassVar[str] = "Complaint"

    track: Track
    contact: PersonRef
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)
    causes: tuple[Option, ...] = ()
    remedies: tuple[Option, ...] = ()
    satisfied: tuple[Option, ...] = ()
    people: tuple[Option, ...] = ()
    learned: Learned | None = None
    currencies: tuple[str, ...] = ()
    may_write: bool = False

    @property
    def one(self) -> ShownComplaint:
        return self.track.one


@dataclass(frozen=True, kw_only=True)
class Share:
    """How many of how many were in time. percent: None where there was nothing to judge."""

    label: str
    done: int
    of: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.done / self.of) if self.of else None


@dataclass(frozen=True, kw_only=True)
class FiguresPage(Page):
    """GET /x/service/complaints/figures. refunded: (currency, minor units). satisfied: (label, how many)."""

    template: ClassVar[str] = "service/complaints/figures.html"
    title: ClassVar[str] = "Figures of complaints"
    blocks: ClassVar[tuple[str, ...]] = ("results",)

    total: int = 0
    months: tuple[Option, ...] = ()
    charts: tuple[Chart, ...] = ()
    shares: tuple[Share, ...] = ()
    refunded: tuple[tuple[str, int], ...] = ()
    satisfied: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class CausesPage(Page):
    """GET and POST /x/service/settings/complaint-causes. wrong: id of the cause whose name was refused, None for a new one."""

    template: ClassVar[str] = "service/complaints/causes.html"
    title: ClassVar[str] = "Causes of complaints"

    causes: tuple[Cause, ...] = ()
    typed: str = ""
    wrong: UUID | None = None
    errors: Errors = field(default_factory=dict)
