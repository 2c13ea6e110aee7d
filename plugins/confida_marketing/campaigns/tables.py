"""The tables of campaigns: what is planned, and the one ledger of who was addressed by marketing."""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, Boolean, Bytea, Date, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.api import DATA


class Campaign(Table, tablename="marketing_campaign", db=DATA):
    """One campaign. state: draft, planned, running, paused, stopped or done. sealed: CampaignContent.

    email_id: the message; its variants are tried against each other. goal_figure: how many, or minor units of the currency
    where the goal is money. reached: of a goal that only somebody can count. spent: minor units. hold_out, test_share: percent.
    local_minute: minute of the recipient's own day at which it leaves, None for one moment for all. per_hour: 0 for as fast
    as it goes. lead_until: how long the process that sends it now is taken to be alive. audience_at: when the list of its
    people was complete.
    """

    id = UUID(primary_key=True)
    state = Varchar(length=10)
    channel = Varchar(length=10)
    purpose = Varchar(length=60)
    email_id = UUID(null=True, default=None, index=True)
    owner_id = UUID(null=True, default=None)
    goal_kind = Varchar(length=12)
    goal_figure = BigInt(default=0)
    goal_on = Date(null=True, default=None)
    reached = BigInt(default=0)
    budget = BigInt(default=0)
    spent = BigInt(default=0)
    currency = Varchar(length=3)
    starts_at = Timestamptz(null=True, default=None)
    local_minute = Integer(null=True, default=None)
    per_hour = Integer(default=0)
    hold_out = Integer(default=0)
    test_share = Integer(default=0)
    test_hours = Integer(default=24)
    decide_by = Varchar(length=8)
    test_ends_at = Timestamptz(null=True, default=None)
    winner = Varchar(length=1)
    audience_at = Timestamptz(null=True, default=None)
    started_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    lead_until = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    created_by = UUID(null=True, default=None)
    deleted_at = Timestamptz(null=True, default=None)
    version = Integer()
    sealed = Bytea()


class Delivery(Table, tablename="marketing_delivery", db=DATA):
    """One person in one part of a campaign or journey: the one ledger of who was addressed by marketing.

    source: campaign, journey or test; part: which sending of it, or which step. variant: a, b, or "" for the only one.
    state: listed (still to come), held_out, queued (handed to core's sending door), refused, failed, capped, printed, called or
    gone. reason: why, a code. due_at: not before then; None while it waits for the better of two messages. message_id: of core's
    outbound message, which knows what became of it. at: of the last change of state. Ids, times and keys only.
    """

    id = UUID(primary_key=True)
    source = Varchar(length=10)
    source_id = UUID()
    part = Varchar(length=40)
    contact_id = UUID()
    variant = Varchar(length=1)
    held_out = Boolean(default=False)
    state = Varchar(length=10)
    reason = Varchar(length=60)
    due_at = Timestamptz(null=True, default=None)
    message_id = UUID(null=True, default=None, index=True)
    at = Timestamptz()


class Total(Table, tablename="marketing_total", db=DATA):
    """How often something was done with a message by all who got it together, such as a click; nobody in particular."""

    id = UUID(primary_key=True)
    source_id = UUID()
    part = Varchar(length=40)
    variant = Varchar(length=1)
    what = Varchar(length=12)
    figure = BigInt(default=0)
