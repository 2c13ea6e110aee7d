"""Journeys: written, changed, thrown away and taken back. What switches them on and off is in `states`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from msgspec import structs

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    NotFound,
    Opened,
    Row,
    active_accounts,
    clean_line,
    clean_text,
    new_id,
    now,
    system_access,
)
from confida_marketing.journeys.content import JOURNEY, PLAN, JourneyContent
from confida_marketing.journeys.plan import Plan
from confida_web.api import mark

INSIDE = system_access("marketing.journeys")
LIST = "/x/marketing/journeys"
STATES: Mapping[str, str] = {
    "draft": mark("Draft"),
    "active": mark("On"),
    "paused": mark("Paused"),
    "ended": mark("Switched off"),
}


async def create_journey(crm: Installation, access: Access, content: JourneyContent) -> UUID:
    """A new draft; returns its id. Raises Forbidden without `marketing.write`, and InvalidContent."""
    access.actor.require("marketing.write")
    columns = {
        "id": new_id(),
        "state": "draft",
        "running": 0,
        "changed": False,
        "fault": "",
        "owner_id": access.actor.id if access.actor.id in {one.id for one in await active_accounts(crm)} else None,
        "started_at": None,
        "created_at": now(),
        "created_by": access.actor.id,
        "deleted_at": None,
    }
    await crm.records.insert(JOURNEY, columns, checked(content))
    return UUID(str(columns["id"]))


def checked(content: JourneyContent) -> JourneyContent:
    """As it may be stored. Raises InvalidContent with the name of each field of the form."""
    found = structs.replace(
        content, name=clean_line(content.name), aim=clean_text(content.aim), goal=clean_line(content.goal)
    )
    errors = {} if found.name else {"name": mark("A journey needs a name.")}
    for field, longest in (("name", 200), ("goal", 500), ("aim", 20_000)):
        if len(getattr(found, field)) > longest:
            errors[field] = mark("This is too long.")
    if errors:
        raise InvalidContent(errors)
    return found


async def change_journey(
    crm: Installation, access: Access, opened: Opened[JourneyContent], content: JourneyContent, *, seen: int
) -> None:
    """Write it anew. Nothing of it counts for anybody before it is switched on again.

    Raises Forbidden without `marketing.write`, InvalidContent, VersionConflict.
    """
    access.actor.require("marketing.write")
    row, found = opened.row, checked(content)
    changed = row["changed"] or (row["running"] > 0 and found.plan != opened.content.plan)
    await crm.records.update(JOURNEY, {"id": row["id"], "changed": changed}, found, seen=seen)


async def change_steps(
    crm: Installation, access: Access, opened: Opened[JourneyContent], plan: Plan, *, seen: int | None = None
) -> None:
    """The same for its steps; the plan before is kept until the next change. Raises as `change_journey` does."""
    content = structs.replace(opened.content, plan=plan, before=opened.content.plan)
    await change_journey(crm, access, opened, content, seen=opened.row["version"] if seen is None else seen)


async def take_back_steps(crm: Installation, access: Access, journey_id: UUID) -> None:
    """The steps as they were before their last change. Raises Forbidden, and NotFound where nothing was changed."""
    opened = await visible_journey(crm, access, journey_id)
    if opened.content.before is None:
        raise NotFound
    content = structs.replace(opened.content, plan=opened.content.before, before=None)
    await change_journey(crm, access, opened, content, seen=opened.row["version"])


async def visible_journey(
    crm: Installation, access: Access, journey_id: UUID, *, trashed: bool = False
) -> Opened[JourneyContent]:
    """The gate to one journey: NotFound for none, and for one in the trash unless asked for. Raises Forbidden."""
    access.actor.require("marketing.read")
    rows = await crm.data.fetch("SELECT * FROM marketing_journey WHERE id = ?", journey_id)
    if not rows or (rows[0]["deleted_at"] is not None and not trashed):
        raise NotFound
    opened = await crm.door.open_one(access, JOURNEY, rows[0])
    if opened is None:
        raise NotFound
    return opened


async def list_journeys(crm: Installation, access: Access, *, trashed: bool = False) -> list[Opened[JourneyContent]]:
    """All of them, the newest first, at most a thousand. Raises Forbidden without `marketing.read`."""
    access.actor.require("marketing.read")
    lost = "IS NOT NULL" if trashed else "IS NULL"
    rows = await crm.data.fetch(
        f"SELECT * FROM marketing_journey WHERE deleted_at {lost} ORDER BY created_at DESC, id DESC LIMIT 1000"
    )
    return list(await crm.door.open(access, JOURNEY, rows))


async def journey_contents(crm: Installation, access: Access, ids: Sequence[UUID]) -> dict[UUID, JourneyContent]:
    """What these journeys are called, those in the trash among them; one query."""
    rows = await crm.records.rows(JOURNEY, list(dict.fromkeys(ids)))
    return {one.row["id"]: one.content for one in await crm.door.open(access, JOURNEY, rows)}


async def plans_of(crm: Installation, journey_id: UUID) -> dict[int, Plan]:
    """Every plan that was ever switched on, by number, for the program's own use."""
    rows = await crm.data.fetch("SELECT * FROM marketing_journey_plan WHERE journey_id = ?", journey_id)
    return {one.row["number"]: one.content for one in await crm.door.open(INSIDE, PLAN, rows)}


async def trash_journey(crm: Installation, access: Access, journey_id: UUID) -> None:
    """Throw it away, to be taken back at any time. Raises Forbidden, and NotFound while it is on or paused."""
    access.actor.require("marketing.write")
    await set_state(crm, journey_id, "deleted_at = ?", [now()], "deleted_at IS NULL AND state IN ('draft', 'ended')")


async def restore_journey(crm: Installation, access: Access, journey_id: UUID) -> None:
    """Out of the trash. Raises Forbidden, NotFound."""
    access.actor.require("marketing.write")
    await set_state(crm, journey_id, "deleted_at = NULL", [], "deleted_at IS NOT NULL")


async def set_state(crm: Installation, journey_id: UUID, changes: str, values: list[Any], where: str) -> Row:
    """One atomic change; changes and where are SQL of this program. Raises NotFound where `where` does not hold."""
    async with crm.data.transaction():
        done = await crm.data.fetch(
            f"UPDATE marketing_journey SET {changes}, version = version + 1 WHERE id = ? AND {where} RETURNING *",
            *values, journey_id,
        )  # fmt: skip
        if not done:
            raise NotFound
        crm.feed.append(JOURNEY.name, journey_id, None)
    return done[0]
