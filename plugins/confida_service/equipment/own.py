"""What people see of their own equipment and contracts, and what others ask about one contact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from confida_core.api import Access, Installation, Opened
from confida_service.equipment.content import CONTRACT, EQUIPMENT, VISIT, EquipmentContent, EquipmentFile, VisitContent
from confida_service.equipment.contracts import covered, runs
from confida_service.equipment.equipment import today_of

MOST = 500


@dataclass(frozen=True, slots=True)
class DoneService:
    """Service that was done; note is what was written down about it."""

    id: UUID
    done_on: date
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnEquipment:
    """One piece. next_service_on: None where none is due. service_months: 0 for no interval. visits: the latest first.

    under_warranty: today. overdue: its service should have been done. notes are for colleagues and not in here.
    """

    id: UUID
    product: str
    serial: str
    place: str
    bought_on: date | None
    installed_on: date | None
    warranty_until: date | None
    under_warranty: bool
    next_service_on: date | None
    overdue: bool
    service_months: int
    retired: bool
    contract_id: UUID | None
    files: tuple[EquipmentFile, ...]
    visits: tuple[DoneService, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnContract:
    """One contract. ends_on: None without an end. notice_on: last day for notice. renews_months: 0 where it does not renew itself.

    covers: products in words, each once for each piece. notes are for colleagues and not in here.
    """

    id: UUID
    name: str
    number: str
    starts_on: date
    ends_on: date | None
    notice_on: date | None
    renews_months: int
    running: bool
    covers: tuple[str, ...]


async def equipment_of(crm: Installation, access: Access, contact_id: UUID) -> list[OwnEquipment]:
    """Everything this contact has, what is in use first, then by its name. Two queries.

    Opened through the door and without a permission of its own: whoever calls has passed the gate to the contact, or is
    the contact.
    """
    rows = await crm.data.fetch(
        "SELECT * FROM service_equipment WHERE contact_id = ? AND deleted_at IS NULL ORDER BY id LIMIT ?",
        contact_id,
        MOST,
    )
    if not rows:
        return []
    visits = await crm.data.fetch(
        "SELECT * FROM service_visit WHERE contact_id = ? ORDER BY done_on DESC, id DESC LIMIT ?", contact_id, MOST
    )
    done: dict[UUID, list[DoneService]] = {}
    for one in await crm.door.open(access, VISIT, visits):
        done.setdefault(one.row["equipment_id"], []).append(done_service(one))
    today = today_of(crm)
    found = [own_piece(one, done.get(one.row["id"], ()), today) for one in await crm.door.open(access, EQUIPMENT, rows)]
    return sorted(found, key=lambda one: (one.retired, one.product.casefold(), one.serial))


def done_service(one: Opened[VisitContent]) -> DoneService:
    return DoneService(one.row["id"], one.row["done_on"], one.content.note)


def own_piece(one: Opened[EquipmentContent], visits: Sequence[DoneService], today: date) -> OwnEquipment:
    row, content = one.row, one.content
    due, warranty = row["next_service_on"], row["warranty_until"]
    return OwnEquipment(
        id=row["id"], product=content.product, serial=content.serial, place=content.place, bought_on=row["bought_on"],
        installed_on=row["installed_on"], warranty_until=warranty, under_warranty=warranty is not None and today <= warranty,
        next_service_on=due, overdue=due is not None and due < today and not row["retired"],
        service_months=row["service_months"], retired=bool(row["retired"]), contract_id=row["contract_id"],
        files=content.files, visits=tuple(visits),
    )  # fmt: skip


async def contracts_of(crm: Installation, access: Access, contact_id: UUID) -> list[OwnContract]:
    """Everything agreed with this contact, what runs first, then the latest. Two queries; gates as of `equipment_of`."""
    rows = await crm.data.fetch(
        "SELECT * FROM service_contract WHERE contact_id = ? AND deleted_at IS NULL ORDER BY starts_on DESC, id DESC LIMIT ?",
        contact_id, MOST,
    )  # fmt: skip
    opened = await crm.door.open(access, CONTRACT, rows)
    pieces, today = await covered(crm, access, [one.row["id"] for one in opened]), today_of(crm)
    found = [
        OwnContract(
            id=one.row["id"], name=one.content.name, number=one.content.number, starts_on=one.row["starts_on"],
            ends_on=one.row["ends_on"], notice_on=one.row["notice_on"], renews_months=one.row["renews_months"],
            running=runs(one.row, today), covers=tuple(piece.content.product for piece in pieces[one.row["id"]]),
        )
        for one in opened
    ]  # fmt: skip
    return sorted(found, key=lambda one: not one.running)
