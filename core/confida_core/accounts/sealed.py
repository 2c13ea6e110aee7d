"""The two sealed tables of accounts."""

from __future__ import annotations

from confida_core.accounts.content import AccountContent, SessionContent
from confida_core.accounts.tables import Account, Session
from confida_core.declarations import RecordDeclaration

ACCOUNT = RecordDeclaration(
    table=Account,
    content=AccountContent,
    subject="id",
    retention_class="account",
    purpose="security",
    label="Staff accounts",
    clear={
        "login_mark": "Keyed hash of the e-mail address; without the root key nobody can tell whose.",
        "role": "One of five names.",
        "state": "Invited, active or disabled.",
        "password_hash": "Argon2id with a salt; useless without guessing the password.",
    },
)
SESSION = RecordDeclaration(
    table=Session,
    content=SessionContent,
    subject="account_id",
    retention_class="account",
    purpose="security",
    label="Signed-in browsers",
    clear={"secret_hash": "SHA-256 of 256 random bits."},
)
