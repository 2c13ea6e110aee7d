"""What consent declares to core."""

from __future__ import annotations

from confida_consent import jobs
from confida_consent.ledger import declared as ledger_area
from confida_consent.records import EVENT, IMPORT
from confida_consent.returned_mail import RETURNED_MAIL
from confida_consent.rights import declared as rights_area
from confida_consent.rights import erasure_jobs, package_jobs, requests_jobs, retention_run
from confida_consent.rights.registers import bulk_reads
from confida_consent.signing_up import declared as signing_up_area
from confida_consent.tables import ConsentNotice, ConsentPurposeVersion, ConsentToken
from confida_core.accounts.roles import EVERYBODY, PRIVACY, WORKERS
from confida_core.declarations import PermissionDeclaration, PurposeDeclaration, TableDeclaration

EVENT_HANDLERS = (RETURNED_MAIL,)

RECORDS = (EVENT, IMPORT, *ledger_area.RECORDS, *signing_up_area.RECORDS, *rights_area.RECORDS)

TABLES = (
    TableDeclaration(
        table=ConsentPurposeVersion,
        subject_free="What an administrator wrote about a purpose; it names no person.",
        clear={
            "key": "Key of a purpose.",
            "texts": "Plain words shown to everybody.",
            "basis": "One of the lawful bases.",
            "balancing_note": "Why the interest prevails, for anybody to read.",
            "channels": "A list of channels.",
            "validity": "A duration.",
            "retention": "One sentence shown to everybody.",
            "recipients": "Names of organisations, shown to everybody.",
            "category": "One of the categories.",
            "dpv_purpose": "A term of a public vocabulary.",
            "personal_data": "Terms of a public vocabulary.",
        },
    ),
    TableDeclaration(
        table=ConsentNotice,
        subject_free="What everybody is shown; the events that name it are sealed.",
        clear={
            "purpose": "Key of a purpose.",
            "language": "Language tag.",
            "content": "The text shown to everybody.",
            "sha256": "Hash of that text.",
        },
    ),
    TableDeclaration(
        table=ConsentToken,
        subject="subject_id",
        subject_free="Hashes of random secrets; erasing a person removes the rows that name them.",
        clear={
            "token_hash": "SHA-256 of 256 random bits.",
            "action": "One of the actions.",
            "purpose": "Key of a purpose.",
            "channel": "One of the channels.",
            "code_hash": "Keyed hash of random digits.",
            "address_mark": "Keyed hash of a mailbox, gone with its row a day after the code has ended.",
            "client_mark": "Keyed hash of a network, gone likewise.",
        },
    ),
    *ledger_area.TABLES,
    *rights_area.TABLES,
)

PURPOSES = (
    PurposeDeclaration(
        key="consent",
        label="Proving and answering what a person agreed to",
        allowed_when_restricted=True,
        basis="legal_obligation",
    ),
)

JOBS = (
    *jobs.JOBS,
    *ledger_area.JOBS,
    *rights_area.JOBS,
    *erasure_jobs.JOBS,
    *package_jobs.JOBS,
    *requests_jobs.JOBS,
    *retention_run.JOBS,
    *bulk_reads.JOBS,
)

PERMISSIONS = (
    PermissionDeclaration(key="consents.read", label="See what people agreed to, and the proof", roles=EVERYBODY),
    PermissionDeclaration(key="consents.record", label="Record consents and withdrawals", roles=WORKERS | PRIVACY),
    PermissionDeclaration(
        key="consents.manage", label="Keep purposes, suppressions and imports of consent", roles=PRIVACY
    ),
    *rights_area.PERMISSIONS,
)
