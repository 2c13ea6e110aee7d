"""The published articles for customers: for those who are signed in, and for everybody where the organisation says so."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import Installation, NotFound, plugin_settings
from confida_service.knowledge.articles import count_help, public_article
from confida_service.knowledge.pages import shown_article
from confida_service.knowledge.searching import PUBLIC, SHOWN, find_articles
from confida_service.portal.pages import HELP, Category, HelpArticlePage, HelpPage
from confida_service.settings import ServiceSettings
from confida_web.api import note_attempt, parse_form, redirect, show_portal, whole_number

PAGE, MOST_FOUND = 40, 40
ONE = HELP + "/{article_id:uuid}"
OUTSIDE = "/x/service/help"


def is_in(request: Request[Any, Any, Any]) -> bool:
    """Whether a person is signed in on their own pages."""
    person = request.state.person
    return person is not None and person.session_id is not None


async def is_public(crm: Installation) -> bool:
    return (await plugin_settings(crm, ServiceSettings)).public_help


async def may_read(request: Request[Any, Any, Any]) -> bool:
    return is_in(request) or await is_public(request.state.crm)


@get(HELP, public=True)
async def show_help(request: Request[Any, Any, Any]) -> Response[Any]:
    if not await may_read(request):
        return redirect(request, "/my/")
    given = request.query_params
    number = whole_number(given.get("page", ""), 1, lowest=1, highest=1_000)
    return show_portal(request, await help_page(request, str(given.get("category", ""))[:80], number))


async def help_page(request: Request[Any, Any, Any], category: str, number: int) -> HelpPage:
    """Those in the reader's language first, then by title."""
    crm = request.state.crm
    narrowed, values = (" AND category = ?", [category]) if category else ("", [])
    rows = await crm.data.fetch(
        f"SELECT {SHOWN} FROM service_article AS a WHERE {PUBLIC.condition}{narrowed} "
        "ORDER BY CASE WHEN language = ? THEN 0 ELSE 1 END, lower(title), id LIMIT ? OFFSET ?",
        *values, request.state.frame.words, PAGE + 1, (number - 1) * PAGE,
    )  # fmt: skip
    return HelpPage(
        rows=tuple(shown_article(row) for row in rows[:PAGE]),
        categories=await categories(crm, category),
        category=category,
        previous=help_at(category, number - 1) if number > 1 else "",
        following=help_at(category, number + 1) if len(rows) > PAGE else "",
        may_ask=is_in(request),
    )


def help_at(category: str, number: int = 1) -> str:
    given = {"category": category, "page": str(number) if number > 1 else ""}
    query = urlencode({name: value for name, value in given.items() if value})
    return f"{HELP}?{query}" if query else HELP


async def categories(crm: Installation, chosen: str) -> tuple[Category, ...]:
    rows = await crm.data.fetch(
        f"SELECT category, count(*) AS number FROM service_article AS a WHERE {PUBLIC.condition} AND category <> '' "
        "GROUP BY category ORDER BY lower(category)"
    )
    return tuple(
        Category(
            label=row["category"],
            number=row["number"],
            href=help_at(row["category"]),
            current=row["category"] == chosen,
        )
        for row in rows
    )


@post(HELP, public=True, status_code=200)
async def search_help(request: Request[Any, Any, Any]) -> Response[Any]:
    """Words are in the body, where no log and no address bar keeps them, and they are kept nowhere else."""
    form = await parse_form(request)
    if not await may_read(request):
        return redirect(request, "/my/")
    crm, words = request.state.crm, form.get("q").strip()[:200]
    if not words:
        return redirect(request, HELP)
    found = await find_articles(crm, PUBLIC, words, MOST_FOUND)
    ordered = sorted(found, key=lambda row: row["language"] != request.state.frame.words)
    shown = HelpPage(
        rows=tuple(shown_article(row) for row in ordered), categories=await categories(crm, ""), q=words,
        may_ask=is_in(request),
    )  # fmt: skip
    return show_portal(request, shown)


@get(ONE, public=True)
async def show_help_article(request: Request[Any, Any, Any], article_id: FromPath[UUID]) -> Response[Any]:
    """Raises NotFound for what is not published for customers."""
    if not await may_read(request):
        return redirect(request, "/my/")
    row = await public_article(request.state.crm, article_id)
    told = request.query_params.get("told", "")
    shown = HelpArticlePage(
        one=shown_article(row, whole=True), told=told if told in {"yes", "no"} else "", may_ask=is_in(request)
    )
    return show_portal(request, shown)


@post(f"{ONE}/helpful", public=True, status_code=303)
async def say_helpful(request: Request[Any, Any, Any], article_id: FromPath[UUID]) -> Response[Any]:
    """One more in a sum. Raises TooManyAttempts and NotFound."""
    form = await parse_form(request)
    if not await may_read(request):
        return redirect(request, "/my/")
    await public_article(request.state.crm, article_id)
    await note_attempt(request.state.crm, request, "portal help")
    helped = form.get("helped")
    if helped not in {"yes", "no"}:
        return redirect(request, f"{HELP}/{article_id}")
    await count_help(request.state.crm, article_id, helped=helped == "yes")
    return redirect(request, f"{HELP}/{article_id}?told={helped}")


@get(OUTSIDE, public=True)
async def to_help(request: Request[Any, Any, Any]) -> Response[Any]:
    """A short address for web sites and signatures. Raises NotFound where the page is not public."""
    if not await is_public(request.state.crm):
        raise NotFound
    return redirect(request, HELP)


PORTAL_ROUTES = (show_help, search_help, show_help_article, say_helpful)
ROUTES = (to_help,)
