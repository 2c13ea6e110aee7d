"""Which words the public side speaks, and what a catalogue lacks. `python -m tests.translations de` names what is missing."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import confida_web

ROOT = Path(confida_web.__file__).parent
SPOKEN = (
    "templates/portal/**/*.html",
    "templates/receipts/**/*.html",
    "portal/**/*.py",
    "receipts/**/*.py",
    "formatting.py",
)
KEYWORDS = {"_": None, "gettext": None, "mark": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?([a-zA-Z%])")

Message = str | tuple[str, str]


def messages() -> dict[Message, str]:
    """Every message of the public side -> the first file that says it."""
    found: dict[Message, str] = {}
    for pattern in SPOKEN:
        for path in sorted(ROOT.glob(pattern)):
            for message in messages_in(path):
                found.setdefault(message, path.relative_to(ROOT).as_posix())
    return found


def messages_in(path: Path) -> Iterator[Message]:
    """In the order of the file. English that is handed to `_` as anything but a plain string is not seen by anybody."""
    from babel.messages.extract import extract
    from jinja2.ext import babel_extract

    # Jinja's own types say it a little differently from Babel's.
    method: Any = babel_extract if path.suffix == ".html" else "python"
    options = {"extensions": "jinja2.ext.i18n,jinja2.ext.do", "trimmed": "true", "silent": "false"}
    with path.open("rb") as file:
        for _line, message, _comments, _context in extract(method, file, KEYWORDS, (), options):
            if isinstance(message, tuple):
                yield message[0], message[1]
            elif message:
                yield message


def placeholders(text: str) -> list[str]:
    return sorted(found.group(0) for found in PLACEHOLDER.finditer(text))


def faults(language: str) -> dict[Message, str]:
    """Message -> what is wrong with it in the language's catalogue."""
    from confida_web.languages import catalogue

    words = catalogue.__wrapped__(language)
    wrong: dict[Message, str] = {}
    for message in messages():
        if isinstance(message, tuple):
            translated = words.several.get(message, ())
            wanted = placeholders(message[1])
        else:
            text = words.one.get(message, "")
            translated, wanted = (text,) if text else (), placeholders(message)
        if not translated:
            wrong[message] = "missing"
        elif (
            any(set(placeholders(text)) - set(wanted) for text in translated) or placeholders(translated[-1]) != wanted
        ):
            wrong[message] = "other placeholders"
    return wrong


def unused(language: str) -> set[Message]:
    """What the catalogue translates though nobody says it any more."""
    from confida_web.languages import catalogue

    words = catalogue.__wrapped__(language)
    translated: set[Message] = {*words.one, *words.several}
    return translated - set(messages())


if __name__ == "__main__":
    said = messages()
    for message, fault in faults(sys.argv[1]).items():
        sys.stdout.write(f"{said[message]}: {fault}: {message!r}\n")
    for message in sorted(map(str, unused(sys.argv[1]))):
        sys.stdout.write(f"unused: {message!r}\n")
