"""The words of pages in the reader's language: which one is chosen, and its catalogue.

English is the language the program is written in. Every other one is a file `translations/<language>.po`, read when the
first page asks for it and kept; there is nothing to compile, and a start that nobody visits reads none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

FOLDER = Path(__file__).parent / "translations"
SOURCE = "en"
LANGUAGES: Mapping[str, str] = {"en": "English", "de": "Deutsch"}
"""Language tag -> what its speakers call it."""
RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur", "yi", "ps", "sd", "dv", "ckb"})
# A header of thousands of parts is somebody's test, not somebody's languages.
MOST_PREFERENCES, LONGEST_HEADER = 20, 1_000

_RANGE = re.compile(
    r"\s*(\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,7})\s*(?:;\s*[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*)?"
)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language's words. one: by message. several: by (singular, plural), the forms in the order of `form_of`'s numbers."""

    one: Mapping[str, str] = field(default_factory=dict)
    several: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def gettext(self, message: str) -> str:
        return self.one.get(message) or message

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        # Both languages we have know two forms, with the border at one; a third language brings its rule along.
        forms = self.several.get((singular, plural), (singular, plural))
        return forms[0 if count == 1 else 1]


_UNTRANSLATED = Catalogue()
_more: list[Path] = []
_spoken: ContextVar[Catalogue] = ContextVar("spoken", default=_UNTRANSLATED)


@cache
def catalogue(language: str) -> Catalogue:
    """The words of one of LANGUAGES; the program's own for any other tag."""
    if language == SOURCE or language not in LANGUAGES:
        return _UNTRANSLATED
    from babel.messages.pofile import read_po

    one, several = dict[str, str](), dict[tuple[str, str], tuple[str, ...]]()
    for path in (folder / f"{language}.po" for folder in (FOLDER, *_more)):
        if not path.is_file():
            continue
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                key, words = message.id, message.string
                if isinstance(key, str) and isinstance(words, str):
                    if key and words and not message.fuzzy:
                        one.setdefault(key, words)
                elif words and all(words) and not message.fuzzy:
                    several.setdefault((key[0], key[1]), tuple(words))
    return Catalogue(one, several)


def speak_also(folders: Iterable[Path]) -> None:
    """Words of plugins too, from now on and for this process; what we say ourselves stays as it is."""
    new = [folder for folder in folders if folder not in {FOLDER, *_more}]
    if new:
        _more.extend(new)
        catalogue.cache_clear()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within this block `gettext` and `ngettext` answer in this language, in this task only."""
    token = _spoken.set(catalogue(language))
    try:
        yield
    finally:
        _spoken.reset(token)


def gettext(message: str, **values: object) -> str:
    """The message in the language being spoken, with `%(name)s` filled in: plain text, which templates escape whole."""
    text = _spoken.get().gettext(message)
    return text % values if values else text


def ngettext(singular: str, plural: str, n: int, **values: object) -> str:
    return _spoken.get().ngettext(singular, plural, n) % ({"num": n} | values)


def mark(message: str) -> str:
    """Names a message for the catalogue that is translated later, where it is shown."""
    return message


def direction_of(language: str) -> Literal["ltr", "rtl"]:
    return "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def known(tag: str) -> str:
    """The language of ours that a tag means ("de-AT" is German); "" if we do not have it."""
    primary = tag.strip().lower().replace("_", "-").partition("-")[0]
    return primary if primary in LANGUAGES else ""


def preferred(header: str) -> str:
    """The best of our languages by an Accept-Language header (RFC 9110, 12.5.4); "" if it names none of them."""
    found: list[tuple[float, int, str]] = []
    for place, part in enumerate(header[:LONGEST_HEADER].split(",")[:MOST_PREFERENCES]):
        matched = _RANGE.fullmatch(part)
        if matched is None or matched[1] == "*" or not (language := known(matched[1])):
            continue
        quality = float(matched[2] or "1")
        if quality > 0:
            found.append((-quality, place, language))
    return min(found)[2] if found else ""


def choose(*, asked: str = "", kept: str = "", person: str = "", header: str = "", default: str = SOURCE) -> str:
    """Which language a page speaks: asked for just now, kept in a cookie, the person's own, the browser's, the installation's."""
    return known(asked) or known(kept) or known(person) or preferred(header) or known(default) or SOURCE
