"""Equipment and service contracts for programs."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    LineText,
    LongText,
    Opened,
    RecordDeclaration,
    ShortText,
    VersionConflict,
    display_names,
)
from confida_service.equipment.content import CONTRACT, EQUIPMENT
from confida_service.equipment.contracts import (
    Contract,
    ContractDraft,
    add_contract,
    change_contract,
    visible_contract,
)
from confida_service.equipment.equipment import (
    EquipmentDraft,
    Piece,
    add_equipment,
    change_equipment,
    visible_equipment,
)
from confida_service.equipment.trash import delete_contract, delete_equipment
from confida_web.api import ApiResource, Entity, Given, ListPage, ListQuery, Parameter, open_place, seal_place

FIRST = UUID(int=0)
EQUIPMENT_FIELDS = ("product", "serial", "place", "notes")
EQUIPMENT_COLUMNS = (
    "bought_on", "installed_on", "warranty_until", "next_service_on", "service_months", "retired",
)  # fmt: skip
CONTRACT_FIELDS = ("name", "number", "notes")
CONTRACT_COLUMNS = ("starts_on", "ends_on", "notice_on", "renews_months", "priority")
BY_CONTACT = Parameter(name="contact", type="uuid", description="Only those of this contact.")
SOMEBODY = "0199f3b2-7c41-7000-8000-000000000001"


class EquipmentEntity(Entity, frozen=True, kw_only=True):
    """service_months: 0 for no interval. retired: out of use. contract_id: what covers it."""

    contact_id: UUID
    contract_id: UUID | None
    product: str
    serial: str
    place: str
    notes: str
    bought_on: date | None
    installed_on: date | None
    warranty_until: date | None
    next_service_on: date | None
    service_months: int
    retired: bool


class ChangedEquipment(Given, frozen=True, kw_only=True):
    """next_service_on: without it, an interval counts from when it was installed, or bought."""

    product: LineText
    serial: ShortText = ""
    place: LineText = ""
    notes: LongText = ""
    bought_on: date | None = None
    installed_on: date | None = None
    warranty_until: date | None = None
    next_service_on: date | None = None
    service_months: int = 0
    retired: bool = False


class NewEquipment(ChangedEquipment, frozen=True, kw_only=True):
    contact_id: UUID


class ContractEntity(Entity, frozen=True, kw_only=True):
    """renews_months: 0 where it does not renew itself. priority: with which tickets begin at least, 0 for no promise."""

    contact_id: UUID
    name: str
    number: str
    notes: str
    starts_on: date
    ends_on: date | None
    notice_on: date | None
    renews_months: int
    priority: int


class ChangedContract(Given, frozen=True, kw_only=True):
    """notice_on: the last day on which notice can be given."""

    name: LineText
    starts_on: date
    number: ShortText = ""
    notes: LongText = ""
    ends_on: date | None = None
    notice_on: date | None = None
    renews_months: int = 0
    priority: int = 0


class NewContract(ChangedContract, frozen=True, kw_only=True):
    contact_id: UUID


def equipment_entity(opened: Piece) -> EquipmentEntity:
    row, content = opened.row, opened.content
    columns = {name: row[name] for name in ("id", "version", "contact_id", "contract_id", *EQUIPMENT_COLUMNS)}
    columns["retired"] = bool(row["retired"])
    return EquipmentEntity(**columns, **{name: getattr(content, name) for name in EQUIPMENT_FIELDS})


def contract_entity(opened: Contract) -> ContractEntity:
    columns = {name: opened.row[name] for name in ("id", "version", "contact_id", *CONTRACT_COLUMNS)}
    return ContractEntity(**columns, **{name: getattr(opened.content, name) for name in CONTRACT_FIELDS})


async def listed(
    crm: Installation, access: Access, query: ListQuery, record: RecordDeclaration
) -> tuple[list[Opened[Any]], str]:
    """Those that may be seen, in the order in which they were written down, and the place of what follows."""
    access.actor.require("service.read")
    contact = query.given.get("contact")
    if contact is not None and contact not in await display_names(crm, access, [contact]):
        # That there is a next page would tell of somebody who is hidden.
        return [], ""
    place = f"{record.name} of programs"
    values: list[Any] = [open_place(crm, place, query.cursor, tuple[UUID])[0] if query.cursor else FIRST]
    only = ""
    if contact is not None:
        only, values = " AND contact_id = ?", [*values, contact]
    rows = await crm.data.fetch(
        f"SELECT * FROM {record.name} WHERE id > ? AND deleted_at IS NULL{only} ORDER BY id LIMIT ?",
        *values, query.limit + 1,
    )  # fmt: skip
    more, rows = len(rows) > query.limit, rows[: query.limit]
    opened = await crm.door.open(access, record, rows)
    visible = await display_names(crm, access, [one.row["contact_id"] for one in opened])
    seen = [one for one in opened if one.row["contact_id"] in visible]
    return seen, seal_place(crm, place, [rows[-1]["id"]]) if more else ""


async def list_equipment(crm: Installation, access: Access, query: ListQuery) -> ListPage:
    found, following = await listed(crm, access, query, EQUIPMENT)
    return ListPage(items=[equipment_entity(one) for one in found], next=following)


async def get_equipment(crm: Installation, access: Access, equipment_id: UUID) -> EquipmentEntity:
    return equipment_entity(await visible_equipment(crm, access, equipment_id))


def equipment_draft(given: ChangedEquipment) -> EquipmentDraft:
    return EquipmentDraft(**{name: getattr(given, name) for name in (*EQUIPMENT_FIELDS, *EQUIPMENT_COLUMNS)})


async def create_equipment(crm: Installation, access: Access, given: NewEquipment) -> UUID:
    return await add_equipment(crm, access, given.contact_id, equipment_draft(given))


async def update_equipment(
    crm: Installation, access: Access, equipment_id: UUID, given: ChangedEquipment, seen: int
) -> None:
    await change_equipment(crm, access, equipment_id, equipment_draft(given), seen=seen)


async def remove_equipment(crm: Installation, access: Access, equipment_id: UUID, seen: int) -> None:
    """Into the trash. Raises VersionConflict, too."""
    check_seen(await visible_equipment(crm, access, equipment_id), seen)
    await delete_equipment(crm, access, equipment_id)


async def remove_contract(crm: Installation, access: Access, contract_id: UUID, seen: int) -> None:
    """Into the trash. Raises VersionConflict, too."""
    check_seen(await visible_contract(crm, access, contract_id), seen)
    await delete_contract(crm, access, contract_id)


def check_seen(opened: Opened[Any], seen: int) -> None:
    if opened.row["version"] != seen:
        raise VersionConflict(opened.row["version"])


async def list_contracts(crm: Installation, access: Access, query: ListQuery) -> ListPage:
    found, following = await listed(crm, access, query, CONTRACT)
    return ListPage(items=[contract_entity(one) for one in found], next=following)


async def get_contract(crm: Installation, access: Access, contract_id: UUID) -> ContractEntity:
    return contract_entity(await visible_contract(crm, access, contract_id))


def contract_draft(given: ChangedContract) -> ContractDraft:
    return ContractDraft(**{name: getattr(given, name) for name in (*CONTRACT_FIELDS, *CONTRACT_COLUMNS)})


async def create_contract(crm: Installation, access: Access, given: NewContract) -> UUID:
    return await add_contract(crm, access, given.contact_id, contract_draft(given))


async def update_contract(
    crm: Installation, access: Access, contract_id: UUID, given: ChangedContract, seen: int
) -> None:
    await change_contract(crm, access, contract_id, contract_draft(given), seen=seen)


RESOURCES = (
    ApiResource(
        key="equipment",
        label="Equipment",
        summary="What people bought or had installed. Post what a shop sold, and service and warranty are reminded of.",
        read="service.read",
        write="service.write",
        delete="service.write",
        shape=EquipmentEntity,
        new_shape=NewEquipment,
        change_shape=ChangedEquipment,
        list_items=list_equipment,
        get_item=get_equipment,
        create_item=create_equipment,
        change_item=update_equipment,
        delete_item=remove_equipment,
        parameters=(BY_CONTACT,),
        example={"contact_id": SOMEBODY, "product": "Boiler", "serial": "B-17", "service_months": 12},
    ),
    ApiResource(
        key="service-contracts",
        label="Service contracts",
        summary="From when until when service was agreed, when notice can be given, and what is promised.",
        read="service.read",
        write="service.write",
        delete="service.write",
        shape=ContractEntity,
        new_shape=NewContract,
        change_shape=ChangedContract,
        list_items=list_contracts,
        get_item=get_contract,
        create_item=create_contract,
        change_item=update_contract,
        delete_item=remove_contract,
        parameters=(BY_CONTACT,),
        example={"contact_id": SOMEBODY, "name": "Care", "starts_on": "2026-01-01", "ends_on": "2026-12-31"},
    ),
)
