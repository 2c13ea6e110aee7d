"""The tables of complaints: their own track beside the ticket, and the causes that the organisation tells apart."""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, Boolean, Bytea, Date, Integer, Varchar
from piccolo.table import Table

from confida_core.api import DATA


class Complaint(Table, tablename="service_complaint", db=DATA):
    """The track of one ticket. step: received, acknowledged, assessed, offered, accepted, refused or closed.

    remedy: a key of `steps.REMEDIES`, "" as long as nothing was decided. amount: minor units of `currency`, None for none.
    satisfied: yes, partly, no, or "" as long as nobody knows. task_id: core's task for what was learned.
    acknowledge_by, answer_by: what was promised on the day it came. answered_on: when a remedy, or none, was offered.
    """

    id = UUID(primary_key=True)
    ticket_id = UUID(unique=True)
    contact_id = UUID(index=True)
    step = Varchar(length=12)
    cause_id = UUID(null=True, default=None)
    remedy = Varchar(length=12)
    amount = BigInt(null=True, default=None)
    currency = Varchar(length=3)
    refunded_on = Date(null=True, default=None)
    satisfied = Varchar(length=7)
    received_on = Date()
    acknowledge_by = Date()
    answer_by = Date()
    acknowledged_on = Date(null=True, default=None)
    assessed_on = Date(null=True, default=None)
    answered_on = Date(null=True, default=None)
    decided_on = Date(null=True, default=None)
    closed_on = Date(null=True, default=None)
    responsible_id = UUID(null=True, default=None)
    measure_by = Date(null=True, default=None)
    task_id = UUID(null=True, default=None)
    version = Integer()
    sealed = Bytea()


class ComplaintCause(Table, tablename="service_complaint_cause", db=DATA):
    """Why people complain, in the organisation's own words. archived: not offered any more, but still counted."""

    id = UUID(primary_key=True)
    name = Varchar(length=80)
    archived = Boolean(default=False)
