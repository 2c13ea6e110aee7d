"""What the pages about one contact show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar, Literal

from confida_web.display import Errors, Option, Panel, PersonRef, RecordKind, Tab
from confida_web.interactions.entries import Composer, TimelineDay
from confida_web.page import Page


@dataclass(frozen=True, kw_only=True, slots=True)
class NextStep:
    """The open task that is due first."""

    subject: str
    href: str
    due_at: datetime | None = None
    overdue: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactHead:
    """What stands on top of every page of one contact.

    relation: what we are to each other, in words ("Donor since 2019"), "" where nothing is known.
    deleted_at: in the trash since; the page then offers to restore and nothing else.
    """

    id: str
    name: str
    kind: RecordKind
    version: int = 0
    email: str = ""
    nickname: str = ""
    organisation: PersonRef | None = None
    job_title: str = ""
    picture_url: str = ""
    relation: str = ""
    next_step: NextStep | None = None
    tags: tuple[str, ...] = ()
    owner: str = ""
    team: str = ""
    restricted: bool = False
    held: bool = False
    archived: bool = False
    deleted_at: datetime | None = None

    @property
    def href(self) -> str:
        return f"/contacts/{self.id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class ConfidenceChip:
    """What we may do by one channel, in words; href opens the proof."""

    channel: str
    state: Literal["may", "ask", "must_not", "unknown"]
    text: str
    href: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One line of what is known. href: mailto:, tel: or https:. lines: shown below each other (addresses).

    icon: mail, phone, place, globe, cake, language, work, number, or "" for none.
    """

    label: str
    lines: tuple[str, ...]
    href: str | None = None
    icon: str = ""
    sealed: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class FactGroup:
    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Relationship:
    """label: read from this contact's side ("works at"), of `people` from theirs. Ended ones carry `until`."""

    id: str
    label: str
    other: PersonRef
    role: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Walk:
    """Addresses of the contacts before and after this one, None at the ends, and of the list."""

    previous: str | None
    following: str | None
    list_href: str


@dataclass(frozen=True, kw_only=True)
class ContactPage(Page):
    """GET /contacts/{id}; block `timeline` also for /contacts/{id}/timeline and after POST .../interactions.

    timeline_kinds: chips by kind; the first is "everything". older_href: the next page of the cursor, or None.
    people: members of an organisation (kind organisation only). relationship_types: value is the type's key.
    note: plain text, shown with its line breaks. walk: to the neighbours in the list it was opened from.
    Block `story` is composer and timeline: the answer to a new entry,
    written or refused. block `older`: the next page of the cursor, put where its link stood.
    """

    template: ClassVar[str] = "contacts/contact.html"
    title: ClassVar[str] = "Contact"
    blocks: ClassVar[tuple[str, ...]] = (
        "head", "strip", "story", "composer", "timeline", "older", "facts", "relationships", "panels",
    )  # fmt: skip

    contact: ContactHead
    composer: Composer
    walk: Walk | None = None
    chips: tuple[ConfidenceChip, ...] = ()
    timeline: tuple[TimelineDay, ...] = ()
    timeline_kinds: tuple[Tab, ...] = ()
    older_href: str | None = None
    facts: tuple[FactGroup, ...] = ()
    note: str = ""
    relationships: tuple[Relationship, ...] = ()
    relationship_types: tuple[Option, ...] = ()
    relationship_errors: Errors = field(default_factory=dict)
    people: tuple[Relationship, ...] = ()
    panels: tuple[Panel, ...] = ()
    vcard_href: str = ""
    may_edit: bool = False
    may_restrict: bool = False
    may_delete: bool = False
    may_see_reads: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldChange:
    """before and after: as text, "" where there was nothing."""

    label: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryEntry:
    """action: a past-tense sentence part ("changed", "created", "archived"). undo_url: takes a POST, or None."""

    at: datetime
    who: str
    action: str
    changes: tuple[FieldChange, ...] = ()
    undo_url: str | None = None


@dataclass(frozen=True, kw_only=True)
class HistoryPage(Page):
    """GET /contacts/{id}/history: who changed what."""

    template: ClassVar[str] = "contacts/history.html"
    title: ClassVar[str] = "History"
    blocks: ClassVar[tuple[str, ...]] = ("entries",)

    contact: ContactHead
    entries: tuple[HistoryEntry, ...] = ()
    older_href: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadEntry:
    """One opening of this person's data. purpose: in words. what: which part was shown."""

    at: datetime
    who: str
    purpose: str
    what: str = ""
    times: int = 1


@dataclass(frozen=True, kw_only=True)
class ReadsPage(Page):
    """GET /contacts/{id}/reads: who has seen this person."""

    template: ClassVar[str] = "contacts/reads.html"
    title: ClassVar[str] = "Who has seen this"
    blocks: ClassVar[tuple[str, ...]] = ("entries",)

    contact: ContactHead
    entries: tuple[ReadEntry, ...] = ()
    older_href: str | None = None
