"""Subscriptions: what is billed again and again, each period exactly once, however often the job runs or is killed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    NotFound,
    Opened,
    Row,
    new_id,
    now,
    system_access,
    visible_contact,
)
from confida_sales.billing.invoices import MOST_DAYS, Terms, check_terms, columns_of, due, store_issued
from confida_sales.billing.recurring_days import day_after_months, period_days
from confida_sales.content import SUBSCRIPTION, PaperContent
from confida_sales.papers import added_up, check_paper

MOST_MONTHS = 120
BATCH = 100
INSIDE = system_access("sales.bill_due", "sales.bookkeeping")


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """When and how it is billed. anchor_on: the first day. ends_on: the last day on which it may be billed; None for no end."""

    currency: str
    anchor_on: date
    every_months: int = 1
    ends_on: date | None = None
    days: int = 14
    order_id: UUID | None = None
    owner_id: UUID | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SubscriptionPage:
    """after: what the next page begins behind, None on the last."""

    items: list[Opened[PaperContent]] = field(default_factory=list)
    after: UUID | None = None


def today_of(crm: Installation) -> date:
    """Where the organisation is."""
    return now().astimezone(ZoneInfo(crm.settings.time_zone)).date()


async def visible_subscription(crm: Installation, access: Access, subscription_id: UUID) -> Opened[PaperContent]:
    """The gate to one subscription. Raises Forbidden and NotFound."""
    access.actor.require("sales.read")
    rows = await crm.data.fetch("SELECT * FROM sales_subscription WHERE id = ?", subscription_id)
    opened = await crm.door.open_one(access, SUBSCRIPTION, rows[0]) if rows else None
    if opened is None:
        raise NotFound
    return opened


async def list_subscriptions(
    crm: Installation, access: Access, *, state: str = "", contact_id: UUID | None = None, after: UUID | None = None,
    limit: int = 50,
) -> SubscriptionPage:  # fmt: skip
    """The newest first. state: "" for all. contact_id: only theirs. Raises Forbidden."""
    access.actor.require("sales.read")
    where, values = ["1 = 1"], list[Any]()
    for column, value in (("state = ?", state), ("contact_id = ?", contact_id), ("id < ?", after)):
        if value:
            where.append(column)
            values.append(value)
    rows = await crm.data.fetch(
        f"SELECT * FROM sales_subscription WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT ?", *values, limit + 1
    )
    following = rows[limit - 1]["id"] if len(rows) > limit else None
    return SubscriptionPage(items=await crm.door.open(access, SUBSCRIPTION, rows[:limit]), after=following)


async def start_subscription(
    crm: Installation, access: Access, contact_id: UUID, paper: PaperContent, plan: Plan
) -> UUID:
    """Bill this from `plan.anchor_on` on; returns its id. Raises Forbidden, NotFound and InvalidContent."""
    access.actor.require("sales.bill")
    await visible_contact(crm, access, contact_id)
    check_plan(plan)
    columns = columns_of_plan(paper, plan) | {
        "id": new_id(), "contact_id": contact_id, "order_id": plan.order_id, "owner_id": plan.owner_id,
        "state": "running", "created_at": now(),
    }  # fmt: skip
    await crm.records.insert(SUBSCRIPTION, columns, paper)
    made: UUID = columns["id"]
    return made


async def change_subscription(
    crm: Installation, access: Access, subscription_id: UUID, paper: PaperContent, plan: Plan, *, seen: int
) -> None:
    """What is billed from the next time on; `plan.anchor_on` is that next day. What was billed stays as it is.

    Raises Forbidden, NotFound, InvalidContent and VersionConflict.
    """
    access.actor.require("sales.bill")
    opened = await visible_subscription(crm, access, subscription_id)
    check_plan(plan)
    last = await last_period(crm, subscription_id)
    if last is not None and plan.anchor_on <= last:
        raise InvalidContent({"anchor_on": "This day was billed already."})
    kept = {"id": subscription_id, "contact_id": opened.row["contact_id"]}
    await crm.records.update(SUBSCRIPTION, columns_of_plan(paper, plan) | kept, paper, seen=seen)


def columns_of_plan(paper: PaperContent, plan: Plan) -> dict[str, Any]:
    sums = check_paper(paper)
    return {
        "every_months": plan.every_months, "anchor_on": plan.anchor_on, "done": 0, "next_on": plan.anchor_on,
        "ends_on": plan.ends_on, "days": plan.days, "currency": plan.currency, "net": sums.net, "gross": sums.gross,
    }  # fmt: skip


def check_plan(plan: Plan) -> None:
    """Raises InvalidContent naming every field that is wrong."""
    errors: dict[str, str] = {}
    try:
        check_terms(Terms(currency=plan.currency, issued_on=plan.anchor_on, days=plan.days))
    except InvalidContent as wrong:
        errors |= wrong.errors
    if not 1 <= plan.every_months <= MOST_MONTHS:
        errors["every_months"] = f"From 1 to {MOST_MONTHS} months."
    if not 2000 <= plan.anchor_on.year < 3000:
        errors["anchor_on"] = "Please choose a day of this millennium."
    if plan.ends_on is not None and plan.ends_on < plan.anchor_on:
        errors["ends_on"] = "This is before it begins."
    if errors:
        raise InvalidContent(errors)


async def last_period(crm: Installation, subscription_id: UUID) -> date | None:
    rows = await crm.data.fetch(
        "SELECT max(period_on) AS last FROM sales_invoice WHERE subscription_id = ?", subscription_id
    )
    found = rows[0]["last"]
    return date.fromisoformat(found) if isinstance(found, str) else found


async def periods_of(crm: Installation, access: Access, subscription_id: UUID, most: int = 24) -> list[Row]:
    """What was billed of it, the latest first: id, number, period_on, gross. Raises Forbidden and NotFound."""
    await visible_subscription(crm, access, subscription_id)
    return await crm.data.fetch(
        "SELECT id, number, period_on, gross FROM sales_invoice WHERE subscription_id = ? ORDER BY period_on DESC LIMIT ?",
        subscription_id, most,
    )  # fmt: skip


async def pause_subscription(crm: Installation, access: Access, subscription_id: UUID) -> None:
    """Nothing is billed until it goes on. Twice changes nothing. Raises Forbidden and NotFound."""
    await set_state(crm, access, subscription_id, ("running", "paused"), state="paused")


async def resume_subscription(crm: Installation, access: Access, subscription_id: UUID, today: date) -> None:
    """Go on with the first day that is not over; what fell into the pause is never billed. Raises Forbidden and NotFound."""
    row = (await visible_subscription(crm, access, subscription_id)).row
    done, next_on = row["done"], row["next_on"]
    while next_on < today:
        done, next_on = done + 1, day_after_months(row["anchor_on"], (done + 1) * row["every_months"])
    over = row["ends_on"] is not None and next_on > row["ends_on"]
    await set_state(
        crm, access, subscription_id, ("paused",), state="ended" if over else "running", done=done, next_on=next_on
    )


async def end_subscription(crm: Installation, access: Access, subscription_id: UUID, ends_on: date | None) -> None:
    """Bill nothing after this day; None ends it at once. Raises Forbidden and NotFound."""
    if ends_on is None:
        return await set_state(crm, access, subscription_id, ("running", "paused"), state="ended")
    row = (await visible_subscription(crm, access, subscription_id)).row
    state = "ended" if row["next_on"] > ends_on else row["state"]
    await set_state(crm, access, subscription_id, ("running", "paused"), state=state, ends_on=ends_on)
    return None


async def set_state(
    crm: Installation, access: Access, subscription_id: UUID, among: tuple[str, ...], **columns: Any
) -> None:
    """Raises NotFound too where it is in none of these states any more."""
    access.actor.require("sales.bill")
    opened = await visible_subscription(crm, access, subscription_id)
    async with crm.data.transaction():
        marks = ", ".join("?" * len(among))
        held = await crm.data.fetch(
            f"UPDATE sales_subscription SET version = version + 1 WHERE id = ? AND state IN ({marks}) RETURNING id",
            subscription_id, *among,
        )  # fmt: skip
        if not held:
            raise NotFound
        await crm.records.set_columns(SUBSCRIPTION, subscription_id, opened.row["contact_id"], **columns)


def coming_days(row: Row, most: int = 6) -> list[date]:
    """The next days on which it will be billed."""
    days = period_days(row["anchor_on"], row["every_months"], row["done"], row["ends_on"])
    return [day for day, _ in zip(days, range(most), strict=False)]


async def bill_due(crm: Installation, today: date, *, most: int = BATCH) -> int:
    """Issue what is due by this day, every period that was missed too, at most so many; returns how many were issued.

    Each is one transaction: number, invoice and the step to the next period are there together, or none of them. Whose
    contact is in the trash waits until it is out of it.
    """
    rows = await crm.data.fetch(
        "SELECT s.* FROM sales_subscription s JOIN contact c ON c.id = s.contact_id WHERE s.state = 'running' "
        "AND s.next_on <= ? AND c.deleted_at IS NULL ORDER BY s.next_on, s.id LIMIT ?",
        today, most,
    )  # fmt: skip
    billed = 0
    for opened in await crm.door.open(INSIDE, SUBSCRIPTION, rows):
        for period_on in period_days(opened.row["anchor_on"], opened.row["every_months"], opened.row["done"]):
            if period_on > today or billed >= most or not await bill_period(crm, opened, period_on, today):
                break
            billed += 1
    return billed


async def bill_period(crm: Installation, opened: Opened[PaperContent], period_on: date, today: date) -> bool:
    """Whether this call billed it; somebody else may have been faster, paused it or ended it."""
    row = opened.row
    paper = msgspec.structs.replace(opened.content, delivered_on=period_on)
    terms = Terms(
        currency=row["currency"], issued_on=today, days=min(row["days"], MOST_DAYS), order_id=row["order_id"],
        owner_id=row["owner_id"], subscription_id=row["id"], period_on=period_on,
    )  # fmt: skip
    await crm.keyring.ensure([row["contact_id"]], "bookkeeping")
    async with crm.data.transaction():
        taken = await crm.data.fetch(
            "UPDATE sales_subscription SET done = done + 1 WHERE id = ? AND state = 'running' AND next_on = ? "
            "AND version = ? RETURNING done, ends_on",
            row["id"], period_on, row["version"],
        )  # fmt: skip
        if not taken:
            return False
        next_on = day_after_months(row["anchor_on"], taken[0]["done"] * row["every_months"])
        over = taken[0]["ends_on"] is not None and next_on > taken[0]["ends_on"]
        state = "ended" if over else "running"
        await crm.records.set_columns(SUBSCRIPTION, row["id"], row["contact_id"], next_on=next_on, state=state)
        sums = added_up(paper)
        columns = columns_of(sums, terms) | due(terms) | {"contact_id": row["contact_id"]}
        await store_issued(crm, "invoice", columns, paper, sums)
    return True


async def run_bill_due(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job: what is due today, and what was missed while nobody ran it."""
    while await bill_due(crm, today_of(crm)):
        pass
