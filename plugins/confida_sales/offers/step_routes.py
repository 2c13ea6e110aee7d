"""Quotes and orders being looked at, and every step that colleagues take with them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import InvalidContent, VersionConflict, plugin_settings
from confida_sales.offers.offers import visible_offer
from confida_sales.offers.orders import agree_to_order, cancel_order, reopen_order
from confida_sales.offers.quotes import (
    accept_quote,
    decline_quote,
    discard_quote,
    duplicate_offer,
    order_from_quote,
    restore_quote,
    revise_quote,
    send_quote,
)
from confida_sales.offers.showing import PURPOSE, list_page, offer_page
from confida_sales.settings import SalesSettings
from confida_web.api import FormData, Toast, access_for, page, parse_form, redirect

CHANGED = "Somebody changed this meanwhile. This is how it stands now."


async def take_step(
    request: Request[Any, Any, Any],
    kind: str,
    offer_id: UUID,
    step: Callable[[], Awaitable[Response[Any]]],
    form: FormData | None = None,
) -> Response[Any]:
    """The answer of the step, or its page again with what was wrong and what was typed."""
    try:
        return await step()
    except InvalidContent as wrong:
        errors, status = dict(wrong.errors), 422
    except VersionConflict:
        errors, status = {"": CHANGED}, 409
    opened = await visible_offer(request.state.crm, access_for(request, PURPOSE), offer_id, kind)
    typed = {name: form.get(name) for name in form.names()} if form else {}
    return page(request, await offer_page(request, opened, errors=errors, typed=typed), block="offer", status=status)


async def quote_days(request: Request[Any, Any, Any]) -> int:
    return (await plugin_settings(request.state.crm, SalesSettings)).quote_days


@get("/x/sales/quotes", permission="sales.read")
async def quotes(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await list_page(request, "quote"), block="list")


@get("/x/sales/orders", permission="sales.read")
async def orders(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await list_page(request, "order"), block="list")


@get("/x/sales/quotes/{offer_id:uuid}", permission="sales.read")
async def quote(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    opened = await visible_offer(request.state.crm, access_for(request, PURPOSE), offer_id, "quote")
    return page(request, await offer_page(request, opened), block="offer")


@get("/x/sales/orders/{offer_id:uuid}", permission="sales.read")
async def order(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    opened = await visible_offer(request.state.crm, access_for(request, PURPOSE), offer_id, "order")
    return page(request, await offer_page(request, opened), block="offer")


@post("/x/sales/quotes/{offer_id:uuid}/send", permission="sales.write", status_code=200)
async def send(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)

    async def step() -> Response[Any]:
        access = access_for(request, PURPOSE)
        await send_quote(request.state.crm, access, offer_id, seen=form.integer("version"))
        back = f"/x/sales/quotes/{offer_id}"
        target = f"/x/sales/mails/new?kind=quote&id={offer_id}&back={back}" if form.flag("mail") else back
        return redirect(request, target, Toast(message="The quote is final now."))

    return await take_step(request, "quote", offer_id, step, form)


@post("/x/sales/quotes/{offer_id:uuid}/revise", permission="sales.write", status_code=200)
async def revise(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    async def step() -> Response[Any]:
        days = await quote_days(request)
        made = await revise_quote(request.state.crm, access_for(request, PURPOSE), offer_id, days=days)
        return redirect(
            request, f"/x/sales/quotes/{made}/edit", Toast(message="This is the draft of the next revision.")
        )

    return await take_step(request, "quote", offer_id, step)


@post("/x/sales/quotes/{offer_id:uuid}/duplicate", permission="sales.write", status_code=200)
async def duplicate_quote(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    return await duplicated(request, offer_id)


@post("/x/sales/orders/{offer_id:uuid}/duplicate", permission="sales.write", status_code=200)
async def duplicate_order(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    return await duplicated(request, offer_id)


async def duplicated(request: Request[Any, Any, Any], offer_id: UUID) -> Response[Any]:
    days = await quote_days(request)
    made = await duplicate_offer(request.state.crm, access_for(request, PURPOSE), offer_id, days=days)
    return redirect(request, f"/x/sales/quotes/{made}/edit", Toast(message="This is a new draft with the same lines."))


@post("/x/sales/quotes/{offer_id:uuid}/discard", permission="sales.write", status_code=200)
async def discard(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    async def step() -> Response[Any]:
        await discard_quote(request.state.crm, access_for(request, PURPOSE), offer_id)
        undo = f"/x/sales/quotes/{offer_id}/restore"
        return redirect(request, "/x/sales/quotes", Toast(message="The draft was thrown away.", undo_url=undo))

    return await take_step(request, "quote", offer_id, step)


@post("/x/sales/quotes/{offer_id:uuid}/restore", permission="sales.write", status_code=200)
async def restore(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    async def step() -> Response[Any]:
        await restore_quote(request.state.crm, access_for(request, PURPOSE), offer_id)
        return redirect(request, f"/x/sales/quotes/{offer_id}", Toast(message="The draft is back."))

    return await take_step(request, "quote", offer_id, step)


@post("/x/sales/quotes/{offer_id:uuid}/accept", permission="sales.write", status_code=200)
async def accept(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)

    async def step() -> Response[Any]:
        await accept_quote(request.state.crm, access_for(request, PURPOSE), offer_id, form.get("accepted_by"))
        return redirect(request, f"/x/sales/quotes/{offer_id}", Toast(message="Accepted."))

    return await take_step(request, "quote", offer_id, step, form)


@post("/x/sales/quotes/{offer_id:uuid}/decline", permission="sales.write", status_code=200)
async def decline(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)

    async def step() -> Response[Any]:
        await decline_quote(request.state.crm, access_for(request, PURPOSE), offer_id, form.get("declined_because"))
        return redirect(request, f"/x/sales/quotes/{offer_id}", Toast(message="Declined."))

    return await take_step(request, "quote", offer_id, step, form)


@post("/x/sales/quotes/{offer_id:uuid}/order", permission="sales.write", status_code=200)
async def make_order(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    async def step() -> Response[Any]:
        made = await order_from_quote(request.state.crm, access_for(request, PURPOSE), offer_id)
        return redirect(request, f"/x/sales/orders/{made}", Toast(message="This is the order."))

    return await take_step(request, "quote", offer_id, step)


@post("/x/sales/orders/{offer_id:uuid}/agree", permission="sales.write", status_code=200)
async def agree(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)

    async def step() -> Response[Any]:
        access = access_for(request, PURPOSE)
        await agree_to_order(request.state.crm, access, offer_id, form.get("accepted_by"), seen=form.integer("version"))
        return redirect(request, f"/x/sales/orders/{offer_id}", Toast(message="Agreed."))

    return await take_step(request, "order", offer_id, step, form)


@post("/x/sales/orders/{offer_id:uuid}/cancel", permission="sales.write", status_code=200)
async def cancel(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    async def step() -> Response[Any]:
        await cancel_order(request.state.crm, access_for(request, PURPOSE), offer_id)
        undo = f"/x/sales/orders/{offer_id}/reopen"
        return redirect(request, f"/x/sales/orders/{offer_id}", Toast(message="Cancelled.", undo_url=undo))

    return await take_step(request, "order", offer_id, step)


@post("/x/sales/orders/{offer_id:uuid}/reopen", permission="sales.write", status_code=200)
async def reopen(request: Request[Any, Any, Any], offer_id: FromPath[UUID]) -> Response[Any]:
    async def step() -> Response[Any]:
        await reopen_order(request.state.crm, access_for(request, PURPOSE), offer_id)
        return redirect(request, f"/x/sales/orders/{offer_id}", Toast(message="The order is open again."))

    return await take_step(request, "order", offer_id, step)


ROUTES = (
    quotes, orders, quote, order, send, revise, duplicate_quote, duplicate_order, discard, restore, accept, decline,
    make_order, agree, cancel, reopen,
)  # fmt: skip
