"""Tables of consent: purposes, notices, events, tokens."""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, Boolean, Bytea, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.storage.engine import DATA


class ConsentPurposeVersion(Table, tablename="consent_purpose", db=DATA):
    """One version of a purpose that an administrator keeps; a change is a new version, none is ever edited.

    texts: JSON, language -> {"title", "description"}. channels, recipients, personal_data: JSON lists of words.
    validity: ISO 8601 duration after which a consent ends by itself, or "". compatible: consents given to the version
    before still hold. retired_at: no longer asked for, and no longer a ground. amends: 0, or the version of a plugin's
    declaration that this row only adds languages to or retires; then nothing but texts and retired_at counts.
    """

    id = UUID(primary_key=True)
    key = Varchar(length=60)
    number = Integer()
    texts = Text()
    basis = Varchar(length=30)
    balancing_note = Text()
    channels = Text()
    validity = Varchar(length=20)
    retention = Text()
    recipients = Text()
    category = Varchar(length=20)
    dpv_purpose = Varchar(length=80)
    personal_data = Text()
    compatible = Boolean()
    listed = Boolean()
    special_category = Boolean()
    created_at = Timestamptz()
    created_by = UUID()
    retired_at = Timestamptz(null=True, default=None)
    amends = Integer(default=0)


class ConsentNotice(Table, tablename="consent_notice", db=DATA):
    """One notice exactly as it was shown: UTF-8 plain text. Never changed, never deleted. sha256: of content."""

    id = UUID(primary_key=True)
    purpose = Varchar(length=60)
    purpose_version = Integer()
    language = Varchar(length=35)
    number = Integer()
    content = Bytea()
    sha256 = Bytea()
    created_at = Timestamptz()


class ConsentEvent(Table, tablename="consent_event", db=DATA):
    """What happened to one subject's consent to one purpose on one channel. Only ever appended to (CR-1, CR-2).

    kind, method, actor_kind, consent_type, legal_basis: words of `vocabulary`. valid_until: a consent ends then by itself.
    supersedes: the event this one corrects. ledger_index: position of its leaf.
    """

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    subject_id = UUID()
    purpose = Varchar(length=60)
    purpose_version = Integer()
    channel = Varchar(length=20)
    kind = Varchar(length=20)
    consent_type = Varchar(length=20)
    legal_basis = Varchar(length=30)
    notice_id = UUID(null=True, default=None)
    language = Varchar(length=35)
    indicated_at = Timestamptz()
    recorded_at = Timestamptz()
    valid_until = Timestamptz(null=True, default=None)
    actor_kind = Varchar(length=10)
    actor_id = UUID(null=True, default=None)
    method = Varchar(length=20)
    supersedes = UUID(null=True, default=None)
    ledger_index = BigInt(unique=True)


class ConsentToken(Table, tablename="consent_token", db=DATA):
    """A secret that was handed to a person; only its hash is here (CF-3).

    action: of `tokens.Action`. subject_id: None for a code asked for by a stranger.
    code_hash: keyed hash of the digits of an action `code`. tries: how often they were guessed.
    address_mark, client_mark: keyed hashes of the mailbox a code is for, and of the network it was asked from.
    """

    id = UUID(primary_key=True)
    token_hash = Bytea(unique=True)
    subject_id = UUID(null=True, default=None, index=True)
    action = Varchar(length=20)
    purpose = Varchar(length=60)
    channel = Varchar(length=20)
    code_hash = Bytea(null=True, default=None)
    address_mark = Bytea(null=True, default=None)
    client_mark = Bytea(null=True, default=None)
    tries = Integer(default=0)
    created_at = Timestamptz()
    expires_at = Timestamptz(index=True)
    used_at = Timestamptz(null=True, default=None)


class ConsentImport(Table, tablename="consent_import", db=DATA):
    """One import of consents, with the attestation of whoever made it; sealed under the installation's own key.

    state: received, running, done or failed. position: rows dealt with; those neither taken nor refused were known already.
    file_id: the sealed file, as long as it is needed.
    """

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    created_at = Timestamptz()
    created_by = UUID()
    rows = Integer()
    taken = Integer()
    refused = Integer()
    state = Varchar(length=10)
    position = Integer(default=0)
    file_id = UUID(null=True, default=None)
