"""What the ledger declares."""

from __future__ import annotations

from confida_consent.ledger.reads import enter_reads
from confida_consent.ledger.records import LEDGER_OPENING
from confida_consent.ledger.tables import LedgerCheckpoint, LedgerLeaf, LedgerState, LedgerTile
from confida_core.declarations import (
    TableDeclaration,
)
from confida_core.jobs.declarations import JobDeclaration

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

JOBS = (
    JobDeclaration(
        key="consent.ledger_reads", run=enter_reads, label="Enter who looked at whom", every=3600, seconds=900
    ),
)
