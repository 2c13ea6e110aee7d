"""Customers by what they are worth, and those who slip away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from confida_core.api import Access, Installation, Opened, Row, display_names
from confida_sales.bought.content import CUSTOMER_VALUE, ValueContent
from confida_sales.bought.fields import STANDINGS
from confida_sales.bought.profiling import may_profile_many

Order = Literal["valuable", "slipping"]
SHOWN = 50
# The indexes sales_customer_value_worth and sales_customer_value_standing are made for these.
NARROWED = {"valuable": "currency = ?", "slipping": "currency = ? AND standing = 'slipping away'"}
SORTED = {"valuable": "expected, spent, id", "slipping": "spent, id"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownCustomer:
    """spent, expected: minor units without tax; expected: within a year, None where it cannot be told. active: percent, or None."""

    id: UUID
    contact_id: UUID
    name: str
    currency: str
    purchases: int
    last_on: date
    spent: int
    expected: int | None
    active: int | None
    standing: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerList:
    """following: where the next ones begin, None at the end. hidden: how many of these are not shown to this reader."""

    customers: tuple[ShownCustomer, ...]
    following: UUID | None
    hidden: int


async def customers(
    crm: Installation, access: Access, order: Order, currency: str, after: UUID | None = None
) -> CustomerList:
    """The first ones, or those after one of them; at most fifty. Raises Forbidden.

    Left out: who may not be profiled (any more), and whom this reader may not see.
    """
    access.actor.require("sales.read")
    rows = await rows_of(crm, order, currency, after)
    following = rows[SHOWN - 1]["id"] if len(rows) > SHOWN else None
    rows = rows[:SHOWN]
    answers = await may_profile_many(crm, [row["contact_id"] for row in rows])
    opened = await crm.door.open(access, CUSTOMER_VALUE, [row for row in rows if answers[row["contact_id"]].allowed])
    names = await display_names(crm, access, [one.row["contact_id"] for one in opened])
    shown = tuple(shown_customer(one, names[one.row["contact_id"]]) for one in opened if one.row["contact_id"] in names)
    return CustomerList(customers=shown, following=following, hidden=len(rows) - len(shown))


async def rows_of(crm: Installation, order: Order, currency: str, after: UUID | None) -> list[Row]:
    narrowed, columns = NARROWED[order], SORTED[order]
    down = ", ".join(f"{column} DESC" for column in columns.split(", "))
    place = f" AND ({columns}) < (SELECT {columns} FROM sales_customer_value WHERE id = ?)" if after else ""
    return await crm.data.fetch(
        f"SELECT * FROM sales_customer_value WHERE {narrowed}{place} ORDER BY {down} LIMIT ?",
        currency, *([after] if after else []), SHOWN + 1,
    )  # fmt: skip


def shown_customer(one: Opened[ValueContent], name: str) -> ShownCustomer:
    row, content = one.row, one.content
    return ShownCustomer(
        id=row["id"],
        contact_id=row["contact_id"],
        name=name,
        currency=row["currency"],
        purchases=row["purchases"],
        last_on=row["last_on"],
        spent=row["spent"],
        expected=row["expected"] if content.expected is not None else None,
        active=content.active if row["purchases"] > 1 else None,
        standing=STANDINGS[row["standing"]],
        reason=content.reason,
    )


async def currencies(crm: Installation) -> list[str]:
    """In which anybody has figures, in order."""
    rows = await crm.data.fetch("SELECT DISTINCT currency FROM sales_customer_value ORDER BY currency")
    return [row["currency"] for row in rows]
