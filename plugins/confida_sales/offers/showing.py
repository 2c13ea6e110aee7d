"""From quotes and orders to what their pages show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request

from confida_core.api import Installation, NotFound, Row, account_names, active_accounts, display_names, visible_contact
from confida_sales.documents.mails_shown import mail_rows
from confida_sales.offers.offers import Offered, listed_offers, state_of, today
from confida_sales.offers.pages import OfferPage, OfferRow, OffersPage, RevisionRow, StateShown
from confida_sales.offers.quotes import revisions
from confida_sales.papers_form import reader_of
from confida_sales.papers_read import read_of
from confida_sales.papers_shown import read_id
from confida_web.api import Option, PersonRef, Tab, access_for, mark

PURPOSE = "relationship"
ON_PAGE = 50
SHOWN = {
    "draft": StateShown(label=mark("Draft"), tone="quiet"),
    "sent": StateShown(label=mark("Sent"), tone="ask"),
    "accepted": StateShown(label=mark("Accepted"), tone="may"),
    "declined": StateShown(label=mark("Declined"), tone="must-not"),
    "expired": StateShown(label=mark("Expired"), tone="must-not"),
    "replaced": StateShown(label=mark("Replaced"), tone="quiet"),
    "discarded": StateShown(label=mark("Thrown away"), tone="quiet"),
    "open": StateShown(label=mark("Open"), tone="ask"),
    "billed": StateShown(label=mark("Billed"), tone="may"),
    "cancelled": StateShown(label=mark("Cancelled"), tone="quiet"),
}
TABS = {
    "quote": ("", "draft", "sent", "accepted", "declined", "expired"),
    "order": ("", "open", "billed", "cancelled"),
}
ACTIONS: Mapping[str, frozenset[str]] = {
    "draft": frozenset({"edit", "send", "duplicate", "discard"}),
    "sent": frozenset({"revise", "accept", "decline", "duplicate", "mail"}),
    "expired": frozenset({"revise", "decline", "duplicate"}),
    "declined": frozenset({"revise", "duplicate"}),
    "accepted": frozenset({"order", "duplicate", "mail"}),
    "replaced": frozenset({"duplicate"}),
    "discarded": frozenset({"restore"}),
    "open": frozenset({"edit", "agree", "cancel", "bill", "duplicate", "mail"}),
    "billed": frozenset({"duplicate", "mail", "bill_again"}),
    "cancelled": frozenset({"reopen", "duplicate"}),
}


def href_of(row: Row) -> str:
    return f"/x/sales/{row['kind']}s/{row['id']}"


def last_day(row: Row) -> Any:
    return row["decided_at"] or row["sent_at"] or row["created_at"]


def contact_ref(contact_id: UUID, names: Mapping[UUID, str]) -> PersonRef:
    return PersonRef(name=names.get(contact_id, ""), href=f"/contacts/{contact_id}" if contact_id in names else None)


async def list_page(request: Request[Any, Any, Any], kind: str) -> OffersPage:
    """Of `?state=` and `?contact=`, beginning after `?before=`. The same queries, whatever the number of rows. Raises NotFound."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    chosen = str(request.query_params.get("state", ""))
    chosen = chosen if chosen in TABS[kind] else ""
    contact_id = read_id(str(request.query_params.get("contact", "")))
    if contact_id is not None:
        await visible_contact(crm, access, contact_id)
    place = await place_of(crm, str(request.query_params.get("before", "")))
    found = await listed_offers(crm, access, kind, state=chosen, contact_id=contact_id, before=place, limit=ON_PAGE + 1)
    people = {one.row["contact_id"] for one in found} | ({contact_id} if contact_id else set())
    names, day = await display_names(crm, access, list(people)), today(crm)
    more = str(found[ON_PAGE - 1].row["id"]) if len(found) > ON_PAGE else ""
    of_whom = str(contact_id or "")
    return OffersPage(
        kind=kind,
        rows=tuple(row_of(one, names, SHOWN[state_of(one.row, day)]) for one in found[:ON_PAGE]),
        tabs=tuple(
            Tab(label=SHOWN[state].label if state else "All", href=list_href(kind, state=state, contact=of_whom),
                current=state == chosen)
            for state in TABS[kind]
        ),
        chosen=chosen,
        contact=contact_ref(contact_id, names) if contact_id else None,
        new_href=f"/x/sales/{kind}s/new" + (f"?contact={of_whom}" if of_whom else ""),
        older_href=list_href(kind, state=chosen, contact=of_whom, before=more) if more else None,
        may_write=request.state.actor.may("sales.write"),
    )  # fmt: skip


def list_href(kind: str, **query: str) -> str:
    kept = {name: value for name, value in query.items() if value}
    return f"/x/sales/{kind}s" + (f"?{urlencode(kept)}" if kept else "")


async def place_of(crm: Installation, typed: str) -> Any:
    """Where a list goes on: an id in the address, which names nobody. None for the beginning."""
    try:
        rows = await crm.data.fetch("SELECT created_at, id FROM sales_offer WHERE id = ?", UUID(typed))
    except ValueError:
        return None
    return (rows[0]["created_at"], rows[0]["id"]) if rows else None


def row_of(one: Offered, names: Mapping[UUID, str], state: StateShown) -> OfferRow:
    return OfferRow(
        href=href_of(one.row),
        number=numbered(one.row),
        contact=contact_ref(one.row["contact_id"], names),
        state=state,
        day=last_day(one.row),
        expires_on=one.row["expires_on"] if one.row["state"] in {"draft", "sent"} else None,
        amount=one.row["gross"],
        currency=one.row["currency"],
    )


def numbered(row: Row) -> str:
    """As it is written: later revisions say which one they are."""
    return f"{row['number']}/{row['revision']}" if row["revision"] > 1 else str(row["number"])


async def offer_page(request: Request[Any, Any, Any], opened: Offered, **more: Any) -> OfferPage:
    """more: errors, and what was typed with them."""
    crm, access, row = request.state.crm, access_for(request, PURPOSE), opened.row
    day, reader = today(crm), reader_of(request)
    names = await display_names(crm, access, [row["contact_id"]])
    people = await account_names(crm, [row["owner_id"]]) if row["owner_id"] else {}
    state = state_of(row, day)
    return OfferPage(
        kind=row["kind"],
        href=href_of(row),
        number=row["number"],
        revision=row["revision"],
        version=row["version"],
        state=SHOWN[state],
        contact=contact_ref(row["contact_id"], names),
        owner=people.get(row["owner_id"], ""),
        made_at=row["created_at"],
        sent_at=row["sent_at"],
        decided_at=row["decided_at"],
        decided_by_customer=row["decided_by"] == row["contact_id"],
        expires_on=row["expires_on"],
        paper=read_of(opened.content, row["currency"], reader.locale),
        currency=row["currency"],
        actions=allowed(request, state),
        today=day,
        opportunity_href=f"/x/sales/opportunities/{row['opportunity_id']}" if row["opportunity_id"] else "",
        **await surroundings(request, opened),
        **more,
    )


def allowed(request: Request[Any, Any, Any], state: str) -> frozenset[str]:
    actor = request.state.actor
    found = ACTIONS[state] if actor.may("sales.write") else frozenset()
    return found if actor.may("sales.bill") else found - {"bill", "bill_again"}


async def surroundings(request: Request[Any, Any, Any], opened: Offered) -> dict[str, Any]:
    """What a quote or order leads to: its revisions and order, or its quote and invoices."""
    crm, access, row = request.state.crm, access_for(request, PURPOSE), opened.row
    mails = await mail_rows(crm, access, row["id"])
    if row["kind"] == "order":
        invoices = await crm.data.fetch(
            "SELECT id, number FROM sales_invoice WHERE order_id = ? ORDER BY created_at", row["id"]
        )
        return {
            "mails": mails,
            "quote_href": f"/x/sales/quotes/{row['from_id']}" if row["from_id"] else "",
            "invoices": tuple((one["number"], f"/x/sales/invoices/{one['id']}") for one in invoices),
        }
    orders = await crm.data.fetch(
        "SELECT id FROM sales_offer WHERE from_id = ? AND kind = 'order' AND state <> 'cancelled'", row["id"]
    )
    day = today(crm)
    return {
        "mails": mails,
        "order_href": f"/x/sales/orders/{orders[0]['id']}" if orders else "",
        "revisions": tuple(
            RevisionRow(
                href=href_of(one.row),
                revision=one.row["revision"],
                state=SHOWN[state_of(one.row, day)],
                day=last_day(one.row),
                amount=one.row["gross"],
                currency=one.row["currency"],
                current=one.row["id"] == row["id"],
            )
            for one in await revisions(crm, access, opened)
        ),
    }


async def owner_options(crm: Installation, chosen: UUID | None) -> tuple[Option, ...]:
    found = await active_accounts(crm)
    return tuple(Option(value=str(one.id), label=one.name, chosen=one.id == chosen) for one in found)


def require_kind(kind: str, row: Row) -> None:
    """Raises NotFound for a quote at the address of orders, and the other way round."""
    if row["kind"] != kind:
        raise NotFound
