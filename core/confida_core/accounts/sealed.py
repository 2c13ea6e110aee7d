"""The sealed tables of accounts."""

from __future__ import annotations

from confida_core.accounts.content import AccountContent, ApiTokenContent, SessionContent
from confida_core.accounts.tables import Account, ApiToken, Session
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
API_TOKEN = RecordDeclaration(
    table=ApiToken,
    content=ApiTokenContent,
    subject="account_id",
    retention_class="account",
    purpose="security",
    label="Tokens of the API",
    clear={
        "secret_mark": "Keyed hash of 256 random bits.",
        "purpose": "Key of a declared purpose.",
        "scopes": "Keys of declared permissions.",
    },
)
