"""What the pages show on which something is arranged: purposes and notices, asking many people, importing consents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from confida_web.consents.pages import NoticeText
from confida_web.display import Errors, Option
from confida_web.page import Page

RunState = Literal["preview", "running", "finished", "failed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PurposeRow:
    """origin: "" for one that an administrator keeps, else the name of the plugin that declares it."""

    key: str
    title: str
    basis: str
    channels: tuple[str, ...]
    version: int
    languages: tuple[str, ...] = ()
    origin: str = ""
    listed: bool = True
    retired: bool = False


@dataclass(frozen=True, kw_only=True)
class PurposesPage(Page):
    """GET /consents/purposes. POST /consents/purposes/{key}/retire and .../restore."""

    template: ClassVar[str] = "consents/purposes.html"
    title: ClassVar[str] = "Purposes"

    purposes: tuple[PurposeRow, ...] = ()
    may_manage: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TextRow:
    """Words of one language; posted as text-<n>-language, -title, -description, and but for English -retention and
    -balancing_note, which English has beside the other facts."""

    language: str = ""
    title: str = ""
    description: str = ""
    retention: str = ""
    balancing_note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeRow:
    language: str
    number: int
    href: str
    sha256: str
    created_at: datetime | None = None
    purpose_version: int = 0


@dataclass(frozen=True, kw_only=True)
class PurposePage(Page):
    """GET and POST /consents/purposes/new and /consents/purposes/{key}; a save is a new version, none is ever edited.

    Posts key (new only), basis, channels, category, balancing_note, validity, retention, recipients, listed, compatible,
    special_category and the rows of `texts`; `_add` and `_remove` (texts-<n>) change the rows, `_preview` shows the notice.
    readonly: for whoever may only look. origin: the plugin that declares it, "" for one of an administrator's own; then
    fixed (its words) and facts (label, value) cannot be changed, and only languages can be added.
    """

    template: ClassVar[str] = "consents/purpose.html"
    title: ClassVar[str] = "Purpose"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    action: str
    key: str = ""
    new: bool = True
    readonly: bool = False
    retired: bool = False
    version: int = 0
    shown_title: str = ""
    origin: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    texts: tuple[TextRow, ...] = ()
    fixed: tuple[TextRow, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    bases: tuple[Option, ...] = ()
    channels: tuple[Option, ...] = ()
    categories: tuple[Option, ...] = ()
    listed: bool = True
    compatible: bool = True
    special_category: bool = False
    previews: tuple[NoticeText, ...] = ()
    notices: tuple[NoticeRow, ...] = ()
    may_manage: bool = False
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class NoticePage(Page):
    """GET /consents/notices/{id}: the exact bytes, with every other version and language of it."""

    template: ClassVar[str] = "consents/notice.html"
    title: ClassVar[str] = "Notice"

    notice: NoticeText
    purpose_key: str
    purpose_version: int
    created_at: datetime
    bytes_href: str
    size: int = 0
    others: tuple[NoticeRow, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ReasonCount:
    """So many people for the same reason, in words."""

    reason: str
    count: int


@dataclass(frozen=True, kw_only=True)
class AskPage(Page):
    """GET and POST /consents/ask: whom to ask again, or for the first time.

    Posts who (expiring, or a view's id), purpose, channel, and `confirm` once the figures were seen.
    counted: the figures below hold; POST answers them first, then starts and leads to /consents/ask/{id}.
    warning: why nothing could be sent at present, a sentence.
    """

    template: ClassVar[str] = "consents/ask.html"
    title: ClassVar[str] = "Ask for consent"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    groups: tuple[Option, ...] = ()
    purposes: tuple[Option, ...] = ()
    channels: tuple[Option, ...] = ()
    chosen: tuple[str, ...] = ()
    counted: bool = False
    asked: int = 0
    left_out: tuple[ReasonCount, ...] = ()
    warning: str = ""
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class AskRunPage(Page):
    """GET /consents/ask/{id}: progress (block asked for every second), then the report."""

    template: ClassVar[str] = "consents/ask_run.html"
    title: ClassVar[str] = "Asking for consent"
    blocks: ClassVar[tuple[str, ...]] = ("progress",)

    id: str
    purpose: str
    channel: str
    state: RunState
    started_at: datetime
    done: int = 0
    total: int = 0
    asked: int = 0
    left_out: tuple[ReasonCount, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportRow:
    """One import of consents."""

    id: str
    name: str
    at: datetime
    who: str
    rows: int
    taken: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class ConsentImportsPage(Page):
    """GET and POST /consents/import (multipart). Posts statement, collected, attested, then file.

    columns: (name, what it holds) of the table that is understood.
    """

    template: ClassVar[str] = "consents/import.html"
    title: ClassVar[str] = "Import consents"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    imports: tuple[ImportRow, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    attested: bool = False
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportedRow:
    """What became, or would become, of one row. outcome: taken, known (it stands here already) or refused."""

    number: int
    outcome: str
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class ConsentImportPage(Page):
    """GET /consents/import/{id}: the preview (POST .../run starts), progress, then the report row by row.

    looked_at: rows that the counts are about; a preview looks at the first ones.
    """

    template: ClassVar[str] = "consents/import_run.html"
    title: ClassVar[str] = "Import consents"
    blocks: ClassVar[tuple[str, ...]] = ("progress",)

    id: str
    name: str
    at: datetime
    who: str
    state: RunState
    statement: str
    collected: str = ""
    rows: int = 0
    done: int = 0
    looked_at: int = 0
    taken: int = 0
    known: int = 0
    refused: int = 0
    counts: tuple[ReasonCount, ...] = ()
    report: tuple[ImportedRow, ...] = ()
    more: bool = False
    errors: Errors = field(default_factory=dict)
