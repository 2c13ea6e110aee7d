"""The tables of opportunities, and of the way they go."""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, Boolean, Bytea, Date, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.api import DATA


class Pipeline(Table, tablename="sales_pipeline", db=DATA):
    """A way that opportunities go, as a row of stages."""

    id = UUID(primary_key=True)
    name = Varchar(length=80)
    position = Integer()
    archived = Boolean(default=False)


class Stage(Table, tablename="sales_stage", db=DATA):
    """probability: percent. outcome: open, won or lost. required: keys of fields, by space. rot_days: 0 for never."""

    id = UUID(primary_key=True)
    pipeline_id = UUID(index=True)
    name = Varchar(length=80)
    position = Integer()
    probability = Integer()
    outcome = Varchar(length=8)
    required = Varchar(length=200)
    rot_days = Integer()


class Opportunity(Table, tablename="sales_opportunity", db=DATA):
    """outcome: open, won, lost or deleted, which is the trash. value: minor units. next_on: day of the next step.

    stage_since: when it came into its stage. sealed: OpportunityContent.
    """

    id = UUID(primary_key=True)
    contact_id = UUID(index=True)
    pipeline_id = UUID(index=True)
    stage_id = UUID(index=True)
    outcome = Varchar(length=8)
    owner_id = UUID(null=True, default=None, index=True)
    value = BigInt()
    currency = Varchar(length=3)
    close_on = Date(null=True, default=None)
    source = Varchar(length=40)
    lost_reason = Varchar(length=40)
    next_on = Date(null=True, default=None)
    stage_since = Timestamptz()
    created_at = Timestamptz()
    closed_at = Timestamptz(null=True, default=None)
    version = Integer()
    sealed = Bytea()


class StageChange(Table, tablename="sales_stage_change", db=DATA):
    """One step of one opportunity; the first has no stage before it."""

    id = UUID(primary_key=True)
    opportunity_id = UUID(index=True)
    contact_id = UUID(index=True)
    from_stage_id = UUID(null=True, default=None)
    to_stage_id = UUID()
    at = Timestamptz()
    by_id = UUID()
