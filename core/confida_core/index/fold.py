"""One way to compare texts: every text of the index and every typed text passes through `fold` first."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Marks that people leave out when they type: Latin, Greek and Cyrillic diacritics, Hebrew points, Arabic vowel signs.
# Marks of other scripts (Devanagari vowels, the Japanese voicing mark) change the word and stay.
_SILENT_MARKS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]")
# Letters with a stroke have no decomposition in Unicode, yet people type them without.
_STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
_UNSTORABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


# One contact's name, town and tags are folded several times in a row, and the next one's tags are often the same.
@lru_cache(maxsize=1_024)
def fold(text: str) -> str:
    """Compatibility forms, case, diacritics, strokes, control characters and runs of white space made equal.

    Idempotent; never raises; lone surrogates and NUL become spaces, so the result can always be stored.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().split())
    folded = _UNSTORABLE.sub(" ", text)
    # Folding can yield new letters that decompose once more, hence the second round; a third never changes anything.
    for _ in range(2):
        folded = unicodedata.normalize("NFKD", folded).casefold()
        folded = _SILENT_MARKS.sub("", unicodedata.normalize("NFKD", folded)).translate(_STROKES)
        folded = unicodedata.normalize("NFKC", folded)
    return " ".join(folded.split())


def spellings(text: str) -> set[str]:
    """The folded text, and other ways in which people type the same name.

    "Müller" also as "mueller", "O'Brien" also as "obrien".
    """
    found = {fold(text)}
    if text.isascii() and "'" not in text:
        return found - {""}
    composed = unicodedata.normalize("NFC", text).lower()
    if not text.isascii():
        found.add(fold(composed.translate(_UMLAUTS)))
    if "'" in composed or "’" in composed:
        found.add(fold(composed.replace("'", "").replace("’", "")))
    return found - {""}
