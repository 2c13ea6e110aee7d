"""Moving an opportunity to another stage: by its menu, by dragging, by the keyboard; and taking the step back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import Access, InvalidContent, Opened, VersionConflict
from confida_sales.content import OpportunityContent
from confida_sales.opportunities.board_routes import BOARD, PURPOSE, moved_page
from confida_sales.opportunities.choices import offered, owner_options, source_options
from confida_sales.opportunities.narrowing import ShownOpportunity, shown
from confida_sales.opportunities.opportunities import (
    LOST_REASONS,
    draft_of,
    move_opportunity,
    take_back_step,
    visible_opportunity,
)
from confida_sales.opportunities.pages import MovePage
from confida_sales.opportunities.pipelines import ShownPipeline, ShownStage, pipeline
from confida_sales.opportunities.reading import posted, read_draft, typed
from confida_sales.opportunities.state import id_in
from confida_web.api import (
    FormData,
    Option,
    Toast,
    access_for,
    formatter_of,
    is_fragment_request,
    page,
    parse_form,
    redirect,
)

MOVED_MEANWHILE = (
    "Somebody else changed this meanwhile. Look where it stands now, and move it again if that is still right."
)


@get("/x/sales/opportunities/{opportunity_id:uuid}/move", permission="sales.write")
async def ask_where(request: Request[Any, Any, Any], opportunity_id: FromPath[UUID]) -> Response[Any]:
    opened, way = await opened_with_way(request, opportunity_id)
    stage = stage_in(way, id_in(request.query_params, "stage"))
    return page(request, await move_page(request, opened, way, stage, str(request.query_params.get("back", ""))), "ask")


@post("/x/sales/opportunities/{opportunity_id:uuid}/move", permission="sales.write", status_code=200)
async def move(request: Request[Any, Any, Any], opportunity_id: FromPath[UUID]) -> Response[Any]:
    """Into the stage of the form, if it has what that stage asks for; else the form that asks, and nothing is changed."""
    form = await parse_form(request)
    opened, way = await opened_with_way(request, opportunity_id)
    stage = stage_in(way, id_in(dict(form.fields), "stage"))
    if stage is None:
        return await refused(request, (opened, way), None, form, {"stage": "Please choose a stage."})
    try:
        version = await moved(request, opened, stage, form)
    except InvalidContent as wrong:
        return await refused(request, (opened, way), stage, form, wrong.errors)
    except VersionConflict:
        return await conflicted(request, opportunity_id, way, form)
    undo = None
    if opened.row["outcome"] != "lost":
        undo = f"/x/sales/opportunities/{opportunity_id}/back/{version}"
    toast = Toast(message=f"Moved to “{stage.name}”.", undo_url=undo)
    if not is_fragment_request(request.headers):
        return redirect(request, form.get("back") or BOARD, toast)
    return await card_and_heads(request, opportunity_id, way, form, toast)


async def moved(
    request: Request[Any, Any, Any], opened: Opened[OpportunityContent], stage: ShownStage, form: FormData
) -> int:
    """The new version. Raises InvalidContent and VersionConflict."""
    offer, _ = await offered(request)
    before = draft_of(opened)
    values = posted(form, typed(before, offer.locale))
    return await move_opportunity(
        request.state.crm,
        access_for(request, PURPOSE),
        opened.row["id"],
        stage.id,
        seen=form.integer("version"),
        lost_reason=form.get("lost_reason"),
        lost_note=form.get("lost_note"),
        draft=read_draft(values, before, offer),
    )


async def refused(
    request: Request[Any, Any, Any],
    found: tuple[Opened[OpportunityContent], ShownPipeline],
    stage: ShownStage | None,
    form: FormData,
    errors: Mapping[str, str],
) -> Response[Any]:
    """What the stage asks for, with what was typed; the first time nothing is red, because nobody did anything wrong."""
    shown = await move_page(request, *found, stage, form.get("back"))
    asked = form.flag("asked")
    needed = [*shown.needed, *(name for name in errors if name in shown.values)]
    content = replace(
        shown,
        needed=tuple(dict.fromkeys(needed)),
        values=posted(form, shown.values),
        errors=errors if asked or stage is None else {},
        lost_note=form.get("lost_note"),
        lost_reasons=reason_options(form.get("lost_reason")) if shown.lost_reasons else (),
    )
    return page(request, content, "ask", status=422)


async def conflicted(
    request: Request[Any, Any, Any], opportunity_id: UUID, way: ShownPipeline, form: FormData
) -> Response[Any]:
    """Where it really stands."""
    toast = Toast(message=MOVED_MEANWHILE, tone="problem")
    if not is_fragment_request(request.headers):
        return redirect(request, f"/x/sales/opportunities/{opportunity_id}", toast)
    return await card_and_heads(request, opportunity_id, way, form, toast, status=409)


async def card_and_heads(
    request: Request[Any, Any, Any],
    opportunity_id: UUID,
    way: ShownPipeline,
    form: FormData,
    toast: Toast,
    *,
    status: int = 200,
) -> Response[Any]:
    access = access_for(request, PURPOSE)
    card = await shown_opportunity(
        request, access, await visible_opportunity(request.state.crm, access, opportunity_id), way
    )
    request.state.frame = replace(request.state.frame, toast=toast)
    return page(request, await moved_page(request, card, dict(form.fields)), "moved", status=status)


@post("/x/sales/opportunities/{opportunity_id:uuid}/back/{version:int}", permission="sales.write", status_code=303)
async def take_back(
    request: Request[Any, Any, Any], opportunity_id: FromPath[UUID], version: FromPath[int]
) -> Response[Any]:
    """The undo of a step."""
    await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    opened = await visible_opportunity(crm, access, opportunity_id)
    try:
        await take_back_step(crm, access, opportunity_id, seen=version)
        toast = Toast(message="Moved back.")
    except VersionConflict:
        toast = Toast(message=MOVED_MEANWHILE, tone="problem")
    return redirect(request, f"{BOARD}?pipeline={opened.row['pipeline_id']}", toast)


async def opened_with_way(
    request: Request[Any, Any, Any], opportunity_id: UUID
) -> tuple[Opened[OpportunityContent], ShownPipeline]:
    crm = request.state.crm
    opened = await visible_opportunity(crm, access_for(request, PURPOSE), opportunity_id)
    return opened, await pipeline(crm, opened.row["pipeline_id"])


def stage_in(way: ShownPipeline, stage_id: UUID | None) -> ShownStage | None:
    return next((stage for stage in way.stages if stage.id == stage_id), None)


async def shown_opportunity(
    request: Request[Any, Any, Any], access: Access, opened: Opened[OpportunityContent], way: ShownPipeline
) -> ShownOpportunity:
    """With the names around it; it has passed the gate."""
    stages = {stage.id: stage for stage in way.stages}
    return (await shown(request.state.crm, access, [opened.row], stages, formatter_of(request).today()))[0]


async def move_page(
    request: Request[Any, Any, Any],
    opened: Opened[OpportunityContent],
    way: ShownPipeline,
    stage: ShownStage | None,
    back: str,
) -> MovePage:
    offer, accounts = await offered(request)
    draft = draft_of(opened)
    one = await shown_opportunity(request, access_for(request, PURPOSE), opened, way)
    return MovePage(
        one=one,
        stages=way.stages,
        stage=stage,
        needed=tuple(name for name in stage.required if not getattr(draft, name)) if stage else (),
        lost_reasons=reason_options("") if stage and stage.outcome == "lost" else (),
        back=back,
        values=typed(draft, offer.locale),
        owners=owner_options(accounts, str(draft.owner_id or ""), one.owner),
        sources=source_options(offer, draft.source),
    )


def reason_options(chosen: str) -> tuple[Option, ...]:
    return tuple(Option(value=key, label=label, chosen=key == chosen) for key, label in LOST_REASONS.items())


ROUTES = (ask_where, move, take_back)
