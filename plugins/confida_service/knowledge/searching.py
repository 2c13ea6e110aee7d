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
    """Those that hold all of the words, or words that begin so; the best first, as far as lists show them. Two queries."""
    words = list(dict.fromkeys(words_of_text(text)))[:MOST_WORDS]
    if not words:
        return []
    parts, values = [], list[Any]()
    for word in words:
        parts.append("w.word = ? OR (w.word >= ? AND w.word < ?)")
        values += [stem(word).encode(), word.encode(), word.encode() + b"\xff"]
    rows = await crm.data.fetch(
        "SELECT w.article_id, w.word, w.weight FROM service_article_word AS w JOIN service_article AS a "
        f"ON a.id = w.article_id WHERE ({' OR '.join(parts)}) AND {shelf.condition}",
        *values, *shelf.values,
    )  # fmt: skip
    best: dict[UUID, dict[str, int]] = defaultdict(dict)
    for row in rows:
        found = bytes(row["word"]).decode()
        for word in words:
            if found == stem(word) or found.startswith(word):
                # A whole word counts for more than the beginning of another one.
                weight = row["weight"] * (2 if found == stem(word) else 1)
                best[row["article_id"]][word] = max(weight, best[row["article_id"]].get(word, 0))
    scores = {key: sum(each.values()) for key, each in best.items() if len(each) == len(words)}
    return await articles_by_score(crm, scores, limit)


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
