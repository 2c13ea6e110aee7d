"""What the pages of opportunities show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from confida_sales.opportunities.board import Column
from confida_sales.opportunities.narrowing import ShownOpportunity
from confida_sales.opportunities.pipelines import ShownPipeline, ShownStage
from confida_sales.opportunities.related import PaperLink, RelatedPaper
from confida_web.api import Errors, Option, Page, PersonRef, Tab


@dataclass(frozen=True, kw_only=True)
class BoardPage(Page):
    """GET /x/sales/board. way: None where every pipeline is archived. state: the narrowing, as hidden fields of forms.

    column: the one whose next cards are sent alone. card: the one that was moved, sent with the heads of all columns.
    list_href: the same in the list. filtered: somebody narrowed it down.
    """

    template: ClassVar[str] = "sales/opportunities/board.html"
    title: ClassVar[str] = "Board"
    blocks: ClassVar[tuple[str, ...]] = ("columns", "more", "moved")

    way: ShownPipeline | None = None
    tabs: tuple[Tab, ...] = ()
    columns: tuple[Column, ...] = ()
    column: Column | None = None
    card: ShownOpportunity | None = None
    owners: tuple[Option, ...] = ()
    q: str = ""
    state: tuple[tuple[str, str], ...] = ()
    filtered: bool = False
    clear_href: str = "/x/sales/board"
    list_href: str = "/x/sales/opportunities"
    closed_days: int = 90
    may_write: bool = False
    may_manage: bool = False

    @property
    def empty(self) -> bool:
        return not any(column.count for column in self.columns)


@dataclass(frozen=True, kw_only=True)
class MovePage(Page):
    """GET and POST /x/sales/opportunities/<id>/move: where to, and what that stage asks for.

    stage: chosen, None while that is still to be done. needed: fields that it asks for and that are empty. back: where to
    go afterwards. values: as typed.
    """

    template: ClassVar[str] = "sales/opportunities/move.html"
    title: ClassVar[str] = "Move an opportunity"
    blocks: ClassVar[tuple[str, ...]] = ("ask",)

    one: ShownOpportunity
    stages: tuple[ShownStage, ...]
    stage: ShownStage | None = None
    needed: tuple[str, ...] = ()
    lost_reasons: tuple[Option, ...] = ()
    lost_note: str = ""
    back: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)
    owners: tuple[Option, ...] = ()
    sources: tuple[Option, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OpportunityFormPage(Page):
    """A new opportunity, or one that is changed. people: who was found, as radio buttons. find: what was looked for.

    contact: whose it is, once that is known. stage: where it begins or stands. ways: pipelines to begin in, for a new one.
    """

    template: ClassVar[str] = "sales/opportunities/form.html"
    title: ClassVar[str] = "Opportunity"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    action: str
    cancel_href: str
    new: bool = True
    contact: PersonRef | None = None
    contact_id: str = ""
    people: tuple[Option, ...] = ()
    find: str = ""
    ways: tuple[Option, ...] = ()
    required: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)
    version: int = 0
    owners: tuple[Option, ...] = ()
    sources: tuple[Option, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StageStep:
    """One step that was taken. before: the stage it stood in, "" for the first. days: how long it stood there."""

    at: datetime
    stage: str
    before: str
    by: str
    days: int | None = None


@dataclass(frozen=True, kw_only=True)
class OpportunityPage(Page):
    """GET /x/sales/opportunities/<id>. steps: the latest first. papers: quotes, orders and invoices of it."""

    template: ClassVar[str] = "sales/opportunities/opportunity.html"
    title: ClassVar[str] = "Opportunity"

    one: ShownOpportunity
    way: ShownPipeline
    contact: PersonRef
    description: str = ""
    competitors: tuple[str, ...] = ()
    lost_reason: str = ""
    lost_note: str = ""
    steps: tuple[StageStep, ...] = ()
    papers: tuple[RelatedPaper, ...] = ()
    links: tuple[PaperLink, ...] = ()
    may_write: bool = False

    @property
    def place(self) -> int:
        """Which of the stages it stands in, from 0."""
        return next(at for at, stage in enumerate(self.way.stages) if stage.id == self.one.stage.id)


@dataclass(frozen=True, kw_only=True)
class PipelinesPage(Page):
    """GET /x/sales/settings/pipelines. archived: (id, name) of those out of use."""

    template: ClassVar[str] = "sales/opportunities/pipelines.html"
    title: ClassVar[str] = "Pipelines"

    ways: tuple[ShownPipeline, ...] = ()
    archived: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class StageRow:
    """One stage in the form, as it was typed. n: which row it is in the names of its fields. id: "" for a new one."""

    n: str
    id: str = ""
    name: str = ""
    probability: str = "50"
    outcome: str = "open"
    rot_days: str = ""
    required: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PipelineFormPage(Page):
    """A new pipeline, or one that is changed. requirable: what a stage may ask for, key and label. errors: by field."""

    template: ClassVar[str] = "sales/opportunities/pipeline.html"
    title: ClassVar[str] = "Pipeline"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    action: str
    new: bool = True
    name: str = ""
    rows: tuple[StageRow, ...] = ()
    requirable: tuple[tuple[str, str], ...] = ()
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SortColumn:
    """The head of a column of the list. direction: "ascending" or "descending" where the list is sorted by it."""

    key: str
    label: str
    href: str = ""
    direction: str = ""


@dataclass(frozen=True, kw_only=True)
class OpportunitiesPage(Page):
    """GET /x/sales/opportunities. trash: what was deleted is shown, and can be taken out."""

    template: ClassVar[str] = "sales/opportunities/list.html"
    title: ClassVar[str] = "Opportunities"
    blocks: ClassVar[tuple[str, ...]] = ("results",)

    rows: tuple[ShownOpportunity, ...] = ()
    columns: tuple[SortColumn, ...] = ()
    tabs: tuple[Tab, ...] = ()
    pipelines: tuple[Option, ...] = ()
    owners: tuple[Option, ...] = ()
    q: str = ""
    state: tuple[tuple[str, str], ...] = ()
    previous: str = ""
    following: str = ""
    filtered: bool = False
    clear_href: str = "/x/sales/opportunities"
    board_href: str = "/x/sales/board"
    may_write: bool = False
    trash: bool = False
