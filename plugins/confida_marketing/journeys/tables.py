"""The tables of journeys: what is planned, who is where in it, and what happened to whom."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Bytea, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.api import DATA


class Journey(Table, tablename="marketing_journey", db=DATA):
    """One journey. state: draft, active, paused or ended. sealed: JourneyContent, whose plan is the one that is written.

    running: number of the plan that new people begin, 0 before it was switched on. changed: what is written is another plan.
    fault: why it paused by itself, a code.
    """

    id = UUID(primary_key=True)
    state = Varchar(length=10)
    running = Integer(default=0)
    changed = Boolean(default=False)
    fault = Varchar(length=20)
    owner_id = UUID(null=True, default=None)
    started_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    created_by = UUID(null=True, default=None)
    deleted_at = Timestamptz(null=True, default=None)
    version = Integer()
    sealed = Bytea()


class JourneyPlan(Table, tablename="marketing_journey_plan", db=DATA):
    """A plan as it was switched on, for good: whoever began it finishes it. number: counts up within the journey."""

    id = UUID(primary_key=True)
    journey_id = UUID(index=True)
    number = Integer()
    created_at = Timestamptz()
    created_by = UUID(null=True, default=None)
    version = Integer()
    sealed = Bytea()


class JourneyEntry(Table, tablename="marketing_journey_entry", db=DATA):
    """One person in a journey, once. number: the how many-th time. plan: number of the plan they began. Ids, times, keys only.

    step: where they stand, or stood when they left. due_at: when something is to be done with them. state: waiting, done,
    reached, left or stopped. reason: why they wait or left, a code. mails: keys of the steps whose mail they had, with spaces
    between. visits: steps they came to. occasion: id of the event that brought them, if one did. version: counts changes.
    """

    id = UUID(primary_key=True)
    journey_id = UUID()
    contact_id = UUID()
    number = Integer()
    plan = Integer()
    step = Varchar(length=8)
    due_at = Timestamptz()
    state = Varchar(length=10)
    reason = Varchar(length=60)
    mails = Varchar(length=400)
    visits = Integer(default=0)
    occasion = UUID(null=True, default=None)
    entered_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)
    version = Integer()


class JourneyPast(Table, tablename="marketing_journey_past", db=DATA):
    """One thing that happened to somebody in a journey. what: a key of `log.WORDS`. reason: a code. Ids, times, keys only."""

    id = UUID(primary_key=True)
    journey_id = UUID()
    entry_id = UUID(index=True)
    contact_id = UUID()
    step = Varchar(length=8)
    what = Varchar(length=12)
    reason = Varchar(length=60)
    at = Timestamptz()


class JourneySeen(Table, tablename="marketing_journey_seen", db=DATA):
    """Whom the trigger of a journey meant at its last look: only who is new since then begins."""

    id = UUID(primary_key=True)
    journey_id = UUID()
    contact_id = UUID()
