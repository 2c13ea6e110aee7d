"""Tables of webhooks: who is told, what was told, and whose data went there."""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, Boolean, Bytea, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.storage.engine import DATA


class WebhookEndpoint(Table, tablename="webhook_endpoint", db=DATA):
    """One other system. state: active, paused or disabled. purpose, channel: what it gets data for, as the gates know it.

    since: position of the change feed from which on it is told. away_until: it did not answer, and is left alone so long.
    failures: attempts in a row that failed. restores: how often a backup had been restored when it was last let go on; after
    another restore it waits for somebody to look. succeeded_at, failed_at: the last of each.
    """

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    state = Varchar(length=10)
    reason = Varchar(length=40)
    purpose = Varchar(length=80)
    channel = Varchar(length=20)
    since = BigInt()
    away_until = Timestamptz(null=True, default=None)
    failures = Integer(default=0)
    restores = Integer(default=0)
    succeeded_at = Timestamptz(null=True, default=None)
    failed_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    created_by = UUID()


class WebhookDelivery(Table, tablename="webhook_delivery", db=DATA):
    """One event on its way to one endpoint; what is sent is made when it is sent, and not kept.

    event_id: the `webhook-id` of every attempt. state: see `content.DeliveryState`. round: how often it was sent anew by hand.
    code: the last HTTP status. reason: a code of `content.REASONS`. left_out: how many of its people were.
    """

    id = UUID(primary_key=True)
    endpoint_id = UUID()
    event_id = UUID()
    kind = Varchar(length=80)
    record_id = UUID(null=True, default=None)
    happened_at = Timestamptz()
    state = Varchar(length=10)
    attempts = Integer(default=0)
    round = Integer(default=0)
    code = Integer(null=True, default=None)
    reason = Varchar(length=40)
    left_out = Integer(default=0)
    test = Boolean(default=False)
    created_at = Timestamptz()
    due_at = Timestamptz()
    attempted_at = Timestamptz(null=True, default=None)
    finished_at = Timestamptz(null=True, default=None)


class WebhookTold(Table, tablename="webhook_told", db=DATA):
    """That an endpoint was told something about a contact, so that it is also told when that ends."""

    id = UUID(primary_key=True)
    endpoint_id = UUID()
    contact_id = UUID(index=True)
    at = Timestamptz()
