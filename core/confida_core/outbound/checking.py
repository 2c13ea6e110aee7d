"""What a message may hold: one address, storable text, and headers that cannot smuggle in others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

from confida_core.clock import now
from confida_core.contacts.channels import normal_email
from confida_core.contacts.text import clean_line, clean_text
from confida_core.outbound.content import AttachedFile, OutboundMessage

LONGEST_SUBJECT = 250
LONGEST_BODY = 1_000_000
LONGEST_HEADER = 900
MOST_FILES, LARGEST_FILES = 10, 10_000_000
# Shorter than what counts as lying still (`leaving.LEFT_LYING`), or it would be taken for forgotten.
LONGEST_WAIT = timedelta(minutes=30)
# Whatever decides who gets a message, or how it reads, is the door's; Bcc, say, would be a way round it.
ALLOWED_HEADERS = frozenset(
    {
        "auto-submitted", "content-language", "feedback-id", "in-reply-to", "list-help", "list-id", "list-unsubscribe",
        "list-unsubscribe-post", "precedence", "references", "reply-to",
    }
)  # fmt: skip
ONE_CLICK = "List-Unsubscribe=One-Click"

_OWN_HEADER = re.compile(r"x-[a-z0-9-]{1,60}\Z")
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,100}\Z")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_UNSUBSCRIBE = re.compile(r"<https://[^<>\s,]+>(, ?<mailto:[^<>\s,]+>)?\Z")


def checked_line(name: str, value: str, longest: int) -> str:
    """One line of a header. Raises ValueError naming the field, never its value: a line break would start another one."""
    if _CONTROL.search(value):
        raise ValueError(f"{name} must be one line without control characters")
    line = clean_line(value)
    if len(line) > longest:
        raise ValueError(f"{name} is longer than {longest} characters")
    return line


def checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Names in their usual spelling, each once. Raises ValueError."""
    found: dict[str, str] = {}
    for name, value in headers.items():
        folded = name.lower()
        if folded not in ALLOWED_HEADERS and not _OWN_HEADER.match(folded):
            raise ValueError("a header is not one that a sender may choose")
        title = "-".join(part.capitalize() for part in folded.split("-"))
        if title in found:
            raise ValueError(f"header {title} is given twice")
        found[title] = checked_line(f"header {title}", value, LONGEST_HEADER)
        if not found[title].isascii():
            raise ValueError(f"header {title} must be plain ASCII")
    _check_meaning(found)
    return found


def _check_meaning(headers: Mapping[str, str]) -> None:
    unsubscribe, post = headers.get("List-Unsubscribe"), headers.get("List-Unsubscribe-Post")
    if unsubscribe is not None and not _UNSUBSCRIBE.match(unsubscribe):
        raise ValueError("List-Unsubscribe must hold exactly one https address, then at most one mailto")
    if post is not None and (post != ONE_CLICK or unsubscribe is None):
        raise ValueError("List-Unsubscribe-Post belongs to List-Unsubscribe and says One-Click")
    if "Reply-To" in headers and normal_email(headers["Reply-To"]) != headers["Reply-To"]:
        raise ValueError("Reply-To must be one address")


def checked_address(value: str) -> str:
    """One mail address in its usual spelling. Raises ValueError, which does not repeat it."""
    address = None if _CONTROL.search(value) else normal_email(value)
    if address is None:
        raise ValueError("the address is no e-mail address")
    return address


def checked_body(name: str, value: str) -> str:
    """Raises ValueError (UnstorableText among them)."""
    if len(value) > LONGEST_BODY:
        raise ValueError(f"{name} is longer than {LONGEST_BODY} characters")
    return clean_text(value)


def checked_to(message: OutboundMessage) -> str:
    """The address as it will be used; "" where the contact's own is to be taken. Raises ValueError."""
    if message.path == "email":
        return checked_address(message.to) if message.to else ""
    return checked_line("the address", message.to, 500)


def checked_files(message: OutboundMessage) -> tuple[AttachedFile, ...]:
    """The files, each with its size. Raises ValueError for what no e-mail can carry, or would carry nowhere."""
    files = message.files
    if files and message.path != "email":
        raise ValueError("files go with e-mails only")
    if len(files) > MOST_FILES or sum(len(file.data) for file in files) > LARGEST_FILES:
        raise ValueError(f"at most {MOST_FILES} files of {LARGEST_FILES} bytes together")
    for file in files:
        # The message itself is such a part; a part of it that claims to be one would be read as mail.
        if not _MEDIA_TYPE.match(file.media_type) or file.media_type.startswith(("message/", "multipart/")):
            raise ValueError("a file has a media type that no attachment can have")
        if not file.name or "/" in file.name or "\\" in file.name:
            raise ValueError("a file needs a name without a folder")
    return tuple(
        AttachedFile(
            name=checked_line("the name of a file", file.name, 200),
            media_type=file.media_type,
            data=file.data,
            size=len(file.data),
        )
        for file in files
    )


def check_wait(message: OutboundMessage) -> None:
    if message.leaves_at is not None and message.leaves_at > now() + LONGEST_WAIT:
        raise ValueError(f"nothing waits for more than {LONGEST_WAIT.seconds // 60} minutes")
