"""The little Markdown of e-mails: paragraphs, lists, **bold**, *italics*, [words](address). Everything else is plain text.

It is read into a small tree, which is written as HTML of mail programs, as a page, or as plain text; so nothing that
somebody types ever reaches HTML but as escaped text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

# Braces are left out, because a personal field in an address would be personal data in somebody's log.
SAFE = re.compile(r"(?:https?://|mailto:|tel:)[^\s<>\"'`{}\x00-\x1f\x7f\ue000\ue001]{1,1990}", re.IGNORECASE)
_LINK = r"\[(?P<words>[^\[\]\n]{1,400})\]\((?P<href>[^()\s]{1,2000})\)"
_BARE = r"(?P<bare>https?://[^\s<>\"'`(){}\ue000\ue001]{1,1900}[^\s<>\"'`(){}.,;:!?\ue000\ue001])"
_BOLD = r"\*\*(?=\S)(?P<bold>[^*\n]{1,2000}?)(?<=\S)\*\*"
_ITALIC = r"(?<![\w*])[*_](?=[^\s*_])(?P<italic>[^*_\n]{1,2000}?)(?<=[^\s*_])[*_](?![\w*])"
INLINE = re.compile("|".join((_LINK, _BARE, _BOLD, _ITALIC)))
ITEM = re.compile(r" {0,3}(?:(?P<dot>[-*•])|(?P<number>[0-9]{1,4})[.)]) +(?P<text>.*)")


Kind = Literal["dots", "numbers"]


@dataclass(frozen=True, slots=True)
class Run:
    """Words that look alike. href: where they lead, "" for no link. line_break: nothing but the end of a line."""

    text: str
    bold: bool = False
    italic: bool = False
    href: str = ""
    line_break: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, or a list. parts: one for a paragraph, else one for each item."""

    kind: Literal["paragraph", "dots", "numbers"]
    parts: tuple[tuple[Run, ...], ...]


def passages_of(text: str) -> list[Passage]:
    """What the text says, in its order."""
    found: list[Passage] = []
    for chunk in re.split(r"\n[ \t]*\n", text.strip("\n")):
        found += chunk_passages(chunk.split("\n"))
    return found


def chunk_passages(lines: list[str]) -> list[Passage]:
    """Of lines without an empty one among them: a list may follow a paragraph at once."""
    found: list[Passage] = []
    plain: list[str] = []
    items: list[str] = []
    kind: Kind = "dots"

    def close() -> None:
        if items:
            found.append(listed(kind, list(items)))
        elif any(plain):
            found.append(paragraph(list(plain)))
        items.clear()
        plain.clear()

    for place, line in enumerate(lines):
        wanted, text = item_of(lines, place, len(items) if kind == "numbers" else 0)
        if wanted is None and items and line.startswith((" ", "\t")):
            items[-1] += "\n" + line.strip()
            continue
        if (wanted is None) == bool(items) or (items and wanted != kind):
            close()
        if wanted is None:
            plain.append(line.strip())
            continue
        if plain:
            close()
        kind = wanted
        items.append(text)
    close()
    return found


def item_of(lines: list[str], place: int, before: int) -> tuple[Kind | None, str]:
    """Of which list the line is an item, and its words; None for a line of text. before: numbered items that it follows.

    Numbers count from 1, and a list has at least two: "3. May" and "1. May" are dates.
    """
    item = ITEM.fullmatch(lines[place])
    if item is None:
        return None, ""
    if item["dot"]:
        return "dots", item["text"]
    follows = int(item["number"]) == before + 1
    if before == 0:
        follows = follows and any(
            (later := ITEM.fullmatch(line)) and later["number"] == "2" for line in lines[place + 1 : place + 20]
        )
    return ("numbers", item["text"]) if follows else (None, "")


def paragraph(lines: list[str]) -> Passage:
    return Passage("paragraph", (tuple(runs_of("\n".join(lines))),))


def listed(kind: Kind, items: list[str]) -> Passage:
    return Passage(kind, tuple(tuple(runs_of(item)) for item in items))


def runs_of(text: str, bold: bool = False, italic: bool = False, href: str = "") -> list[Run]:
    """Each call looks at a shorter text, and nothing is looked for within a link's words but bold and italics."""
    runs: list[Run] = []
    at = 0
    for found in INLINE.finditer(text):
        inner = inner_runs(found, bold, italic, href)
        if inner is None:
            continue
        runs += plain_runs(text[at : found.start()], bold, italic, href)
        runs += inner
        at = found.end()
    return runs + plain_runs(text[at:], bold, italic, href)


def inner_runs(found: re.Match[str], bold: bool, italic: bool, href: str) -> list[Run] | None:
    """None where it is to stay the text it is: an address that nobody may follow, or one within a link."""
    if found["bold"] is not None:
        return runs_of(found["bold"], True, italic, href)
    if found["italic"] is not None:
        return runs_of(found["italic"], bold, True, href)
    target = found["href"] or found["bare"]
    if href or not SAFE.fullmatch(target):
        return None
    return runs_of(found["words"], bold, italic, target) if found["words"] else [Run(target, bold, italic, target)]


def plain_runs(text: str, bold: bool, italic: bool, href: str) -> list[Run]:
    runs: list[Run] = []
    for place, line in enumerate(text.split("\n")):
        if place:
            runs.append(Run("", line_break=True))
        if line:
            runs.append(Run(line, bold, italic, href))
    return runs


def unsafe_targets(text: str) -> list[str]:
    """Addresses of links that are none: they are shown as the text they are, and somebody should know."""
    return [found["href"] for found in INLINE.finditer(text) if found["href"] and not SAFE.fullmatch(found["href"])]
