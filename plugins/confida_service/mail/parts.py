"""The parts of a message: text to read, and files to keep."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from email.message import Message

from confida_service.mail.charsets import codec_of, decoded
from confida_service.mail.headers import decoded_words, plain_header

MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,60}/[a-z0-9][a-z0-9!#$&^_.+-]{0,60}")
UNSAFE_IN_NAMES = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|\u202a-\u202e\u2066-\u2069]+")
LONGEST_NAME = 120
EXTENSIONS = {
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "application/pdf": ".pdf",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class TextPart:
    """Something to read. defects: `charset` where the text is a guess."""

    text: str
    html: bool
    defects: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadFile:
    """name: safe as the name of a file. media_type: as claimed, never believed. content_id: by which HTML shows it, or ""."""

    name: str
    media_type: str
    content: bytes
    content_id: str = ""


def media_type_of(part: Message) -> str:
    claimed = part.get_content_type().lower()
    return claimed if MEDIA_TYPE.fullmatch(claimed) else "application/octet-stream"


def is_attached(part: Message) -> bool:
    disposition = plain_header(part.get("content-disposition", "")).partition(";")[0].strip().lower()
    return disposition == "attachment"


def body_of(part: Message, *, alone: bool) -> TextPart | None:
    """The part as text to read, or None if it is a file. alone: it is the whole message, whatever it calls itself."""
    media_type = media_type_of(part)
    readable = media_type in {"text/plain", "text/html"} or (alone and media_type.startswith("text/"))
    if not readable or (is_attached(part) and not alone) or (name_of(part) and not alone and media_type != "text/html"):
        return None
    raw, charset = payload(part), part.get_param("charset")
    claimed = charset if isinstance(charset, str) else None
    text = decoded(raw, claimed).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    unsure = claimed is not None and codec_of(claimed) is None
    return TextPart(text=text, html=media_type == "text/html", defects=("charset",) if unsure else ())


def is_nothing(part: Message) -> bool:
    """A container whose parts are missing, without a name to miss them by."""
    return not part.get_payload() and not name_of(part)


def payload(part: Message) -> bytes:
    """The bytes of a part, decoded from how they travelled; what is damaged there is kept as far as it goes."""
    inside = part.get_payload()
    if isinstance(inside, list):
        # A message within a message, or parts nested too deeply to look at: kept as it is written.
        return b"\n".join(bytes(child) if isinstance(child, Message) else str(child).encode() for child in inside)
    try:
        found = part.get_payload(decode=True)
    except (binascii.Error, ValueError, LookupError, AssertionError):
        found = None
    return found if isinstance(found, bytes) else str(inside or "").encode("utf-8", "surrogateescape")


def name_of(part: Message) -> str:
    """The file's name as the sender gave it (RFC 2231 or an encoded word), or ""."""
    try:
        return decoded_words(part.get_filename() or "")
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


def file_of(part: Message, number: int) -> ReadFile:
    media_type = media_type_of(part)
    given = UNSAFE_IN_NAMES.sub("_", name_of(part)).strip(" ._")
    stem, dot, ending = given.rpartition(".")
    short = f"{stem[: LONGEST_NAME - len(ending)]}.{ending}" if dot and len(ending) < 10 else given[:LONGEST_NAME]
    content_id = plain_header(part.get("content-id", "")).strip("<> ")[:200]
    return ReadFile(
        name=short or f"file-{number}{EXTENSIONS.get(media_type, '')}",
        media_type=media_type,
        content=payload(part),
        content_id=content_id,
    )
