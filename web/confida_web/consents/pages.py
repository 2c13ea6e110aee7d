"""What the pages about one person's consents show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from confida_web.contacts.pages import ContactHead
from confida_web.display import Errors, Option, Tab
from confida_web.page import Page

Tone = Literal["may", "ask", "must-not"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentLine:
    """What may be done for one purpose on channels of which the same is true.

    word: "may", "ask first" or "must not". ground: the lawful basis in words, "nothing" where there is none; an interest
    of ours is never called a consent. proof_href: the event it rests on. citation: of a country's rule, or "".
    """

    channels: tuple[str, ...]
    tone: Tone
    word: str
    ground: str
    sentence: str
    since: datetime | None = None
    until: datetime | None = None
    proof_href: str | None = None
    citation: str = ""
    facts_href: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PurposeLines:
    """One purpose and everything that is true of it for this person."""

    key: str
    title: str
    basis: str
    lines: tuple[ConsentLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentPanelData:
    """The box "Consent" on a contact's page. href: of the contact."""

    href: str
    purposes: tuple[PurposeLines, ...] = ()
    may_record: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class EventRow:
    """One event. what: as the person would tell it ("said yes"). tone: "" where nothing was decided.

    corrected: a later event took its place. correct_href: takes a POST that does so, or None where the law does not let us.
    """

    id: str
    at: datetime
    purpose: str
    channel: str
    what: str
    tone: str = ""
    how: str = ""
    who: str = ""
    basis: str = ""
    valid_until: datetime | None = None
    corrected: bool = False
    corrects: bool = False
    href: str = ""
    correct_href: str | None = None


@dataclass(frozen=True, kw_only=True)
class ConsentHistoryPage(Page):
    """GET /contacts/{id}/consents (query: purpose, before); newest first.

    purposes: filter by purpose. link: shown once after POST .../consents/link. askable: purposes that POST .../consents/ask
    may name (fields purpose, channel). problem: why nobody can say at present what may be done.
    """

    template: ClassVar[str] = "consents/history.html"
    title: ClassVar[str] = "Consent"
    blocks: ClassVar[tuple[str, ...]] = ("events", "ask")

    contact: ContactHead
    lines: tuple[PurposeLines, ...] = ()
    problem: str = ""
    events: tuple[EventRow, ...] = ()
    purposes: tuple[Tab, ...] = ()
    older_href: str | None = None
    may_record: bool = False
    may_see_reads: bool = False
    link: str = ""
    link_until: datetime | None = None
    askable: tuple[Option, ...] = ()
    ask_channels: tuple[Option, ...] = ()
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeText:
    """What was shown, to the byte. sha256: hexadecimal."""

    title: str
    language: str
    number: int
    text: str
    sha256: str
    href: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerPlace:
    """Where an event stands in the ledger. proved: its inclusion was worked out just now and agrees with the checkpoint."""

    index: int
    size: int = 0
    proved: bool = False
    commitment: str = ""
    checkpoint: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Download:
    """One form of the receipt. hint: who reads it. page: to be opened, not saved."""

    label: str
    href: str
    hint: str = ""
    page: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ScanFile:
    name: str
    href: str
    size: int


@dataclass(frozen=True, kw_only=True)
class ProofPage(Page):
    """GET /contacts/{id}/consents/{event_id}: everything that proves one event. Opening it is written to the read log.

    facts, evidence: (label, value) in order. corrected_by, corrects: pages of the events before and after it.
    """

    template: ClassVar[str] = "consents/proof.html"
    title: ClassVar[str] = "Proof"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    contact: ContactHead
    event: EventRow
    facts: tuple[tuple[str, str], ...] = ()
    evidence: tuple[tuple[str, str], ...] = ()
    notice: NoticeText | None = None
    scan: ScanFile | None = None
    ledger: LedgerPlace | None = None
    downloads: tuple[Download, ...] = ()
    corrected_by: str | None = None
    corrects: str | None = None
    may_see_reads: bool = False
    correct_says: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class RecordPage(Page):
    """GET and POST /contacts/{id}/consents/record (query and field answer: yes or no); multipart.

    Posts answer, purpose, channels (repeated), method, day, time, indicated_by, script, note, language, scan, receipt.
    notices: per language, what the person was told if nothing else was. values: what was typed, by field.
    """

    template: ClassVar[str] = "consents/record.html"
    title: ClassVar[str] = "Record what was said"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    contact: ContactHead
    answer: Literal["yes", "no"] = "yes"
    purposes: tuple[Option, ...] = ()
    channels: tuple[Option, ...] = ()
    methods: tuple[Option, ...] = ()
    languages: tuple[Option, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    today: str = ""
    max_size_bytes: int = 0
    errors: Errors = field(default_factory=dict)
    may_see_reads: bool = False


@dataclass(frozen=True, kw_only=True)
class CustomerPage(Page):
    """GET and POST /contacts/{id}/consents/customer (query and fields purpose, channel): what an existing-customer rule asks for.

    facts: each must be vouched for. citations: the rules, in one line each. nothing: why there is nothing to note here.
    """

    template: ClassVar[str] = "consents/customer.html"
    title: ClassVar[str] = "Note as a customer"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    contact: ContactHead
    purpose: str
    channel: str
    purpose_key: str
    channel_key: str
    facts: tuple[Option, ...] = ()
    citations: tuple[tuple[str, str], ...] = ()
    nothing: str = ""
    detail: str = ""
    day: str = ""
    errors: Errors = field(default_factory=dict)
    may_see_reads: bool = False
