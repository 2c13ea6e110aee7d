"""The tables of mail that comes in."""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, Bytea, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.api import DATA


class MailAccount(Table, tablename="service_mail_account", db=DATA):
    """A mailbox that is read. state: running or paused. queue_id: where its mail goes.

    validity, last_uid: the last mail that was taken in (RFC 3501, 2.3.1.1). checked_at: when it was last read through.
    problem: a code, "" while all is well; failures: how often in a row; try_at: not before. leased_until: somebody reads it.
    """

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    state = Varchar(length=8)
    queue_id = UUID()
    validity = BigInt(default=0)
    last_uid = BigInt(default=0)
    checked_at = Timestamptz(null=True, default=None)
    problem = Varchar(length=20)
    failures = Integer(default=0)
    try_at = Timestamptz(null=True, default=None)
    leased_until = Timestamptz(null=True, default=None)


class TakenMail(Table, tablename="service_taken_mail", db=DATA):
    """That a mail was taken in, so that it is not taken in again when a server counts anew. copy_hash: of what it says."""

    id = UUID(primary_key=True)
    contact_id = UUID(index=True)
    copy_hash = Bytea(unique=True)
    at = Timestamptz(index=True)
