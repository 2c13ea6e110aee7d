"""Segments: listed, seen, copied, thrown away and taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import VersionConflict, now
from confida_marketing.segments.growth import note_size, sizes_of
from confida_marketing.segments.kept import visible_segment
from confida_marketing.segments.members import glance
from confida_marketing.segments.pages import SegmentPage, SegmentsPage
from confida_marketing.segments.ready_made import offered
from confida_marketing.segments.segments import Used, copy_segment, restore_segment, trash_segment
from confida_marketing.segments.showing import (
    PURPOSE,
    SEGMENTS,
    found_in,
    growth_chart,
    rows_shown,
    surroundings,
)
from confida_marketing.segments.uses import uses_of
from confida_marketing.segments.words import means
from confida_web.api import Tab, Toast, access_for, formatter_of, is_fragment_request, page, parse_form, redirect

ONE = SEGMENTS + "/{segment_id:uuid}"
CHANGED_MEANWHILE = "Somebody else changed this segment meanwhile."


@get(SEGMENTS, permission="marketing.read")
async def show_segments(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, trash = request.state.crm, request.query_params.get("which") == "trash"
    around = await surroundings(crm)
    thrown_away = sum(one.deleted_at is not None for one in around.segments.values())
    tabs = (
        Tab(label="In use", href=SEGMENTS, current=not trash, count=len(around.segments) - thrown_away),
        Tab(label="Trash", href=f"{SEGMENTS}?which=trash", current=trash, count=thrown_away),
    )
    return page(
        request,
        SegmentsPage(
            rows=await rows_shown(crm, around, trash=trash),
            tabs=tabs,
            trash=trash,
            ready=offered(around.fields),
            may_write=request.state.actor.may("marketing.write"),
        ),
    )


@get(ONE, permission="marketing.read")
async def show_segment(request: Request[Any, Any, Any], segment_id: FromPath[UUID]) -> Response[Any]:
    """With how many there are, at once where they are few; else the page asks for that part of itself."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    segment = await visible_segment(crm, access, segment_id)
    around = await surroundings(crm)
    asked = is_fragment_request(request.headers) or "count" in request.query_params
    seen = await glance(crm, access, segment, whole=asked)
    sizes = await sizes_of(crm, segment.id)
    if seen.count is not None and not (sizes and sizes[-1].on_day == now().date()):
        # The list shows the latest figure, and a new segment has none before the night.
        await note_size(crm, segment.id, seen.count)
    words, sound = means(segment, around.fields)
    return page(
        request,
        SegmentPage(
            id=segment.id, name=segment.name, note=segment.note, version=segment.version, living=segment.living,
            means=words, sound=sound, serves=around.serves(segment), found=found_in(seen, segment, around),
            growth=growth_chart(sizes, formatter_of(request)),
            uses=await uses_of(crm, access, segment.id), may_write=request.state.actor.may("marketing.write"),
        ),
        block="found",
    )  # fmt: skip


@post(f"{ONE}/copy", permission="marketing.write", status_code=303)
async def copy(request: Request[Any, Any, Any], segment_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    made = await copy_segment(request.state.crm, access_for(request, PURPOSE), segment_id)
    return redirect(request, f"{SEGMENTS}/{made}", Toast(message="Copied."))


@post(f"{ONE}/delete", permission="marketing.write", status_code=303)
async def delete(request: Request[Any, Any, Any], segment_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    try:
        await trash_segment(crm, access, segment_id, seen=form.integer("version"))
    except Used as used:
        names = ", ".join(f"{use.kind} “{use.name}”" for use in used.uses[:3])
        toast = Toast(message=f"It is used and stays: {names}.", tone="problem")
        return redirect(request, f"{SEGMENTS}/{segment_id}", toast)
    except VersionConflict:
        return redirect(request, f"{SEGMENTS}/{segment_id}", Toast(message=CHANGED_MEANWHILE, tone="problem"))
    toast = Toast(message="Moved to the trash.", undo_url=f"{SEGMENTS}/{segment_id}/restore")
    return redirect(request, SEGMENTS, toast)


@post(f"{ONE}/restore", permission="marketing.write", status_code=303)
async def restore(request: Request[Any, Any, Any], segment_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await restore_segment(request.state.crm, access_for(request, PURPOSE), segment_id)
    return redirect(request, f"{SEGMENTS}/{segment_id}", Toast(message="Taken out of the trash."))


ROUTES = (show_segments, show_segment, copy, delete, restore)
