"""The trash of equipment and contracts: what somebody threw away can be taken out again for a while, then it goes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation, delete_files, now, system_access
from confida_service.equipment.content import CONTRACT, EQUIPMENT, VISIT
from confida_service.equipment.contracts import visible_contract
from confida_service.equipment.equipment import visible_equipment

TRASH_DAYS = 30
AT_ONCE = 200
INSIDE = system_access("trash of equipment")


async def delete_equipment(crm: Installation, access: Access, equipment_id: UUID) -> None:
    """Into the trash, from which it can be taken for `TRASH_DAYS`. Raises Forbidden and NotFound."""
    access.actor.require("service.write")
    row = (await visible_equipment(crm, access, equipment_id)).row
    await crm.records.set_columns(EQUIPMENT, equipment_id, row["contact_id"], deleted_at=now())


async def restore_equipment(crm: Installation, access: Access, equipment_id: UUID) -> None:
    """Out of the trash, as it was. Raises Forbidden and NotFound."""
    access.actor.require("service.write")
    row = (await visible_equipment(crm, access, equipment_id, trashed=True)).row
    await crm.records.set_columns(EQUIPMENT, equipment_id, row["contact_id"], deleted_at=None)


async def delete_contract(crm: Installation, access: Access, contract_id: UUID) -> None:
    """Likewise; what it covers stays, and is covered again if it is taken out. Raises Forbidden and NotFound."""
    access.actor.require("service.write")
    row = (await visible_contract(crm, access, contract_id)).row
    await crm.records.set_columns(CONTRACT, contract_id, row["contact_id"], deleted_at=now())


async def restore_contract(crm: Installation, access: Access, contract_id: UUID) -> None:
    """Out of the trash, as it was. Raises Forbidden and NotFound."""
    access.actor.require("service.write")
    row = (await visible_contract(crm, access, contract_id, trashed=True)).row
    await crm.records.set_columns(CONTRACT, contract_id, row["contact_id"], deleted_at=None)


async def purge_trash(crm: Installation, _: Mapping[str, Any]) -> None:
    """The job: what lay in the trash for its days goes for good, with its files and its history."""
    before = now() - timedelta(days=TRASH_DAYS)
    gone = "WHERE deleted_at < ? ORDER BY id LIMIT ?"
    for row in await crm.data.fetch(f"SELECT * FROM service_equipment {gone}", before, AT_ONCE):
        opened = await crm.door.open_one(INSIDE, EQUIPMENT, row)
        await purge_equipment(crm, row, [file.id for file in opened.content.files] if opened else [])
    for row in await crm.data.fetch(f"SELECT id, contact_id FROM service_contract {gone}", before, AT_ONCE):
        async with crm.data.transaction():
            pieces = await crm.data.fetch("SELECT id FROM service_equipment WHERE contract_id = ?", row["id"])
            for piece in pieces:
                await crm.records.set_columns(EQUIPMENT, piece["id"], row["contact_id"], contract_id=None)
            await crm.data.fetch("DELETE FROM service_reminder WHERE about_id = ?", row["id"])
            await crm.records.delete(CONTRACT, row["id"], [row["contact_id"]])


async def purge_equipment(crm: Installation, row: Mapping[str, Any], file_ids: list[UUID]) -> None:
    async with crm.data.transaction():
        for visit in await crm.data.fetch("SELECT id FROM service_visit WHERE equipment_id = ?", row["id"]):
            await crm.records.delete(VISIT, visit["id"], [row["contact_id"]])
        await crm.data.fetch("DELETE FROM service_reminder WHERE about_id = ?", row["id"])
        await crm.data.fetch("DELETE FROM service_ticket_equipment WHERE equipment_id = ?", row["id"])
        await delete_files(crm, file_ids)
        await crm.records.delete(EQUIPMENT, row["id"], [row["contact_id"]])
