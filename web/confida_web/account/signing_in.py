"""Signing in, proving it again, signing out."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post

from confida_core.accounts.attempts import TooManyAttempts
from confida_core.accounts.sessions import end_session
from confida_core.accounts.signing_in import WrongCredentials, log_in, prove_again
from confida_web.account.browsers import address_of, device_of
from confida_web.account.pages import FreshLoginPage, LoginPage
from confida_web.forms import parse_form
from confida_web.page import page
from confida_web.redirect import own_path, redirect
from confida_web.security.cookies import no_session_cookie, session_cookie
from confida_web.security.headers import CLEAR_SITE_DATA

WRONG = "The mail address or the password is not right."
TOO_MANY = "Too many attempts. Please wait a while and try again."
WHY_AGAIN = "The next step matters. Please type your password once more."


@get("/login", public=True)
async def login_form(request: Request[Any, Any, Any]) -> Response[Any]:
    target = own_path(request.query_params.get("next", "/"))
    if request.state.visitor is not None:
        return redirect(request, target)
    return page(request, LoginPage(next=target))


@post("/login", public=True, csrf="origin")
async def login(request: Request[Any, Any, Any]) -> Response[Any]:
    """The same answer for an unknown address, a wrong password and an account that may not sign in."""
    form = await parse_form(request)
    email, target = form.get("email")[:254], own_path(form.get("next"))
    address = address_of(request)
    try:
        secret = await log_in(
            request.state.crm,
            email=email,
            password=form.get("password")[:1001],
            address=address,
            device=device_of(request),
        )
    except WrongCredentials:
        return page(request, LoginPage(email=email, error=WRONG, next=target), block="form", status=422)
    except TooManyAttempts as error:
        return waiting(
            page(request, LoginPage(email=email, error=TOO_MANY, next=target), block="form", status=429), error
        )
    visitor = request.state.visitor
    if visitor is not None:
        await end_session(request.state.crm, visitor.session_id, visitor.actor.id)
    return redirect(request, target, cookies=(session_cookie(secret),))


def waiting(response: Response[Any], error: TooManyAttempts) -> Response[Any]:
    response.headers["Retry-After"] = str(error.retry_seconds)
    return response


@get("/login/fresh", permission="account.own")
async def fresh_form(request: Request[Any, Any, Any]) -> Response[Any]:
    target = own_path(request.query_params.get("next", "/"))
    return page(request, FreshLoginPage(reason=WHY_AGAIN, next=target))


@post("/login/fresh", permission="account.own")
async def fresh_login(request: Request[Any, Any, Any]) -> Response[Any]:
    """The password once more; the session gets a new id."""
    form = await parse_form(request)
    target, visitor = own_path(form.get("next")), request.state.visitor
    try:
        secret = await prove_again(
            request.state.crm,
            account_id=visitor.actor.id,
            session_id=visitor.session_id,
            password=form.get("password")[:1001],
            address=address_of(request),
        )
    except WrongCredentials:
        wrong = FreshLoginPage(reason=WHY_AGAIN, next=target, error="This is not your password.")
        return page(request, wrong, block="form", status=422)
    except TooManyAttempts as error:
        again = FreshLoginPage(reason=WHY_AGAIN, next=target, error=TOO_MANY)
        return waiting(page(request, again, block="form", status=429), error)
    return redirect(request, target, cookies=(session_cookie(secret),))


@post("/logout", permission="account.own")
async def logout(request: Request[Any, Any, Any]) -> Response[Any]:
    """Ends the session on the server; the browser forgets what it kept of us."""
    visitor = request.state.visitor
    await end_session(request.state.crm, visitor.session_id, visitor.actor.id)
    response = redirect(request, "/login", cookies=(no_session_cookie(),))
    response.headers["Clear-Site-Data"] = CLEAR_SITE_DATA
    return response
