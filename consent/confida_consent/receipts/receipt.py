"""What one consent event says to the person, before it takes a form (RC-1, RC-5). Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from confida_consent.controller import Controller
from confida_consent.declarations import ConsentPurpose
from confida_consent.vocabulary import NO, OBJECTABLE, OBJECTIONS, UNDECIDED, YES, Actor, Basis, Kind

# Who indicates these is the organisation, not the person.
OURS = frozenset({Kind.EXPIRED, Kind.REVOKED, Kind.INVALIDATED})
_RECORD = b"confida/receipt/record/v1\x00"


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownNotice:
    """The notice exactly as it was shown. sha256: hex, of content."""

    id: UUID
    version: int
    language: str
    content: bytes
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """What happened, as far as a receipt's list of states needs it."""

    kind: str
    consent_type: str
    indicated_at: datetime
    valid_until: datetime | None
    method: str
    actor_kind: str

    @property
    def by_controller(self) -> bool:
        return self.kind in OURS or (self.kind in UNDECIDED and self.actor_kind != Actor.SUBJECT)


@dataclass(frozen=True, kw_only=True, slots=True)
class Circumstances:
    """How it was indicated, in words: the sealed part of the event that the person may read. stated_at: the date on it."""

    indicated_by: str = ""
    address: str = ""
    detail: str = ""
    source: str = ""
    script: str = ""
    origin: str = ""
    confirmed_at: datetime | None = None
    stated_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerPlace:
    """Where the event stands in the ledger. proof: a C2SP tlog-proof whose extra line opens the entry."""

    proof: bytes
    index: int
    size: int
    origin: str
    verifier_key: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """One event and all that a person needs to prove it. Opened: it is personal data in the clear.

    id: of this very paper, new for each. record_id: of the record, the same in each paper about it (UUID version 4).
    language: of the event, else the installation's. address: base of this installation's pages.
    later: states that followed, so that no old yes reads as if it held still.
    time_zone: in which the readable page writes times.
    """

    id: UUID
    record_id: UUID
    event_id: UUID
    subject_id: UUID
    created_at: datetime
    address: str
    time_zone: str
    controller: Controller
    purpose: ConsentPurpose
    purpose_version: int
    channel: str
    basis: str
    language: str
    recorded_at: datetime
    status: Status
    circumstances: Circumstances
    ledger: LedgerPlace
    later: tuple[Status, ...] = ()
    notice: ShownNotice | None = None

    @property
    def is_consent(self) -> bool:
        """Whether it is about consent at all; a legitimate interest and its objection never are (CR-6)."""
        return self.basis == Basis.CONSENT and self.status.kind in YES | NO | UNDECIDED

    @property
    def is_objection(self) -> bool:
        """A no to what never rested on consent, whatever word it was recorded by (GDPR Art. 21)."""
        return self.basis in OBJECTABLE and self.status.kind in OBJECTIONS | NO

    @property
    def holds(self) -> bool:
        """A yes that nothing had ended when the receipt was made."""
        last = (self.status, *self.later)[-1]
        return self.is_consent and last.kind in YES and (last.valid_until is None or last.valid_until > self.created_at)

    @property
    def own_pages(self) -> str:
        """Where the person changes their mind and uses their rights."""
        return f"{self.address}/my/"


def record_id_of(salt: bytes) -> UUID:
    """The record's own id: made from the random salt, so that it is always the same and says nothing about anybody."""
    return UUID(bytes=hashlib.sha256(_RECORD + salt).digest()[:16], version=4)
