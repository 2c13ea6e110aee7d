"""What is worked out from what people bought: rules over many of them, and figures about each."""

from __future__ import annotations

from piccolo.columns import UUID, BigInt, Bytea, Date, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.api import DATA


class SuggestionRule(Table, tablename="sales_rule", db=DATA):
    """Who has one product often takes the other. had, together: people. confidence, support: millionths. lift: thousandths."""

    id = UUID(primary_key=True)
    has_id = UUID(index=True)
    takes_id = UUID()
    had = Integer()
    together = Integer()
    confidence = Integer()
    support = Integer()
    lift = Integer()


class CustomerValue(Table, tablename="sales_customer_value", db=DATA):
    """What a contact bought in one currency, and what we conclude from it. spent, expected: minor units without tax.

    standing: as in `rfm.Standing`. expected: within the coming year. sealed: ValueContent.
    """

    id = UUID(primary_key=True)
    contact_id = UUID(index=True)
    currency = Varchar(length=3)
    purchases = Integer()
    last_on = Date()
    spent = BigInt()
    expected = BigInt()
    standing = Varchar(length=16)
    version = Integer()
    sealed = Bytea()


class Computation(Table, tablename="sales_computation", db=DATA):
    """How far a computation is, and how it ended. key: rules or value. done, total: of what it reads, while it runs.

    people: who took part. left_out: who may not be profiled. found: rules, or people with figures.
    """

    id = UUID(primary_key=True)
    key = Varchar(length=10, unique=True)
    started_at = Timestamptz()
    finished_at = Timestamptz(null=True, default=None)
    done = Integer()
    total = Integer()
    people = Integer()
    left_out = Integer()
    found = Integer()
