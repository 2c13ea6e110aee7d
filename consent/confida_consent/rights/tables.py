"""Tables of data subjects' rights."""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, Bytea, Date, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.storage.engine import DATA


class RightsRequest(Table, tablename="rights_request", db=DATA):
    """One request; sealed under a key of its own. contact_id: once we know who it is about, None before.

    state, due_on, due_at repeat what the steps say, so that the queue is one walk of an index. merged_into: a double.
    """

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    reference = Varchar(length=20, unique=True)
    kind = Varchar(length=20)
    state = Varchar(length=20)
    source = Varchar(length=20)
    contact_id = UUID(null=True, default=None, index=True)
    country = Varchar(length=2)
    subdivision = Varchar(length=10)
    language = Varchar(length=35)
    received_at = Timestamptz()
    verified_at = Timestamptz(null=True, default=None)
    due_on = Date()
    due_at = Timestamptz()
    closed_at = Timestamptz(null=True, default=None)
    assignee_id = UUID(null=True, default=None)
    refusal_by = UUID(null=True, default=None)
    merged_into = UUID(null=True, default=None)


class RightsStep(Table, tablename="rights_step", db=DATA):
    """What happened to a request, in order: what its clock is derived from, and its audit trail."""

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    request_id = UUID(index=True)
    step = Varchar(length=30)
    at = Timestamptz()
    actor_id = UUID(null=True, default=None)


class RightsLetter(Table, tablename="rights_letter", db=DATA):
    """One message between the person and us. direction: in or out. channel: how it went."""

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    request_id = UUID(index=True)
    direction = Varchar(length=3)
    channel = Varchar(length=20)
    at = Timestamptz()
    actor_id = UUID(null=True, default=None)
    message_id = UUID(null=True, default=None)


class RightsPackage(Table, tablename="rights_package", db=DATA):
    """An assembled answer. delivered_at: handed over, which happens once."""

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    request_id = UUID(index=True)
    state = Varchar(length=20)
    created_at = Timestamptz()
    expires_at = Timestamptz(null=True, default=None)
    delivered_at = Timestamptz(null=True, default=None)


class RightsErasure(Table, tablename="rights_erasure", db=DATA):
    """One erasure and how far it has come. contact_id: a random id that leads nowhere once it is done."""

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    contact_id = UUID(index=True)
    request_id = UUID(null=True, default=None)
    stage = Varchar(length=20)
    started_at = Timestamptz()
    started_by = UUID()
    finished_at = Timestamptz(null=True, default=None)
    epoch = Integer(null=True, default=None)
    rows = Integer(default=0)
    files = Integer(default=0)
    ledger_index = BigInt(null=True, default=None)


class RightsHold(Table, tablename="rights_hold", db=DATA):
    """A legal hold on one person's data. order_id: its standing order beside the keys, which is what counts."""

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    contact_id = UUID(index=True)
    order_id = UUID()
    review_on = Date()
    given_at = Timestamptz()
    given_by = UUID()
    lifted_at = Timestamptz(null=True, default=None)
    lifted_by = UUID(null=True, default=None)


class RightsBreach(Table, tablename="rights_breach", db=DATA):
    """One breach. known_at: when we learned of it, from which the 72 hours count."""

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    reference = Varchar(length=20, unique=True)
    known_at = Timestamptz()
    recorded_at = Timestamptz()
    recorded_by = UUID()
    authority_told_at = Timestamptz(null=True, default=None)
    persons_told_at = Timestamptz(null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)


class RightsRetentionRun(Table, tablename="rights_retention_run", db=DATA):
    """What one run of retention did by one rule. due: what fell due. ended: what was ended. held: what a hold kept."""

    id = UUID(primary_key=True)
    at = Timestamptz()
    rule = Varchar(length=60)
    due = Integer()
    ended = Integer()
    held = Integer()
    failed = Integer()
