"""Service contracts: from when until when, when notice can be given, what is promised, and what they cover."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    NotFound,
    Opened,
    clean_line,
    clean_text,
    new_id,
    now,
    system_access,
    visible_contact,
)
from confida_service.equipment.content import CONTRACT, EQUIPMENT, ContractContent
from confida_service.equipment.equipment import EARLIEST, LATEST, NO_DAY, Piece, today_of
from confida_service.equipment.recurring import LONGEST_INTERVAL, next_day
from confida_service.tickets.states import PRIORITIES

Contract: TypeAlias = Opened[ContractContent]
INSIDE = system_access("service contracts")
AT_ONCE = 200
LONGEST = {"name": 300, "number": 120, "notes": 20_000}


@dataclass(frozen=True, kw_only=True, slots=True)
class ContractDraft:
    """ends_on: None for one without an end. renews_months: 0 where it does not renew itself. priority: 0 for no promise."""

    name: str
    starts_on: date
    number: str = ""
    notes: str = ""
    ends_on: date | None = None
    notice_on: date | None = None
    renews_months: int = 0
    priority: int = 0


async def visible_contract(crm: Installation, access: Access, contract_id: UUID, *, trashed: bool = False) -> Contract:
    """The gate to one contract: opened through the door, or NotFound, whatever the reason. Raises Forbidden."""
    access.actor.require("service.read")
    rows = await crm.data.fetch("SELECT * FROM service_contract WHERE id = ?", contract_id)
    gone = rows and rows[0]["deleted_at"] is not None and not (trashed and access.actor.may("service.write"))
    opened: Contract | None = await crm.door.open_one(access, CONTRACT, rows[0]) if rows and not gone else None
    if opened is None:
        raise NotFound
    await visible_contact(crm, access, opened.row["contact_id"])
    return opened


async def add_contract(
    crm: Installation, access: Access, contact_id: UUID, draft: ContractDraft, covers: Iterable[UUID] = ()
) -> UUID:
    """covers: ids of the contact's equipment. Raises Forbidden, NotFound and InvalidContent."""
    access.actor.require("service.write")
    await visible_contact(crm, access, contact_id)
    content, contract_id = checked_contract(draft), new_id()
    columns = contract_columns(draft, {}) | {"id": contract_id, "contact_id": contact_id, "created_at": now()}
    await crm.keyring.ensure([contact_id], CONTRACT.retention_class)
    async with crm.data.transaction():
        await crm.records.insert(CONTRACT, columns, content)
        await cover(crm, contract_id, contact_id, covers)
    return contract_id


async def change_contract(
    crm: Installation,
    access: Access,
    contract_id: UUID,
    draft: ContractDraft,
    covers: Iterable[UUID] | None = None,
    *,
    seen: int,
) -> int:
    """covers: None leaves what it covers. Raises as `add_contract`, and VersionConflict."""
    access.actor.require("service.write")
    opened = await visible_contract(crm, access, contract_id)
    contact_id = opened.row["contact_id"]
    content = checked_contract(draft)
    columns = contract_columns(draft, opened.row) | {"id": contract_id, "contact_id": contact_id}
    await crm.keyring.ensure([contact_id], CONTRACT.retention_class)
    async with crm.data.transaction():
        version: int = await crm.records.update(CONTRACT, columns, content, seen=seen)
        if covers is not None:
            await cover(crm, contract_id, contact_id, covers)
    return version


def checked_contract(draft: ContractDraft) -> ContractContent:
    """Raises InvalidContent by field."""
    texts = {name: clean_line(getattr(draft, name)) for name in ("name", "number")} | {"notes": clean_text(draft.notes)}
    errors = {
        name: f"At most {LONGEST[name]} characters, please."
        for name, text in texts.items()
        if len(text) > LONGEST[name]
    }
    if not texts["name"]:
        errors["name"] = "Please say what was agreed."
    for name in ("starts_on", "ends_on", "notice_on"):
        day = getattr(draft, name)
        if day is not None and not EARLIEST <= day < LATEST:
            errors[name] = NO_DAY
    if draft.ends_on and draft.ends_on < draft.starts_on:
        errors["ends_on"] = "It cannot end before it begins."
    if draft.notice_on and draft.ends_on and draft.notice_on > draft.ends_on:
        errors["notice_on"] = "Notice cannot be given after the end."
    if not 0 <= draft.renews_months <= LONGEST_INTERVAL:
        errors["renews_months"] = f"Between 1 and {LONGEST_INTERVAL} months, or nothing."
    elif draft.renews_months and draft.ends_on is None:
        errors["ends_on"] = "What renews itself needs an end at which it does."
    if draft.priority and draft.priority not in PRIORITIES:
        errors["priority"] = "Please choose one of the priorities."
    if errors:
        raise InvalidContent(errors)
    return ContractContent(**texts)


def contract_columns(draft: ContractDraft, row: Mapping[str, Any]) -> dict[str, Any]:
    """An end that somebody chose is where renewals are counted from."""
    same = row.get("anchor_on") is not None and draft.ends_on == row.get("ends_on")
    return {
        "starts_on": draft.starts_on,
        "ends_on": draft.ends_on,
        "notice_on": draft.notice_on,
        "anchor_on": row["anchor_on"] if same else draft.ends_on,
        "renews_months": draft.renews_months,
        "priority": draft.priority,
    }


async def cover(crm: Installation, contract_id: UUID, contact_id: UUID, wanted: Iterable[UUID]) -> None:
    """Exactly these of the contact's own equipment; one piece has one contract."""
    ids = set(wanted)
    rows = await crm.data.fetch(
        "SELECT id, contract_id FROM service_equipment WHERE contact_id = ? AND deleted_at IS NULL", contact_id
    )
    for row in rows:
        before = row["contract_id"] == contract_id
        if before != (row["id"] in ids):
            value = None if before else contract_id
            await crm.records.set_columns(EQUIPMENT, row["id"], contact_id, contract_id=value)


async def covered(crm: Installation, access: Access, contract_ids: Sequence[UUID]) -> dict[UUID, list[Piece]]:
    """What contracts that have passed their gate cover; one query for all of them."""
    found: dict[UUID, list[Piece]] = {one: [] for one in contract_ids}
    if not found:
        return found
    marks = ", ".join("?" * len(found))
    rows = await crm.data.fetch(
        f"SELECT * FROM service_equipment WHERE contract_id IN ({marks}) AND deleted_at IS NULL ORDER BY id", *found
    )
    for one in await crm.door.open(access, EQUIPMENT, rows):
        found[one.row["contract_id"]].append(one)
    return found


def runs(row: Mapping[str, Any], today: date) -> bool:
    """Whether it holds on this day; what renews itself does so at its end."""
    return row["starts_on"] <= today and (
        row["ends_on"] is None or today <= row["ends_on"] or bool(row["renews_months"])
    )


async def renew_contracts(crm: Installation) -> None:
    """Those that renew themselves and have come to their end get the next one; notice can be given as long before it as before."""
    today = today_of(crm)
    while rows := await crm.data.fetch(
        "SELECT * FROM service_contract WHERE renews_months > 0 AND ends_on < ? AND deleted_at IS NULL LIMIT ?",
        today, AT_ONCE,
    ):  # fmt: skip
        for row in rows:
            yesterday = date.fromordinal(today.toordinal() - 1)
            ends_on = next_day(row["anchor_on"] or row["ends_on"], row["renews_months"], yesterday)
            notice = row["notice_on"]
            if notice is not None and ends_on is not None:
                notice = date.fromordinal(ends_on.toordinal() - (row["ends_on"] - notice).days)
            columns = {"ends_on": ends_on, "notice_on": notice}
            await crm.records.set_columns(CONTRACT, row["id"], row["contact_id"], **columns)
