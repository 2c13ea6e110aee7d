"""The board: seen, narrowed down, and its columns read on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post

from confida_core.api import NotFound, active_accounts
from confida_sales.opportunities.board import CLOSED_DAYS, board, heads, more_cards
from confida_sales.opportunities.choices import owner_filter
from confida_sales.opportunities.narrowing import Narrowing, ShownOpportunity
from confida_sales.opportunities.pages import BoardPage
from confida_sales.opportunities.pipelines import ShownPipeline, pipeline, pipelines_in_use
from confida_sales.opportunities.state import LONGEST_TEXT, address, fields_of, id_in, narrowing_of
from confida_web.api import Tab, access_for, formatter_of, page, parse_form, redirect

BOARD = "/x/sales/board"
LIST = "/x/sales/opportunities"
PURPOSE = "relationship"


@get(BOARD, permission="sales.read")
async def show_board(request: Request[Any, Any, Any]) -> Response[Any]:
    crm = request.state.crm
    narrowing = narrowing_of(crm, request.query_params)
    return page(request, await board_page(request, id_in(request.query_params, "pipeline"), narrowing), "columns")


@post(f"{BOARD}/search", permission="sales.read", status_code=200)
async def search_board(request: Request[Any, Any, Any]) -> Response[Any]:
    """Words come in the body, because addresses are logged; then the board stands at an address that holds them sealed."""
    form = await parse_form(request)
    crm, given = request.state.crm, dict(form.fields)
    text = form.get("q").strip()[:LONGEST_TEXT]
    narrowing = msgspec.structs.replace(narrowing_of(crm, given), text=text)
    pipeline_id = id_in(given, "pipeline")
    return redirect(request, address(BOARD, fields_of(crm, narrowing, pipeline=str(pipeline_id or ""))))


@get(f"{BOARD}/more", permission="sales.read")
async def more_of_column(request: Request[Any, Any, Any]) -> Response[Any]:
    """The next cards of one column; without JavaScript the list shows them all."""
    crm, given = request.state.crm, request.query_params
    way, narrowing = await pipeline_of(request, id_in(given, "pipeline")), narrowing_of(crm, given)
    stage_id, after = id_in(given, "stage"), id_in(given, "after")
    if way is None or stage_id is None or after is None:
        raise NotFound
    stage = way.stage(stage_id)
    access = access_for(request, PURPOSE)
    column = await more_cards(crm, access, stage, narrowing, formatter_of(request).today(), after=after)
    shown = base_page(request, way, narrowing)
    return page(request, replace(shown, column=column, columns=(column,)), "more")


async def board_page(request: Request[Any, Any, Any], pipeline_id: UUID | None, narrowing: Narrowing) -> BoardPage:
    """The whole board of one pipeline, or of the first."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    ways = await pipelines_in_use(crm)
    way = next((one for one in ways if one.id == pipeline_id), None)
    if way is None and pipeline_id is not None:
        # One that is archived can still be looked at.
        way = await pipeline(crm, pipeline_id)
    way = way or next(iter(ways), None)
    if way is None:
        return BoardPage(may_manage=access.actor.may("sales.manage"))
    columns = await board(crm, access, way, narrowing, formatter_of(request).today())
    accounts = await active_accounts(crm)
    return replace(
        base_page(request, way, narrowing),
        columns=columns,
        tabs=tuple(tab_of(request, one, way, narrowing) for one in ways),
        owners=owner_filter(accounts, access.actor.id, narrowing),
    )


def base_page(request: Request[Any, Any, Any], way: ShownPipeline, narrowing: Narrowing) -> BoardPage:
    """What every part of the board knows."""
    crm, actor = request.state.crm, request.state.actor
    fields = fields_of(crm, narrowing, pipeline=str(way.id))
    return BoardPage(
        way=way,
        q=narrowing.text,
        state=fields,
        filtered=narrowing != Narrowing(),
        clear_href=address(BOARD, (("pipeline", str(way.id)),)),
        list_href=address(LIST, fields),
        closed_days=CLOSED_DAYS,
        may_write=actor.may("sales.write"),
        may_manage=actor.may("sales.manage"),
    )


async def moved_page(request: Request[Any, Any, Any], card: ShownOpportunity, given: dict[str, str]) -> BoardPage:
    """The card that was moved, and the heads of all columns."""
    crm = request.state.crm
    way = await pipeline(crm, card.stage.pipeline_id)
    narrowing = narrowing_of(crm, given)
    columns = await heads(crm, access_for(request, PURPOSE), way, narrowing, formatter_of(request).today())
    return replace(base_page(request, way, narrowing), columns=columns, card=card)


def tab_of(request: Request[Any, Any, Any], one: ShownPipeline, current: ShownPipeline, narrowing: Narrowing) -> Tab:
    href = address(BOARD, fields_of(request.state.crm, narrowing, pipeline=str(one.id)))
    return Tab(label=one.name, href=href, current=one.id == current.id)


async def pipeline_of(request: Request[Any, Any, Any], pipeline_id: UUID | None) -> ShownPipeline | None:
    return await pipeline(request.state.crm, pipeline_id) if pipeline_id else None


ROUTES = (show_board, search_board, more_of_column)
