"""What the pages of leads show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from confida_web.api import Errors, Option, Page, Paging, PersonRef, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class LeadRow:
    """One lead in a list. days: since it came in. tone: of its state."""

    id: str
    name: str
    organisation: str
    wanted: str
    source: str
    owner: str
    state: str
    tone: str
    created_at: datetime
    days: int
    version: int = 0


@dataclass(frozen=True, kw_only=True)
class LeadsPage(Page):
    """GET /x/sales/leads. here: the address of this very list, to come back to."""

    template: ClassVar[str] = "sales/leads/list.html"
    title: ClassVar[str] = "Leads"
    blocks: ClassVar[tuple[str, ...]] = ("results",)

    rows: tuple[LeadRow, ...]
    tabs: tuple[Tab, ...]
    which: str
    owners: tuple[Option, ...]
    sources: tuple[Option, ...]
    ages: tuple[Option, ...]
    people: tuple[Option, ...]
    paging: Paging
    filtered: bool
    any_leads: bool
    may_write: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CandidateCard:
    """Somebody, or some organisation, that it may be. lines: what is known. reasons: why one would think so."""

    id: str
    name: str
    href: str
    lines: tuple[str, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LeadFormPage(Page):
    """A lead as it is typed. about: whom it is about, if that is settled. alike: who it may be that is here already."""

    template: ClassVar[str] = "sales/leads/form.html"
    title: ClassVar[str] = "New lead"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    action: str
    cancel_href: str
    values: dict[str, str]
    sources: tuple[Option, ...]
    people: tuple[Option, ...]
    errors: Errors = field(default_factory=dict)
    about: PersonRef | None = None
    alike: tuple[CandidateCard, ...] = ()
    version: int = 0
    is_new: bool = True


@dataclass(frozen=True, kw_only=True)
class LeadPage(Page):
    """GET /x/sales/leads/<id>. goes: the name of the contact that could go along when it is laid aside, "" for none."""

    template: ClassVar[str] = "sales/leads/lead.html"
    title: ClassVar[str] = "Lead"
    blocks: ClassVar[tuple[str, ...]] = ("lead",)

    id: str
    version: int
    contact: PersonRef
    contact_lines: tuple[tuple[str, str], ...]
    provisional: bool
    organisation: str
    wanted: str
    note: str
    source: str
    owner: str
    state: str
    state_label: str
    tone: str
    created_at: datetime
    closed_at: datetime | None
    discard_reason: str
    discard_note: str
    opportunity_href: str
    alike: tuple[CandidateCard, ...]
    reasons: tuple[Option, ...]
    people: tuple[Option, ...]
    goes: str
    may_write: bool
    errors: Errors = field(default_factory=dict)
    typed_reason: str = ""
    typed_note: str = ""


@dataclass(frozen=True, kw_only=True)
class ConvertPage(Page):
    """The choice before a lead is converted. person, organisation: the id that is chosen, "new", or "none"."""

    template: ClassVar[str] = "sales/leads/convert.html"
    title: ClassVar[str] = "Convert lead"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    id: str
    version: int
    own: CandidateCard
    provisional: bool
    is_person: bool
    people: tuple[CandidateCard, ...]
    organisations: tuple[CandidateCard, ...]
    stages: tuple[Option, ...]
    values: dict[str, str]
    errors: Errors = field(default_factory=dict)
    add_new: bool = True
