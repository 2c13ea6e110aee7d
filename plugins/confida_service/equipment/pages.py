"""What the pages of equipment and contracts show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar
from uuid import UUID

from confida_service.equipment.content import EquipmentFile
from confida_service.equipment.listing import ShownContract, ShownEquipment
from confida_web.api import Errors, Option, Page, PersonRef, Tab


@dataclass(frozen=True, kw_only=True)
class ForWhom:
    """Who is meant. contact: None as long as nobody is chosen; then people are those found, as radio buttons."""

    contact: PersonRef | None = None
    contact_id: str = ""
    people: tuple[Option, ...] = ()
    find: str = ""


@dataclass(frozen=True, kw_only=True)
class EquipmentListPage(Page):
    """GET /x/service/equipment. contact: whose alone. new_href: where one more is written down."""

    template: ClassVar[str] = "service/equipment/list.html"
    title: ClassVar[str] = "Equipment"
    blocks: ClassVar[tuple[str, ...]] = ("results",)

    rows: tuple[ShownEquipment, ...] = ()
    tabs: tuple[Tab, ...] = ()
    q: str = ""
    contact: PersonRef | None = None
    following: str = ""
    may_write: bool = False
    new_href: str = "/x/service/equipment/new"


@dataclass(frozen=True, kw_only=True)
class ContractListPage(Page):
    """GET /x/service/contracts."""

    template: ClassVar[str] = "service/equipment/contracts.html"
    title: ClassVar[str] = "Service contracts"
    blocks: ClassVar[tuple[str, ...]] = ("results",)

    rows: tuple[ShownContract, ...] = ()
    tabs: tuple[Tab, ...] = ()
    contact: PersonRef | None = None
    following: str = ""
    may_write: bool = False
    new_href: str = "/x/service/contracts/new"


@dataclass(frozen=True, kw_only=True)
class ShownVisit:
    """Service that was done. may_undo: it is the last one."""

    id: UUID
    done_on: date
    by: str
    note: str
    may_undo: bool = False


@dataclass(frozen=True, kw_only=True)
class ShownReminder:
    """kind: a sentence. task_href: of the task of colleagues, "" where it cannot be seen."""

    kind: str
    due_on: date
    on: date
    told: bool
    task_href: str


@dataclass(frozen=True, kw_only=True)
class AboutTicket:
    href: str
    number: int
    subject: str


@dataclass(frozen=True, kw_only=True)
class EquipmentPage(Page):
    """GET /x/service/equipment/<id>. values, errors: of the form for service that was done."""

    template: ClassVar[str] = "service/equipment/equipment.html"
    title: ClassVar[str] = "Equipment"

    one: ShownEquipment
    version: int
    bought_on: date | None
    installed_on: date | None
    service_months: int
    notes: str
    contact: PersonRef
    files: tuple[EquipmentFile, ...] = ()
    visits: tuple[ShownVisit, ...] = ()
    reminders: tuple[ShownReminder, ...] = ()
    tickets: tuple[AboutTicket, ...] = ()
    contract: tuple[str, str] | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)
    may_write: bool = False


@dataclass(frozen=True, kw_only=True)
class EquipmentFormPage(Page):
    """GET and POST /x/service/equipment/new and /<id>/edit. files: of one that is there, each with a tick that takes it away."""

    template: ClassVar[str] = "service/equipment/form.html"
    title: ClassVar[str] = "Equipment"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    action: str
    back: str
    new: bool = True
    whom: ForWhom = field(default_factory=ForWhom)
    values: Mapping[str, str] = field(default_factory=dict)
    retired: bool = False
    files: tuple[EquipmentFile, ...] = ()
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ContractPage(Page):
    """GET /x/service/contracts/<id>. covers: (product, address)."""

    template: ClassVar[str] = "service/equipment/contract.html"
    title: ClassVar[str] = "Service contract"

    one: ShownContract
    contact: PersonRef
    notes: str
    priority: str
    covers: tuple[tuple[str, str], ...] = ()
    reminders: tuple[ShownReminder, ...] = ()
    may_write: bool = False


@dataclass(frozen=True, kw_only=True)
class ContractFormPage(Page):
    """GET and POST /x/service/contracts/new and /<id>/edit. covers: the contact's equipment, ticked where it is covered."""

    template: ClassVar[str] = "service/equipment/contract_form.html"
    title: ClassVar[str] = "Service contract"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    action: str
    back: str
    new: bool = True
    whom: ForWhom = field(default_factory=ForWhom)
    values: Mapping[str, str] = field(default_factory=dict)
    covers: tuple[Option, ...] = ()
    priorities: tuple[Option, ...] = ()
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ImportPage(Page):
    """GET and POST /x/service/equipment/import. rows: (row of the file, sentence)."""

    template: ClassVar[str] = "service/equipment/import.html"
    title: ClassVar[str] = "Equipment from a file"

    rows: tuple[tuple[int, str], ...] = ()
    errors: Errors = field(default_factory=dict)
