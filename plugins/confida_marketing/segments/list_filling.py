"""Many people put on a fixed list at once: those of another segment, as they are now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from confida_core.api import Access, Installation, InvalidContent, NotFound, enqueue
from confida_marketing.segments.kept import INSIDE, every_segment, in_use, visible_segment
from confida_marketing.segments.lists import add_members, put_on
from confida_marketing.segments.members import members_of

AT_ONCE = 1_000
FILL = "marketing.fill_list"


async def fill_from(crm: Installation, access: Access, source: str, target: UUID) -> str:
    """Put whoever is in a segment on a list, many of them a little later; what was done, as a sentence.

    source: id of the segment, "" for nobody. Only those come whom the gate lets through now. Raises Forbidden, NotFound.
    """
    if not source:
        return "Saved."
    try:
        wanted = UUID(source)
    except ValueError:
        raise NotFound from None
    access.actor.require("marketing.write")
    await visible_segment(crm, access, target)
    people = await members_of(crm, access, wanted)
    if len(people) > AT_ONCE:
        await enqueue(crm, FILL, {"source": wanted.hex, "target": target.hex})
        return f"{len(people):,} people are being put on the list. It takes a moment."
    try:
        return f"{await add_members(crm, access, target, people):,} put on the list."
    except InvalidContent as wrong:
        return next(iter(wrong.errors.values()))


async def fill_list(crm: Installation, given: Mapping[str, Any]) -> None:
    """Job: can be repeated, because nobody is put on a list twice. What is gone meanwhile is left alone."""
    there = in_use(await every_segment(crm))
    source, target = there.get(UUID(given["source"])), there.get(UUID(given["target"]))
    if source is None or target is None or target.living:
        return
    await put_on(crm, INSIDE, target.id, target.name, await members_of(crm, INSIDE, source.id))
