"""How pages of the public side leave: with the language that was asked for kept, and never a hint who exists."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response

from confida_web.page import Page, page
from confida_web.portal.cookies import language_cookie
from confida_web.portal.pages import MessagePage
from confida_web.portal.visit import Person, asked_language
from confida_web.portal.wanted import leading_to
from confida_web.redirect import elsewhere


def show(request: Request[Any, Any, Any], content: Page, status: int = 200) -> Response[Any]:
    """Always the whole page: the public side knows no fragments."""
    response = page(request, content, status=status)
    if language := asked_language(request.scope):
        response.cookies.append(language_cookie(language))
    return response


def refused(request: Request[Any, Any, Any]) -> Response[Any]:
    """The one answer to every link that does not work, whatever the reason."""
    return show(request, MessagePage(kind="spent", status=404), status=404)


def person_or_none(request: Request[Any, Any, Any]) -> Person | None:
    found: Person | None = request.state.person
    return found


def enter_first(request: Request[Any, Any, Any]) -> Response[Any]:
    """For a page that needs a person: by link there is none, else ask for the address first."""
    if "token" in request.path_params or request.method not in {"GET", "HEAD"}:
        return refused(request)
    return elsewhere(leading_to("/my/", request.url.path))
