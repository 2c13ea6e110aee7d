"""Why people complain: the causes that the organisation tells apart."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from confida_core.api import Access, Installation, InvalidContent, NotFound, clean_line, new_id

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Cause:
    """archived: offered no more; what was counted under it stays so."""

    id: UUID
    name: str
    archived: bool


async def causes(crm: Installation) -> list[Cause]:
    """All of them, those in use first, by name. One query, nothing personal."""
    rows = await crm.data.fetch("SELECT id, name, archived FROM service_complaint_cause ORDER BY lower(name), id")
    found = [Cause(row["id"], row["name"], bool(row["archived"])) for row in rows]
    return sorted(found, key=lambda one: one.archived)


async def save_cause(crm: Installation, access: Access, name: str, cause_id: UUID | None = None) -> UUID:
    """Make one, or give it another name. Raises Forbidden, NotFound and InvalidContent."""
    access.actor.require("service.manage")
    clean = clean_line(name)
    same = {one.name.casefold(): one.id for one in await causes(crm) if not one.archived}
    if not 1 <= len(clean) <= LONGEST_NAME:
        raise InvalidContent({"name": f"Please name it in at most {LONGEST_NAME} characters."})
    if same.get(clean.casefold(), cause_id) != cause_id:
        raise InvalidContent({"name": "There is one of this name already."})
    if cause_id is None:
        cause_id = new_id()
        sql = "INSERT INTO service_complaint_cause (id, name, archived) VALUES (?, ?, ?)"
        await crm.data.fetch(sql, cause_id, clean, False)
    elif not await crm.data.fetch(
        "UPDATE service_complaint_cause SET name = ? WHERE id = ? RETURNING id", clean, cause_id
    ):
        raise NotFound
    return cause_id


async def archive_cause(crm: Installation, access: Access, cause_id: UUID, *, archived: bool = True) -> None:
    """Out of use, or back. Raises Forbidden and NotFound."""
    access.actor.require("service.manage")
    sql = "UPDATE service_complaint_cause SET archived = ? WHERE id = ? RETURNING id"
    if not await crm.data.fetch(sql, archived, cause_id):
        raise NotFound
