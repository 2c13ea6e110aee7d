"""The tables of forms and what comes in by them, of events and who comes, of donations, and of scores."""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, Boolean, Bytea, Date, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.api import DATA


class Form(Table, tablename="marketing_form", db=DATA):
    """One form. slug: the end of its public address. segment_id: the fixed list onto which its people go. sealed: FormContent."""

    id = UUID(primary_key=True)
    slug = Varchar(length=60, unique=True)
    active = Boolean(default=False)
    segment_id = UUID(null=True, default=None)
    created_at = Timestamptz()
    created_by = UUID(null=True, default=None)
    changed_at = Timestamptz()
    deleted_at = Timestamptz(null=True, default=None)
    version = Integer()
    sealed = Bytea()


class Arrival(Table, tablename="marketing_form_arrival", db=DATA):
    """What somebody sent just now, until a job has found out whose it is. sealed: ArrivalContent."""

    id = UUID(primary_key=True)
    created_at = Timestamptz()
    version = Integer()
    sealed = Bytea()


class Submission(Table, tablename="marketing_submission", db=DATA):
    """What somebody sent by a form. made_contact: the contact was made of it. handled_at: a colleague is done with it."""

    id = UUID(primary_key=True)
    form_id = UUID(index=True)
    contact_id = UUID(index=True)
    at = Timestamptz()
    made_contact = Boolean(default=False)
    assignee_id = UUID(null=True, default=None)
    handled_at = Timestamptz(null=True, default=None)
    version = Integer()
    sealed = Bytea()


class Event(Table, tablename="marketing_event", db=DATA):
    """Something people come to. capacity: 0 for as many as like. taken: seats that are given. sealed: EventContent."""

    id = UUID(primary_key=True)
    slug = Varchar(length=60, unique=True)
    active = Boolean(default=False)
    starts_at = Timestamptz(index=True)
    ends_at = Timestamptz()
    capacity = Integer(default=0)
    taken = Integer(default=0)
    waiting_list = Boolean(default=True)
    created_at = Timestamptz()
    created_by = UUID(null=True, default=None)
    changed_at = Timestamptz()
    deleted_at = Timestamptz(null=True, default=None)
    version = Integer()
    sealed = Bytea()


class Registration(Table, tablename="marketing_registration", db=DATA):
    """One person at one event. state: in, waiting or cancelled. token_hash: of the secret of their own page."""

    id = UUID(primary_key=True)
    event_id = UUID(index=True)
    contact_id = UUID(index=True)
    state = Varchar(length=12)
    token_hash = Bytea(index=True)
    made_contact = Boolean(default=False)
    created_at = Timestamptz()
    changed_at = Timestamptz()
    checked_in_at = Timestamptz(null=True, default=None)
    reminded_at = Timestamptz(null=True, default=None)
    version = Integer()
    sealed = Bytea()


class Donation(Table, tablename="marketing_donation", db=DATA):
    """Money that somebody gave. amount: minor units. recurring: given again and again. sealed: DonationContent."""

    id = UUID(primary_key=True)
    contact_id = UUID(index=True)
    amount = BigInt()
    currency = Varchar(length=3)
    on_day = Date(index=True)
    recurring = Boolean(default=False)
    campaign_id = UUID(null=True, default=None, index=True)
    created_at = Timestamptz()
    created_by = UUID(null=True, default=None)
    version = Integer()
    sealed = Bytea()


class ScoreRule(Table, tablename="marketing_score_rule", db=DATA):
    """So many points for whoever a condition fits. sealed: RuleContent."""

    id = UUID(primary_key=True)
    points = Integer()
    created_at = Timestamptz()
    version = Integer()
    sealed = Bytea()


class Score(Table, tablename="marketing_score", db=DATA):
    """How many points somebody has. sealed: ScoreContent, which says what for."""

    id = UUID(primary_key=True)
    contact_id = UUID(index=True)
    points = Integer()
    computed_at = Timestamptz()
    version = Integer()
    sealed = Bytea()


class Qualified(Table, tablename="marketing_qualified", db=DATA):
    """Somebody was handed over to sales. sealed: QualifiedContent, which says why."""

    id = UUID(primary_key=True)
    contact_id = UUID(index=True)
    points = Integer()
    at = Timestamptz()
    by_id = UUID(null=True, default=None)
    version = Integer()
    sealed = Bytea()
