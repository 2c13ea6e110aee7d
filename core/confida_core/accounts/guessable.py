"""Passwords that are long but easy to guess: what remains when common parts are taken away must still be something.

Lists of leaked passwords hold next to nothing of fifteen characters; what people do instead is to string common parts together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

LEFT_OVER = 6
_LEET = str.maketrans("013457@$!|", "oieastasil")
_ROWS = (
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "yxcvbnm",
    "azertyuiop",
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
)
_REPEAT = re.compile(r"(.+?)\1{2,}", re.DOTALL)
_NOT_LETTER = re.compile(r"[\W\d_]+")


@cache
def common_words() -> frozenset[str]:
    """Words that stand in nearly every list of common passwords, shipped with the program."""
    return frozenset((Path(__file__).parent / "common_words.txt").read_text("utf-8").split())


@cache
def runs() -> tuple[str, ...]:
    """Pieces of four keys in a row, in both directions."""
    found = {row[at : at + 4] for row in _ROWS for at in range(len(row) - 3)}
    return tuple(sorted(found | {run[::-1] for run in found}))


def is_guessable(password: str, context: Iterable[str] = ()) -> bool:
    """Whether, without common words, context words, rows of keys, digits and repetition, fewer than six characters remain."""
    plain = password.casefold()
    words = {part for word in context for part in re.split(r"\W+", word.casefold()) if len(part) >= 3}
    known = sorted(common_words() | words, key=len, reverse=True)
    return min(remains(plain, known), remains(plain.translate(_LEET), known)) < LEFT_OVER


def remains(text: str, known: list[str]) -> int:
    """How many different characters are left of it."""
    for word in known:
        text = text.replace(word, " ")
    for run in runs():
        text = text.replace(run, " ")
    text = _REPEAT.sub(r"\1", text)
    letters = _NOT_LETTER.sub("", text)
    return min(len(set(text.replace(" ", ""))), len(letters)) if letters else 0
