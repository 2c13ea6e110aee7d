"""What the pages about papers show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from confida_sales.documents.mails_shown import MailRow
from confida_web.api import Page, PersonRef


@dataclass(frozen=True, kw_only=True)
class NoFilePage(Page):
    """Why there is no such file. sentences: English. remedies: (label, address) of pages where something can be done."""

    template: ClassVar[str] = "sales/documents/pages/no_file.html"
    title: ClassVar[str] = "This paper cannot be made"
    sentences: tuple[str, ...]
    remedies: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class NoOwnFilePage(NoFilePage):
    """The same for the person themselves, who can do nothing about it but ask."""

    template: ClassVar[str] = "sales/documents/pages/no_own_file.html"


@dataclass(frozen=True, kw_only=True)
class MailPage(Page):
    """A mail before it is sent. warnings: why something that one would expect is not attached, English."""

    template: ClassVar[str] = "sales/documents/pages/mail.html"
    title: ClassVar[str] = "Write to the customer"
    blocks: ClassVar[tuple[str, ...]] = ("form",)
    query: str
    contact: PersonRef
    to: str
    subject: str
    text: str
    files: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    before: tuple[MailRow, ...] = ()
    back: str = "/"
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class TextRow:
    """own: whether the organisation wrote it."""

    href: str
    kind: str
    language: str
    subject: str
    own: bool


@dataclass(frozen=True, kw_only=True)
class PapersPage(Page):
    """missing: labels of what papers need and the organisation has not said, English. can_print, can_embed: with these extras."""

    template: ClassVar[str] = "sales/documents/pages/papers.html"
    title: ClassVar[str] = "Papers and mails"
    blocks: ClassVar[tuple[str, ...]] = ("logo",)
    lines: tuple[str, ...]
    missing: tuple[str, ...]
    wrong: tuple[str, ...]
    can_print: bool
    can_embed: bool
    has_logo: bool
    texts: tuple[TextRow, ...]
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class MailTextPage(Page):
    """kind, language: labels, English. own: whether it is the organisation's text already."""

    template: ClassVar[str] = "sales/documents/pages/mail_text.html"
    title: ClassVar[str] = "Words of a mail"
    blocks: ClassVar[tuple[str, ...]] = ("form",)
    action: str
    kind: str
    language: str
    subject: str
    text: str
    own: bool
    placeholders: tuple[tuple[str, str], ...]
    errors: Mapping[str, str] = field(default_factory=dict)
