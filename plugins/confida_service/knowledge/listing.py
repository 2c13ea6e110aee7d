"""The list of articles for colleagues, page by page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation, Row
from confida_service.knowledge.articles import AUDIENCES, LANGUAGES, STATES
from confida_service.knowledge.searching import SHOWN, Shelf, find_articles
from confida_web.api import Found

PAGE = 50
MOST_FOUND = 50
MOST_PAGES = 1_000
DELETED = "deleted"


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleQuery:
    """showing: a state, or "deleted" for the trash. audience, language, category: "" for all. page: 1 for the first."""

    showing: str = "published"
    audience: str = ""
    language: str = ""
    category: str = ""
    text: str = ""
    page: int = 1

    def shelf(self) -> Shelf:
        condition, values = "a.deleted_at IS NOT NULL", list[Any]()
        if self.showing != DELETED:
            condition, values = "a.deleted_at IS NULL AND a.state = ?", [self.showing]
        for column in ("audience", "language", "category"):
            if value := getattr(self, column):
                condition, values = f"{condition} AND a.{column} = ?", [*values, value]
        return Shelf(condition, tuple(values))


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedArticles:
    """more: there is a page after this one."""

    rows: list[Row]
    more: bool = False


async def list_articles(crm: Installation, access: Access, query: ArticleQuery) -> ListedArticles:
    """One page, by title; with words the best of what they find. Raises Forbidden."""
    access.actor.require("service.read")
    shelf = query.shelf()
    if query.text.strip():
        return ListedArticles(rows=await find_articles(crm, shelf, query.text, MOST_FOUND))
    start = (min(max(query.page, 1), MOST_PAGES) - 1) * PAGE
    rows = await crm.data.fetch(
        f"SELECT {SHOWN} FROM service_article AS a WHERE {shelf.condition} ORDER BY lower(title), id LIMIT ? OFFSET ?",
        *shelf.values, PAGE + 1, start,
    )  # fmt: skip
    return ListedArticles(rows=rows[:PAGE], more=len(rows) > PAGE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Numbers:
    """How many there are: by state, with "deleted"; and which categories."""

    by_state: Mapping[str, int]
    categories: tuple[str, ...]


async def numbers(crm: Installation) -> Numbers:
    """Of all articles; one query, from what it groups by alone."""
    rows = await crm.data.fetch(
        "SELECT state, category, CASE WHEN deleted_at IS NULL THEN 0 ELSE 1 END AS gone, count(*) AS number "
        "FROM service_article GROUP BY state, category, CASE WHEN deleted_at IS NULL THEN 0 ELSE 1 END"
    )
    by_state = Counter[str]()
    for row in rows:
        by_state[DELETED if row["gone"] else row["state"]] += row["number"]
    named = {row["category"] for row in rows if row["category"] and not row["gone"]}
    return Numbers(by_state=by_state, categories=tuple(sorted(named, key=str.casefold)))


async def find(crm: Installation, access: Access, words: tuple[str, ...], limit: int) -> list[Found]:
    """For the search of everything."""
    access.actor.require("service.read")
    rows = await find_articles(crm, Shelf("a.deleted_at IS NULL"), " ".join(words), limit)
    return [Found(label=row["title"], href=address(row["id"]), detail=described(row), icon="file") for row in rows]


def address(article_id: UUID) -> str:
    return f"/x/service/articles/{article_id}"


def described(row: Row) -> str:
    said = [STATES[row["state"]], AUDIENCES[row["audience"]], LANGUAGES.get(row["language"], row["language"])]
    return ", ".join([row["category"], *said] if row["category"] else said)
