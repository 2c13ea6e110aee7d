"""Subscriptions: begun, changed, paused, ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import (
    ContactContent,
    InvalidContent,
    NotFound,
    Opened,
    VersionConflict,
    display_names,
    plugin_settings,
    visible_contact,
)
from confida_sales.billing.draft_routes import CHANGED
from confida_sales.billing.drafts import visible_order
from confida_sales.billing.forms import again, asked_contact, found_contacts, owner_options, refusal, values_of
from confida_sales.billing.pages import BillFormPage, ForWhomPage, ShownState
from confida_sales.billing.recurring import (
    Plan,
    change_subscription,
    coming_days,
    end_subscription,
    list_subscriptions,
    pause_subscription,
    periods_of,
    resume_subscription,
    start_subscription,
    visible_subscription,
)
from confida_sales.billing.recurring_days import day_after_months
from confida_sales.billing.recurring_pages import SubscriptionPage, SubscriptionRow, SubscriptionsPage
from confida_sales.billing.showing import BOOKS, person_of
from confida_sales.billing.typed import typed_day
from confida_sales.content import PaperContent
from confida_sales.offers.billing_details import paper_for
from confida_sales.papers_form import TypedPaper, read_paper, reader_of, show_paper
from confida_sales.papers_read import read_of
from confida_sales.papers_shown import read_id
from confida_sales.settings import SalesSettings
from confida_web.api import FormData, Paging, Tab, Toast, access_for, mark, page, parse_form, redirect

HERE = "/x/sales/subscriptions"
NEW = f"{HERE}/new"
ONE = HERE + "/{subscription_id:uuid}"
FIELDS = ("anchor_on", "every_months", "ends_on", "days")
STATES: Mapping[str, ShownState] = {
    "running": ShownState(label=mark("Running"), tone="may"),
    "paused": ShownState(label=mark("Paused"), tone="ask"),
    "ended": ShownState(label=mark("Ended"), tone="quiet"),
}


@get(HERE, permission="sales.read")
async def subscriptions(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access, given = request.state.crm, access_for(request, BOOKS), request.query_params
    state = str(given.get("state", ""))
    state = state if state in STATES else ""
    found = await list_subscriptions(crm, access, state=state, after=read_id(str(given.get("after", ""))))
    names = await display_names(crm, access, [one.row["contact_id"] for one in found.items])
    words = urlencode({key: value for key, value in (("state", state), ("after", found.after)) if value})
    content = SubscriptionsPage(
        tabs=(
            Tab(label=mark("All"), href=HERE, current=not state),
            *(Tab(label=one.label, href=f"{HERE}?state={key}", current=key == state) for key, one in STATES.items()),
        ),
        rows=tuple(row_of(one, names) for one in found.items),
        paging=Paging(following=f"{HERE}?{words}" if found.after else None),
        filtered=bool(state),
        may_bill=request.state.actor.may("sales.bill"),
    )
    return page(request, content)


def row_of(one: Opened[PaperContent], names: Mapping[UUID, str]) -> SubscriptionRow:
    row = one.row
    return SubscriptionRow(
        id=str(row["id"]),
        contact=person_of(row["contact_id"], one.content.name, names),
        state=STATES[row["state"]],
        months=row["every_months"],
        next_on=row["next_on"] if row["state"] == "running" else None,
        gross=row["gross"],
        currency=row["currency"],
    )


@get(NEW, permission="sales.bill")
async def new_subscription(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, today = request.state.crm, reader_of(request).today
    contact, order = await begun_with(request)
    if contact is None:
        return page(request, ForWhomPage(what="subscription", action=NEW))
    settings = await plugin_settings(crm, SalesSettings)
    paper = order.content if order else await paper_for(crm, access_for(request, BOOKS), contact)
    months = max((line.recurs_months for line in paper.lines), default=0) or 1
    shown = await show_paper(crm, reader_of(request), paper, order.row["currency"] if order else settings.currency)
    values = {"anchor_on": today.isoformat(), "every_months": str(months), "ends_on": "", "days": "14"}
    owner = str(request.state.actor.id)
    return page(request, await new_page(request, contact, order, paper=shown, values=values, owner=owner))


async def begun_with(
    request: Request[Any, Any, Any],
) -> tuple[Opened[ContactContent] | None, Opened[PaperContent] | None]:
    """The contact, and the order if it is begun from one. Raises NotFound."""
    order_id = read_id(str(request.query_params.get("order", "")))
    if order_id is None:
        return await asked_contact(request), None
    crm, access = request.state.crm, access_for(request, BOOKS)
    order = await visible_order(crm, access, order_id)
    return await visible_contact(crm, access, order.row["contact_id"]), order


async def new_page(
    request: Request[Any, Any, Any], contact: Opened[ContactContent], order: Opened[PaperContent] | None, *, owner: str,
    **more: Any,
) -> BillFormPage:  # fmt: skip
    contact_id = contact.row["id"]
    return BillFormPage(
        what="subscription",
        new=True,
        action=f"{NEW}?order={order.row['id']}" if order else f"{NEW}?contact={contact_id}",
        cancel_href=HERE,
        contact=person_of(contact_id, contact.content.display_name, {contact_id: ""}),
        owners=await owner_options(request, owner),
        **more,
    )


@post(NEW, permission="sales.bill", status_code=200)
async def save_new_subscription(request: Request[Any, Any, Any]) -> Response[Any]:
    (contact, order), form = await begun_with(request), await parse_form(request)
    if contact is None:
        return await found_contacts(request, "subscription", NEW, form.get("q"))
    crm, access = request.state.crm, access_for(request, BOOKS)
    base = order.content if order else await paper_for(crm, access, contact)
    typed = await read_paper(crm, reader_of(request), form, base=base)
    plan, errors = read_plan(request, form, typed, order)
    values, owner = values_of(form, *FIELDS), form.get("owner")
    shown = await new_page(request, contact, order, paper=typed.shown, values=values, owner=owner)
    if typed.block or typed.errors or errors:
        return again(request, shown, typed, errors)
    try:
        made = await start_subscription(crm, access, contact.row["id"], typed.paper, plan)
    except InvalidContent as wrong:
        return again(request, shown, typed, refusal(wrong))
    return redirect(request, f"{HERE}/{made}", Toast(message="It is billed from its first day on."))


def read_plan(
    request: Request[Any, Any, Any], form: FormData, typed: TypedPaper, order: Opened[PaperContent] | None
) -> tuple[Plan, dict[str, str]]:
    errors: dict[str, str] = {}
    numbers = {name: form.get(name).strip() for name in ("every_months", "days")}
    errors |= {
        name: "A whole number, please."
        for name, text in numbers.items()
        if not (text.isascii() and text.isdigit() and len(text) < 6)
    }
    today = reader_of(request).today
    anchor_on = typed_day(form.get("anchor_on"), "anchor_on", errors) or today
    plan = Plan(
        currency=typed.currency,
        anchor_on=anchor_on,
        every_months=1 if "every_months" in errors else int(numbers["every_months"]),
        ends_on=typed_day(form.get("ends_on"), "ends_on", errors, needed=False),
        days=14 if "days" in errors else int(numbers["days"]),
        order_id=order.row["id"] if order else None,
        owner_id=read_id(form.get("owner")),
    )
    if "anchor_on" not in errors and anchor_on < day_after_months(today, -12):
        errors["anchor_on"] = "More than a year ago: every period since then would be billed at once."
    return plan, errors


@get(ONE, permission="sales.read")
async def subscription(request: Request[Any, Any, Any], subscription_id: FromPath[UUID]) -> Response[Any]:
    crm, access, reader = request.state.crm, access_for(request, BOOKS), reader_of(request)
    opened = await visible_subscription(crm, access, subscription_id)
    row = opened.row
    names = await display_names(crm, access, [row["contact_id"]])
    content = SubscriptionPage(
        id=str(subscription_id),
        contact=person_of(row["contact_id"], opened.content.name, names),
        state=STATES[row["state"]],
        running=row["state"] == "running",
        paused=row["state"] == "paused",
        months=row["every_months"],
        anchor_on=row["anchor_on"],
        ends_on=row["ends_on"],
        pay_days=row["days"],
        days=tuple(coming_days(row)) if row["state"] == "running" else (),
        paper=read_of(opened.content, row["currency"], reader.locale),
        currency=row["currency"],
        invoices=tuple(
            (f"/x/sales/invoices/{one['id']}", one["number"], one["period_on"], one["gross"])
            for one in await periods_of(crm, access, subscription_id)
        ),
        order_href=f"/x/sales/orders/{row['order_id']}" if row["order_id"] else "",
        today=reader.today.isoformat(),
        may_bill=request.state.actor.may("sales.bill"),
    )
    return page(request, content)


@get(ONE + "/edit", permission="sales.bill")
async def edit_subscription(request: Request[Any, Any, Any], subscription_id: FromPath[UUID]) -> Response[Any]:
    crm = request.state.crm
    opened = await visible_subscription(crm, access_for(request, BOOKS), subscription_id)
    row = opened.row
    paper = await show_paper(crm, reader_of(request), opened.content, row["currency"])
    values = {
        "anchor_on": row["next_on"].isoformat(), "every_months": str(row["every_months"]), "days": str(row["days"]),
        "ends_on": row["ends_on"].isoformat() if row["ends_on"] else "",
    }  # fmt: skip
    return page(request, await edit_page(request, opened, paper=paper, values=values))


async def edit_page(request: Request[Any, Any, Any], opened: Opened[PaperContent], **more: Any) -> BillFormPage:
    row = opened.row
    names = await display_names(request.state.crm, access_for(request, BOOKS), [row["contact_id"]])
    return BillFormPage(
        what="subscription",
        new=False,
        action=f"{HERE}/{row['id']}/edit",
        cancel_href=f"{HERE}/{row['id']}",
        contact=person_of(row["contact_id"], opened.content.name, names),
        **({"version": row["version"]} | more),
    )


@post(ONE + "/edit", permission="sales.bill", status_code=200)
async def save_subscription(request: Request[Any, Any, Any], subscription_id: FromPath[UUID]) -> Response[Any]:
    crm, access, form = request.state.crm, access_for(request, BOOKS), await parse_form(request)
    opened = await visible_subscription(crm, access, subscription_id)
    typed = await read_paper(crm, reader_of(request), form, base=opened.content)
    plan, errors = read_plan(request, form, typed, None)
    seen = form.integer("version")
    shown = await edit_page(request, opened, paper=typed.shown, values=values_of(form, *FIELDS), version=seen)
    if typed.block or typed.errors or errors:
        return again(request, shown, typed, errors)
    try:
        await change_subscription(crm, access, subscription_id, typed.paper, plan, seen=seen)
    except InvalidContent as wrong:
        return again(request, shown, typed, refusal(wrong))
    except VersionConflict as conflict:
        return again(request, replace(shown, version=conflict.current or 0), typed, {"": CHANGED}, status=409)
    return redirect(request, f"{HERE}/{subscription_id}", Toast(message="Saved. What was billed stays as it is."))


@post(ONE + "/pause", permission="sales.bill")
async def pause(request: Request[Any, Any, Any], subscription_id: FromPath[UUID]) -> Response[Any]:
    await pause_subscription(request.state.crm, access_for(request, BOOKS), subscription_id)
    undo = f"{HERE}/{subscription_id}/resume"
    return redirect(request, f"{HERE}/{subscription_id}", Toast(message="Nothing is billed now.", undo_url=undo))


@post(ONE + "/resume", permission="sales.bill")
async def resume(request: Request[Any, Any, Any], subscription_id: FromPath[UUID]) -> Response[Any]:
    today = reader_of(request).today
    await resume_subscription(request.state.crm, access_for(request, BOOKS), subscription_id, today)
    return redirect(request, f"{HERE}/{subscription_id}", Toast(message="It is billed again."))


@post(ONE + "/end", permission="sales.bill")
async def end(request: Request[Any, Any, Any], subscription_id: FromPath[UUID]) -> Response[Any]:
    form, errors = await parse_form(request), dict[str, str]()
    ends_on: date | None = typed_day(form.get("ends_on"), "ends_on", errors, needed=False)
    if errors:
        return redirect(request, f"{HERE}/{subscription_id}", Toast(message=errors["ends_on"], tone="problem"))
    try:
        await end_subscription(request.state.crm, access_for(request, BOOKS), subscription_id, ends_on)
    except NotFound:
        return redirect(request, f"{HERE}/{subscription_id}", Toast(message="It has ended already.", tone="notice"))
    return redirect(request, f"{HERE}/{subscription_id}", Toast(message="The end is noted."))


ROUTES = (
    subscriptions, new_subscription, save_new_subscription, subscription, edit_subscription, save_subscription, pause,
    resume, end,
)  # fmt: skip
