"""One's own account: name, preferences, password, sessions."""

from __future__ import annotations

from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.accounts.attempts import TooManyAttempts
from confida_core.accounts.roles import LABELS, Role
from confida_core.accounts.sessions import end_session, end_sessions_of, list_sessions
from confida_core.accounts.signing_in import WrongCredentials, change_password
from confida_core.accounts.staff import InvalidAccount, change_content
from confida_core.vault.access import NotFound
from confida_web.account import setting_up, signing_in, tokens
from confida_web.account.browsers import address_of
from confida_web.account.pages import AccountPage, SessionRow
from confida_web.account.signing_in import TOO_MANY, waiting
from confida_web.declarations import Command
from confida_web.display import Option
from confida_web.forms import FormData, parse_form
from confida_web.frame import Toast
from confida_web.multipart import BadBody
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.security.cookies import session_cookie


@get("/account", permission="account.own")
async def account(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await account_page(request))


async def account_page(request: Request[Any, Any, Any], **changes: Any) -> AccountPage:
    visitor, frame = request.state.visitor, request.state.frame
    rows = tuple(
        SessionRow(
            id=str(line.id),
            device=line.device,
            address=line.address,
            signed_in_at=line.created_at,
            last_seen_at=line.seen_at,
            current=line.id == visitor.session_id,
        )
        for line in await list_sessions(request.state.crm, visitor.actor.id)
    )
    shown = {
        "display_name": visitor.account.display_name,
        "email": visitor.account.email,
        "role": LABELS[Role(visitor.role)],
        "sessions": rows,
        "time_zones": tuple(Option(value=zone, label=zone, chosen=zone == frame.time_zone) for zone in time_zones()),
    }
    return AccountPage(**{**shown, **changes})


@cache
def time_zones() -> tuple[str, ...]:
    """Names people know: those of places, and UTC."""
    places = {zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/"))}
    return ("UTC", *sorted(places))


@post("/account/profile", permission="account.own")
async def save_profile(request: Request[Any, Any, Any]) -> Response[Any]:
    name = (await parse_form(request)).get("display_name")
    try:
        await change_content(request.state.crm, request.state.actor.id, display_name=name)
    except InvalidAccount as invalid:
        again = await account_page(request, display_name=name, errors=invalid.errors)
        return page(request, again, block="profile", status=422)
    return redirect(request, "/account", Toast(message="Saved."))


@post("/account/preferences", permission="account.own")
async def save_preferences(request: Request[Any, Any, Any]) -> Response[Any]:
    wanted = preferences_of(await parse_form(request))
    await change_content(request.state.crm, request.state.actor.id, **wanted)
    return redirect(request, "/account", Toast(message="Saved."))


def preferences_of(form: FormData) -> dict[str, Any]:
    """Raises BadBody (422) for a choice that was not offered."""
    choices = {"theme": ("auto", "light", "dark"), "density": ("comfortable", "compact"), "time_zone": time_zones()}
    wanted: dict[str, Any] = {"single_key": form.flag("single_key")}
    for name, allowed in choices.items():
        if name in form:
            if form.get(name) not in allowed:
                raise BadBody(422, "One of the choices does not exist.")
            wanted[name] = form.get(name)
    return wanted


@post("/account/navigation", permission="account.own")
async def save_navigation(request: Request[Any, Any, Any]) -> Response[Any]:
    """Whether the side navigation shows icons only; sent by the button beside it."""
    slim = (await parse_form(request)).flag("slim")
    await change_content(request.state.crm, request.state.actor.id, slim_nav=slim)
    return Response(None, status_code=204)


@post("/account/password", permission="account.own")
async def save_password(request: Request[Any, Any, Any]) -> Response[Any]:
    """Ends every other session; this one goes on under a new id."""
    form, visitor = await parse_form(request), request.state.visitor
    try:
        secret = await change_password(
            request.state.crm,
            account_id=visitor.actor.id,
            session_id=visitor.session_id,
            current=form.get("current"),
            password=form.get("password"),
            again=form.get("password_again"),
            address=address_of(request),
        )
    except InvalidAccount as invalid:
        return page(request, await account_page(request, errors=invalid.errors), block="password", status=422)
    except WrongCredentials:
        wrong = await account_page(request, errors={"current": "This is not your password."})
        return page(request, wrong, block="password", status=422)
    except TooManyAttempts as error:
        again = await account_page(request, errors={"current": TOO_MANY})
        return waiting(page(request, again, block="password", status=429), error)
    return redirect(request, "/account", cookies=(session_cookie(secret),))


@post("/account/sessions/{session_id:uuid}/revoke", permission="account.own")
async def revoke_session(request: Request[Any, Any, Any], session_id: FromPath[UUID]) -> Response[Any]:
    if not await end_session(request.state.crm, session_id, request.state.actor.id):
        raise NotFound("session")
    return redirect(request, "/account", Toast(message="Signed out there."))


@post("/account/sessions/revoke-others", permission="account.own")
async def revoke_others(request: Request[Any, Any, Any]) -> Response[Any]:
    visitor = request.state.visitor
    await end_sessions_of(request.state.crm, visitor.actor.id, but=visitor.session_id)
    return redirect(request, "/account", Toast(message="Signed out everywhere else."))


COMMANDS = (
    Command(key="account", label="Your account", permission="account.own", href="/account", icon="user"),
    Command(
        key="sign-out", label="Sign out", permission="account.own", action="/logout", keywords=("log", "leave"),
        icon="sign-out",
    ),
)  # fmt: skip

ROUTES = (
    signing_in.login_form,
    signing_in.login,
    signing_in.fresh_form,
    signing_in.fresh_login,
    signing_in.logout,
    setting_up.setup_form,
    setting_up.setup,
    setting_up.recovery_form,
    setting_up.new_recovery_key,
    setting_up.recovery_key_stored,
    setting_up.invitation_form,
    setting_up.join,
    account,
    save_profile,
    save_preferences,
    save_navigation,
    save_password,
    revoke_session,
    revoke_others,
    *tokens.ROUTES,
)
