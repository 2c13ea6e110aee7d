"""What accounts declare."""

from __future__ import annotations

from confida_core.accounts.revoked_tokens import end_revoked_tokens
from confida_core.accounts.roles import ADMINISTRATORS, EVERYBODY, PRIVACY
from confida_core.accounts.sealed import ACCOUNT, API_TOKEN, SESSION
from confida_core.accounts.tables import ApiRequest, AuditEvent, LoginAttempt, OneTimeLink, StoredSetting
from confida_core.accounts.tidying import tidy
from confida_core.declarations import (
    PermissionDeclaration,
    TableDeclaration,
)
from confida_core.jobs.declarations import JobDeclaration

RECORDS = (ACCOUNT, SESSION, API_TOKEN)

TABLES = (
    TableDeclaration(
        table=OneTimeLink,
        subject_free="Random ids of accounts; removed when used or after a week.",
        clear={"secret_hash": "SHA-256 of 256 random bits.", "kind": "What the link is for, one of three words."},
    ),
    TableDeclaration(
        table=ApiRequest,
        subject="made_id",
        subject_free="Random ids and keyed hashes, never what was sent or answered; removed after a day.",
        clear={
            "key_mark": "Keyed hash of the token's id and the key that a program chose.",
            "content_mark": "Keyed hash of the request, to tell whether the same is asked again.",
        },
    ),
    TableDeclaration(
        table=LoginAttempt,
        subject_free="Keyed hashes that lead nowhere without the root key; removed after a day.",
        clear={
            "account_mark": "Keyed hash of what was typed as account.",
            "address_mark": "Keyed hash of the network address.",
        },
    ),
    TableDeclaration(
        table=AuditEvent,
        subject_free="Random ids; kept as proof of who did what.",
        clear={"kind": "Name of an event of ours.", "target_kind": "Name of a table, or key of a plugin."},
    ),
    TableDeclaration(
        table=StoredSetting,
        subject_free="Facts about the installation itself.",
        clear={"key": "Name of a fact.", "value": "Dates, and the organisation's own name."},
    ),
)

PERMISSIONS = (
    PermissionDeclaration(key="account.own", label="Sign in and look after one's own account", roles=EVERYBODY),
    PermissionDeclaration(key="api.use", label="Let programs in with tokens of one's own", roles=EVERYBODY),
    PermissionDeclaration(key="accounts.manage", label="Invite people and change their roles", roles=ADMINISTRATORS),
    PermissionDeclaration(key="settings.manage", label="Change settings and custom fields", roles=ADMINISTRATORS),
    PermissionDeclaration(key="system.manage", label="See the system, its jobs and plugins", roles=ADMINISTRATORS),
    PermissionDeclaration(key="audit.read", label="Read the audit trail", roles=PRIVACY),
    PermissionDeclaration(key="reads.read", label="See who has read whose data", roles=PRIVACY),
)

JOBS = (
    JobDeclaration(
        key="accounts.end_revoked_tokens",
        run=end_revoked_tokens,
        label="End tokens that were revoked after the backup",
        after_restore=True,
    ),
    JobDeclaration(key="accounts.tidy", run=tidy, label="Remove ended sessions and old log-in attempts", every=3600),
)
