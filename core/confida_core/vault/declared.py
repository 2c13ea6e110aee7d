"""What the vault declares."""

from __future__ import annotations

from confida_core.declarations import PurposeDeclaration, TableDeclaration
from confida_core.vault.tables import Change, ReadEntry, ReadSubject, SharedKey

TABLES = (
    TableDeclaration(
        table=SharedKey,
        subject_free="Ids and wrapped keys; erasing a person removes the wraps under that person's key.",
        clear={"wrapped": "A wrapped key: random to whoever lacks the person's own key."},
    ),
    TableDeclaration(
        table=ReadEntry,
        subject_free="Random ids of subjects; exported to the person as the read log, and kept as proof.",
        clear={
            "purpose": "Key of a declared purpose.",
            "place": "Route pattern or command name, without values.",
            "subjects": "Random ids, 16 bytes each.",
        },
    ),
    TableDeclaration(table=ReadSubject, subject_free="Random ids; the same facts as the read entries."),
    TableDeclaration(
        table=Change,
        subject_free="Random ids; old entries are removed.",
        clear={"record_table": "Name of a table.", "kind": "Created, written or deleted."},
    ),
)

PURPOSES = (
    PurposeDeclaration(
        key="operation",
        label="Running the program: indexing, jobs, backups",
        allowed_when_restricted=True,
        basis="legitimate_interest",
    ),
    PurposeDeclaration(
        key="relationship", label="Looking after contacts and what was agreed with them", basis="contract"
    ),
    PurposeDeclaration(key="import_export", label="Moving contacts in and out on somebody's order", basis="contract"),
    PurposeDeclaration(
        key="data_subject_rights",
        label="Answering a person's request about their own data",
        allowed_when_restricted=True,
        basis="legal_obligation",
    ),
    PurposeDeclaration(
        key="security",
        label="Accounts, log-ins and the audit trail",
        allowed_when_restricted=True,
        basis="legitimate_interest",
    ),
)
