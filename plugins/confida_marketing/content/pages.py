"""What the pages of e-mails show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from confida_marketing.content.checks import Check
from confida_marketing.content.editor import Edited
from confida_marketing.content.ready import ReadyEmail
from confida_web.api import Errors, Option, Page, Tab


@dataclass(frozen=True, kw_only=True, slots=True)
class EmailRow:
    """One line of a list. shown: it stands on the public page. versions: how many ways to say it."""

    id: str
    name: str
    subject: str
    changed_at: datetime
    shown: bool
    versions: int


@dataclass(frozen=True, kw_only=True)
class EmailsPage(Page):
    """GET /x/marketing/emails. kind: emails, templates or trash."""

    template: ClassVar[str] = "marketing/content/list.html"
    title: ClassVar[str] = "E-mails"

    kind: str
    rows: tuple[EmailRow, ...]
    tabs: tuple[Tab, ...]
    older_href: str = ""
    may_write: bool = False


@dataclass(frozen=True, kw_only=True)
class NewEmailPage(Page):
    """GET /x/marketing/emails/new. own: templates of the organisation."""

    template: ClassVar[str] = "marketing/content/new.html"
    title: ClassVar[str] = "New e-mail"

    ready: tuple[ReadyEmail, ...]
    own: tuple[EmailRow, ...]
    language: str


@dataclass(frozen=True, kw_only=True)
class EditEmailPage(Page):
    """The editor. theirs: somebody else has saved meanwhile. known: personal fields with their labels."""

    template: ClassVar[str] = "marketing/content/edit.html"
    title: ClassVar[str] = "Write an e-mail"
    blocks: ClassVar[tuple[str, ...]] = ("editor",)

    id: str
    name: str
    shown: Edited
    theirs: bool = False
    is_template: bool = False
    whole: bool = True
    kinds: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, str] = field(default_factory=dict)
    fonts: tuple[Option, ...] = ()
    languages: tuple[Option, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class VersionRow:
    """One way to say it. whole: with blocks of its own."""

    key: str
    subject: str
    whole: bool
    current: bool


@dataclass(frozen=True, kw_only=True)
class EmailPage(Page):
    """GET /x/marketing/emails/{id}. found: contacts to look at it as, None before anybody was looked for.

    own_address: of the colleague who looks, to find themselves among the contacts.
    """

    template: ClassVar[str] = "marketing/content/email.html"
    title: ClassVar[str] = "E-mail"
    blocks: ClassVar[tuple[str, ...]] = ("found",)

    id: str
    name: str
    version: int
    is_template: bool
    frame_href: str
    looks: tuple[Tab, ...]
    look: str
    versions: tuple[VersionRow, ...]
    chosen_version: str
    reader_id: str
    reader_name: str
    checks: tuple[Check, ...]
    size: int
    shown_since: datetime | None
    may_write: bool
    may_send: bool
    purposes: tuple[Option, ...] = ()
    own_address: str = ""
    q: str = ""
    found: tuple[tuple[str, str, str], ...] | None = None
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureRow:
    """One picture. used: names and addresses of the e-mails that show it."""

    id: str
    width: int
    height: int
    added_at: datetime
    used: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class PicturesPage(Page):
    """GET /x/marketing/pictures."""

    template: ClassVar[str] = "marketing/content/pictures.html"
    title: ClassVar[str] = "Pictures in e-mails"

    pictures: tuple[PictureRow, ...]
    may_write: bool
