"""What the ledger declares."""

from __future__ import annotations

from confida_consent.ledger.content import Opening
from confida_consent.ledger.tables import LedgerCheckpoint, LedgerLeaf, LedgerOpening, LedgerState, LedgerTile
from confida_core.declarations import RecordDeclaration, TableDeclaration

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

RECORDS = (LEDGER_OPENING,)

TABLES = (
    TableDeclaration(table=LedgerState, subject_free="One row of counters."),
    TableDeclaration(
        table=LedgerLeaf,
        subject_free="Salted commitments; what opens them is sealed under the person's own key and goes with it.",
        clear={"kind": "Coarse type of the entry.", "commitment": "A hash with 32 random bytes in it."},
    ),
    TableDeclaration(table=LedgerTile, subject_free="Hashes of hashes.", clear={"hashes": "Nodes of the Merkle tree."}),
    TableDeclaration(
        table=LedgerCheckpoint,
        subject_free="Size and root of the tree, signed.",
        clear={"note": "Public by intent: what auditors receive."},
    ),
)
