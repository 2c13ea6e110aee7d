"""Equipment and contracts elsewhere: on a contact's page and timeline, in the search and in the index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from confida_core.api import (
    Access,
    IndexField,
    Installation,
    Place,
    TimelineItem,
    TimelineSource,
    system_access,
)
from confida_service.equipment.content import CONTRACT, EQUIPMENT, VISIT
from confida_service.equipment.listing import PRODUCTS, equipment_with_words
from confida_service.equipment.own import contracts_of, equipment_of
from confida_service.equipment.reminders import as_day
from confida_web.api import Found

KIND = "service_visit"
MOST_SHOWN = 5
MOST_IN_A_DAY = 50
LONGEST_BODY = 2_000


async def panel_data(crm: Installation, access: Access, contact_id: UUID) -> Mapping[str, Any]:
    """For the panel on a contact's page."""
    equipment = await equipment_of(crm, access, contact_id)
    contracts = [one for one in await contracts_of(crm, access, contact_id) if one.running]
    return {
        "equipment": equipment[:MOST_SHOWN],
        "contracts": contracts[:MOST_SHOWN],
        "more": len(equipment) > MOST_SHOWN,
        "all_href": f"/x/service/equipment?contact={contact_id}",
        "contact_id": contact_id,
        "may_write": access.actor.may("service.write"),
    }


async def find(crm: Installation, access: Access, words: tuple[str, ...], limit: int) -> Sequence[Found]:
    """For the search: by product, serial number, place or owner."""
    access.actor.require("service.read")
    found = await equipment_with_words(crm, access, " ".join(words))
    return [
        Found(label=f"{one.product} {one.serial}".strip(), href=one.href, detail=one.contact, icon="product")
        for one in found[:limit]
    ]


async def timeline(
    crm: Installation, access: Access, contact_id: UUID, *, kinds: frozenset[str], before: Place | None, limit: int
) -> list[TimelineItem]:
    """Service that was done, the latest first, each on the day it was done."""
    if (kinds and KIND not in kinds) or not access.actor.may("service.read"):
        return []
    zone = ZoneInfo(crm.settings.time_zone)
    last = before[0].astimezone(zone).date() if before else date.max
    rows = await crm.data.fetch(
        "SELECT v.* FROM service_visit AS v JOIN service_equipment AS e ON e.id = v.equipment_id WHERE v.contact_id = ? "
        "AND v.done_on <= ? AND e.deleted_at IS NULL ORDER BY v.done_on DESC, v.id DESC LIMIT ?",
        contact_id, last, limit + MOST_IN_A_DAY,
    )  # fmt: skip
    placed = sorted(((moment_of(row, zone), row["id"], row) for row in rows), key=lambda one: one[:2], reverse=True)
    wanted = [row for moment, row_id, row in placed if before is None or (moment, row_id) < tuple(before)][:limit]
    pieces = await crm.records.rows(EQUIPMENT, list(dict.fromkeys(row["equipment_id"] for row in wanted)))
    products = {one.row["id"]: one.content.product for one in await crm.door.open(access, EQUIPMENT, pieces)}
    return [
        TimelineItem(
            id=one.row["id"],
            at=moment_of(one.row, zone),
            kind=KIND,
            kind_label="Service done",
            href=f"/x/service/equipment/{one.row['equipment_id']}",
            icon="product",
            subject=products[one.row["equipment_id"]],
            body=one.content.note[:LONGEST_BODY],
            people=(contact_id,),
            created_by=one.row["by_id"],
        )
        for one in await crm.door.open(access, VISIT, wanted)
        if one.row["equipment_id"] in products
    ]


def moment_of(row: Mapping[str, Any], zone: ZoneInfo) -> datetime:
    """When it was written down, if that was on its day, else noon of it."""
    written: datetime = row["at"]
    if written.astimezone(zone).date() == row["done_on"]:
        return written
    return datetime.combine(row["done_on"], time(12), zone).astimezone(UTC)


async def products(crm: Installation, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """For the index: what each contact has, with serial numbers, so that words find it."""
    found: dict[UUID, set[str]] = {}
    marks = ", ".join("?" * len(ids))
    rows = await crm.data.fetch(
        f"SELECT * FROM service_equipment WHERE contact_id IN ({marks}) AND deleted_at IS NULL", *ids
    )
    for one in await crm.door.open(system_access("index"), EQUIPMENT, rows):
        names = (one.content.product, one.content.serial, one.content.place)
        found.setdefault(one.row["contact_id"], set()).update(name for name in names if name)
    return {contact_id: frozenset(names) for contact_id, names in found.items()}


async def grouped(crm: Installation, ids: Sequence[UUID], what: str, table: str, condition: str) -> dict[UUID, Any]:
    marks = ", ".join("?" * len(ids))
    rows = await crm.data.fetch(
        f"SELECT contact_id, {what} AS value FROM {table} WHERE contact_id IN ({marks}) AND deleted_at IS NULL "
        f"AND {condition} GROUP BY contact_id",
        *ids,
    )
    return {row["contact_id"]: row["value"] for row in rows}


async def next_service_on(crm: Installation, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """The first of all that is in use."""
    used = "NOT retired AND next_service_on IS NOT NULL"
    return days(await grouped(crm, ids, "min(next_service_on)", EQUIPMENT.name, used))


async def warranty_until(crm: Installation, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """The last of all that is in use."""
    used = "NOT retired AND warranty_until IS NOT NULL"
    return days(await grouped(crm, ids, "max(warranty_until)", EQUIPMENT.name, used))


async def contract_until(crm: Installation, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """The last of all; contracts without an end have none."""
    return days(await grouped(crm, ids, "max(ends_on)", CONTRACT.name, "ends_on IS NOT NULL"))


async def pieces_in_use(crm: Installation, ids: Sequence[UUID]) -> dict[UUID, Any]:
    return await grouped(crm, ids, "count(*)", EQUIPMENT.name, "NOT retired")


async def contracts_made(crm: Installation, ids: Sequence[UUID]) -> dict[UUID, Any]:
    return await grouped(crm, ids, "count(*)", CONTRACT.name, "starts_on IS NOT NULL")


def days(found: Mapping[UUID, Any]) -> dict[UUID, Any]:
    return {contact_id: as_day(value) for contact_id, value in found.items()}


HAS, AGREED = (EQUIPMENT.name,), (CONTRACT.name,)
INDEX_FIELDS = (
    IndexField(key=PRODUCTS, type="text", label="Equipment", gather=products, follows=HAS),
    IndexField(key="service.equipment", type="number", label="Pieces of equipment", gather=pieces_in_use, follows=HAS),
    IndexField(
        key="service.next_service_on",
        type="date",
        label="Next service of equipment",
        gather=next_service_on,
        follows=HAS,
    ),
    IndexField(
        key="service.warranty_until", type="date", label="Last warranty ends", gather=warranty_until, follows=HAS
    ),
    IndexField(
        key="service.contract_until",
        type="date",
        label="Last service contract ends",
        gather=contract_until,
        follows=AGREED,
    ),
    IndexField(
        key="service.contracts", type="number", label="Service contracts", gather=contracts_made, follows=AGREED
    ),
)
TIMELINE_SOURCES = (TimelineSource(key="service.visits", label="Service done", entries=timeline),)
