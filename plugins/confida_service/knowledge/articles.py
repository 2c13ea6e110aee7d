"""Articles: written, published, put away, deleted and brought back. Every save keeps how it was before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    NotFound,
    Row,
    VersionConflict,
    clean_line,
    clean_text,
    new_id,
    now,
)
from confida_service.knowledge.words import weighed

STATES: Mapping[str, str] = {"published": "Published", "draft": "Draft", "archived": "Archived"}
AUDIENCES: Mapping[str, str] = {"internal": "Colleagues alone", "public": "Customers, too"}
LANGUAGES: Mapping[str, str] = {
    "en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "it": "Italiano", "nl": "Nederlands",
    "pl": "Polski", "tr": "Türkçe", "uk": "Українська", "ar": "العربية",
}  # fmt: skip
LONGEST_TITLE, LONGEST_BODY, LONGEST_CATEGORY, LONGEST_TAG = 200, 100_000, 80, 60
MOST_TAGS = 20
KEPT = timedelta(days=30)
WRITTEN = ("title", "body", "language", "audience", "category", "tags")
"""The columns that somebody writes, and versions keep."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleDraft:
    """What somebody writes. body: Markdown. audience: internal or public. language: ISO 639-1, one of `LANGUAGES`."""

    title: str
    body: str
    language: str = "en"
    audience: str = "internal"
    category: str = ""
    tags: tuple[str, ...] = ()


def tags_of(row: Row) -> tuple[str, ...]:
    return tuple(row["tags"].split("\n")) if row["tags"] else ()


def draft_of(row: Row) -> ArticleDraft:
    """What stands in an article or in a version of it."""
    return ArticleDraft(**{name: row[name] for name in WRITTEN if name != "tags"}, tags=tags_of(row))


def checked(draft: ArticleDraft) -> dict[str, Any]:
    """The columns of a draft. Raises InvalidContent by field."""
    errors: dict[str, str] = {}
    columns: dict[str, Any] = {"language": draft.language, "audience": draft.audience}
    try:
        columns |= {"title": clean_line(draft.title), "category": clean_line(draft.category)}
        columns["body"] = clean_text(draft.body).strip()
        tags = sorted({clean_line(tag) for tag in draft.tags if tag.strip()})
    except ValueError:
        raise InvalidContent({"body": "There is a character in it that cannot be stored."}) from None
    if not 1 <= len(columns["title"]) <= LONGEST_TITLE:
        errors["title"] = f"Please give it a title of at most {LONGEST_TITLE} characters."
    if not 1 <= len(columns["body"]) <= LONGEST_BODY:
        errors["body"] = f"Please write the article, in at most {LONGEST_BODY:,} characters."
    if len(columns["category"]) > LONGEST_CATEGORY:
        errors["category"] = f"At most {LONGEST_CATEGORY} characters."
    if len(tags) > MOST_TAGS or any(len(tag) > LONGEST_TAG for tag in tags):
        errors["tags"] = f"At most {MOST_TAGS} tags of at most {LONGEST_TAG} characters."
    if draft.language not in LANGUAGES:
        errors["language"] = "Please choose one of the languages."
    if draft.audience not in AUDIENCES:
        errors["audience"] = "Please choose who may read it."
    if errors:
        raise InvalidContent(errors)
    return columns | {"tags": "\n".join(tags)}


async def visible_article(crm: Installation, access: Access, article_id: UUID, *, deleted: bool = False) -> Row:
    """The gate to one for colleagues. deleted: from the trash. Raises Forbidden and NotFound."""
    access.actor.require("service.read")
    gone = "IS NOT NULL" if deleted else "IS NULL"
    rows = await crm.data.fetch(f"SELECT * FROM service_article WHERE id = ? AND deleted_at {gone}", article_id)
    if not rows:
        raise NotFound
    return rows[0]


async def public_article(crm: Installation, article_id: UUID) -> Row:
    """The gate to one for everybody else: published, and meant for them. Raises NotFound."""
    rows = await crm.data.fetch(
        "SELECT * FROM service_article WHERE id = ? AND state = 'published' AND audience = 'public' AND deleted_at IS NULL",
        article_id,
    )
    if not rows:
        raise NotFound
    return rows[0]


async def create_article(crm: Installation, access: Access, draft: ArticleDraft) -> UUID:
    """A draft, whose id is returned. Raises Forbidden and InvalidContent."""
    access.actor.require("service.write")
    columns, moment, article_id = checked(draft), now(), new_id()
    columns |= {
        "id": article_id, "state": "draft", "version": 1, "created_at": moment, "changed_at": moment,
        "changed_by": access.actor.id, "helped": 0, "helped_not": 0,
    }  # fmt: skip
    async with crm.data.transaction():
        await insert(crm, "service_article", columns)
        await index_words(crm, columns)
    return article_id


async def insert(crm: Installation, table: str, columns: Mapping[str, Any]) -> None:
    marks = ", ".join("?" * len(columns))
    await crm.data.fetch(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", *columns.values())


async def index_words(crm: Installation, columns: Mapping[str, Any]) -> None:
    """Within the transaction that writes the article."""
    labels = [columns["category"], *columns["tags"].split("\n")]
    weights = weighed(columns["title"], labels, columns["body"])
    await crm.data.fetch("DELETE FROM service_article_word WHERE article_id = ?", columns["id"])
    await crm.data.execute_many(
        "INSERT INTO service_article_word (id, article_id, word, weight) VALUES (?, ?, ?, ?)",
        [(new_id(), columns["id"], word.encode(), weight) for word, weight in weights.items()],
    )


async def save_article(crm: Installation, access: Access, article_id: UUID, draft: ArticleDraft, *, seen: int) -> int:
    """Write it anew at the version that was seen, and keep how it was; returns the new version, the same if nothing changed.

    Raises Forbidden, NotFound, VersionConflict and InvalidContent.
    """
    access.actor.require("service.write")
    before = await visible_article(crm, access, article_id)
    columns = checked(draft)
    if before["version"] != seen:
        raise VersionConflict(before["version"])
    if all(columns[name] == before[name] for name in WRITTEN):
        return seen
    columns |= {"changed_at": now(), "changed_by": access.actor.id, "version": seen + 1}
    sets = ", ".join(f"{name} = ?" for name in columns)
    async with crm.data.transaction():
        if not await crm.data.fetch(
            f"UPDATE service_article SET {sets} WHERE id = ? AND version = ? AND deleted_at IS NULL RETURNING id",
            *columns.values(), article_id, seen,
        ):  # fmt: skip
            raise VersionConflict(seen + 1)
        kept = {name: before[name] for name in WRITTEN}
        beside = {"id": new_id(), "article_id": article_id, "number": seen, "at": before["changed_at"]}
        await insert(crm, "service_article_version", kept | beside | {"by_id": before["changed_by"]})
        await index_words(crm, columns | {"id": article_id})
    return seen + 1


async def set_state(crm: Installation, access: Access, article_id: UUID, state: str) -> str:
    """Publish it, take it back to a draft, or put it into the archive; returns the state before.

    Raises Forbidden, NotFound and InvalidContent.
    """
    access.actor.require("service.write")
    before = await visible_article(crm, access, article_id)
    if state not in STATES:
        raise InvalidContent({"state": "Please choose one of the states."})
    published = before["published_at"] or (now() if state == "published" else None)
    await crm.data.fetch(
        "UPDATE service_article SET state = ?, published_at = ? WHERE id = ?", state, published, article_id
    )
    return str(before["state"])


async def delete_article(crm: Installation, access: Access, article_id: UUID) -> None:
    """Into the trash, where it stays for 30 days. Raises Forbidden and NotFound."""
    access.actor.require("service.write")
    await visible_article(crm, access, article_id)
    await crm.data.fetch("UPDATE service_article SET deleted_at = ? WHERE id = ?", now(), article_id)


async def restore_article(crm: Installation, access: Access, article_id: UUID) -> None:
    """Out of the trash, as it was. Raises Forbidden and NotFound."""
    access.actor.require("service.write")
    await visible_article(crm, access, article_id, deleted=True)
    await crm.data.fetch("UPDATE service_article SET deleted_at = NULL WHERE id = ?", article_id)


async def purge_articles(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job: what lies in the trash for 30 days goes, with its versions and words."""
    rows = await crm.data.fetch("SELECT id FROM service_article WHERE deleted_at < ? LIMIT 500", now() - KEPT)
    ids = [row["id"] for row in rows]
    if not ids:
        return
    marks = ", ".join("?" * len(ids))
    async with crm.data.transaction():
        for table in ("service_article_word", "service_article_version"):
            await crm.data.fetch(f"DELETE FROM {table} WHERE article_id IN ({marks})", *ids)
        await crm.data.fetch(f"DELETE FROM service_article WHERE id IN ({marks})", *ids)


async def versions_of(crm: Installation, access: Access, article_id: UUID) -> Sequence[Row]:
    """How it was before, the latest first. Raises Forbidden and NotFound."""
    await visible_article(crm, access, article_id)
    return await crm.data.fetch(
        "SELECT id, number, title, at, by_id, length(body) AS size FROM service_article_version WHERE article_id = ? "
        "ORDER BY number DESC LIMIT 500",
        article_id,
    )


async def version_of(crm: Installation, access: Access, article_id: UUID, number: int) -> Row:
    """Raises Forbidden and NotFound."""
    await visible_article(crm, access, article_id)
    rows = await crm.data.fetch(
        "SELECT * FROM service_article_version WHERE article_id = ? AND number = ?", article_id, number
    )
    if not rows:
        raise NotFound
    return rows[0]


async def take_back(crm: Installation, access: Access, article_id: UUID, number: int, *, seen: int) -> int:
    """Write an older version anew; what stood there meanwhile stays a version, too. Raises as `save_article` does."""
    older = await version_of(crm, access, article_id, number)
    return await save_article(crm, access, article_id, draft_of(older), seen=seen)


async def count_help(crm: Installation, article_id: UUID, *, helped: bool) -> None:
    """One more whom a public article helped, or did not; nothing of who it was is kept. Raises NotFound."""
    await public_article(crm, article_id)
    column = "helped" if helped else "helped_not"
    await crm.data.fetch(f"UPDATE service_article SET {column} = {column} + 1 WHERE id = ?", article_id)
