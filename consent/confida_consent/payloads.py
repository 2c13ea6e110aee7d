"""What a leaf of the ledger commits to: every clear fact of an event, and hashes of its notice and its evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from confida_consent.content import Evidence
from confida_consent.ledger.canonical import canonical
from confida_consent.ledger.commitments import instant

KIND_OF_LEAF = "consent"
FACTS = (
    "id", "subject_id", "purpose", "purpose_version", "channel", "kind", "consent_type", "legal_basis", "notice_id",
    "language", "indicated_at", "recorded_at", "valid_until", "actor_kind", "actor_id", "method", "supersedes",
)  # fmt: skip
OPENINGS = frozenset({"salt", "payload"})


def payload_of(columns: Mapping[str, Any], notice_sha256: bytes | None, evidence: Evidence) -> bytes:
    """Canonical JSON of one event (RFC 8785). columns: of its row; the position in the ledger is the tree's to know."""
    facts = {name: plain(columns[name]) for name in FACTS}
    return canonical(
        {
            **facts,
            "type": KIND_OF_LEAF,
            "v": 1,
            "notice_sha256": notice_sha256.hex() if notice_sha256 else None,
            "evidence_sha256": hashlib.sha256(evidence_bytes(evidence)).hexdigest(),
        }
    )


def evidence_bytes(evidence: Evidence) -> bytes:
    """Canonical JSON of what is sealed beside the opening; fields that say nothing are left out, so that new ones fit in."""
    return canonical(
        {
            name: plain(value)
            for name in evidence.__struct_fields__
            if name not in OPENINGS and (value := getattr(evidence, name))
        }
    )


def plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    return str(value) if isinstance(value, UUID | str) else value
