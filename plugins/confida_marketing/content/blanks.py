"""Personal fields in a text: `{{first_name}}`, or `{{first_name|friend}}` with what stands there where nothing is known.

A closed list and the organisation's custom fields; nothing is computed, nothing is looked up, no text is ever run.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

FIELDS: Mapping[str, str] = {
    "first_name": "First name",
    "last_name": "Last name",
    "name": "Whole name",
    "prefix": "What stands before the name, such as Dr",
    "nickname": "What they like to be called",
    "organisation": "Organisation they belong to",
    "job_title": "Their work there",
    "place": "Town or village",
    "sender": "The name of your organisation",
}
CUSTOM = "custom."
LONGEST_FALLBACK = 100
# Words that only texts from elsewhere have; they mark a field while a text becomes HTML.
OPENED, CLOSED = "\ue000", "\ue001"
MARK = re.compile(f"{OPENED}([0-9]+){CLOSED}")
PART = re.compile(r"\{\{|\}\}")
NAME = re.compile(r"[a-z][a-z0-9_.]{0,79}")


class Blank(NamedTuple):
    """One personal field and its fallback."""

    name: str
    fallback: str = ""


class Broken(ValueError):
    """A field that cannot be filled in; the text is one sentence without a full stop."""


def split_blanks(text: str) -> list[str | Blank]:
    """Plain text and fields in turn. Raises Broken for braces that do not match, or a name that is none."""
    parts: list[str | Blank] = []
    rest = text
    while found := PART.search(rest):
        if found[0] == "}}":
            raise Broken("there is “}}” without “{{” before it")
        before, inner = rest[: found.start()], rest[found.end() :]
        end = PART.search(inner)
        if end is None or end[0] != "}}":
            raise Broken(f"the field “{{{{{inner[:20].strip()}” has no “}}}}” behind it")
        parts += [before, read_blank(inner[: end.start()])]
        rest = inner[end.end() :]
    return [part for part in (*parts, rest) if part != ""]


def read_blank(inner: str) -> Blank:
    """Raises Broken."""
    name, _, fallback = inner.partition("|")
    name, fallback = name.strip(), " ".join(fallback.split())
    if not NAME.fullmatch(name):
        raise Broken(f"“{name[:40]}” is no name of a field")
    if len(fallback) > LONGEST_FALLBACK or "\n" in inner:
        raise Broken(f"what stands after “{name}|” is one line of at most {LONGEST_FALLBACK} characters")
    return Blank(name, fallback)


def check_blank(blank: Blank, known: Mapping[str, str]) -> None:
    """known: names of FIELDS and, with `custom.` before them, of the organisation's own fields. Raises Broken."""
    if blank.name not in known:
        near = nearest(blank.name, known)
        raise Broken(f"there is no field “{blank.name}”" + (f" (did you mean “{near}”?)" if near else ""))


def nearest(name: str, known: Mapping[str, str]) -> str:
    """The known name that somebody probably meant, or ""."""
    import difflib

    return next(iter(difflib.get_close_matches(name, list(known), 1, 0.6)), "")


def marked(text: str, blanks: list[Blank]) -> str:
    """The text with each field as a mark that no other text can hold, and the fields behind those in `blanks`. Raises Broken."""
    out = []
    for part in split_blanks(text.replace(OPENED, "").replace(CLOSED, "")):
        if isinstance(part, str):
            out.append(part)
        else:
            blanks.append(part)
            out.append(f"{OPENED}{len(blanks) - 1}{CLOSED}")
    return "".join(out)


def only_fallbacks(text: str) -> str:
    """As somebody reads it of whom nothing is known; a text with broken fields as it is."""
    try:
        return "".join(part if isinstance(part, str) else part.fallback for part in split_blanks(text))
    except Broken:
        return text
