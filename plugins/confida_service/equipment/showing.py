"""Puts together what is shown of one piece of equipment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Request

from confida_core.api import Access, Installation, NotFound, account_names
from confida_service.content import TICKET
from confida_service.equipment.contracts import visible_contract
from confida_service.equipment.equipment import today_of, visible_equipment
from confida_service.equipment.listing import shown_equipment
from confida_service.equipment.pages import AboutTicket, EquipmentPage, ShownReminder, ShownVisit
from confida_service.equipment.reminders import reminded
from confida_service.equipment.ticket_links import tickets_about
from confida_service.equipment.visits import visits_of
from confida_service.tickets.choices import PURPOSE
from confida_web.api import Errors, PersonRef, access_for, formatter

KINDS = {"service": "Service", "warranty": "End of the warranty", "contract": "Contract"}
MOST_REMINDERS = 10


async def equipment_page(
    request: Request[Any, Any, Any],
    equipment_id: UUID,
    *,
    values: Mapping[str, str] | None = None,
    errors: Errors | None = None,
) -> EquipmentPage:
    """values, errors: of the form for service that was done. Raises Forbidden and NotFound."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    opened = await visible_equipment(crm, access, equipment_id)
    shown = await shown_equipment(crm, access, [opened])
    if not shown:
        raise NotFound
    one, row = shown[0], opened.row
    return EquipmentPage(
        one=one,
        version=row["version"],
        bought_on=row["bought_on"],
        installed_on=row["installed_on"],
        service_months=row["service_months"],
        notes=opened.content.notes,
        contact=PersonRef(name=one.contact, href=f"/contacts/{one.contact_id}"),
        files=opened.content.files,
        visits=await shown_visits(crm, access, equipment_id),
        reminders=shown_reminders(request, (await reminded(crm, [equipment_id]))[equipment_id]),
        tickets=await shown_tickets(crm, access, equipment_id),
        contract=await contract_of(crm, access, row["contract_id"]),
        values=values or {"done_on": today_of(crm).isoformat(), "next_on": "", "note": ""},
        errors=errors or {},
        may_write=access.actor.may("service.write"),
    )


async def shown_visits(crm: Installation, access: Access, equipment_id: UUID) -> tuple[ShownVisit, ...]:
    visits = await visits_of(crm, access, equipment_id)
    names = await account_names(crm, sorted({one.row["by_id"] for one in visits})) if visits else {}
    newest = max((one.row["at"], one.row["id"]) for one in visits) if visits else None
    return tuple(
        ShownVisit(
            id=one.row["id"], done_on=one.row["done_on"], by=names.get(one.row["by_id"], ""), note=one.content.note,
            may_undo=(one.row["at"], one.row["id"]) == newest,
        )
        for one in visits
    )  # fmt: skip


def shown_reminders(request: Request[Any, Any, Any], rows: Sequence[Mapping[str, Any]]) -> tuple[ShownReminder, ...]:
    f = formatter(request.state.frame.lang, request.state.frame.time_zone)
    sees = request.state.actor.may("interactions.read")
    return tuple(
        ShownReminder(
            kind=KINDS[row["kind"]], due_on=row["due_on"], on=f.local(row["at"]).date(),
            told=row["outbound_id"] is not None,
            task_href=f"/interactions/{row['task_id']}" if sees and row["task_id"] else "",
        )
        for row in rows[:MOST_REMINDERS]
    )  # fmt: skip


async def shown_tickets(crm: Installation, access: Access, equipment_id: UUID) -> tuple[AboutTicket, ...]:
    rows = await crm.records.rows(TICKET, await tickets_about(crm, access, equipment_id))
    return tuple(
        AboutTicket(href=f"/x/service/tickets/{one.row['id']}", number=one.row["number"], subject=one.content.subject)
        for one in await crm.door.open(access, TICKET, rows)
    )


async def contract_of(crm: Installation, access: Access, contract_id: UUID | None) -> tuple[str, str] | None:
    """None also where it is in the trash."""
    if contract_id is None:
        return None
    try:
        opened = await visible_contract(crm, access, contract_id)
    except NotFound:
        return None
    return opened.content.name, f"/x/service/contracts/{contract_id}"
