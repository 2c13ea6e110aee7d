"""What import and export show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal

from confida_web.display import ONE_PAGE, Errors, Option, Paging
from confida_web.page import Page

ImportState = Literal["uploaded", "mapped", "previewed", "running", "finished", "failed", "undoing", "undone"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportHead:
    """One import. rows_done and the counts grow while it runs. name: the file's name as uploaded.

    resume_as: the choice about duplicates with which a stopped import goes on; "" where it cannot go on.
    """

    id: str
    name: str
    state: ImportState
    started_at: datetime
    who: str = ""
    rows_total: int = 0
    rows_done: int = 0
    created: int = 0
    updated: int = 0
    duplicates: int = 0
    invalid: int = 0
    may_undo: bool = False
    resume_as: str = ""

    @property
    def href(self) -> str:
        return f"/imports/{self.id}"

    @property
    def next_href(self) -> str:
        """Where it goes on: the step that is still to be done, else what became of it."""
        step = {"uploaded": "/mapping", "mapped": "/preview", "previewed": "/preview"}.get(self.state, "")
        return self.href + step


@dataclass(frozen=True, kw_only=True)
class ImportsPage(Page):
    """GET /imports."""

    template: ClassVar[str] = "exchange/imports.html"
    title: ClassVar[str] = "Imports"

    imports: tuple[ImportHead, ...] = ()
    paging: Paging = ONE_PAGE


@dataclass(frozen=True, kw_only=True)
class NewImportPage(Page):
    """GET and POST /imports/new (multipart). Posts file, format, region, origin, origin_note.

    formats: the first means "find out". regions: country for phone numbers without a prefix.
    origins: the answers to "where does this data come from?", value to words; one must be chosen.
    """

    template: ClassVar[str] = "exchange/new.html"
    title: ClassVar[str] = "Import contacts"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    formats: tuple[Option, ...] = ()
    regions: tuple[Option, ...] = ()
    origins: tuple[Option, ...] = ()
    origin_note: str = ""
    max_size_bytes: int = 0
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class MappedColumn:
    """One column of the file. Posted as column-<index> with the chosen target. samples: first values, shortened."""

    index: int
    name: str
    samples: tuple[str, ...] = ()
    target: str = ""
    remembered: bool = False
    error: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetGroup:
    """Targets of one heading in the select; the target "" means: put it into the note, so that nothing is lost."""

    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True)
class MappingPage(Page):
    """GET and POST /imports/{id}/mapping. facts: what was detected, as (label, value)."""

    template: ClassVar[str] = "exchange/mapping.html"
    title: ClassVar[str] = "Match the columns"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    head: ImportHead
    columns: tuple[MappedColumn, ...]
    targets: tuple[TargetGroup, ...]
    facts: tuple[tuple[str, str], ...] = ()
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class PreviewRow:
    """One row as it would be read. outcome decides its mark. problem: why it is invalid or a duplicate of whom."""

    number: int
    outcome: Literal["new", "update", "duplicate", "invalid"]
    name: str
    email: str = ""
    phone: str = ""
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class PreviewPage(Page):
    """GET /imports/{id}/preview; POST /imports/{id}/run starts (field duplicates: skip, update, add).

    Nothing is written yet. warnings: what will not fit and goes to the note, in sentences.
    """

    template: ClassVar[str] = "exchange/preview.html"
    title: ClassVar[str] = "Preview"

    head: ImportHead
    new: int
    updates: int
    duplicates: int
    invalid: int
    rows: tuple[PreviewRow, ...] = ()
    warnings: tuple[str, ...] = ()
    mapping_href: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RowProblem:
    """One row that did not simply become a contact. kept: was edited since, so that an undo left it alone."""

    number: int
    name: str
    problem: str
    kind: Literal["invalid", "duplicate", "group", "remark", "kept"] = "invalid"


@dataclass(frozen=True, kw_only=True)
class ImportPage(Page):
    """GET /imports/{id}: progress while it runs (block `progress`, asked for every second by htmx), then the result.

    Without JavaScript the page carries a link to look again. problems: the first ones; the rest is in errors.csv.
    more_problems: there are more than these.
    """

    template: ClassVar[str] = "exchange/import.html"
    title: ClassVar[str] = "Import"
    blocks: ClassVar[tuple[str, ...]] = ("progress",)

    head: ImportHead
    problems: tuple[RowProblem, ...] = ()
    more_problems: bool = False
    finished_at: datetime | None = None
    failure: str = ""
    kept_rows: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Handover:
    """What a file for somebody else would hold. left_out: sentence and number. key: posted as `seen`, so that the file comes."""

    allowed: int
    refused: int
    left_out: tuple[tuple[str, int], ...]
    key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FormatOption:
    """One format of a file. hint: who reads such files."""

    value: str
    label: str
    hint: str = ""
    chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class ExportPage(Page):
    """GET /export. Posts format (vcard, csv), scope (all or a view id), archived ("yes"), reason to /export.

    The answer is the file. reason_needed: the reason for taking data out is asked and kept in the audit trail.
    use: "own" or "other"; with the latter recipient, purpose and channel are posted too, and the answer is first the
    page again with `handover`. purposes: none where no plugin asks for consent, and then nothing can be handed over.
    """

    template: ClassVar[str] = "exchange/export.html"
    title: ClassVar[str] = "Export"
    blocks: ClassVar[tuple[str, ...]] = ("form",)

    scopes: tuple[Option, ...] = ()
    count: int = 0
    count_exact: bool = True
    formats: tuple[FormatOption, ...] = ()
    archived: bool = False
    reason: str = ""
    reason_needed: bool = True
    use: str = "own"
    recipient: str = ""
    purposes: tuple[Option, ...] = ()
    channels: tuple[Option, ...] = ()
    handover: Handover | None = None
    errors: Errors = field(default_factory=dict)
