"""How the openings of the organisation's own leaves are sealed."""

from __future__ import annotations

from confida_consent.ledger.content import Opening
from confida_consent.ledger.tables import LedgerOpening
from confida_core.declarations import RecordDeclaration

LEDGER_OPENING = RecordDeclaration(
    table=LedgerOpening,
    content=Opening,
    subject=None,
    retention_class="evidence",
    purpose="operation",
    label="Ledger entries of the organisation",
    erasure="keep",
    keeps="Counts and hashes about the ledger itself, without which nobody could check it.",
)
