"""In which language a mail is written: what it says of itself, or which little words are frequent in it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from confida_service.mail.folding import new_text
from confida_service.mail.reading import ReadMail

FREQUENT: Mapping[str, str] = {
    "de": "der die das und ist nicht ich wir sie mit für auf ein eine bitte haben kann mein",
    "en": "the and is not you we they with for on of to a please have can my this",
    "fr": "le la les et est ne pas je nous vous avec pour sur un une des mon ce",
    "es": "el los las y es no yo nosotros usted con para en un una por mi que del",
    "it": "il lo gli e è non io noi voi con per su un una di che mio della",
    "nl": "de het en is niet ik wij u met voor op een van dat mijn kan hebben",
}
WORD = re.compile(r"[^\W\d_]+")
LONGEST = 5_000
FEWEST = 3


def language_of(mail: ReadMail) -> str:
    """A code of two letters (ISO 639-1), "" where it cannot be told."""
    said = re.match(r"[a-z]{2}\b", mail.header("content-language").strip().lower())
    return said[0] if said else guessed(new_text(mail.text[: LONGEST * 4])[:LONGEST])


def guessed(text: str) -> str:
    """The language that has most of its frequent words in the text, if there are some, and more than of any other."""
    words = [word.lower() for word in WORD.findall(text)]
    counts = sorted(
        ((sum(map(words.count, frequent.split())), code) for code, frequent in FREQUENT.items()), reverse=True
    )
    (most, code), (second, _) = counts[:2]
    return code if most >= FEWEST and most > second else ""
