"""Saved views: a list under a name, for its owner or for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from confida_core.clock import now
from confida_core.contacts.records import VIEW, ViewContent
from confida_core.contacts.text import clean_line
from confida_core.contacts.validation import InvalidContent
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.vault.access import Access, NotFound

MOST_VIEWS = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """mine: the actor may change and delete it."""

    id: UUID
    content: ViewContent
    shared: bool
    mine: bool


async def saved_views(crm: Installation, access: Access) -> list[View]:
    """The actor's own views and the shared ones, by name; one query when there are none."""
    rows = await crm.data.fetch(
        "SELECT * FROM saved_view WHERE owner_id = ? OR shared = ? ORDER BY id LIMIT ?",
        access.actor.id, True, MOST_VIEWS,
    )  # fmt: skip
    opened = await crm.door.open(access, VIEW, rows) if rows else []
    found = [
        View(
            id=item.row["id"],
            content=item.content,
            shared=item.row["shared"],
            mine=item.row["owner_id"] == access.actor.id,
        )
        for item in opened
    ]
    return sorted(found, key=lambda view: view.content.name.casefold())


async def save_view(crm: Installation, access: Access, content: ViewContent, *, shared: bool = False) -> UUID:
    """Store a new view of the actor's. Raises InvalidContent."""
    access.actor.require("contacts.read")
    name = clean_line(content.name)
    if not 1 <= len(name) <= 80:
        raise InvalidContent({"name": "A name has 1 to 80 characters."})
    rows = await crm.data.fetch("SELECT count(*) AS views FROM saved_view WHERE owner_id = ?", access.actor.id)
    if rows[0]["views"] >= MOST_VIEWS:
        raise InvalidContent({"name": f"More than {MOST_VIEWS} views are not kept; delete one first."})
    columns = {"id": new_id(), "owner_id": access.actor.id, "shared": shared, "created_at": now()}
    stored = ViewContent(**{field: getattr(content, field) for field in ViewContent.__struct_fields__} | {"name": name})
    await crm.records.insert(VIEW, columns, stored)
    return UUID(str(columns["id"]))


async def delete_view(crm: Installation, access: Access, view_id: UUID) -> None:
    """Only one's own; any other is not found."""
    rows = await crm.data.fetch("SELECT id FROM saved_view WHERE id = ? AND owner_id = ?", view_id, access.actor.id)
    if not rows:
        raise NotFound
    await crm.records.delete(VIEW, view_id, [])
