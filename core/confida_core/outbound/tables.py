"""Tables of the sending door: what was sent or refused, and what was handed to somebody else."""

from __future__ import annotations

from piccolo.columns import UUID, Bytea, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.storage.engine import DATA


class OutboundMessage(Table, tablename="outbound_message", db=DATA):
    """One message, or one person who was left out of a list that left.

    state: queued, sending, sent, refused, failed or cancelled. reason: why it was refused or failed, or waits, a code.
    event_id: the event that the gate's answer rests on. at: of the last change of state; what a timeline goes by.
    queued_at: when it was asked for, or asked for again. restores: how often a backup had been restored by then.
    reply_code: what the mail server answered, if it refused. returned: what came back of it later, a word of
    `bounces.Returned`, or ""; returned_at: when that was heard. delays: how often a server on the way said "not yet".
    """

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    contact_id = UUID()
    purpose = Varchar(length=80)
    channel = Varchar(length=20)
    path = Varchar(length=40)
    state = Varchar(length=10)
    reason = Varchar(length=60)
    event_id = UUID(null=True, default=None)
    created_by = UUID()
    created_at = Timestamptz()
    queued_at = Timestamptz()
    at = Timestamptz()
    attempted_at = Timestamptz(null=True, default=None)
    attempts = Integer(default=0)
    reply_code = Integer(null=True, default=None)
    restores = Integer(default=0)
    returned = Varchar(length=10, default="")
    returned_at = Timestamptz(null=True, default=None)
    delays = Integer(default=0)


class Disclosure(Table, tablename="disclosure", db=DATA):
    """That something about a contact was handed to somebody else. message_id: the message it went with, if it was one."""

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    contact_id = UUID(index=True)
    purpose = Varchar(length=80)
    channel = Varchar(length=20)
    path = Varchar(length=40)
    basis = Varchar(length=40)
    event_id = UUID(null=True, default=None)
    message_id = UUID(null=True, default=None, unique=True)
    made_by = UUID()
    at = Timestamptz()
