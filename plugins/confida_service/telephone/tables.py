"""The tables of the telephone: calls, on which telephones colleagues are reached, and whether the exchange can be heard."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Bytea, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.api import DATA


class Call(Table, tablename="service_call", db=DATA):
    """One call. direction: in or out. state: ringing, answered or ended. extensions: of ours, by space, on which it rang.

    call_hash: keyed, of the exchange's own name for it, by which later news of it find it. number_hash: keyed, of the
    number, None where it was suppressed. contact_id: None as long as nobody is known to have the number, or several have.
    agent_id: of the colleague who had it. outcome: answered or missed, once it has ended. handled_at: somebody saw to a
    missed one. sealed: CallContent, of the contact, or of the organisation where there is none.
    """

    id = UUID(primary_key=True)
    call_hash = Bytea(unique=True)
    number_hash = Bytea(null=True, default=None, index=True)
    contact_id = UUID(null=True, default=None, index=True)
    agent_id = UUID(null=True, default=None)
    direction = Varchar(length=3)
    state = Varchar(length=10)
    outcome = Varchar(length=10)
    extensions = Varchar(length=200)
    started_at = Timestamptz(index=True)
    answered_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    handled_at = Timestamptz(null=True, default=None)
    version = Integer()
    sealed = Bytea()


class Phone(Table, tablename="service_phone", db=DATA):
    """On which extensions an account is reached, its own first, then those of groups, by space. id: the account's."""

    id = UUID(primary_key=True)
    extensions = Varchar(length=200)
    active = Boolean(default=True)


class Exchange(Table, tablename="service_exchange", db=DATA):
    """One row: whether the exchange was heard last time. problem: a key, "" while all is well."""

    id = Integer(primary_key=True)
    at = Timestamptz()
    problem = Varchar(length=20)
