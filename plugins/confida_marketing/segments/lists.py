"""Fixed lists: who is put on one, who is taken off, and who is on it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    catch_up_index,
    display_names,
    new_id,
    now,
)
from confida_marketing.segments.content import MEMBER, MemberContent
from confida_marketing.segments.kept import visible_segment

BATCH = 500
NO_LIST = "Who is in a living segment is said by its conditions."


async def add_members(crm: Installation, access: Access, segment_id: UUID, contact_ids: Sequence[UUID]) -> int:
    """Put people on a fixed list; how many were not on it before. Some hundreds in one transaction each; can be repeated.

    A colleague puts nobody on it whom they may not see. Raises Forbidden, NotFound, and InvalidContent for a living segment.
    """
    access.actor.require("marketing.write")
    segment = await visible_segment(crm, access, segment_id)
    if segment.living:
        raise InvalidContent({"": NO_LIST})
    if access.actor.kind != "system":
        contact_ids = list(await display_names(crm, access, contact_ids))
    return await put_on(crm, access, segment_id, segment.name, contact_ids)


async def put_on(crm: Installation, access: Access, segment_id: UUID, name: str, contact_ids: Sequence[UUID]) -> int:
    added, wanted = 0, list(dict.fromkeys(contact_ids))
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        marks = ", ".join("?" * len(batch))
        rows = await crm.data.fetch(f"SELECT id FROM contact WHERE id IN ({marks}) AND deleted_at IS NULL", *batch)
        known = await crm.data.fetch(
            f"SELECT contact_id FROM marketing_segment_member WHERE segment_id = ? AND contact_id IN ({marks})",
            segment_id, *batch,
        )  # fmt: skip
        new = sorted({row["id"] for row in rows} - {row["contact_id"] for row in known})
        columns = {"segment_id": segment_id, "added_at": now(), "added_by": access.actor.id}
        content = MemberContent(list_name=name)
        await crm.records.insert_many(
            MEMBER, [({"id": new_id(), "contact_id": one, **columns}, content) for one in new]
        )
        added += len(new)
        await catch_up_index(crm)
    return added


async def remove_members(crm: Installation, access: Access, segment_id: UUID, contact_ids: Sequence[UUID]) -> int:
    """Take people off a fixed list; how many were on it. Raises Forbidden, NotFound."""
    access.actor.require("marketing.write")
    await visible_segment(crm, access, segment_id)
    removed = 0
    for start in range(0, len(contact_ids), BATCH):
        batch = contact_ids[start : start + BATCH]
        marks = ", ".join("?" * len(batch))
        removed += await delete_rows(crm, f"segment_id = ? AND contact_id IN ({marks})", segment_id, *batch)
    return removed


async def remove_all(crm: Installation, segment_id: UUID) -> None:
    """Everybody off a list that goes for good."""
    while await delete_rows(crm, "segment_id = ?", segment_id):
        pass


async def delete_rows(crm: Installation, which: str, *values: UUID) -> int:
    rows = await crm.data.fetch(
        f"SELECT id, contact_id FROM marketing_segment_member WHERE {which} ORDER BY id LIMIT {BATCH}", *values
    )
    async with crm.data.transaction():
        for row in rows:
            await crm.records.delete(MEMBER, row["id"], [row["contact_id"]])
    await catch_up_index(crm)
    return len(rows)


async def copy_members(crm: Installation, access: Access, source: UUID, target: UUID, name: str) -> int:
    rows = await crm.data.fetch(
        "SELECT contact_id FROM marketing_segment_member WHERE segment_id = ? ORDER BY id", source
    )
    return await put_on(crm, access, target, name, [row["contact_id"] for row in rows])


async def members_shown(
    crm: Installation, access: Access, segment_id: UUID, *, after: UUID | None = None, limit: int = 50
) -> tuple[list[tuple[UUID, str]], UUID | None]:
    """People on a fixed list, the latest first, those whom this access may see: id and name; and where the next begin."""
    older = " AND id < ?" if after else ""
    rows = await crm.data.fetch(
        f"SELECT id, contact_id FROM marketing_segment_member WHERE segment_id = ?{older} ORDER BY id DESC LIMIT ?",
        segment_id, *([after] if after else []), limit + 1,
    )  # fmt: skip
    following = rows[limit - 1]["id"] if len(rows) > limit else None
    names = await display_names(crm, access, [row["contact_id"] for row in rows[:limit]])
    shown = [(row["contact_id"], names[row["contact_id"]]) for row in rows[:limit] if row["contact_id"] in names]
    return shown, following
