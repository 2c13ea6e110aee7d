"""The lists of invoices and of drafts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post

from confida_core.api import display_names
from confida_sales.billing.drafts import list_drafts
from confida_sales.billing.listing import STATES, find_invoices, list_invoices, sums_of
from confida_sales.billing.pages import DraftRow, DraftsPage, InvoicesPage
from confida_sales.billing.showing import BOOKS, invoice_rows, person_of
from confida_sales.papers_form import reader_of
from confida_sales.papers_shown import read_id
from confida_web.api import Paging, Tab, access_for, mark, page, parse_form

HERE = "/x/sales/invoices"
LABELS: Mapping[str, str] = {
    "open": mark("Open"),
    "overdue": mark("Overdue"),
    "paid": mark("Paid"),
    "overpaid": mark("Too much paid"),
    "all": mark("All"),
}
LONGEST_NUMBER = 60


def tabs_of(which: str) -> tuple[Tab, ...]:
    lists = [Tab(label=LABELS[state], href=f"{HERE}?state={state}", current=state == which) for state in STATES]
    others = (("drafts", mark("Drafts"), f"{HERE}/drafts"),)
    return (*lists, *(Tab(label=label, href=href, current=key == which) for key, label, href in others))


@get(HERE, permission="sales.read")
async def invoices(request: Request[Any, Any, Any]) -> Response[Any]:
    """Of `?state=`, beginning behind `?after=`. Four queries, whatever the number of rows."""
    crm, access, today = request.state.crm, access_for(request, BOOKS), reader_of(request).today
    state = str(request.query_params.get("state", ""))
    state = state if state in STATES else "open"
    found = await list_invoices(crm, access, state, today, cursor=str(request.query_params.get("after", "")))
    following = f"{HERE}?{urlencode({'state': state, 'after': found.next})}" if found.next else None
    content = InvoicesPage(
        which=state,
        tabs=tabs_of(state),
        rows=await invoice_rows(crm, access, found.items, today),
        sums=tuple(await sums_of(crm, access, state, today)),
        paging=Paging(following=following),
        **rights_of(request),
    )
    return page(request, content, block="results")


@post(f"{HERE}/search", permission="sales.read", status_code=200)
async def search_invoices(request: Request[Any, Any, Any]) -> Response[Any]:
    """By number."""
    crm, access, today = request.state.crm, access_for(request, BOOKS), reader_of(request).today
    typed = (await parse_form(request)).get("q").strip()[:LONGEST_NUMBER]
    found = await find_invoices(crm, access, typed)
    content = InvoicesPage(
        which="found", tabs=tabs_of("found"), rows=await invoice_rows(crm, access, found, today), q=typed,
        **rights_of(request),
    )  # fmt: skip
    return page(request, content, block="results")


def rights_of(request: Request[Any, Any, Any]) -> dict[str, Any]:
    actor = request.state.actor
    return {"may_bill": actor.may("sales.bill"), "may_manage": actor.may("sales.manage")}


@get(f"{HERE}/drafts", permission="sales.read")
async def drafts(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, BOOKS)
    found = await list_drafts(crm, access, after=read_id(str(request.query_params.get("after", ""))))
    names = await display_names(crm, access, [one.row["contact_id"] for one in found.items])
    rows = tuple(
        DraftRow(
            id=str(one.row["id"]),
            contact=person_of(one.row["contact_id"], one.content.name, names),
            made_on=one.row["created_at"].date(),
            gross=one.row["gross"],
            currency=one.row["currency"],
        )
        for one in found.items
    )
    following = f"{HERE}/drafts?after={found.after}" if found.after else None
    content = DraftsPage(
        tabs=tabs_of("drafts"), rows=rows, paging=Paging(following=following), may_bill=rights_of(request)["may_bill"]
    )
    return page(request, content)


ROUTES = (invoices, search_invoices, drafts)
