"""The gate in front of every handler: permission, fresh proof of identity, and where a change comes from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler

from confida_core.vault.access import Forbidden
from confida_web.forms import read_form_token
from confida_web.frame import Frame
from confida_web.page import is_fragment_request
from confida_web.portal.places import count_waiting
from confida_web.portal.visit import is_portal
from confida_web.rest.gate import check_client
from confida_web.security.access import access_for
from confida_web.security.csrf import FIELD, HEADER, ForeignRequest, check_origin, is_token
from confida_web.security.target import SAFE
from confida_web.security.visit import count_badges


class NotSignedIn(Exception):
    """The page needs somebody who is signed in."""


class NotFresh(Exception):
    """The page needs a password typed within five minutes."""


class NotEntered(Exception):
    """The page of the public side needs the person themselves, signed in."""


class UnguardedRoute(RuntimeError):
    """A route names neither a permission nor public=True: the start stops."""


def check_routes(handlers: Iterable[Any], permissions: Iterable[str]) -> None:
    """Raises UnguardedRoute for a route without a permission, or with one that nobody declares."""
    known = set(permissions)
    for handler in handlers:
        if not isinstance(handler, HTTPRouteHandler):
            raise UnguardedRoute(f"{handler!r} is not a handler of @get, @post, ...")
        name, opt = f"{handler.fn.__module__}.{handler.fn.__qualname__}", handler.opt
        if opt.get("public") is True:
            continue
        if opt.get("permission") not in known:
            raise UnguardedRoute(
                f"{name} ({', '.join(sorted(handler.paths))}) names no declared permission and is not public"
            )


async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Runs before every handler. Raises NotSignedIn, NotEntered, NotFresh, Forbidden, ForeignRequest, Problem, and what bad
    bodies raise.
    """
    request: Any = connection
    if handler.opt.get("api") is not None:
        # No cookie counts there, so there is nothing that a foreign page could make a browser do.
        await check_client(request, handler)
        return
    opt, visitor = handler.opt, request.state.visitor
    if opt.get("person") is True:
        if request.state.person is None or request.state.person.session_id is None:
            raise NotEntered
    elif opt.get("public") is not True:
        if visitor is None:
            raise NotSignedIn
        visitor.actor.require(str(opt.get("permission")))
    if request.method not in SAFE:
        await check_change(request, handler)
    if opt.get("fresh") is True and not (visitor and visitor.fresh):
        raise NotFresh
    if request.method in SAFE and not is_fragment_request(request.headers):
        request.state.frame = await with_badges(request)


async def with_badges(request: Request[Any, Any, Any]) -> Frame:
    """What waits in each place, for staff and for people on the public side."""
    crm, person = request.state.crm, request.state.person
    frame: Frame = request.state.frame
    if request.state.visitor is not None:
        return await count_badges(crm, access_for(request, "relationship"), frame)
    if person is not None and person.session_id is not None:
        return await count_waiting(crm, access_for(request, "data_subject_rights"), frame)
    return frame


async def check_change(request: Request[Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Where the change comes from. `csrf="origin"` is for forms that stand before any session; `csrf="none"` for reports
    and one-click requests of mail programs; `csrf="portal"`, the rule below /my, for the public side, see `check_person_change`.
    """
    asked = handler.opt.get("csrf") or ("portal" if is_portal(request.scope["path"]) else "token")
    if asked == "none":
        return
    if asked == "portal":
        await check_person_change(request)
        return
    check_origin(request, request.state.crm.settings)
    visitor = request.state.visitor
    if asked == "origin":
        return
    if visitor is None:
        raise Forbidden("session")
    header = request.headers.get(HEADER)
    if not is_token(await read_form_token(request, FIELD) if header is None else header, visitor.csrf_token):
        raise ForeignRequest


async def check_person_change(request: Request[Any, Any, Any]) -> None:
    """As elsewhere: the browser names our own page, and where a session is, the form carries its token.

    The public side sends no referrer, and so browsers say "null" as the origin of its forms. One that says nothing else
    is let through to a form that rests on no session: a secret address, or a mail address that gets the same answer as any.
    """
    person = request.state.person
    named = "sec-fetch-site" in request.headers or request.headers.get("origin", "null") != "null"
    if named:
        check_origin(request, request.state.crm.settings)
    if person is None or person.session_id is None:
        return
    if not is_token(await read_form_token(request, FIELD), person.csrf_token):
        raise ForeignRequest
