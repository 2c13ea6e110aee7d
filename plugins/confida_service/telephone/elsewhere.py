"""Calls elsewhere: on a contact's page and timeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    Place,
    TimelineItem,
    TimelineSource,
    plugin_settings,
    visible_contact,
)
from confida_service.settings import ServiceSettings
from confida_service.telephone.ami_connection import login_of
from confida_service.telephone.content import CALL
from confida_service.telephone.dialling import may_call
from confida_service.telephone.phones import phone_of
from confida_service.telephone.showing import shown_calls

KIND = "service_call"
HAPPENED = {
    ("in", "answered"): "They called",
    ("in", "missed"): "They called in vain",
    ("out", "answered"): "We called",
    ("out", "missed"): "We called in vain",
}


@dataclass(frozen=True, slots=True)
class Dialled:
    """One number of a contact. place: among their numbers. tel: what a telephone program takes."""

    place: int
    number: str
    label: str
    tel: str


async def timeline(
    crm: Installation, access: Access, contact_id: UUID, *, kinds: frozenset[str], before: Place | None, limit: int
) -> list[TimelineItem]:
    """A contact's calls, the latest first."""
    if (kinds and KIND not in kinds) or not access.actor.may("service.read"):
        return []
    older = " AND (started_at, id) < (?, ?)" if before else ""
    rows = await crm.data.fetch(
        f"SELECT * FROM service_call WHERE contact_id = ?{older} ORDER BY started_at DESC, id DESC LIMIT ?",
        contact_id, *(before or ()), limit,
    )  # fmt: skip
    return [
        TimelineItem(
            id=one.row["id"],
            at=one.row["started_at"],
            kind=KIND,
            kind_label=HAPPENED.get((one.row["direction"], one.row["outcome"]), "They are calling"),
            href=f"/x/service/calls/{one.row['id']}",
            icon="phone",
            subject=one.content.number or "Number withheld",
            body=one.content.note,
            people=(contact_id,),
            created_by=one.row["agent_id"],
        )
        for one in await crm.door.open(access, CALL, rows)
    ]


async def panel_data(crm: Installation, access: Access, contact_id: UUID) -> Mapping[str, Any]:
    """For the panel on a contact's page: their numbers, to be called with a click, and the last calls."""
    contact = await visible_contact(crm, access, contact_id)
    rows = await crm.data.fetch(
        "SELECT * FROM service_call WHERE contact_id = ? ORDER BY started_at DESC, id DESC LIMIT 3", contact_id
    )
    phones = contact.content.phones
    answer = await may_call(crm, contact_id) if phones else None
    dials = bool(phones) and login_of(await plugin_settings(crm, ServiceSettings)) is not None
    return {
        "phones": [
            Dialled(place, one.number, one.label, tel_of(one.number)) for place, one in enumerate(phones) if one.number
        ],
        "allowed": answer is not None and answer.allowed,
        "reason": answer.sentence if answer is not None else "",
        "dials": dials and bool((await phone_of(crm, access.actor.id)).extensions),
        "calls": await shown_calls(crm, access, rows),
        "action": f"/x/service/contacts/{contact_id}/call",
        "may_write": access.actor.may("service.write"),
    }


def tel_of(number: str) -> str:
    return "tel:" + "".join(sign for sign in number if sign in "+0123456789*#")


TIMELINE_SOURCES = (TimelineSource(key="service.calls", label="Calls", entries=timeline),)
