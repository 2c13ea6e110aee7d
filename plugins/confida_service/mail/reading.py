"""Reads one e-mail as it came, whatever state it is in (RFC 5322, RFC 2045 to 2049, RFC 6532).

Nothing here raises because of what a message holds: what cannot be understood is left out and named in `defects`, and the
caller keeps the raw bytes. Sizes are bounded, because a message of a stranger decides over all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email._policybase import Compat32
from email.message import Message
from email.parser import BytesParser

from confida_service.mail.headers import (
    LONGEST_HEADER,
    Mailbox,
    addresses,
    first_address,
    ids_in,
    plain_header,
    raw_text,
    sent_at,
)
from confida_service.mail.parts import ReadFile, TextPart, body_of, file_of, is_nothing

LARGEST_MESSAGE = 50_000_000
LARGEST_HEAD = 200_000
MOST_PARTS = 500
DEEPEST = 30
MOST_FILES = 100
LONGEST_TEXT = 500_000
# What a message may cost: each line is compared with every boundary that is open.
MOST_COMPARISONS = 20_000_000
MOST_SEPARATORS = 50_000
BOUNDARY = re.compile(rb"boundary\s*=", re.IGNORECASE)


class PlainHeaders(Compat32):
    """Headers as text, cut before anything looks at them: parameters of one that is a megabyte long take seconds to tell apart."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines[:1_000])
        return name, raw_text(value[:LONGEST_HEADER])


NOBODY = Mailbox()
PARSER = BytesParser(policy=PlainHeaders())


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadMail:
    """One message. message_id, in_reply_to, references: without angle brackets. sent_at: UTC; None where the header is unusable.

    text, html: what was written, either may be "". files: attachments and embedded pictures. headers: all of them, as
    (name in lower case, value), for rules to look at. defects: what could not be read, as codes; a message with
    `unreadable` has no more than its headers here, and must be kept raw.
    """

    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sender: Mailbox = NOBODY
    reply_to: tuple[Mailbox, ...] = ()
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    subject: str = ""
    sent_at: datetime | None = None
    text: str = ""
    html: str = ""
    files: tuple[ReadFile, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    defects: tuple[str, ...] = ()

    def header(self, name: str) -> str:
        """The first one of this name (in lower case), or ""."""
        return next((value for key, value in self.headers if key == name), "")


def read_mail(raw: bytes) -> ReadMail:
    """What the bytes of a message say. Never raises; bounded in time and memory by `LARGEST_MESSAGE`."""
    head = re.split(rb"\r?\n\r?\n", raw[:LARGEST_HEAD], maxsplit=1)[0]
    if len(raw) > LARGEST_MESSAGE:
        return with_defect(read_head(head), "too_large")
    if too_tangled(raw):
        return with_defect(read_head(head), "too_many_parts")
    try:
        message = PARSER.parsebytes(raw)
        return with_body(read_headers(message), message)
    except Exception:  # The standard library raises whatever it likes on damaged mail, RecursionError included.
        return with_defect(read_head(head), "unreadable")


def too_tangled(raw: bytes) -> bool:
    boundaries = len(BOUNDARY.findall(raw))
    return (
        boundaries > MOST_PARTS
        or boundaries * raw.count(b"\n") > MOST_COMPARISONS
        or raw.count(b"\n--") > MOST_SEPARATORS
    )


def read_head(head: bytes) -> ReadMail:
    """The headers alone, of a message whose body is not looked at."""
    try:
        return read_headers(PARSER.parsebytes(head, headersonly=True))
    except Exception:  # As above: nothing that a stranger sends may stop the others' mail.
        return ReadMail(defects=("no_headers",))


def with_defect(mail: ReadMail, *codes: str) -> ReadMail:
    return replace(mail, defects=tuple(dict.fromkeys((*mail.defects, "unreadable", *codes))))


def read_headers(message: Message) -> ReadMail:
    """Every header by itself, so that a damaged one takes no other with it."""
    headers = tuple((name.lower(), plain_header(value)) for name, value in message.raw_items())
    mail = ReadMail(headers=headers[:300])
    return replace(
        mail,
        message_id=next(iter(ids_in(mail.header("message-id"))), ""),
        in_reply_to=ids_in(mail.header("in-reply-to")),
        references=ids_in(mail.header("references")),
        sender=first_address(mail.header("from")) or first_address(mail.header("sender")) or NOBODY,
        reply_to=addresses(mail.header("reply-to")),
        to=addresses(mail.header("to")),
        cc=addresses(mail.header("cc")),
        subject=mail.header("subject")[:1_000],
        sent_at=sent_at(mail.header("date")),
    )


def with_body(mail: ReadMail, message: Message) -> ReadMail:
    texts: list[TextPart] = []
    files: list[ReadFile] = []
    defects: list[str] = []
    for part, alone in leaves(message):
        found = body_of(part, alone=alone and not texts)
        if found is not None:
            texts.append(found)
            defects += found.defects
        elif is_nothing(part):
            continue
        elif len(files) < MOST_FILES:
            files.append(file_of(part, len(files) + 1))
        else:
            defects.append("too_many_files")
    text, html = joined(texts, html=False), joined(texts, html=True)
    if max(len(text), len(html)) > LONGEST_TEXT:
        defects.append("text_cut")
    return replace(
        mail,
        text=text[:LONGEST_TEXT],
        html=html[:LONGEST_TEXT],
        files=tuple(files),
        defects=tuple(dict.fromkeys(defects)),
    )


def joined(texts: Sequence[TextPart], *, html: bool) -> str:
    """All parts of one kind; some senders put a signature or a disclaimer into a part of its own."""
    return "\n\n".join(part.text for part in texts if part.html is html and part.text.strip())


def leaves(message: Message) -> Iterator[tuple[Message, bool]]:
    """The parts that hold something, in their order, and whether one is the whole message; a message within is one part.

    Walked with a stack of our own: a sender decides how deep parts are nested.
    """
    waiting: list[tuple[Message, int]] = [(message, 0)]
    count = 0
    while waiting and count < MOST_PARTS:
        part, depth = waiting.pop()
        count += 1
        inside = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inside, list) and depth < DEEPEST:
            waiting += [(child, depth + 1) for child in reversed(inside) if isinstance(child, Message)]
        else:
            yield part, part is message


def received_at(mail: ReadMail, arrived: datetime) -> datetime:
    """When it was sent as it says itself, unless that lies in the future or so far back that it cannot be meant."""
    said = mail.sent_at
    earliest = datetime(1990, 1, 1, tzinfo=UTC)
    return said if said is not None and earliest <= said <= arrived else arrived
