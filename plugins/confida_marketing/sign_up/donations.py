"""Donations: written down, taken in from a file, counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from confida_core.api import (
    LARGEST_AMOUNT,
    Access,
    Installation,
    InvalidAmount,
    InvalidContent,
    NotFound,
    Opened,
    as_decimal,
    clean_line,
    clean_text,
    minor_digits,
    new_id,
    now,
    system_access,
    visible_contact,
)
from confida_marketing.campaigns.campaigns import visible_campaign
from confida_marketing.campaigns.limits import house_zone
from confida_marketing.sign_up.content import DONATION, DonationContent
from confida_web.api import mark

INSIDE = system_access("marketing donations")
A_PAGE = 50
EARLIEST = date(1950, 1, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class DonationDraft:
    """amount: minor units. campaign_id: what it came of, None where nobody knows. recurring: given again and again."""

    contact_id: UUID
    amount: int
    currency: str
    on_day: date
    campaign_id: UUID | None = None
    recurring: bool = False
    source: str = ""
    note: str = ""


async def add_donation(crm: Installation, access: Access, draft: DonationDraft) -> UUID:
    """Write it down; returns its id. Raises Forbidden, NotFound for a contact or campaign, InvalidContent by field."""
    access.actor.require("marketing.write")
    content = checked(crm, draft)
    await visible_contact(crm, access, draft.contact_id)
    if draft.campaign_id is not None:
        await visible_campaign(crm, access, draft.campaign_id)
    await crm.keyring.ensure([draft.contact_id], DONATION.retention_class)
    made = new_id()
    await crm.records.insert(DONATION, {"id": made, **columns_of(draft, access)}, content)
    return made


def columns_of(draft: DonationDraft, access: Access) -> dict[str, Any]:
    return {
        "contact_id": draft.contact_id, "amount": draft.amount, "currency": draft.currency, "on_day": draft.on_day,
        "recurring": draft.recurring, "campaign_id": draft.campaign_id, "created_at": now(), "created_by": access.actor.id,
    }  # fmt: skip


def checked(crm: Installation, draft: DonationDraft) -> DonationContent:
    """What is sealed of it. Raises InvalidContent."""
    errors = {}
    if not 0 < draft.amount <= LARGEST_AMOUNT:
        errors["amount"] = mark("An amount above nothing, please.")
    if not is_currency(draft.currency):
        errors["currency"] = mark("Three letters, such as EUR.")
    if not EARLIEST <= draft.on_day <= today(crm):
        errors["on_day"] = mark("A day that has been, please.")
    if errors:
        raise InvalidContent(errors)
    return DonationContent(source=clean_line(draft.source)[:200], note=clean_text(draft.note)[:20_000])


def today(crm: Installation) -> date:
    return now().astimezone(house_zone(crm)).date()


async def list_donations(
    crm: Installation,
    access: Access,
    *,
    contact_id: UUID | None = None,
    before: tuple[date, UUID] | None = None,
    limit: int = A_PAGE + 1,
) -> list[Opened[DonationContent]]:
    """The latest first, of people who are not in the trash. Raises Forbidden."""
    access.actor.require("marketing.read")
    wanted, values = ["c.deleted_at IS NULL"], list[Any]()
    if contact_id is not None:
        wanted.append("d.contact_id = ?")
        values.append(contact_id)
    if before is not None:
        wanted.append("(d.on_day, d.id) < (?, ?)")
        values += before
    rows = await crm.data.fetch(
        "SELECT d.* FROM marketing_donation AS d JOIN contact AS c ON c.id = d.contact_id "
        f"WHERE {' AND '.join(wanted)} ORDER BY d.on_day DESC, d.id DESC LIMIT ?",
        *values, limit,
    )  # fmt: skip
    return list(await crm.door.open(access, DONATION, rows))


async def visible_donation(crm: Installation, access: Access, donation_id: UUID) -> Opened[DonationContent]:
    """The gate to one. Raises Forbidden and NotFound."""
    access.actor.require("marketing.read")
    rows = await crm.data.fetch(
        "SELECT d.* FROM marketing_donation AS d JOIN contact AS c ON c.id = d.contact_id AND c.deleted_at IS NULL WHERE d.id = ?",
        donation_id,
    )
    opened: Opened[DonationContent] | None = await crm.door.open_one(access, DONATION, rows[0]) if rows else None
    if opened is None:
        raise NotFound
    return opened


async def remove_donation(crm: Installation, access: Access, donation_id: UUID) -> None:
    """For what was written down wrongly. Raises Forbidden and NotFound."""
    access.actor.require("marketing.write")
    opened = await visible_donation(crm, access, donation_id)
    await crm.records.delete(DONATION, donation_id, [opened.row["contact_id"]])


async def own_donations(crm: Installation, access: Access, year: int = 0) -> list[Opened[DonationContent]]:
    """Those of the person whose access this is, the latest first; year: only of that one. One query."""
    span = " AND on_day >= ? AND on_day <= ?" if year else ""
    days = (date(year, 1, 1), date(year, 12, 31)) if year else ()
    rows = await crm.data.fetch(
        f"SELECT * FROM marketing_donation WHERE contact_id = ?{span} ORDER BY on_day DESC, id DESC LIMIT 2000",
        access.actor.id, *days,
    )  # fmt: skip
    return list(await crm.door.open(access, DONATION, rows))


async def donated_for(crm: Installation, campaign_ids: Sequence[UUID]) -> dict[UUID, dict[str, tuple[int, int]]]:
    """What campaigns brought: campaign -> currency -> (how many, minor units). One query; opens nothing."""
    found: dict[UUID, dict[str, tuple[int, int]]] = {one: {} for one in campaign_ids}
    if found:
        marks = ", ".join("?" * len(found))
        rows = await crm.data.fetch(
            "SELECT campaign_id, currency, count(*) AS number, sum(amount) AS total FROM marketing_donation "
            f"WHERE campaign_id IN ({marks}) GROUP BY campaign_id, currency",
            *found,
        )
        for row in rows:
            found[row["campaign_id"]][row["currency"]] = (int(row["number"]), int(row["total"]))
    return found


async def usual_currency(crm: Installation) -> str:
    """That of the last donation, so that nobody types it again and again."""
    rows = await crm.data.fetch("SELECT currency FROM marketing_donation ORDER BY id DESC LIMIT 1")
    found: str = rows[0]["currency"] if rows else "EUR"
    return found if is_currency(found) else "EUR"


def is_currency(code: str) -> bool:
    try:
        minor_digits(code)
    except InvalidAmount:
        return False
    return True


async def donated_last_12m(crm: Installation, contact_ids: Sequence[UUID]) -> Mapping[UUID, float]:
    """For filters and segments: major units, in the currency that is usual. One statement, and one for the currency."""
    currency = await usual_currency(crm)
    marks = ", ".join("?" * len(contact_ids))
    rows = await crm.data.fetch(
        "SELECT contact_id, sum(amount) AS total FROM marketing_donation "
        f"WHERE contact_id IN ({marks}) AND currency = ? AND on_day > ? GROUP BY contact_id",
        *contact_ids, currency, a_year_before(today(crm)),
    )  # fmt: skip
    return {row["contact_id"]: float(as_decimal(int(row["total"]), currency)) for row in rows}


async def last_donations(crm: Installation, contact_ids: Sequence[UUID]) -> Mapping[UUID, date]:
    marks = ", ".join("?" * len(contact_ids))
    rows = await crm.data.fetch(
        f"SELECT contact_id, max(on_day) AS last FROM marketing_donation WHERE contact_id IN ({marks}) GROUP BY contact_id",
        *contact_ids,
    )
    return {row["contact_id"]: as_day(row["last"]) for row in rows}


def as_day(day: Any) -> date:
    """SQLite gives what it reckons as text."""
    return date.fromisoformat(day[:10]) if isinstance(day, str) else day


def a_year_before(day: date) -> date:
    """The same day a year ago; of a leap day the last of that February."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


async def forget_old_sums(crm: Installation, _: Mapping[str, Any]) -> None:
    """Job: whose donation turned a year old is gathered anew, so that the sum of the last twelve months falls by itself."""
    edge = a_year_before(today(crm))
    rows = await crm.data.fetch(
        "SELECT id, contact_id FROM marketing_donation WHERE on_day <= ? AND on_day > ?", edge, edge - timedelta(days=3)
    )
    async with crm.data.transaction():
        for row in rows:
            crm.feed.append(DONATION.name, row["id"], row["contact_id"])


def noon(crm: Installation, day: date) -> datetime:
    """Where a day stands on a timeline."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=house_zone(crm))
