"""What the public pages of e-mails show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from confida_marketing.content.archive import ArchivedEmail
from confida_web.api import Page, mark


@dataclass(frozen=True, kw_only=True)
class ArchivePage(Page):
    """GET /my/x/marketing/archive."""

    template: ClassVar[str] = "marketing/content/archive.html"
    title: ClassVar[str] = mark("What we sent")

    emails: tuple[ArchivedEmail, ...]
    base: str


@dataclass(frozen=True, kw_only=True)
class ArchivedPage(Page):
    """One e-mail, as it is for somebody of whom nothing is known."""

    template: ClassVar[str] = "marketing/content/archived.html"
    title: ClassVar[str] = mark("What we sent")

    email: ArchivedEmail
    base: str
