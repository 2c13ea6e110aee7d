"""Finds articles: all of the words that somebody typed, or whatever answers a question best. Nothing of it is written down.

The words of all articles stand in a table of their own, so that neither reads an article to find out that it is not meant.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from confida_core.api import Installation, Row
from confida_service.knowledge.words import TITLE, stem, stems_of, words_of_text

MOST_WORDS, MOST_ASKED, MOST_TRIED = 8, 80, 12
SHORTEST_BEGINNING = 3
LONGEST_QUESTION = 4_000
COMMON = 0.25
"""A word in more than this part of all articles says nothing of what a question is about."""
FEW = 8
SHOWN = "id, title, language, audience, category, tags, state, version, changed_at, substr(body, 1, 600) AS beginning"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Which articles may be found. condition: on `service_article AS a`, of our own words and marks."""

    condition: str
    values: tuple[Any, ...] = ()


PUBLIC = Shelf("a.deleted_at IS NULL AND a.state = 'published' AND a.audience = 'public'")
PUBLISHED = Shelf("a.deleted_at IS NULL AND a.state = 'published'")
ALL = Shelf("a.deleted_at IS NULL")


async def find_articles(crm: Installation, shelf: Shelf, text: str, limit: int) -> list[Row]:
    """Those that hold all of the words, or words that begin so; the best first, as far as lists show them. One query."""
    words = list(dict.fromkeys(words_of_text(text)))[:MOST_WORDS]
    if not words:
        return []
    parts, values = list[str](), list[Any]()
    for word in words:
        part, more = holding(word)
        parts, values = [*parts, part], [*values, *more]
    return await crm.data.fetch(
        f"SELECT {SHOWN} FROM (SELECT article_id, sum(best) AS score FROM ({' UNION ALL '.join(parts)}) AS each_word "
        "GROUP BY article_id HAVING count(*) = ?) AS f JOIN service_article AS a ON a.id = f.article_id "
        f"WHERE {shelf.condition} ORDER BY f.score DESC, a.id LIMIT ?",
        *values, len(words), *shelf.values, limit,
    )  # fmt: skip


def holding(word: str) -> tuple[str, list[Any]]:
    """Which articles hold a word, or one that begins so, each once. A whole word counts for more than the beginning of another.

    Counted where the words lie: a short beginning has tens of thousands of them, and to fetch them took a second (measured).
    """
    whole = stem(word).encode()
    if len(word) < SHORTEST_BEGINNING:
        return "SELECT article_id, weight * 2 AS best FROM service_article_word WHERE word = ?", [whole]
    return (
        "SELECT article_id, max(CASE WHEN word = ? THEN weight * 2 ELSE weight END) AS best FROM service_article_word "
        "WHERE word = ? OR (word >= ? AND word < ?) GROUP BY article_id",
        [whole, whole, word.encode(), word.encode() + b"\xff"],
    )


async def suggest_articles(crm: Installation, shelf: Shelf, subject: str, text: str, limit: int) -> list[Row]:
    """Those that a question may be answered by, the best first; none rather than some that share a common word. Three queries."""
    asked = dict.fromkeys(stems_of(text[:LONGEST_QUESTION]), 1) | dict.fromkeys(stems_of(subject), 2)
    telling = await telling_words(crm, list(asked)[-MOST_ASKED:])
    if not telling:
        return []
    rows = await crm.data.fetch(
        "SELECT w.article_id, w.word, w.weight FROM service_article_word AS w JOIN service_article AS a "
        f"ON a.id = w.article_id WHERE w.word IN ({', '.join('?' * len(telling))}) AND {shelf.condition}",
        *(word.encode() for word in telling), *shelf.values,
    )  # fmt: skip
    scores: dict[UUID, float] = defaultdict(float)
    shared: dict[UUID, int] = defaultdict(int)
    for row in rows:
        word = bytes(row["word"]).decode()
        scores[row["article_id"]] += row["weight"] * asked[word] * telling[word]
        # A word of the title alone is enough; of those in the text, two have to agree.
        shared[row["article_id"]] += 2 if row["weight"] >= TITLE else 1
    return await articles_by_score(crm, {key: score for key, score in scores.items() if shared[key] > 1}, limit)


async def telling_words(crm: Installation, words: Sequence[str]) -> dict[str, float]:
    """The rarest of them, each with how much it tells. Words that no article has are left out."""
    if not words:
        return {}
    rows = await crm.data.fetch(
        "SELECT word, count(*) AS number, (SELECT count(*) FROM service_article) AS total FROM service_article_word "
        f"WHERE word IN ({', '.join('?' * len(words))}) GROUP BY word",
        *(word.encode() for word in words),
    )
    kept = [row for row in rows if row["number"] <= max(FEW, row["total"] * COMMON)]
    rarest = sorted(kept, key=lambda row: (row["number"], bytes(row["word"])))[:MOST_TRIED]
    return {bytes(row["word"]).decode(): math.log(1 + row["total"] / row["number"]) for row in rarest}


async def articles_by_score(crm: Installation, scores: dict[UUID, Any], limit: int) -> list[Row]:
    order = sorted(scores, key=lambda key: (-scores[key], key.int))[:limit]
    return in_order(order, await shown_rows(crm, order))


async def shown_rows(crm: Installation, ids: Sequence[UUID]) -> list[Row]:
    if not ids:
        return []
    return await crm.data.fetch(f"SELECT {SHOWN} FROM service_article WHERE id IN ({', '.join('?' * len(ids))})", *ids)


def in_order(ids: Sequence[UUID], rows: Iterable[Row]) -> list[Row]:
    by_id = {row["id"]: row for row in rows}
    return [by_id[key] for key in ids if key in by_id]
