"""What the pages of segments show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from confida_marketing.segments.form import Group
from confida_marketing.segments.ready_made import ReadyMade
from confida_marketing.segments.uses import SegmentUse
from confida_web.api import Chart, Errors, FilterField, Option, Page, Paging, PersonRef, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentRow:
    """One line of the list. means: in words. allowed, matching: as of the last count, None before the first."""

    id: UUID
    name: str
    means: str
    serves: str
    living: bool
    sound: bool = True
    allowed: int | None = None
    matching: int | None = None
    deleted_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class SegmentsPage(Page):
    """GET /x/marketing/segments. ready: what is offered to begin with."""

    template: ClassVar[str] = "marketing/segments/list.html"
    title: ClassVar[str] = "Segments"

    rows: tuple[SegmentRow, ...] = ()
    tabs: tuple[Tab, ...] = ()
    trash: bool = False
    ready: tuple[ReadyMade, ...] = ()
    may_write: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Refusal:
    """Why some are left out, and how many."""

    sentence: str
    number: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What a segment comes to. allowed: None where the gate was not asked about everybody yet. warnings: sentences."""

    matching: int
    allowed: int | None = None
    refused: tuple[Refusal, ...] = ()
    sample: tuple[PersonRef, ...] = ()
    means: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SegmentFormPage(Page):
    """A new segment, or one that is changed. operators: (value, label, types of fields it is for)."""

    template: ClassVar[str] = "marketing/segments/form.html"
    title: ClassVar[str] = "Segment"
    blocks: ClassVar[tuple[str, ...]] = ("found",)

    action: str
    back: str
    new: bool = True
    fixed: bool = False
    version: int = 0
    values: Mapping[str, str] = field(default_factory=dict)
    match: str = "all"
    groups: tuple[Group, ...] = ()
    hows: tuple[Option, ...] = ()
    filter_fields: tuple[FilterField, ...] = ()
    operators: tuple[tuple[str, str, str], ...] = ()
    purposes: tuple[Option, ...] = ()
    channels: tuple[Option, ...] = ()
    sources: tuple[Option, ...] = ()
    found: Found | None = None
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SegmentPage(Page):
    """GET /x/marketing/segments/<id>. found: None where it is asked for by the page itself, because it takes a moment."""

    template: ClassVar[str] = "marketing/segments/segment.html"
    title: ClassVar[str] = "Segment"
    blocks: ClassVar[tuple[str, ...]] = ("found",)

    id: UUID
    name: str
    note: str
    version: int
    living: bool
    means: str
    sound: bool
    serves: str
    found: Found | None = None
    growth: Chart | None = None
    uses: tuple[SegmentUse, ...] = ()
    may_write: bool = False


@dataclass(frozen=True, kw_only=True)
class ListedPage(Page):
    """GET and POST /x/marketing/segments/<id>/people: whom a fixed list names. hits: contacts that the typed words find."""

    template: ClassVar[str] = "marketing/segments/people.html"
    title: ClassVar[str] = "People on the list"
    blocks: ClassVar[tuple[str, ...]] = ("hits",)

    id: UUID
    name: str
    people: tuple[tuple[UUID, str], ...] = ()
    paging: Paging = field(default_factory=Paging)
    q: str = ""
    hits: tuple[tuple[UUID, str], ...] = ()
    sources: tuple[Option, ...] = ()
    may_write: bool = False


@dataclass(frozen=True, kw_only=True)
class ChosenPage(Page):
    """POST /x/marketing/segments/chosen: contacts that were ticked in a list, to be put on a fixed list."""

    template: ClassVar[str] = "marketing/segments/chosen.html"
    title: ClassVar[str] = "Put on a list"

    people: tuple[tuple[UUID, str], ...] = ()
    lists: tuple[Option, ...] = ()
