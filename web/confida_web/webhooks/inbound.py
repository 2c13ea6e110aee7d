"""Webhooks in: switched on and off on a page, and the address at which they come."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.params import FromPath

from confida_core.inbound.hooks import Shown, list_inbound, rotate_inbound, switch_off, switch_on
from confida_core.inbound.receiving import Reply, receive_message
from confida_web.forms import parse_form, whole_body
from confida_web.frame import Toast
from confida_web.multipart import BadBody
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.security.access import access_for
from confida_web.webhooks.listing import HERE
from confida_web.webhooks.pages import InboundShownPage

ONE = f"{HERE}/in/{{plugin:str}}/{{name:str}}"
# What any of them may be; each declares how much less it takes.
MOST_BYTES = 1_000_000
STATUS: dict[Reply, int] = {"accepted": 202, "refused": 401, "unfit": 422, "too_many": 429, "later": 503}


@post(f"{ONE}/on", permission="webhooks.manage", status_code=200)
async def turn_on(request: Request[Any, Any, Any], plugin: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """Address and secret stand on the answer, and nowhere afterwards."""
    await parse_form(request)
    shown = await switch_on(request.state.crm, access_for(request, "operation"), f"{plugin}.{name}")
    return page(request, await shown_page(request, f"{plugin}.{name}", shown))


@post(f"{ONE}/rotate", permission="webhooks.manage", status_code=200)
async def rotate(request: Request[Any, Any, Any], plugin: FromPath[str], name: FromPath[str]) -> Response[Any]:
    await parse_form(request)
    shown = await rotate_inbound(request.state.crm, access_for(request, "operation"), f"{plugin}.{name}")
    return page(request, await shown_page(request, f"{plugin}.{name}", shown))


async def shown_page(request: Request[Any, Any, Any], key: str, shown: Shown) -> InboundShownPage:
    found = await list_inbound(request.state.crm, access_for(request, "operation"))
    base = request.state.crm.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    return InboundShownPage(
        label=next(one.declared.label for one in found if one.declared.key == key),
        url=base + shown.path if shown.path else "",
        secret=shown.secret,
        overlap=not shown.path,
    )


@post(f"{ONE}/off", permission="webhooks.manage")
async def turn_off(request: Request[Any, Any, Any], plugin: FromPath[str], name: FromPath[str]) -> Response[Any]:
    await parse_form(request)
    await switch_off(request.state.crm, access_for(request, "operation"), f"{plugin}.{name}")
    return redirect(request, HERE, Toast(message="Switched off. Its address and secret are void."))


@post("/hooks/in/{plugin:str}/{name:str}/{token:str}", public=True, csrf="none")
async def receive(
    request: Request[Any, Any, Any], plugin: FromPath[str], name: FromPath[str], token: FromPath[str]
) -> Response[bytes]:
    """One answer for every mistake, so that nobody learns which addresses there are."""
    try:
        body = await whole_body(request, MOST_BYTES)
    except BadBody:
        return reply("refused")
    headers = {key.lower(): value for key, value in request.headers.items()}
    return reply(await receive_message(request.state.crm, f"{plugin}.{name}", token, headers, body))


def reply(said: Reply) -> Response[bytes]:
    """Always of this shape."""
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": "60"} if STATUS[said] in (429, 503) else {})
    content = msgspec.json.encode({"accepted": said == "accepted"})
    return Response(content, status_code=STATUS[said], media_type="application/json", headers=headers)


ROUTES = (turn_on, rotate, turn_off, receive)
