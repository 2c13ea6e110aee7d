"""What was typed, and whether a text answers to it: the same rule for everything that the search finds."""

from __future__ import annotations

from confida_core.index.fold import fold

MOST_WORDS = 8


def words_of(text: str) -> tuple[str, ...]:
    """The words of what somebody typed, without case and accents; at most eight."""
    return tuple(fold(text).split()[:MOST_WORDS])


def matches_words(text: str, words: tuple[str, ...]) -> bool:
    """Whether each word begins a word of the text, in any order; case and accents make no difference."""
    parts = fold(text).split()
    return all(any(part.startswith(word) for part in parts) for word in words)
