"""What a message may hold: one address, storable text, and headers that cannot smuggle in others."""

from __future__ import annotations

import re
from collections.abc import Mapping

from confida_core.contacts.channels import normal_email
from confida_core.contacts.text import clean_line, clean_text
from confida_core.outbound.content import OutboundMessage

LONGEST_SUBJECT = 250
LONGEST_BODY = 1_000_000
LONGEST_HEADER = 900
# Whatever decides who gets a message, or how it reads, is the door's; Bcc, say, would be a way round it.
ALLOWED_HEADERS = frozenset(
    {
        "auto-submitted", "content-language", "feedback-id", "in-reply-to", "list-help", "list-id", "list-unsubscribe",
        "list-unsubscribe-post", "precedence", "references", "reply-to",
    }
)  # fmt: skip
ONE_CLICK = "List-Unsubscribe=One-Click"

_OWN_HEADER = re.compile(r"x-[a-z0-9-]{1,60}\Z")
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
