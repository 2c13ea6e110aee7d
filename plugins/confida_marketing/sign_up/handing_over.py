"""Somebody may be ready to buy: said once, so that whoever sells can take it up. Sales, where it is on, makes a lead of it."""

from __future__ import annotations

from uuid import UUID

from confida_core.api import Access, EventField, EventKind, Installation, clean_text, new_id, now, visible_contact
from confida_marketing.sign_up.content import QUALIFIED, QualifiedContent

KIND = "marketing.lead_qualified"
EVENT_KINDS = (
    EventKind(
        key=KIND,
        label="Somebody was handed over to sales",
        table=QUALIFIED.name,
        change="created",
        fields=(EventField(key="points", label="Points", value=lambda row, _: row["points"], sealed=False),),
    ),
)


async def hand_over(
    crm: Installation, access: Access, contact_id: UUID, reason: str, *, points: int = 0, by_program: bool = False
) -> UUID:
    """Note it; returns the id of the note. reason: in words. Raises Forbidden, and NotFound for whom this access may not see."""
    access.actor.require("marketing.write")
    await visible_contact(crm, access, contact_id)
    await crm.keyring.ensure([contact_id], QUALIFIED.retention_class)
    made = new_id()
    by_id = None if by_program else access.actor.id
    columns = {"id": made, "contact_id": contact_id, "points": points, "at": now(), "by_id": by_id}
    await crm.records.insert(QUALIFIED, columns, QualifiedContent(reason=clean_text(reason)[:20_000]))
    return made


async def was_handed_over(crm: Installation, contact_id: UUID) -> bool:
    rows = await crm.data.fetch("SELECT 1 AS was FROM marketing_qualified WHERE contact_id = ? LIMIT 1", contact_id)
    return bool(rows)


def somebody_takes_it(crm: Installation) -> bool:
    """Whether any plugin that is on makes something of it."""
    return any(KIND in one.kinds_elsewhere for one in crm.registry.event_handlers.values())
