"""What the pages of articles show to colleagues."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from confida_core.api import Row
from confida_service.knowledge.articles import AUDIENCES, LANGUAGES, STATES, tags_of
from confida_web.api import Errors, Option, Page, Tab, rendered_markdown

BASE = "/x/service/articles"
TONES = {"published": "may", "draft": "ask", "archived": "quiet"}
# What Markdown means to a program; a few words below a title are read as they stand.
SIGNS = re.compile(r"^\s{0,3}(?:#{1,6}|[-*+>]|\d{1,3}[.)])\s+|^[-|: ]+$|[*_`~|]|\]\([^)]*\)|\[", re.MULTILINE)
LONGEST_BEGINNING = 180


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownArticle:
    """An article in a list, or whole. beginning: its first words, plain. html: the whole of it, where it is shown whole."""

    id: UUID
    version: int
    title: str
    language: str
    audience: str
    category: str
    tags: tuple[str, ...]
    state: str
    changed_at: datetime
    beginning: str = ""
    html: str = ""

    @property
    def href(self) -> str:
        return f"{BASE}/{self.id}"

    @property
    def help_href(self) -> str:
        return f"/my/x/service/help/{self.id}"

    @property
    def state_label(self) -> str:
        return STATES[self.state]

    @property
    def tone(self) -> str:
        return TONES[self.state]

    @property
    def audience_label(self) -> str:
        return AUDIENCES[self.audience]

    @property
    def language_label(self) -> str:
        return LANGUAGES.get(self.language, self.language)

    @property
    def for_customers(self) -> bool:
        return self.state == "published" and self.audience == "public"


def shown_article(row: Row, *, whole: bool = False, headings_from: int = 2) -> ShownArticle:
    """Of a row as lists fetch it, or, with whole, of all its columns."""
    return ShownArticle(
        **{
            name: row[name]
            for name in ("id", "version", "title", "language", "audience", "category", "state", "changed_at")
        },
        tags=tags_of(row),
        beginning=beginning_of(row["body"][:600] if whole else row["beginning"]),
        html=rendered_markdown(row["body"], headings_from) if whole else "",
    )


def beginning_of(text: str) -> str:
    plain = " ".join(SIGNS.sub("", text).split())
    if len(plain) <= LONGEST_BEGINNING:
        return plain
    return plain[:LONGEST_BEGINNING].rpartition(" ")[0].rstrip(".,;:") + " …"


@dataclass(frozen=True, kw_only=True)
class ArticlesPage(Page):
    """GET /x/service/articles. state: the address as fields. q: what was searched."""

    template: ClassVar[str] = "service/knowledge/list.html"
    title: ClassVar[str] = "Articles"
    blocks: ClassVar[tuple[str, ...]] = ("results",)

    rows: tuple[ShownArticle, ...] = ()
    tabs: tuple[Tab, ...] = ()
    audiences: tuple[Option, ...] = ()
    languages: tuple[Option, ...] = ()
    categories: tuple[Option, ...] = ()
    q: str = ""
    state: tuple[tuple[str, str], ...] = ()
    previous: str = ""
    following: str = ""
    filtered: bool = False
    deleted: bool = False
    clear_href: str = BASE
    may_write: bool = False
    help_is_public: bool = False


@dataclass(frozen=True, kw_only=True)
class ArticlePage(Page):
    """GET /x/service/articles/<id>. by: who wrote it last. versions: how often it was another before."""

    template: ClassVar[str] = "service/knowledge/article.html"
    title: ClassVar[str] = "Article"

    one: ShownArticle
    by: str = ""
    helped: int = 0
    helped_not: int = 0
    versions: int = 0
    may_write: bool = False
    help_is_public: bool = False


@dataclass(frozen=True, kw_only=True)
class ArticleFormPage(Page):
    """A new article, or one that is written anew. version: what was seen of it, 0 for a new one."""

    template: ClassVar[str] = "service/knowledge/form.html"
    title: ClassVar[str] = "Write an article"

    action: str
    back: str = BASE
    version: int = 0
    values: Mapping[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)
    languages: tuple[Option, ...] = ()
    audiences: tuple[Option, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownVersion:
    """How an article was. current: as it is now."""

    number: int
    title: str
    at: datetime
    by: str
    size: int
    current: bool = False


@dataclass(frozen=True, kw_only=True)
class HistoryPage(Page):
    """GET /x/service/articles/<id>/history."""

    template: ClassVar[str] = "service/knowledge/history.html"
    title: ClassVar[str] = "Versions"

    one: ShownArticle
    versions: tuple[ShownVersion, ...]
    may_write: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangedLine:
    """One line of what was written between. kind: added, removed or same."""

    kind: str
    text: str


@dataclass(frozen=True, kw_only=True)
class VersionPage(Page):
    """GET /x/service/articles/<id>/history/<number>. lines: what differs from how it is now."""

    template: ClassVar[str] = "service/knowledge/version.html"
    title: ClassVar[str] = "Older version"

    one: ShownArticle
    version: ShownVersion
    html: str
    lines: tuple[ChangedLine, ...] = ()
    may_write: bool = False
