"""What the pages of the registers show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from confida_consent.rights.breaches import Breach, Clock
from confida_consent.rights.breaches_affected import Affected
from confida_consent.rights.registers.bulk_reads import Reader, Thresholds
from confida_consent.rights.registers.processing import Register
from confida_consent.rights.retention_rules import RetentionRule
from confida_web.contacts.pages import ContactHead
from confida_web.display import Errors, Option, PersonRef, Tab
from confida_web.page import Page


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One register and how it stands, in a sentence. tone: "" or "warn"."""

    label: str
    icon: str
    href: str
    text: str
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class RegistersPage(Page):
    """GET /registers."""

    template: ClassVar[str] = "registers/overview.html"
    title: ClassVar[str] = "Registers"

    places: tuple[Place, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleRow:
    """One rule with what falls due by it. words: its period. kept: how many of them stay for now."""

    rule: RetentionRule
    words: str
    action: str
    on: bool
    endable: bool
    count: int
    kept: int
    soon: int
    href: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRow:
    at: datetime
    rule: str
    due: int
    ended: int
    held: int
    failed: int


@dataclass(frozen=True, kw_only=True)
class RetentionPage(Page):
    """GET /registers/retention. country: "" as long as nobody has chosen. faults: of the installation's own files."""

    template: ClassVar[str] = "registers/retention.html"
    title: ClassVar[str] = "Retention"

    country: str = ""
    name: str = ""
    countries: tuple[Option, ...] = ()
    rows: tuple[RuleRow, ...] = ()
    runs: tuple[RunRow, ...] = ()
    faults: tuple[str, ...] = ()
    may_manage: bool = False
    soon_days: int = 90
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class DueRow:
    """what: the kind, in words. kept: why it stays, in words, or ""."""

    what: str
    person: PersonRef | None
    until: date | None
    kept: str = ""


@dataclass(frozen=True, kw_only=True)
class DuePage(Page):
    """GET /registers/retention/{key}: what falls due by one rule."""

    template: ClassVar[str] = "registers/due.html"
    title: ClassVar[str] = "What falls due"

    rule: RetentionRule
    words: str
    action: str
    rows: tuple[DueRow, ...] = ()
    count: int = 0
    spans: tuple[Tab, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldRow:
    """due: it should be looked at again."""

    id: str
    name: str
    reason: str
    owner: str
    person: PersonRef
    given_at: datetime
    review_on: date | None
    due: bool = False
    lifted_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class HoldsPage(Page):
    """GET /registers/holds."""

    template: ClassVar[str] = "registers/holds.html"
    title: ClassVar[str] = "Legal holds"

    rows: tuple[HoldRow, ...] = ()
    lifted: tuple[HoldRow, ...] = ()
    may_manage: bool = False
    tomorrow: str = ""


@dataclass(frozen=True, kw_only=True)
class HoldFormPage(Page):
    """GET and POST /contacts/{id}/hold (fields name, reason, owner, review_on)."""

    template: ClassVar[str] = "registers/hold.html"
    title: ClassVar[str] = "Legal hold"

    contact: ContactHead
    values: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[HoldRow, ...] = ()
    tomorrow: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RestrictedPage(Page):
    """GET and POST /contacts/{id}/restricted: on which ground one looks, and what lifting needs. Names nobody."""

    template: ClassVar[str] = "registers/restricted.html"
    title: ClassVar[str] = "Restricted"

    href: str
    since: datetime
    told_at: datetime | None = None
    grounds: tuple[Option, ...] = ()
    ways: tuple[Option, ...] = ()
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ProcessingPage(Page):
    """GET /registers/processing; made to be printed."""

    template: ClassVar[str] = "registers/processing.html"
    title: ClassVar[str] = "Register of processing"

    register: Register


@dataclass(frozen=True, kw_only=True, slots=True)
class DisclosureRow:
    at: datetime
    person: PersonRef
    recipient: str
    purpose: str
    basis: str
    channel: str
    fields: str


@dataclass(frozen=True, kw_only=True)
class DisclosuresPage(Page):
    """GET /registers/disclosures (query: recipient, purpose, since, until, contact, before)."""

    template: ClassVar[str] = "registers/disclosures.html"
    title: ClassVar[str] = "Disclosures"

    rows: tuple[DisclosureRow, ...] = ()
    purposes: tuple[Option, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    older_href: str | None = None
    csv_href: str = ""
    cut: bool = False
    filtered: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class BreachRow:
    breach: Breach
    clock: Clock
    href: str


@dataclass(frozen=True, kw_only=True)
class BreachesPage(Page):
    """GET /registers/breaches."""

    template: ClassVar[str] = "registers/breaches.html"
    title: ClassVar[str] = "Breaches"

    rows: tuple[BreachRow, ...] = ()
    may_record: bool = False


@dataclass(frozen=True, kw_only=True)
class BreachPage(Page):
    """GET and POST /registers/breaches/new and /registers/breaches/{id}; the fields are those of BreachFile, day and time.

    breach: None for a new one.
    """

    template: ClassVar[str] = "registers/breach.html"
    title: ClassVar[str] = "Breach"

    breach: Breach | None = None
    clock: Clock | None = None
    by: str = ""
    risks: tuple[Option, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    may_record: bool = False
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class BreachLetterPage(Page):
    """GET /registers/breaches/{id}/letter: what the authority is told, made to be printed."""

    template: ClassVar[str] = "registers/letter.html"
    title: ClassVar[str] = "Notification of a breach"

    breach: Breach
    register: Register
    by: str
    risk: str
    drawn_up_at: datetime


@dataclass(frozen=True, kw_only=True)
class AffectedPage(Page):
    """GET and POST /registers/affected: what was stolen (kind, and what that kind asks for), whose data it is."""

    template: ClassVar[str] = "registers/affected.html"
    title: ClassVar[str] = "Whose data is it?"

    kinds: tuple[Option, ...] = ()
    accounts: tuple[Option, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    with_keyring: bool = False
    found: Affected | None = None
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ReadersPage(Page):
    """GET and POST /registers/reads (fields hour, day): who looked at how many people, and from when on an alarm is raised."""

    template: ClassVar[str] = "registers/readers.html"
    title: ClassVar[str] = "Who looked at what"

    readers: tuple[Reader, ...] = ()
    thresholds: Thresholds
    values: Mapping[str, str] = field(default_factory=dict)
    may_manage: bool = False
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadRow:
    at: datetime
    purpose: str
    what: str
    people: int


@dataclass(frozen=True, kw_only=True)
class ReaderPage(Page):
    """GET /registers/reads/{account_id}."""

    template: ClassVar[str] = "registers/reader.html"
    title: ClassVar[str] = "Who looked at what"

    name: str
    rows: tuple[ReadRow, ...] = ()
    older_href: str | None = None
