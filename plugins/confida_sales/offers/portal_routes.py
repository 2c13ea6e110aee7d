"""Customers' own quotes and orders on the public side: read, accept, decline, ask. Works without scripts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import InvalidContent, Row, VersionConflict
from confida_sales.offers.offers import Offered, state_of, today
from confida_sales.offers.own import accept_own, ask_about, decline_own, own_offer, own_offers
from confida_sales.offers.pages import StateShown
from confida_sales.offers.portal_pages import OwnOfferPage, OwnOrdersPage, OwnQuotesPage, OwnRow
from confida_sales.offers.showing import PURPOSE, SHOWN
from confida_sales.papers_form import reader_of
from confida_sales.papers_read import read_of
from confida_web.api import FormData, access_for, mark, parse_form, redirect, show_portal

DONE = frozenset({"accepted", "declined", "asked"})
OWN_STATES = {**SHOWN, "sent": StateShown(label=mark("Waiting for your answer"), tone="ask")}
LATE = "Something changed meanwhile. Please look at it again."


def own_href(row: Row) -> str:
    return f"/my/x/sales/{row['kind']}s/{row['id']}"


@get("/my/x/sales/quotes", person=True)
async def own_quotes(request: Request[Any, Any, Any]) -> Response[Any]:
    return show_portal(request, OwnQuotesPage(rows=await own_rows(request, "quote")))


@get("/my/x/sales/orders", person=True)
async def own_orders(request: Request[Any, Any, Any]) -> Response[Any]:
    return show_portal(request, OwnOrdersPage(rows=await own_rows(request, "order")))


async def own_rows(request: Request[Any, Any, Any], kind: str) -> tuple[OwnRow, ...]:
    """Each number once, with the revisions before it below."""
    crm = request.state.crm
    by_number: dict[str, list[Row]] = {}
    for opened in await own_offers(crm, access_for(request, PURPOSE), kind):
        by_number.setdefault(opened.row["number"], []).append(opened.row)
    day = today(crm)
    found = []
    for rows in by_number.values():
        newest, *earlier = sorted(rows, key=lambda row: -row["revision"])
        found.append(own_row(newest, day, tuple(own_row(row, day) for row in earlier)))
    return tuple(found)


def own_row(row: Row, day: Any, earlier: tuple[OwnRow, ...] = ()) -> OwnRow:
    return OwnRow(
        href=own_href(row),
        number=row["number"],
        revision=row["revision"],
        state=OWN_STATES[state_of(row, day)],
        sent_at=row["sent_at"] or row["created_at"],
        expires_on=row["expires_on"] if row["state"] == "sent" else None,
        amount=row["gross"],
        currency=row["currency"],
        earlier=earlier,
    )


@get("/my/x/sales/quotes/{offer_id:uuid}", person=True)
async def own_quote(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    return show_portal(request, await own_page(request, offer_id, "quote"))


@get("/my/x/sales/orders/{offer_id:uuid}", person=True)
async def own_order(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    return show_portal(request, await own_page(request, offer_id, "order"))


async def own_page(request: Request[Any, Any, Any], offer_id: UUID, kind: str, **more: Any) -> OwnOfferPage:
    """Raises NotFound for what is somebody else's, or nobody's yet."""
    crm = request.state.crm
    opened = await own_offer(crm, access_for(request, PURPOSE), offer_id, kind)
    row, state = opened.row, state_of(opened.row, today(crm))
    done = str(request.query_params.get("done", ""))
    return OwnOfferPage(
        kind=kind,
        href=own_href(row),
        number=row["number"],
        revision=row["revision"],
        state=OWN_STATES[state],
        sent_at=row["sent_at"] or row["created_at"],
        decided_at=row["decided_at"],
        expires_on=row["expires_on"],
        paper=read_of(opened.content, row["currency"], reader_of(request).locale),
        can=frozenset({"sent": ("accept", "decline"), "expired": ("decline",)}.get(state, ())),
        pdf_href=f"/my/x/sales/offers/{row['id']}/paper.pdf",
        newer_href=await newer(request, opened) if state == "replaced" else "",
        done=done if done in DONE else "",
        **more,
    )


async def newer(request: Request[Any, Any, Any], opened: Offered) -> str:
    rows = await request.state.crm.data.fetch(
        "SELECT id, kind FROM sales_offer WHERE kind = 'quote' AND number = ? AND contact_id = ? "
        "AND state NOT IN ('draft', 'discarded', 'replaced') ORDER BY revision DESC LIMIT 1",
        opened.row["number"], opened.row["contact_id"],
    )  # fmt: skip
    return own_href(rows[0]) if rows else ""


@post("/my/x/sales/quotes/{offer_id:uuid}/accept", person=True, status_code=200)
async def accept_quote(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    try:
        await accept_own(request.state.crm, access_for(request, PURPOSE), offer_id, form.get("accepted_by"))
    except (InvalidContent, VersionConflict) as wrong:
        return await again(request, offer_id, "quote", form, wrong)
    return redirect(request, f"/my/x/sales/quotes/{offer_id}?done=accepted")


@post("/my/x/sales/quotes/{offer_id:uuid}/decline", person=True, status_code=200)
async def decline_quote(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    try:
        await decline_own(request.state.crm, access_for(request, PURPOSE), offer_id, form.get("declined_because"))
    except (InvalidContent, VersionConflict) as wrong:
        return await again(request, offer_id, "quote", form, wrong)
    return redirect(request, f"/my/x/sales/quotes/{offer_id}?done=declined")


@post("/my/x/sales/quotes/{offer_id:uuid}/question", person=True, status_code=200)
async def ask_about_quote(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    return await asked(request, offer_id, "quote")


@post("/my/x/sales/orders/{offer_id:uuid}/question", person=True, status_code=200)
async def ask_about_order(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    return await asked(request, offer_id, "order")


async def asked(request: Request[Any, Any, Any], offer_id: UUID, kind: str) -> Response[Any]:
    form = await parse_form(request)
    try:
        await ask_about(request.state.crm, access_for(request, PURPOSE), offer_id, kind, form.get("question"))
    except InvalidContent as wrong:
        return await again(request, offer_id, kind, form, wrong)
    return redirect(request, f"/my/x/sales/{kind}s/{offer_id}?done=asked")


async def again(
    request: Request[Any, Any, Any], offer_id: UUID, kind: str, form: FormData, wrong: Exception
) -> Response[Any]:
    """The same page as it stands now, with what was typed and what was wrong."""
    errors = dict(wrong.errors) if isinstance(wrong, InvalidContent) else {"": LATE}
    typed = {name: form.get(name) for name in ("accepted_by", "declined_because", "question")}
    status = 422 if isinstance(wrong, InvalidContent) else 409
    return show_portal(request, await own_page(request, offer_id, kind, errors=errors, typed=typed), status=status)


ROUTES = (
    own_quotes, own_orders, own_quote, own_order, accept_quote, decline_quote, ask_about_quote, ask_about_order,
)  # fmt: skip
