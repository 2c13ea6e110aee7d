"""Who asks is proved by a code that goes to contact data stored before, or by the session of somebody who is in (step 5)."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_consent.rights.identity import TRIES, prove_identity, settle_identity, start_identity
from confida_consent.rights.requests_checking import SESSION
from confida_consent.rights.requests_status import root_of
from confida_consent.rights.steps import INSIDE, request_row
from confida_consent.tokens import LIFE, make_token
from confida_web.forms import FormData, parse_form
from confida_web.languages import gettext, speaking
from confida_web.portal.entering import client_of, note_attempt
from confida_web.portal.requests_holding import (
    ASKED,
    PATH,
    Holding,
    asked_cookie,
    holding_of,
    no_asked_cookie,
    proof_cookie,
)
from confida_web.portal.requests_pages import ProvePage
from confida_web.portal.requests_status import back_to
from confida_web.portal.showing import refused, show
from confida_web.redirect import elsewhere
from confida_web.security.cookies import read_cookie

MINUTES = int(LIFE["identity"].total_seconds() // 60)


@get("/my/requests/{token:str}/code", public=True)
async def code_form(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    holding = await holding_of(request, token)
    return refused(request) if holding is None else show(request, prove_page(holding))


def prove_page(holding: Holding, **changes: Any) -> ProvePage:
    return ProvePage(at=holding.at, reference=holding.status.reference, minutes=MINUTES, tries=TRIES, **changes)


@post("/my/requests/{token:str}/code", public=True, csrf="portal")
async def prove(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """do: send (a new code) or mine (whoever is in says that it is theirs); else the code itself. Raises TooManyAttempts."""
    holding, form = await holding_of(request, token), await parse_form(request)
    if holding is None:
        return refused(request)
    match form.get("do"):
        case "send":
            return await send_code(request, holding)
        case "mine":
            return await claim(request, holding)
    return await enter_code(request, holding, form)


async def send_code(request: Request[Any, Any, Any], holding: Holding) -> Response[Any]:
    """The same answer after the same work, whether or not there is any address it could go to."""
    crm = request.state.crm
    await note_attempt(crm, request, f"portal request send {holding.status.reference}")
    handle = await start_identity(crm, holding.own["id"], client_of(request))
    return elsewhere(f"{holding.at}/code", cookies=(asked_cookie(handle),))


async def claim(request: Request[Any, Any, Any], holding: Holding) -> Response[Any]:
    """A session was opened by a code sent to stored contact data, and is as good as another code."""
    if not holding.session:
        return refused(request)
    crm = request.state.crm
    async with crm.data.transaction():
        await settle_identity(crm, INSIDE, holding.own, SESSION)
    return back_to(holding, "proved")


async def enter_code(request: Request[Any, Any, Any], holding: Holding, form: FormData) -> Response[Any]:
    """A right code leads to a page that shows how the request really stands, and counts as fresh proof for ten minutes."""
    crm, handle = request.state.crm, read_cookie(request.scope["headers"], ASKED)
    await note_attempt(crm, request, f"portal request code {handle}")
    proved = await prove_identity(crm, handle, form.get("code")[:40])
    if proved is None:
        with speaking(request.state.frame.words):
            wrong = gettext("This code is not right, or it is too old. After three tries you need a new one.")
        return show(request, prove_page(holding, errors={"code": wrong}), status=422)
    root = await root_of(crm, await request_row(crm, proved.request_id))
    proof = await make_token(crm, root["id"], "proof")
    cookies = (proof_cookie(proof), no_asked_cookie())
    return elsewhere(f"{PATH}/{proved.status_token}?done=proved", cookies=cookies)


ROUTES = (code_form, prove)
