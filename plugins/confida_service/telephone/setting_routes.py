"""One's own telephone, and whether the exchange can be heard."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post

from confida_core.api import Installation, InvalidContent, plugin_settings
from confida_service.settings import ServiceSettings
from confida_service.telephone.ami_connection import login_of
from confida_service.telephone.pages import PhonePage
from confida_service.telephone.phones import phone_of, save_phone
from confida_web.api import Errors, Toast, access_for, page, parse_form, redirect

PHONE = "/x/service/telephone"
PURPOSE = "relationship"
EXCHANGE = {
    "": ("The telephone exchange is heard.", "may"),
    "unreachable": ("The telephone exchange does not answer. It is tried again by itself.", "must-not"),
    "refused": ("The telephone exchange refuses the user name or the secret.", "must-not"),
    "silent": ("The telephone exchange fell silent. It is tried again by itself.", "must-not"),
    "broken": ("The connection to the telephone exchange broke. It is tried again by itself.", "must-not"),
}
NOT_YET = ("The telephone exchange is not heard yet.", "ask")


async def how_is_exchange(crm: Installation) -> tuple[str, str]:
    """A sentence and its tone; ("", "") where none is set up."""
    if login_of(await plugin_settings(crm, ServiceSettings)) is None:
        return "", ""
    rows = await crm.data.fetch("SELECT problem FROM service_exchange WHERE id = 1")
    return EXCHANGE.get(rows[0]["problem"], NOT_YET) if rows else NOT_YET


@get(PHONE, permission="service.read")
async def show_phone(request: Request[Any, Any, Any]) -> Response[Any]:
    own = await phone_of(request.state.crm, request.state.actor.id)
    return page(request, await phone_page(request, ", ".join(own.extensions), active=own.active))


@post(PHONE, permission="service.read", status_code=200)
async def change_phone(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    typed, active = form.get("extensions")[:400], form.flag("active")
    try:
        await save_phone(request.state.crm, access_for(request, PURPOSE), typed, active=active)
    except InvalidContent as wrong:
        return page(request, await phone_page(request, typed, active=active, errors=wrong.errors), status=422)
    said = "Calls are shown to you on every page." if active else "Calls are not shown to you any more."
    return redirect(request, PHONE, Toast(message=said))


async def phone_page(
    request: Request[Any, Any, Any], extensions: str, *, active: bool, errors: Errors | None = None
) -> PhonePage:
    return PhonePage(
        extensions=extensions,
        active=active,
        exchange=await how_is_exchange(request.state.crm),
        errors=errors or {},
        may_manage=request.state.actor.may("settings.manage"),
    )


ROUTES = (show_phone, change_phone)
