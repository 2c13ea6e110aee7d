"""What people type into a search box, as a question to FTS5 that can never be a syntax error."""

from __future__ import annotations

import re

from confida_core.index.fold import fold
from confida_core.index.phones import international_digits

MAX_WORDS = 8
_MAX_WORD = 64
_MAX_TYPED = 1_000
# A telephone number as typed: digits with the signs and blanks people put between them.
_PHONE = re.compile(r"(?:\+|\b)\d(?:[\s()/.\-]{0,3}\d){4,}")


def search_words(text: str) -> str | None:
    """The FTS5 expression that finds contacts with a word beginning like each typed word; None if there is no word.

    At most the first 8 words count. Words joined by signs ("ada@example.org") must stand in that order. A telephone
    number counts as one word however it is grouped.
    """
    typed = fold(text[:_MAX_TYPED])
    words = [international_digits(number) for number in _PHONE.findall(typed)]
    words += _PHONE.sub(" ", typed).split()
    # FTS5 takes a quoted word without a letter or digit for one that nothing contains.
    asked = [word[:_MAX_WORD].replace('"', " ") for word in words]
    asked = [word for word in asked if any(map(str.isalnum, word))][:MAX_WORDS]
    return " AND ".join(f'"{word}"*' for word in asked) or None
