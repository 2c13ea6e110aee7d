"""The tables of service levels: how soon, at which hours, and what happens when it gets late."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Bytea, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.api import DATA


class ServiceTarget(Table, tablename="service_target", db=DATA):
    """How soon tickets of a priority are answered and solved, in minutes of opening; None promises nothing. id: the priority."""

    id = Integer(primary_key=True)
    first_response = Integer(null=True, default=None)
    solution = Integer(null=True, default=None)


class ServiceHours(Table, tablename="service_hours", db=DATA):
    """One row. week: seven lines, Monday first. country, region: whose holidays are kept (ISO 3166). closed_days: ISO dates, by space.

    warn_minutes: so long before a ticket is late it escalates. raise_priority, notify: what happens then.
    survey: those who agreed are asked how it went.
    """

    id = Integer(primary_key=True)
    version = Integer()
    week = Varchar(length=800)
    country = Varchar(length=2)
    region = Varchar(length=10)
    closed_days = Varchar(length=2_000)
    warn_minutes = Integer()
    raise_priority = Boolean(default=False)
    notify = Boolean(default=True)
    survey = Boolean(default=False)


class Survey(Table, tablename="service_survey", db=DATA):
    """That somebody was asked how a ticket went. score: 1 (worst) to 5; None as long as they did not answer."""

    id = UUID(primary_key=True)
    ticket_id = UUID(index=True)
    contact_id = UUID(index=True)
    queue_id = UUID()
    assignee_id = UUID(null=True, default=None)
    asked_at = Timestamptz(index=True)
    answered_at = Timestamptz(null=True, default=None)
    score = Integer(null=True, default=None)
    version = Integer()
    sealed = Bytea()
