"""What sort of mail it is: written by somebody, answered by a machine, sent back, or running in circles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from typing import Literal

from confida_service.mail.headers import ids_in
from confida_service.mail.reading import ReadMail

Sort = Literal["personal", "automatic", "list", "bounce", "complaint", "loop"]
MOST_HOPS = 40
BOUNCERS = re.compile(r"^(mailer-daemon|postmaster|mail-daemon)@", re.IGNORECASE)
MACHINE_HEADERS = ("x-autoreply", "x-autorespond", "x-auto-response-suppress-reply", "x-autoresponse")
REPORT = "message/delivery-status"
# Of a mailbox provider, when somebody reports our mail as unwanted (RFC 5965).
FEEDBACK = "message/feedback-report"
COMPLAINTS = re.compile(
    rb"^feedback-type:\s*(abuse|fraud|opt-out|opt-out-list|not-spam|virus|other)\b", re.IGNORECASE | re.MULTILINE
)
NO_COMPLAINT = b"not-spam"
RETURNED = frozenset({"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"})
STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounce:
    """A report about mail of ours (RFC 3464). for_good: it will not be tried again. recipients: in lower case.

    message_ids: of the mail that came back, as far as the report holds them. status: such as "5.1.1", or "".
    """

    for_good: bool
    status: str
    recipients: tuple[str, ...]
    message_ids: tuple[str, ...]


def sort_of(mail: ReadMail, own_addresses: frozenset[str]) -> Sort:
    """own_addresses: from which we send, in lower case. Whatever is not personal is never answered by a program (RFC 3834)."""
    if mail.header("x-confida-loop") or sum(name == "received" for name, _ in mail.headers) > MOST_HOPS:
        return "loop"
    if is_complaint(mail):
        return "complaint"
    if is_bounce(mail):
        return "bounce"
    if mail.sender.address in own_addresses:
        return "loop"
    if mail.header("list-id") or mail.header("precedence").lower() in {"bulk", "list", "junk"}:
        return "list"
    submitted = mail.header("auto-submitted").partition(";")[0].strip().lower()
    machine = submitted not in {"", "no"} or any(mail.header(name) for name in MACHINE_HEADERS)
    return "automatic" if machine or mail.header("precedence").lower() == "auto_reply" else "personal"


def is_complaint(mail: ReadMail) -> bool:
    """A report of a feedback loop; one that takes a complaint back is none."""
    report = next((file.content[:100_000] for file in mail.files if file.media_type == FEEDBACK), None)
    found = COMPLAINTS.search(report) if report is not None else None
    return found is not None and found[1].lower() != NO_COMPLAINT


def is_bounce(mail: ReadMail) -> bool:
    """By its report, or, from servers that write none, by its sender: an empty way back (RFC 5321, 4.5.5)."""
    if any(file.media_type == REPORT for file in mail.files):
        return True
    empty_path = mail.header("return-path") == "<>"
    return bool(BOUNCERS.match(mail.sender.address)) and (empty_path or bool(STATUS.search(mail.text[:20_000])))


def bounce_of(mail: ReadMail) -> Bounce:
    """What a bounce says; a warning that it is still being tried is not for good."""
    report = next((file.content for file in mail.files if file.media_type == REPORT), b"")
    fields = report_fields(report)
    found = STATUS.search(fields.get("status", "")) or STATUS.search(mail.text[:20_000])
    status = found.group(0) if found else ""
    actions = set(fields.get("action", "").split())
    for_good = "failed" in actions if actions else status.startswith("5")
    return Bounce(
        for_good=for_good,
        status=status,
        recipients=tuple(dict.fromkeys(fields.get("final-recipient", "").split())),
        message_ids=returned_ids(mail),
    )


def report_fields(report: bytes) -> dict[str, str]:
    """The fields of all recipients in one: what is said of several is put side by side, by space."""
    fields: dict[str, str] = {}
    for line in report[:100_000].decode("utf-8", "replace").splitlines():
        name, colon, value = line.partition(":")
        key = name.strip().lower()
        if colon and key in {"action", "status", "final-recipient", "original-recipient"}:
            said = value.rpartition(";")[2].strip().lower().strip("<>")
            fields[key] = f"{fields.get(key, '')} {said}".strip()
    return fields


def returned_ids(mail: ReadMail) -> tuple[str, ...]:
    """The ids of the mail inside; without it, those that the report answers to."""
    found: list[str] = []
    for file in mail.files:
        if file.media_type in RETURNED:
            head = BytesHeaderParser().parsebytes(file.content[:100_000].lstrip())
            found += ids_in(str(head.get("message-id", "")))
    return tuple(dict.fromkeys(found or [*mail.in_reply_to, *mail.references]))
