"""Headers of strangers' mail as plain values: decoded, without line breaks, bounded, and never raising."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import getaddresses, parsedate_to_datetime

from confida_service.mail.charsets import decoded

LONGEST_HEADER = 20_000
MOST_IDS = 100
MOST_ADDRESSES = 200
ID = re.compile(r"<([^<>\s]{1,250})>")
BARE_ID = re.compile(r"(?<![<\w])([^<>\s,;:\"]{1,200}@[^<>\s,;:\"]{1,100})(?![>\w])")
ADDRESS = re.compile(r"[^\s<>,;:()\[\]\"@]{1,64}@[^\s<>,;:()\[\]\"@]{1,255}")
CONTROLS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """name: as written, may be "". address: in lower case, "" where there is none."""

    name: str = ""
    address: str = ""


def plain_header(value: str) -> str:
    """One header as a single line of text, its encoded words decoded (RFC 2047).

    Line breaks and marks that turn the direction of writing become spaces: a header can never pretend to be two.
    """
    return CONTROLS.sub(" ", decoded_words(value[:LONGEST_HEADER])).strip()


def raw_text(value: str) -> str:
    """The text of a header that travelled as it is, in eight bits: UTF-8 (RFC 6532), or what else it looks like."""
    return value if value.isascii() else decoded(value.encode("utf-8", "surrogateescape"), None)


def decoded_words(text: str) -> str:
    if "=?" not in text:
        return text
    try:
        pieces = decode_header(text)
    except (HeaderParseError, ValueError):
        return text
    return "".join(decoded(piece, charset) if isinstance(piece, bytes) else piece for piece, charset in pieces)


def ids_in(value: str) -> tuple[str, ...]:
    """Message ids in a header, without angle brackets; some programs leave the brackets out."""
    found = ID.findall(value) or BARE_ID.findall(value)
    return tuple(dict.fromkeys(found))[:MOST_IDS]


def addresses(value: str) -> tuple[Mailbox, ...]:
    """The mailboxes of an address header; entries without an address are left out."""
    value = value[:LONGEST_HEADER]
    try:
        pairs = getaddresses([value]) if value else []
    except (ValueError, IndexError, RecursionError):
        pairs = []
    found = [Mailbox(name=name.strip(), address=address.strip().lower()) for name, address in pairs]
    usable = [one for one in found if ADDRESS.fullmatch(one.address)]
    # Newer versions of Python give up the whole header where a comma is missing; the addresses are still there to read.
    return tuple(usable or [Mailbox(address=one.lower()) for one in ADDRESS.findall(value)])[:MOST_ADDRESSES]


def first_address(value: str) -> Mailbox | None:
    return next(iter(addresses(value)), None)


def sent_at(value: str) -> datetime | None:
    """The date of a message in UTC; a time without a zone is taken as UTC. None where there is no date in it."""
    try:
        found = parsedate_to_datetime(value)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
