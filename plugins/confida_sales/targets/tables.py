"""The tables of what is to be won, and what it earns."""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, Date, Integer, Varchar
from piccolo.table import Table

from confida_core.api import DATA


class Target(Table, tablename="sales_target", db=DATA):
    """What one colleague, one team, or all together (neither) are to win from one day on, for so many months.

    id: made from whose it is, since when, for how long and in which currency, so that there is one of each.
    """

    id = UUID(primary_key=True)
    owner_id = UUID(null=True, default=None, index=True)
    team_id = UUID(null=True, default=None, index=True)
    starts_on = Date()
    months = Integer()
    amount = BigInt()
    currency = Varchar(length=3)


class CommissionRule(Table, tablename="sales_commission_rule", db=DATA):
    """rate: hundredths of a percent of what is won, for one colleague or (no owner) for everybody without a rule of their own."""

    id = UUID(primary_key=True)
    owner_id = UUID(null=True, default=None, index=True)
    rate = Integer()
    since = Date()
