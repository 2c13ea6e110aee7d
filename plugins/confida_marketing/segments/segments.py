"""Segments: written, renamed, copied, thrown away and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from confida_consent.api import Purpose, all_purposes
from confida_core.api import (
    Access,
    Installation,
    InvalidCondition,
    InvalidContent,
    clean_line,
    clean_text,
    new_id,
    now,
)
from confida_marketing.segments.asking import condition_of
from confida_marketing.segments.content import SEGMENT, SegmentContent
from confida_marketing.segments.fields import segment_fields
from confida_marketing.segments.kept import Segment, every_segment, in_use, visible_segment
from confida_marketing.segments.lists import copy_members, remove_all
from confida_marketing.segments.uses import SegmentUse, uses_of

__all__ = ["Segment", "SegmentDraft", "Used", "copy_segment", "purposes_offered", "save_segment", "visible_segment"]

LONGEST_NAME = 80
MOST = 500
TRASH_DAYS = 30
PLACEHOLDER = UUID(int=1)


class Used(Exception):
    """Something still asks for the segment, so it cannot be thrown away."""

    def __init__(self, uses: tuple[SegmentUse, ...]) -> None:
        super().__init__("the segment is used")
        self.uses = uses


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentDraft:
    """What somebody typed. condition: JSON, "" for everybody. living: False for a list of people that stays as it is."""

    name: str
    note: str = ""
    condition: str = ""
    purpose: str
    channel: str
    living: bool = True


async def purposes_offered(crm: Installation) -> dict[str, Purpose]:
    """What segments, campaigns, journeys and trials may serve: something people choose, or may object to, on a channel.

    Never a contract or a duty: an objection to advertising does not stop what rests on those.
    """
    return {
        key: one
        for key, one in (await all_purposes(crm)).items()
        if not one.retired
        and one.declared.basis in ("consent", "legitimate_interest", "public_task")
        and set(one.declared.channels) - {"profiling"}
    }


async def save_segment(
    crm: Installation, access: Access, draft: SegmentDraft, *, segment_id: UUID | None = None, seen: int = 0
) -> UUID:
    """Make one, or change it; returns its id. A fixed list stays one, and a living segment stays that.

    Raises Forbidden, NotFound, VersionConflict, and InvalidContent by field.
    """
    access.actor.require("marketing.write")
    there = await visible_segment(crm, access, segment_id) if segment_id else None
    if there is not None:
        draft = replace(draft, living=there.living)
    content = await checked(crm, draft, segment_id)
    moment = now()
    columns = {"living": draft.living, "purpose": draft.purpose, "channel": draft.channel, "changed_at": moment}
    if there is not None:
        await crm.records.update(SEGMENT, {"id": there.id, **columns}, content, seen=seen)
        return there.id
    made = {"id": new_id(), "created_at": moment, "created_by": access.actor.id, "deleted_at": None}
    await crm.records.insert(SEGMENT, made | columns, content)
    return UUID(str(made["id"]))


async def checked(crm: Installation, draft: SegmentDraft, segment_id: UUID | None) -> SegmentContent:
    """Raises InvalidContent by field."""
    errors = await wrong_purpose(crm, draft)
    name = clean_line(draft.name)
    if not 1 <= len(name) <= LONGEST_NAME:
        errors["name"] = f"Please name it in at most {LONGEST_NAME} characters."
    all_of_them = await every_segment(crm)
    if segment_id is None and len(all_of_them) >= MOST:
        errors[""] = f"There can be at most {MOST} segments, with those in the trash."
    errors |= await wrong_condition(crm, draft, segment_id, all_of_them)
    if errors:
        raise InvalidContent(errors)
    return SegmentContent(name=name, note=clean_text(draft.note), condition=draft.condition if draft.living else "")


async def wrong_purpose(crm: Installation, draft: SegmentDraft) -> dict[str, str]:
    purpose = (await purposes_offered(crm)).get(draft.purpose)
    if purpose is None:
        return {"purpose": "Please say what these people are to be reached for."}
    if draft.channel not in purpose.declared.channels or draft.channel == "profiling":
        return {"channel": "This purpose does not use that channel."}
    return {}


async def wrong_condition(
    crm: Installation, draft: SegmentDraft, segment_id: UUID | None, all_of_them: Mapping[UUID, Segment]
) -> dict[str, str]:
    there = in_use(dict(all_of_them))
    fields = await segment_fields(crm, {one.id: one.name for one in there.values()})
    written = drafted(draft, segment_id)
    try:
        condition_of(written, {**there, written.id: written}, fields)
    except InvalidCondition as wrong:
        return {"conditions": f"The {wrong.path or 'condition'} {wrong.message}."}
    return {}


def drafted(draft: SegmentDraft, segment_id: UUID | None = None) -> Segment:
    """A segment as it would be, which is kept nowhere."""
    moment = now()
    return Segment(
        id=segment_id or PLACEHOLDER, version=0, living=draft.living, purpose=draft.purpose, channel=draft.channel,
        name=draft.name, note=draft.note, condition=draft.condition, created_at=moment, created_by=None,
        changed_at=moment, deleted_at=None,
    )  # fmt: skip


async def copy_segment(crm: Installation, access: Access, segment_id: UUID) -> UUID:
    """The same once more, with the people of a fixed list. Raises Forbidden, NotFound, InvalidContent."""
    access.actor.require("marketing.write")
    one = await visible_segment(crm, access, segment_id)
    name = f"Copy of {one.name}"[:LONGEST_NAME]
    draft = SegmentDraft(
        name=name, note=one.note, condition=one.condition, purpose=one.purpose, channel=one.channel, living=one.living
    )
    made = await save_segment(crm, access, draft)
    if not one.living:
        await copy_members(crm, access, one.id, made, name)
    return made


async def trash_segment(crm: Installation, access: Access, segment_id: UUID, *, seen: int) -> None:
    """Into the trash, for thirty days. Raises Forbidden, NotFound, VersionConflict, and Used where something asks for it."""
    access.actor.require("marketing.write")
    one = await visible_segment(crm, access, segment_id)
    if uses := await uses_of(crm, access, segment_id):
        raise Used(uses)
    await crm.records.update(SEGMENT, {"id": one.id, "deleted_at": now()}, content_of(one), seen=seen)


async def restore_segment(crm: Installation, access: Access, segment_id: UUID) -> None:
    """Out of the trash, as it was. Raises Forbidden, NotFound."""
    access.actor.require("marketing.write")
    one = await visible_segment(crm, access, segment_id, trashed=True)
    if one.deleted_at is not None:
        await crm.records.update(SEGMENT, {"id": one.id, "deleted_at": None}, content_of(one), seen=one.version)


def content_of(one: Segment) -> SegmentContent:
    return SegmentContent(name=one.name, note=one.note, condition=one.condition)


async def purge_segments(crm: Installation, _: Mapping[str, Any]) -> None:
    """Job: what lay in the trash for its days goes for good, with its people and its figures."""
    rows = await crm.data.fetch(
        "SELECT id FROM marketing_segment WHERE deleted_at < ? LIMIT 100", now() - timedelta(days=TRASH_DAYS)
    )
    for row in rows:
        await remove_all(crm, row["id"])
        async with crm.data.transaction():
            await crm.data.fetch("DELETE FROM marketing_segment_size WHERE segment_id = ?", row["id"])
            await crm.records.delete(SEGMENT, row["id"], ())
