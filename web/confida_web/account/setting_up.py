"""One-time links: the owner's first account, a colleague's invitation; and the recovery key."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.accounts.attempts import TooManyAttempts
from confida_core.accounts.content import SessionContent
from confida_core.accounts.links import LinkSpent, find_link
from confida_core.accounts.recovery import confirm_stored, rotate_recovery_key
from confida_core.accounts.sessions import find_session, start_session
from confida_core.accounts.signing_in import WrongCredentials, accept_invitation, create_owner, prove_again
from confida_core.accounts.staff import InvalidAccount, find_account
from confida_core.clock import now
from confida_web.account.browsers import address_of, device_of
from confida_web.account.pages import FreshLoginPage, RecoveryKeyPage, SetupPage
from confida_web.account.signing_in import TOO_MANY, waiting
from confida_web.forms import FormData, parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.security.access import access_for
from confida_web.security.cookies import session_cookie
from confida_web.security.visit import frame_of

WHY_RECOVERY = "This makes a new recovery key. The one before stops working."


@get("/setup/{token:str}", public=True)
async def setup_form(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    if (await find_link(request.state.crm, token)).kind != "setup":
        raise LinkSpent
    return page(request, SetupPage(action=f"/setup/{token}"))


@post("/setup/{token:str}", public=True, csrf="origin")
async def setup(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """Makes the owner, signs them in and shows a recovery key: the only time that it can be seen."""
    form = await parse_form(request)
    try:
        account_id = await create_owner(
            request.state.crm,
            token,
            display_name=form.get("display_name"),
            email=form.get("email"),
            password=form.get("password"),
            password_again=form.get("password_again"),
            organisation_name=form.get("organisation_name"),
        )
    except InvalidAccount as invalid:
        return page(request, setup_again(token, form, invalid), block="form", status=422)
    secret = await begin_session(request, account_id)
    return await show_recovery_key(request, secret)


def setup_again(token: str, form: FormData, invalid: InvalidAccount) -> SetupPage:
    return SetupPage(
        action=f"/setup/{token}",
        display_name=form.get("display_name"),
        email=form.get("email"),
        organisation_name=form.get("organisation_name"),
        errors=invalid.errors,
    )


async def begin_session(request: Request[Any, Any, Any], account_id: UUID) -> str:
    """Signs somebody in within this very request, so that its page is already theirs; returns the cookie's secret."""
    seen = SessionContent(device=device_of(request), address=address_of(request)[:60])
    secret = await start_session(request.state.crm, account_id, seen)
    await become(request, secret)
    return secret


async def become(request: Request[Any, Any, Any], secret: str) -> None:
    crm = request.state.crm
    visitor = await find_session(crm, secret)
    if visitor is not None:
        request.state.visitor, request.state.actor = visitor, visitor.actor
        request.state.frame = frame_of(crm, visitor, request.scope)


async def show_recovery_key(request: Request[Any, Any, Any], secret: str) -> Response[Any]:
    key = await rotate_recovery_key(request.state.crm, access_for(request, "security"))
    shown = RecoveryKeyPage(groups=tuple(key.split("-")), action="/account/recovery-key/stored", created_at=now())
    response = page(request, shown)
    response.set_cookie(session_cookie(secret))
    return response


@get("/account/recovery-key", permission="system.manage")
async def recovery_form(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, recovery_page())


def recovery_page(error: str = "") -> FreshLoginPage:
    return FreshLoginPage(reason=WHY_RECOVERY, action="/account/recovery-key", error=error)


@post("/account/recovery-key", permission="system.manage")
async def new_recovery_key(request: Request[Any, Any, Any]) -> Response[Any]:
    """A fresh recovery key against the password; shown once."""
    visitor = request.state.visitor
    try:
        secret = await prove_again(
            request.state.crm,
            account_id=visitor.actor.id,
            session_id=visitor.session_id,
            password=(await parse_form(request)).get("password"),
            address=address_of(request),
        )
    except WrongCredentials:
        return page(request, recovery_page("This is not your password."), block="form", status=422)
    except TooManyAttempts as error:
        return waiting(page(request, recovery_page(TOO_MANY), block="form", status=429), error)
    await become(request, secret)
    return await show_recovery_key(request, secret)


@post("/account/recovery-key/stored", permission="system.manage")
async def recovery_key_stored(request: Request[Any, Any, Any]) -> Response[Any]:
    if not (await parse_form(request)).flag("stored"):
        return redirect(request, "/")
    await confirm_stored(request.state.crm, access_for(request, "security"))
    return redirect(request, "/", Toast(message="Good. The recovery key is noted as stored."))


@get("/invitation/{token:str}", public=True)
async def invitation_form(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    return page(request, await invitation_page(request, token))


async def invitation_page(request: Request[Any, Any, Any], token: str, **changes: Any) -> SetupPage:
    link = await find_link(request.state.crm, token)
    if link.account_id is None:
        raise LinkSpent
    content = (await find_account(request.state.crm, link.account_id)).content
    shown = {"display_name": content.display_name, "email": content.email, "invited": True, **changes}
    return SetupPage(action=f"/invitation/{token}", **shown)


@post("/invitation/{token:str}", public=True, csrf="origin")
async def join(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """Whoever was invited, or forgot the password, chooses one and is signed in."""
    form = await parse_form(request)
    try:
        account_id = await accept_invitation(
            request.state.crm,
            token,
            display_name=form.get("display_name"),
            password=form.get("password"),
            password_again=form.get("password_again"),
        )
    except InvalidAccount as invalid:
        again = await invitation_page(request, token, display_name=form.get("display_name"), errors=invalid.errors)
        return page(request, again, block="form", status=422)
    secret = await begin_session(request, account_id)
    return redirect(request, "/", Toast(message="Welcome."), cookies=(session_cookie(secret),))
