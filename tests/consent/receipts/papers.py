"""A receipt as it is issued to Ada, with a real ledger of a few entries around it; nothing here needs a database."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from confida_consent.ledger.canonical import canonical
from confida_consent.ledger.checkpoints import Signer, sign_checkpoint
from confida_consent.ledger.commitments import LeafEntry, commitment_of, instant
from confida_consent.ledger.proofs import Inclusion, tlog_proof
from confida_consent.ledger.tree import inclusion_spans, leaf_hash, root_of
from confida_consent.own_purposes import NEWSLETTER, OFFERS
from confida_consent.receipts.receipt import Circumstances, LedgerPlace, Receipt, ShownNotice, Status, record_id_of
from confida_consent.vocabulary import YES
from tests.consent.receipts.test_controller import EXAMPLE

ADA = UUID("0199f3b2-7c41-7000-8000-000000000001")
EVENT = UUID("0199f3b2-7c41-7000-8000-000000000002")
RECEIPT = UUID("0b8f5b0e-1b7c-4d63-9b0b-2b6f0a7c1d11")
SAID_AT = datetime(2026, 1, 31, 9, 14, 52, tzinfo=UTC)
SALT = bytes(range(32))
NOTICE = "Newsletter\n\nWe send you news about our work – nothing else.\n".encode()
SIGNER = Signer.from_secret("confida/0199f3b2-7c41-7000-8000-00000000000f/0", b"\x07" * 32)


def ledger_place(notice: bytes | None, kind: str = "given", index: int = 4, size: int = 11) -> LedgerPlace:
    """Among ten other entries."""
    sha256 = hashlib.sha256(notice).hexdigest() if notice is not None else None
    time = SAID_AT + timedelta(seconds=8)
    facts = {"type": "consent", "v": 1, "recorded_at": instant(time), "kind": kind, "subject_id": str(ADA)}
    payload = canonical({**facts, "notice_sha256": sha256})
    own = LeafEntry("consent", time, commitment_of(SALT, payload)).encoded()
    leaves = [leaf_hash(own if number == index else b"%d" % number) for number in range(size)]
    path = tuple(root_of(leaves[begin:end]) for begin, end in inclusion_spans(index, size))
    note = sign_checkpoint(SIGNER, size, root_of(leaves))
    proof = tlog_proof(Inclusion(index, size, path, note), SALT, payload)
    return LedgerPlace(proof=proof, index=index, size=size, origin=SIGNER.name, verifier_key=SIGNER.verifier_key)


def status(kind: str = "given", **changes: Any) -> Status:
    lasting = kind in YES
    usual = Status(
        kind=kind,
        consent_type="expressed" if lasting else "",
        indicated_at=SAID_AT,
        valid_until=SAID_AT + timedelta(days=730) if lasting else None,
        method="web_form",
        actor_kind="subject",
    )
    return replace(usual, **changes)


def paper(kind: str = "given", *, notice: bytes | None = NOTICE, **changes: Any) -> Receipt:
    """Ada's receipt about the newsletter by e-mail. notice: None for an event without one."""
    shown = notice and ShownNotice(
        id=UUID("0199f3b2-7c41-7000-8000-000000000003"),
        version=3,
        language="en",
        content=notice,
        sha256=hashlib.sha256(notice).hexdigest(),
    )
    usual = Receipt(
        id=RECEIPT,
        record_id=record_id_of(SALT),
        event_id=EVENT,
        subject_id=ADA,
        created_at=datetime(2026, 2, 1, 8, 0, tzinfo=UTC),
        address="https://crm.example.org",
        time_zone="Europe/Berlin",
        controller=EXAMPLE,
        purpose=NEWSLETTER,
        purpose_version=1,
        channel="email",
        basis="consent",
        language="en",
        recorded_at=SAID_AT + timedelta(seconds=8),
        status=status(kind),
        circumstances=Circumstances(indicated_by="Ada", address="ada@example.org", source="/my/subscribe"),
        ledger=ledger_place(notice, kind),
        notice=shown or None,
    )
    return replace(usual, **changes)


def objection(kind: str = "objected") -> Receipt:
    """Ada's objection to offers, which rest on a legitimate interest."""
    return paper(kind, purpose=OFFERS, basis="legitimate_interest", notice=None)
