"""Words as articles are found by: without capitals, accents and endings, the same in an article and in a question.

The endings are those of English and German, taken off whatever the language: a word and its plural must come out the same,
and it does no harm if another word does, too.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

WORD = re.compile(r"[^\W_]+")
# Where a Markdown link leads, and what a browser would be told by HTML, is nothing that people search.
ADDRESS = re.compile(r"\]\([^()\s]*\)|https?://\S+|</?\w[^>]{0,200}>")
ENDINGS = ("innen", "ing", "ern", "est", "en", "er", "es", "em", "ed", "s", "e", "n")
SHORTEST_STEM, LONGEST_WORD = 4, 40
TITLE, LABEL, MOST_OF_ONE = 12, 6, 4
"""What a word counts for: in the title, in category and tags, and at most, however often it stands in the text."""


def folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def stem(word: str) -> str:
    """word: folded. Endings are taken off until none is left, so that every form of a word comes to the same."""
    while True:
        ending = next((one for one in ENDINGS if word.endswith(one) and len(word) - len(one) >= SHORTEST_STEM), "")
        if not ending:
            return word
        word = word.removesuffix(ending)


def words_of_text(text: str) -> list[str]:
    """Folded, in order, with repetitions; single letters are none."""
    return [word[:LONGEST_WORD] for word in WORD.findall(folded(text)) if len(word) > 1]


def stems_of(text: str) -> list[str]:
    return [stem(word) for word in words_of_text(text)]


def weighed(title: str, labels: Sequence[str], body: str) -> dict[str, int]:
    """The stems of an article, and how much each of them counts."""
    counted = Counter(stems_of(ADDRESS.sub("] ", body)))
    weights = {word: min(number, MOST_OF_ONE) for word, number in counted.items()}
    for word in set(stems_of(" ".join(labels))):
        weights[word] = weights.get(word, 0) + LABEL
    for word in set(stems_of(title)):
        weights[word] = weights.get(word, 0) + TITLE
    return weights
