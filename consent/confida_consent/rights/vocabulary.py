"""The words of data subjects' requests, as they stand in rows and forms."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class RequestKind(StrEnum):
    """What a person can ask for (GDPR Art. 15 to 21, 7(3), 77)."""

    ACCESS = "access"
    PORTABILITY = "portability"
    RECTIFICATION = "rectification"
    ERASURE = "erasure"
    RESTRICTION = "restriction"
    OBJECTION = "objection"
    WITHDRAWAL = "withdrawal"
    COMPLAINT = "complaint"


class RequestState(StrEnum):
    """Where a request stands. Extended is no state: an extended request goes on being worked on."""

    RECEIVED = "received"
    VERIFYING = "verifying"
    CLARIFYING = "clarifying"
    IN_PROGRESS = "in_progress"
    REVIEW = "review"
    ANSWERED = "answered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class RequestSource(StrEnum):
    """How a request came; any form counts (SDM M62.P03)."""

    PORTAL = "portal"
    EMAIL = "email"
    LETTER = "letter"
    PHONE = "phone"
    IN_PERSON = "in_person"


class PackageState(StrEnum):
    """An answer package from its assembly to its end."""

    ASSEMBLING = "assembling"
    FAILED = "failed"
    REVIEW = "review"
    READY = "ready"
    DELIVERED = "delivered"
    EXPIRED = "expired"


class ErasureStage(StrEnum):
    """How far an erasure has come; each stage can be repeated, and the next begins only when it is durable."""

    CONFIRMED = "confirmed"
    KEYS_DESTROYED = "keys_destroyed"
    ROWS_REMOVED = "rows_removed"
    FILES_REMOVED = "files_removed"
    INDEX_CLEANED = "index_cleaned"
    RECIPIENTS_TOLD = "recipients_told"
    DONE = "done"


OPEN = frozenset(
    {
        RequestState.RECEIVED,
        RequestState.VERIFYING,
        RequestState.CLARIFYING,
        RequestState.IN_PROGRESS,
        RequestState.REVIEW,
    }
)

KIND_LABELS: Mapping[str, str] = {
    RequestKind.ACCESS: "Access to my data",
    RequestKind.PORTABILITY: "A copy to take elsewhere",
    RequestKind.RECTIFICATION: "Correct my data",
    RequestKind.ERASURE: "Erase my data",
    RequestKind.RESTRICTION: "Restrict what is done with my data",
    RequestKind.OBJECTION: "Object to what is done with my data",
    RequestKind.WITHDRAWAL: "Withdraw a consent",
    RequestKind.COMPLAINT: "Complain",
}

PROVED_BY: Mapping[str, str] = {
    "in_person": "In person",
    "known_voice": "Called back on the number on file",
    "detail_on_file": "Answered a question about what is on file",
    "post_code": "A code sent by post to the address on file",
    "mandate": "A mandate was checked and accepted",
}
PROVED_BY_MAIL = "A code sent to the e-mail address on file"
