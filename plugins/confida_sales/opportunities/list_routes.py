"""The list of opportunities: sorted, narrowed down, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, Response, get, post

from confida_core.api import active_accounts
from confida_sales.opportunities.board_routes import BOARD, LIST, PURPOSE
from confida_sales.opportunities.choices import owner_filter, way_options
from confida_sales.opportunities.listing import SHOWN, SORTS, ListQuery, list_opportunities, order_of
from confida_sales.opportunities.narrowing import Narrowing
from confida_sales.opportunities.opportunities import DELETED
from confida_sales.opportunities.pages import OpportunitiesPage, SortColumn
from confida_sales.opportunities.pipelines import ShownPipeline, pipelines_in_use
from confida_sales.opportunities.state import LONGEST_TEXT, address, fields_of, id_in, narrowing_of
from confida_web.api import Tab, access_for, formatter_of, page, parse_form, redirect

COLUMNS = (
    ("title", "Opportunity", ""),
    ("stage", "Stage", ""),
    ("value", "Value", "value"),
    ("next", "Next step", "next"),
    ("close", "Expected close", "close"),
    ("owner", "Owner", ""),
)
CLOSED_COLUMNS = (*COLUMNS[:3], ("closed", "Closed", "closed"), COLUMNS[5])
TRASH_COLUMNS = (*COLUMNS[:3], ("closed", "Deleted", "closed"), ("restore", "Take out", ""))


@get(LIST, permission="sales.read")
async def show_list(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await list_page(request, query_of(request, request.query_params)), "results")


@post(f"{LIST}/search", permission="sales.read", status_code=200)
async def search_list(request: Request[Any, Any, Any]) -> Response[Any]:
    """Words come in the body, because addresses are logged."""
    form = await parse_form(request)
    crm, query = request.state.crm, query_of(request, dict(form.fields))
    narrowing = msgspec.structs.replace(query.narrowing, text=form.get("q").strip()[:LONGEST_TEXT])
    return redirect(request, address(LIST, fields_of(crm, narrowing, **plain_fields(query))))


def query_of(request: Request[Any, Any, Any], given: Mapping[str, Any]) -> ListQuery:
    """What the address says; what was not made here means nothing."""
    showing, sort = str(given.get("show", "")), str(given.get("sort", ""))
    return ListQuery(
        showing=showing if showing in SHOWN else "open",
        sort=sort if sort in SORTS else "",
        descending=given.get("order") == "descending",
        pipeline_id=id_in(given, "pipeline"),
        stage_id=id_in(given, "stage"),
        narrowing=narrowing_of(request.state.crm, given),
        after=id_in(given, "after"),
        before=id_in(given, "before"),
    )


def plain_fields(query: ListQuery) -> dict[str, str]:
    """What an address of this list says, but for the narrowing and the page."""
    return {
        "show": query.showing if query.showing != "open" else "",
        "sort": query.sort,
        "order": "descending" if query.descending and query.sort else "",
        "pipeline": str(query.pipeline_id or ""),
        "stage": str(query.stage_id or ""),
    }


async def list_page(request: Request[Any, Any, Any], query: ListQuery) -> OpportunitiesPage:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    ways = await pipelines_in_use(crm)
    listed = await list_opportunities(crm, access, query, formatter_of(request).today())
    accounts = await active_accounts(crm)

    def href(**changes: str) -> str:
        return address(LIST, fields_of(crm, query.narrowing, **(plain_fields(query) | changes)))

    columns = {"open": COLUMNS, "late": COLUMNS, DELETED: TRASH_COLUMNS}.get(query.showing, CLOSED_COLUMNS)
    return OpportunitiesPage(
        rows=listed.rows,
        columns=tuple(column_of(query, href, *column) for column in columns),
        tabs=tuple(
            Tab(
                label=label,
                href=href(show=key if key != "open" else "", sort="", order=""),
                current=key == query.showing,
            )
            for key, label in SHOWN.items()
            if key != DELETED or access.actor.may("sales.write")
        ),
        pipelines=pipeline_options(ways, query),
        owners=owner_filter(accounts, access.actor.id, query.narrowing),
        q=query.narrowing.text,
        state=fields_of(crm, query.narrowing, **plain_fields(query)),
        filtered=query.narrowing != Narrowing() or query.stage_id is not None,
        clear_href=address(LIST, (("show", query.showing),)),
        board_href=address(BOARD, fields_of(crm, query.narrowing, pipeline=str(query.pipeline_id or ""))),
        may_write=access.actor.may("sales.write"),
        trash=query.showing == DELETED,
        previous=href(before=str(listed.first)) if listed.first else "",
        following=href(after=str(listed.last)) if listed.last else "",
    )


def pipeline_options(ways: list[ShownPipeline], query: ListQuery) -> Any:
    """Nothing to choose where there is one."""
    return way_options(ways, str(query.pipeline_id or "")) if len(ways) > 1 else ()


def column_of(query: ListQuery, href: Any, key: str, label: str, sort: str) -> SortColumn:
    """Its head sorts by it; once more turns the order round."""
    order, down = order_of(query)
    if not sort or query.narrowing.words:
        return SortColumn(key=key, label=label)
    current = SORTS[sort] == order
    turned = (not down) if current else sort == "value"
    direction = ("descending" if down else "ascending") if current else ""
    return SortColumn(
        key=key, label=label, href=href(sort=sort, order="descending" if turned else ""), direction=direction
    )


ROUTES = (show_list, search_list)
