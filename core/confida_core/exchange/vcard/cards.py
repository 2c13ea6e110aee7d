"""Cuts a file into cards and a card into lines, so that a broken card harms no other.

Everything is bytes here: the character set is a matter of the single property, and folding may split a character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

LARGEST_CARD = 16 * 1024 * 1024
MOST_PROPERTIES = 2_000
_LONGEST_HEADER = 8_192
_OUTSIDE_KEPT = 20_000

_LINE = re.compile(rb"[^\r\n]*(?:\r\n?|\n|\Z)")
_BEGIN = re.compile(rb"\s*BEGIN\s*:\s*VCARD\s*", re.IGNORECASE)
_END = re.compile(rb"\s*END\s*:\s*VCARD\s*", re.IGNORECASE)
_AGENT = re.compile(rb"(?:[\w-]+\.)?AGENT\b[^:]*:\s*(BEGIN\s*:\s*VCARD)?\s*", re.IGNORECASE)

_KNOWN = (
    b"ADR AGENT ANNIVERSARY BDAY BEGIN BIRTHPLACE CALADRURI CALURI CATEGORIES CLASS CLIENTPIDMAP DEATHDATE DEATHPLACE "
    b"EMAIL END EXPERTISE FBURL FN GENDER GEO HOBBY IMPP INTEREST KEY KIND LABEL LANG LOGO MAILER MEMBER N NAME NICKNAME "
    b"NOTE ORG ORG-DIRECTORY PHOTO PRODID PROFILE RELATED REV ROLE SORT-STRING SOUND SOURCE TEL TITLE TZ UID URL VERSION XML"
)
_NAMES = b"|".join(sorted(_KNOWN.split(), reverse=True))
# A line of unfolded text may well hold a colon ("Mind: the dog bites"), so a property has a known or capital name.
_PROPERTY = re.compile(rb"(?i:(?:[\w-]{1,100}\.)?(?:" + _NAMES + rb"|X-[\w-]{1,200}))\s*[;:]|[A-Z][A-Z0-9-]{1,60}[;:]")
_SURELY_PROPERTY = re.compile(rb"(?:" + _NAMES + rb")[;:]")
_QUOTED_PRINTABLE = re.compile(rb"[^:]*;\s*(?:ENCODING=)?QUOTED-PRINTABLE\b", re.IGNORECASE)
_BASE64 = re.compile(rb"[^:]*;\s*(?:ENCODING=)?(?:BASE64|B)\s*[;:]|[^:]*:data:[^,]{0,200};base64,", re.IGNORECASE)


@dataclass(slots=True)
class RawCard:
    """Physical lines between BEGIN and END, both left out. problem: "" or why the card cannot be read."""

    lines: list[bytes] = field(default_factory=list)
    size: int = 0
    problem: str = ""
    warning: str = ""
    outside: bool = False

    def add(self, line: bytes) -> None:
        self.size += len(line) + 1
        if self.size > (_OUTSIDE_KEPT if self.outside else LARGEST_CARD):
            self.problem = self.problem or "The card is larger than 16 MiB."
        else:
            self.lines.append(line)


def split_cards(data: bytes) -> Iterator[RawCard]:
    """Every card in the order of the file, and as `outside` cards the text that stands between them."""
    current: RawCard | None = None
    stray = RawCard(outside=True, problem="This text stands outside any card.")
    depth = 0
    for match in _LINE.finditer(data):
        line = match[0].rstrip(b"\r\n")
        if current is None:
            if _BEGIN.fullmatch(line):
                yield from _if_filled(stray)
                current, depth = RawCard(), 0
                stray = RawCard(outside=True, problem=stray.problem)
            elif line.strip() and not _END.fullmatch(line):
                stray.add(line)
        elif _begins_agent(current, line):
            depth += 1
            current.add(line)
        elif _BEGIN.fullmatch(line) and line[:1] not in b" \t":
            current.warning = "The end of the card was missing."
            yield current
            current, depth = RawCard(), 0
        elif _END.fullmatch(line) and depth == 0:
            yield current
            current = None
        else:
            depth -= 1 if _END.fullmatch(line) else 0
            current.add(line)
    if current is not None:
        current.warning = "The end of the card was missing."
        yield current
    yield from _if_filled(stray)


def _if_filled(card: RawCard) -> Iterator[RawCard]:
    if card.lines or card.size:
        yield card


def _begins_agent(card: RawCard, line: bytes) -> bool:
    """vCard 2.1 puts a whole card below AGENT, sometimes with BEGIN on the same line."""
    agent = _agent(line)
    if agent:
        return agent[1] is not None
    if not _BEGIN.fullmatch(line):
        return False
    before = next((earlier for earlier in reversed(card.lines[-3:]) if earlier.strip()), b"")
    agent_before = _agent(before)
    return agent_before is not None and agent_before[1] is None


def _agent(line: bytes) -> re.Match[bytes] | None:
    # The length is bounded, because two runs of white space in one pattern take quadratic time.
    return _AGENT.fullmatch(line) if len(line) < 200 else None


def unfold(lines: list[bytes]) -> tuple[list[bytes], list[list[bytes]]]:
    """(properties, each one line; nested cards, each as physical lines).

    Joins folded lines, soft line breaks of quoted-printable, and lines that were broken without any sign.
    """
    old_style = any(re.fullmatch(rb"VERSION\s*:\s*2\.1\s*", line, re.IGNORECASE) for line in lines)
    found: list[_Logical] = []
    nested: list[list[bytes]] = []
    depth = 0
    for line in lines:
        agent = _agent(line)
        if _BEGIN.fullmatch(line) or (agent and agent[1]):
            depth += 1
            if depth == 1:
                nested.append([])
        elif depth and _END.fullmatch(line):
            depth -= 1
        elif depth:
            nested[-1].append(line)
        else:
            _take(found, line, old_style)
    return [logical.joined() for logical in found], nested


class _Logical:
    """One property while its lines are collected."""

    __slots__ = ("base64", "closed", "parts", "quoted")

    def __init__(self, line: bytes) -> None:
        self.parts = [line]
        self.quoted = _QUOTED_PRINTABLE.match(line, 0, _LONGEST_HEADER) is not None
        self.base64 = _BASE64.match(line, 0, _LONGEST_HEADER) is not None
        self.closed = False

    def awaits_more(self) -> bool:
        return self.quoted and not self.closed and self.parts[-1].endswith(b"=")

    def joined(self) -> bytes:
        return b"".join(self.parts)


def _take(found: list[_Logical], line: bytes, old_style: bool) -> None:
    """Adds a physical line to the property it continues, or begins the next one."""
    last = found[-1] if found else None
    if last is not None and last.awaits_more() and not _SURELY_PROPERTY.match(line):
        last.parts[-1] = last.parts[-1][:-1]
        last.parts.append(line)
    elif not line.strip():
        if last is not None:
            last.closed = True
    elif line[:1] in b" \t" and last is not None:
        # vCard 2.1 folds where white space is; later versions add one character of it.
        last.parts.append(line if old_style else line[1:])
    elif last is None or _PROPERTY.match(line):
        found.append(_Logical(line))
    else:
        last.parts.extend((b"" if last.base64 else b"\n", line))
