"""Tables of webhooks in: which are on, and which messages came already."""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, Boolean, Bytea, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.storage.engine import DATA


class InboundHook(Table, tablename="inbound_hook", db=DATA):
    """One declared webhook that is switched on. token_hash: of the secret part of its address.

    generation: how often its secrets were changed; the keyring remembers it too, so that no backup brings back old ones.
    """

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    hook = Varchar(length=80, unique=True)
    token_hash = Bytea()
    generation = BigInt()
    created_at = Timestamptz()
    created_by = UUID()


class InboundMessage(Table, tablename="inbound_message", db=DATA):
    """That a message came. message_hash: of its id. done: it was dealt with; else somebody is at it since `at`."""

    id = UUID(primary_key=True)
    hook_id = UUID()
    message_hash = Bytea()
    at = Timestamptz(index=True)
    done = Boolean(default=False)
