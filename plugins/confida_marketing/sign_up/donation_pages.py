"""What the pages of donations show to colleagues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from confida_web.api import Errors, Option, Page, PersonRef, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class DonationRow:
    """One line. amount: minor units."""

    id: str
    who: PersonRef
    on_day: date
    amount: int
    currency: str
    source: str
    campaign: str
    recurring: bool


@dataclass(frozen=True, kw_only=True)
class DonationsPage(Page):
    """GET /x/marketing/forms/donations. whose: only theirs. sums: of this year, by currency."""

    template: ClassVar[str] = "marketing/sign_up/donations.html"
    title: ClassVar[str] = "Donations"

    tabs: tuple[Tab, ...]
    rows: tuple[DonationRow, ...] = ()
    sums: tuple[tuple[int, str], ...] = ()
    year: int = 0
    whose: PersonRef | None = None
    older: str = ""
    new_href: str = ""
    may_write: bool = False


@dataclass(frozen=True, kw_only=True)
class DonationFormPage(Page):
    """A donation as it is typed. candidates: contacts that were found by what was typed."""

    template: ClassVar[str] = "marketing/sign_up/donation_form.html"
    title: ClassVar[str] = "New donation"

    who: PersonRef | None = None
    contact: str = ""
    candidates: tuple[Option, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    recurring: bool = False
    campaigns: tuple[Option, ...] = ()
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RemoveDonationPage(Page):
    """GET /x/marketing/forms/donations/<id>/remove: asks once more. amount: minor units."""

    template: ClassVar[str] = "marketing/sign_up/donation_remove.html"
    title: ClassVar[str] = "Remove this donation?"

    action: str
    who: PersonRef
    on_day: date
    amount: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class DonationImportPage(Page):
    """GET and POST /x/marketing/forms/donations/import. rows: what must be mended."""

    template: ClassVar[str] = "marketing/sign_up/donation_import.html"
    title: ClassVar[str] = "Donations from a file"

    campaigns: tuple[Option, ...] = ()
    rows: tuple[tuple[int, str], ...] = ()
    errors: Errors = field(default_factory=dict)
