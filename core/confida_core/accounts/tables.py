"""Tables of accounts, sessions, one-time links, tokens of the API, failed log-ins and the audit trail."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Bytea, Date, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.storage.engine import DATA


class Account(Table, tablename="account", db=DATA):
    """Somebody who works here. The account is a subject of its own; name, address and preferences are sealed."""

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    login_mark = Bytea(unique=True)
    role = Varchar(length=20)
    state = Varchar(length=10, index=True)
    password_hash = Varchar(length=200, null=True, default=None)
    created_at = Timestamptz()
    password_changed_at = Timestamptz(null=True, default=None)


class Session(Table, tablename="session", db=DATA):
    """One signed-in browser. Device and address are sealed; the secret of the cookie is kept as a hash only."""

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    account_id = UUID(index=True)
    secret_hash = Bytea(unique=True)
    created_at = Timestamptz()
    seen_at = Timestamptz(index=True)
    fresh_at = Timestamptz()


class OneTimeLink(Table, tablename="one_time_link", db=DATA):
    """A link that works once: the set-up of the owner, an invitation, a new password."""

    id = UUID(primary_key=True)
    secret_hash = Bytea(unique=True)
    kind = Varchar(length=20)
    account_id = UUID(null=True, default=None, index=True)
    expires_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)


class ApiToken(Table, tablename="api_token", db=DATA):
    """One secret with which a program uses the API in the name of an account. What it is called is sealed."""

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    account_id = UUID(index=True)
    secret_mark = Bytea(unique=True)
    purpose = Varchar(length=100)
    scopes = Varchar(length=4000)
    created_at = Timestamptz()
    expires_at = Timestamptz(index=True)
    last_used_on = Date(null=True, default=None)


class ApiRequest(Table, tablename="api_request", db=DATA):
    """One request of a program that was carried out under an idempotency key, and what it made."""

    id = UUID(primary_key=True)
    token_id = UUID()
    key_mark = Bytea(unique=True)
    content_mark = Bytea()
    made_id = UUID(index=True)
    at = Timestamptz(index=True)


class LoginAttempt(Table, tablename="login_attempt", db=DATA):
    """One attempt that did not succeed (or has not yet), under keyed hashes of the account name and the address."""

    id = UUID(primary_key=True)
    at = Timestamptz(index=True)
    account_mark = Bytea(index=True)
    address_mark = Bytea(index=True)


class AuditEvent(Table, tablename="audit_event", db=DATA):
    """One security event: who did what to which thing, ids only."""

    id = UUID(primary_key=True)
    at = Timestamptz(index=True)
    kind = Varchar(length=60, index=True)
    actor_id = UUID(null=True, default=None)
    target_id = UUID(null=True, default=None)
    target_kind = Varchar(length=40)
    serious = Boolean(default=False)


class StoredSetting(Table, tablename="setting", db=DATA):
    """What the program itself remembers about the installation, such as that the recovery key was written down."""

    key = Varchar(length=80, primary_key=True)
    value = Varchar(length=400)
