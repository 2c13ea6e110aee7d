"""The lists of equipment and of contracts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post

from confida_core.api import Installation, InvalidCursor
from confida_service.equipment.listing import (
    CONTRACTS_SHOWN,
    EQUIPMENT_SHOWN,
    ListQuery,
    list_contracts,
    list_equipment,
)
from confida_service.equipment.pages import ContractListPage, EquipmentListPage
from confida_service.equipment.typed import for_whom
from confida_service.tickets.choices import PURPOSE, id_in
from confida_web.api import Tab, access_for, open_place, page, parse_form, redirect, seal_place

EQUIPMENT = "/x/service/equipment"
CONTRACTS = "/x/service/contracts"
WORDS = "service equipment words"
LONGEST_TEXT = 200


def query_of(crm: Installation, given: Mapping[str, Any], shown: Mapping[str, str]) -> ListQuery:
    """What an address says; what was not made here means nothing."""
    showing = str(given.get("show", ""))
    return ListQuery(
        showing=showing if showing in shown else next(iter(shown)),
        contact_id=id_in(given, "contact"),
        text=words_in(crm, str(given.get("s", ""))),
        after=str(given.get("after", "")),
    )


def words_in(crm: Installation, sealed: str) -> str:
    """Words are mostly names, and addresses are logged: so they are sealed."""
    try:
        return str(open_place(crm, WORDS, sealed, tuple[str])[0])[:LONGEST_TEXT] if sealed else ""
    except InvalidCursor:
        return ""


def tabs_of(home: str, query: ListQuery, shown: Mapping[str, str]) -> tuple[Tab, ...]:
    return tuple(
        Tab(label=label, href=address(home, query, show=key), current=key == query.showing and not query.text)
        for key, label in shown.items()
    )


def address(home: str, query: ListQuery, **changes: str) -> str:
    given = {"show": query.showing, "contact": str(query.contact_id or "")} | changes
    return f"{home}?{urlencode({name: value for name, value in given.items() if value})}"


def new_href(home: str, query: ListQuery) -> str:
    return f"{home}/new" + (f"?contact={query.contact_id}" if query.contact_id else "")


@get(EQUIPMENT, permission="service.read")
async def show_equipment_list(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    query = query_of(crm, request.query_params, EQUIPMENT_SHOWN)
    listed = await list_equipment(crm, access, query)
    shown = EquipmentListPage(
        rows=listed.rows,
        tabs=tabs_of(EQUIPMENT, query, EQUIPMENT_SHOWN),
        q=query.text,
        contact=(await for_whom(request, query.contact_id)).contact,
        following=address(EQUIPMENT, query, after=listed.following) if listed.following else "",
        may_write=access.actor.may("service.write"),
        new_href=new_href(EQUIPMENT, query),
    )
    return page(request, shown, "results")


@post(f"{EQUIPMENT}/search", permission="service.read", status_code=200)
async def search_equipment(request: Request[Any, Any, Any]) -> Response[Any]:
    words = (await parse_form(request)).get("q").strip()[:LONGEST_TEXT]
    if not words:
        return redirect(request, EQUIPMENT)
    return redirect(request, f"{EQUIPMENT}?{urlencode({'s': seal_place(request.state.crm, WORDS, [words])})}")


@get(CONTRACTS, permission="service.read")
async def show_contract_list(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    query = query_of(crm, request.query_params, CONTRACTS_SHOWN)
    listed = await list_contracts(crm, access, query)
    shown = ContractListPage(
        rows=listed.rows,
        tabs=tabs_of(CONTRACTS, query, CONTRACTS_SHOWN),
        contact=(await for_whom(request, query.contact_id)).contact,
        following=address(CONTRACTS, query, after=listed.following) if listed.following else "",
        may_write=access.actor.may("service.write"),
        new_href=new_href(CONTRACTS, query),
    )
    return page(request, shown, "results")


ROUTES = (show_equipment_list, search_equipment, show_contract_list)
