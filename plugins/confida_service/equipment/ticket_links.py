"""Which equipment a ticket is about, and what contracts its contact has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from confida_core.api import Access, Installation, InvalidContent, new_id
from confida_service.equipment.content import CONTRACT, EQUIPMENT
from confida_service.equipment.contracts import runs
from confida_service.equipment.equipment import today_of, visible_equipment
from confida_service.tickets.tickets import visible_ticket
from confida_web.api import Option

MOST = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkedEquipment:
    """A piece that a ticket is about. warranty_until: with `under_warranty` as of today."""

    id: UUID
    product: str
    serial: str
    warranty_until: date | None
    under_warranty: bool

    @property
    def href(self) -> str:
        return f"/x/service/equipment/{self.id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class EquipmentOfTicket:
    """linked: what it is about. others: what else the contact has. contracts: (name, address) of those that run."""

    linked: tuple[LinkedEquipment, ...] = ()
    others: tuple[Option, ...] = ()
    contracts: tuple[tuple[str, str], ...] = ()


async def equipment_of_ticket(
    crm: Installation, access: Access, ticket_id: UUID, contact_id: UUID
) -> EquipmentOfTicket:
    """Of a ticket that has passed its gate; three queries."""
    linked_ids = {
        row["equipment_id"]
        for row in await crm.data.fetch(
            "SELECT equipment_id FROM service_ticket_equipment WHERE ticket_id = ? ORDER BY id", ticket_id
        )
    }
    rows = await crm.data.fetch(
        "SELECT * FROM service_equipment WHERE contact_id = ? AND deleted_at IS NULL ORDER BY retired, id LIMIT ?",
        contact_id, MOST,
    )  # fmt: skip
    today = today_of(crm)
    linked, others = list[LinkedEquipment](), list[Option]()
    for one in await crm.door.open(access, EQUIPMENT, rows):
        piece = LinkedEquipment(
            id=one.row["id"], product=one.content.product, serial=one.content.serial,
            warranty_until=one.row["warranty_until"],
            under_warranty=one.row["warranty_until"] is not None and today <= one.row["warranty_until"],
        )  # fmt: skip
        if piece.id in linked_ids:
            linked.append(piece)
        elif not one.row["retired"]:
            label = f"{piece.product} ({piece.serial})" if piece.serial else piece.product
            others.append(Option(value=str(piece.id), label=label))
    return EquipmentOfTicket(
        linked=tuple(linked), others=tuple(others), contracts=await running(crm, access, contact_id, today)
    )


async def running(crm: Installation, access: Access, contact_id: UUID, today: date) -> tuple[tuple[str, str], ...]:
    rows = await crm.data.fetch(
        "SELECT * FROM service_contract WHERE contact_id = ? AND deleted_at IS NULL ORDER BY id", contact_id
    )
    opened = await crm.door.open(access, CONTRACT, [row for row in rows if runs(row, today)])
    return tuple((one.content.name, f"/x/service/contracts/{one.row['id']}") for one in opened)


async def link_equipment(crm: Installation, access: Access, ticket_id: UUID, equipment_id: UUID) -> None:
    """Say that a ticket is about it; again is once. Raises Forbidden, NotFound, and InvalidContent for what somebody else has."""
    access.actor.require("service.write")
    ticket = (await visible_ticket(crm, access, ticket_id)).row
    piece = (await visible_equipment(crm, access, equipment_id)).row
    if piece["contact_id"] != ticket["contact_id"]:
        raise InvalidContent({"equipment": "Please choose what this contact has."})
    await crm.data.fetch(
        "INSERT INTO service_ticket_equipment (id, ticket_id, contact_id, equipment_id) VALUES (?, ?, ?, ?) "
        "ON CONFLICT (ticket_id, equipment_id) DO NOTHING",
        new_id(), ticket_id, ticket["contact_id"], equipment_id,
    )  # fmt: skip


async def unlink_equipment(crm: Installation, access: Access, ticket_id: UUID, equipment_id: UUID) -> None:
    """Raises Forbidden and NotFound."""
    access.actor.require("service.write")
    await visible_ticket(crm, access, ticket_id)
    await crm.data.fetch(
        "DELETE FROM service_ticket_equipment WHERE ticket_id = ? AND equipment_id = ?", ticket_id, equipment_id
    )


async def tickets_about(crm: Installation, access: Access, equipment_id: UUID) -> list[UUID]:
    """Ids of the tickets about a piece that has passed its gate, the latest first."""
    access.actor.require("service.read")
    rows = await crm.data.fetch(
        "SELECT ticket_id FROM service_ticket_equipment WHERE equipment_id = ? ORDER BY id DESC LIMIT 20", equipment_id
    )
    return [row["ticket_id"] for row in rows]
