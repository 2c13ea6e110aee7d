"""Articles for colleagues: found, read, written, published, put away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import InvalidContent, Row, VersionConflict, account_names, plugin_settings
from confida_service.knowledge.articles import (
    AUDIENCES,
    LANGUAGES,
    STATES,
    ArticleDraft,
    create_article,
    delete_article,
    restore_article,
    save_article,
    set_state,
    tags_of,
    visible_article,
)
from confida_service.knowledge.listing import DELETED, ArticleQuery, Numbers, address, list_articles, numbers
from confida_service.knowledge.pages import BASE, ArticleFormPage, ArticlePage, ArticlesPage, shown_article
from confida_service.settings import ServiceSettings
from confida_service.tickets.choices import PURPOSE, options
from confida_web.api import Errors, FormData, Tab, Toast, access_for, page, parse_form, redirect, whole_number

ONE = BASE + "/{article_id:uuid}"
FIELDS = ("title", "body", "language", "audience", "category", "tags")
SHOWING = {**STATES, DELETED: "Trash"}
MEANWHILE = "Somebody else saved this article meanwhile. Your words are still here; look at theirs, and save again if yours shall stand."
SAID = {"published": "Published.", "draft": "It is a draft again.", "archived": "Put into the archive."}


def query_of(given: Mapping[str, Any], text: str = "") -> ArticleQuery:
    """What an address or a form says; what is unknown means nothing."""
    showing, audience, language = (str(given.get(name, "")) for name in ("show", "audience", "language"))
    return ArticleQuery(
        showing=showing if showing in SHOWING else "published",
        audience=audience if audience in AUDIENCES else "",
        language=language if language in LANGUAGES else "",
        category=str(given.get("category", ""))[:80],
        text=text[:200],
        page=whole_number(str(given.get("page", "")), 1, lowest=1, highest=1_000),
    )


def fields_of(query: ArticleQuery, **changes: str) -> tuple[tuple[str, str], ...]:
    given = {
        "show": query.showing if query.showing != "published" else "",
        "audience": query.audience,
        "language": query.language,
        "category": query.category,
    } | changes
    return tuple((name, value) for name, value in given.items() if value)


def listed_at(fields: tuple[tuple[str, str], ...]) -> str:
    return f"{BASE}?{urlencode(fields)}" if fields else BASE


@get(BASE, permission="service.read")
async def show_articles(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await articles_page(request, query_of(request.query_params)), "results")


@post(f"{BASE}/search", permission="service.read", status_code=200)
async def search_articles(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    return page(request, await articles_page(request, query_of(dict(form.fields), form.get("q"))), "results")


async def articles_page(request: Request[Any, Any, Any], query: ArticleQuery) -> ArticlesPage:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    found, known = await list_articles(crm, access, query), await numbers(crm)
    after = {"page": str(query.page + 1)} if found.more else {}
    return ArticlesPage(
        rows=tuple(shown_article(row) for row in found.rows),
        tabs=tabs_of(query, known, access.actor.may("service.write")),
        audiences=options(AUDIENCES, query.audience, every="For everybody"),
        languages=options(LANGUAGES, query.language, every="All languages"),
        categories=options({one: one for one in known.categories}, query.category, every="All categories"),
        q=query.text,
        state=fields_of(query),
        previous=listed_at(fields_of(query, page=str(query.page - 1))) if query.page > 1 else "",
        following=listed_at(fields_of(query, **after)) if after else "",
        filtered=bool(query.audience or query.language or query.category or query.text),
        deleted=query.showing == DELETED,
        clear_href=listed_at(fields_of(ArticleQuery(showing=query.showing))),
        may_write=access.actor.may("service.write"),
        help_is_public=(await plugin_settings(crm, ServiceSettings)).public_help,
    )


def tabs_of(query: ArticleQuery, known: Numbers, may_write: bool) -> tuple[Tab, ...]:
    """The trash is shown to those who may take something out of it, and where there is something."""
    return tuple(
        Tab(
            label=label,
            href=listed_at(fields_of(ArticleQuery(showing=key))),
            current=key == query.showing,
            count=known.by_state.get(key, 0),
        )
        for key, label in SHOWING.items()
        if key != DELETED or (may_write and (known.by_state.get(DELETED) or query.showing == DELETED))
    )


@get(ONE, permission="service.read")
async def show_article(request: Request[Any, Any, Any], article_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    row = await visible_article(crm, access, article_id)
    names = await account_names(crm, [row["changed_by"]])
    shown = ArticlePage(
        one=shown_article(row, whole=True),
        by=names.get(row["changed_by"], ""),
        helped=row["helped"],
        helped_not=row["helped_not"],
        versions=row["version"] - 1,
        may_write=access.actor.may("service.write"),
        help_is_public=(await plugin_settings(crm, ServiceSettings)).public_help,
    )
    return page(request, shown)


@get(f"{BASE}/new", permission="service.write")
async def new_article(request: Request[Any, Any, Any]) -> Response[Any]:
    values = {"language": request.state.crm.settings.language}
    return page(request, await form_page(request, f"{BASE}/new", values))


@post(f"{BASE}/new", permission="service.write", status_code=200)
async def add_article(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    try:
        made = await create_article(crm, access, draft_in(form))
    except InvalidContent as wrong:
        return await again(request, form, f"{BASE}/new", wrong.errors)
    if form.get("_do") == "publish":
        await set_state(crm, access, made, "published")
        return redirect(request, address(made), Toast(message="Saved and published."))
    return redirect(request, address(made), Toast(message="Saved as a draft."))


@get(f"{ONE}/edit", permission="service.write")
async def edit_article(request: Request[Any, Any, Any], article_id: FromPath[UUID]) -> Response[Any]:
    row = await visible_article(request.state.crm, access_for(request, PURPOSE), article_id)
    values = {name: row[name] for name in FIELDS} | {"tags": ", ".join(tags_of(row))}
    shown = await form_page(request, f"{address(article_id)}/edit", values, version=row["version"])
    return page(request, shown)


@post(f"{ONE}/edit", permission="service.write", status_code=200)
async def change_article(request: Request[Any, Any, Any], article_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    seen, action = form.integer("version"), f"{address(article_id)}/edit"
    try:
        version = await save_article(crm, access, article_id, draft_in(form), seen=seen)
    except InvalidContent as wrong:
        return await again(request, form, action, wrong.errors, version=seen)
    except VersionConflict:
        now_there: Row = await visible_article(crm, access, article_id)
        return await again(request, form, action, {"": MEANWHILE}, version=now_there["version"], status=409)
    message = "Saved. The former version is kept." if version > seen else "Nothing was changed."
    return redirect(request, address(article_id), Toast(message=message))


def draft_in(form: FormData) -> ArticleDraft:
    return ArticleDraft(
        title=form.get("title"),
        body=form.get("body"),
        language=form.get("language"),
        audience=form.get("audience"),
        category=form.get("category"),
        tags=tuple(form.get("tags").split(",")),
    )


async def again(
    request: Request[Any, Any, Any],
    form: FormData,
    action: str,
    errors: Errors,
    *,
    version: int = 0,
    status: int = 422,
) -> Response[Any]:
    """The form with what was typed and what was wrong."""
    values = {name: form.get(name) for name in FIELDS}
    return page(request, await form_page(request, action, values, version=version, errors=errors), status=status)


async def form_page(
    request: Request[Any, Any, Any],
    action: str,
    values: Mapping[str, str],
    *,
    version: int = 0,
    errors: Errors | None = None,
) -> ArticleFormPage:
    return ArticleFormPage(
        action=action,
        back=action.removesuffix("/edit") if version else BASE,
        version=version,
        values=dict.fromkeys(FIELDS, "") | dict(values),
        errors=errors or {},
        languages=options(LANGUAGES, values.get("language", "")),
        audiences=options(AUDIENCES, values.get("audience", "internal")),
        categories=(await numbers(request.state.crm)).categories,
    )


@post(f"{ONE}/state", permission="service.write", status_code=303)
async def change_state(request: Request[Any, Any, Any], article_id: FromPath[UUID]) -> Response[Any]:
    """The state is in the form, or, where it is taken back, in the address."""
    form = await parse_form(request)
    state = form.get("state") or request.query_params.get("state", "")
    try:
        before = await set_state(request.state.crm, access_for(request, PURPOSE), article_id, state)
    except InvalidContent:
        return redirect(request, address(article_id))
    undo = f"{address(article_id)}/state?{urlencode({'state': before})}" if before != state else None
    return redirect(request, address(article_id), Toast(message=SAID[state], undo_url=undo))


@post(f"{ONE}/delete", permission="service.write", status_code=303)
async def remove_article(request: Request[Any, Any, Any], article_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await delete_article(request.state.crm, access_for(request, PURPOSE), article_id)
    toast = Toast(message="Deleted. It stays in the trash for 30 days.", undo_url=f"{address(article_id)}/restore")
    return redirect(request, BASE, toast)


@post(f"{ONE}/restore", permission="service.write", status_code=303)
async def bring_back(request: Request[Any, Any, Any], article_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await restore_article(request.state.crm, access_for(request, PURPOSE), article_id)
    return redirect(request, address(article_id), Toast(message="It is back, as it was."))


ROUTES = (
    show_articles, search_articles, new_article, add_article, show_article, edit_article, change_article, change_state,
    remove_article, bring_back,
)  # fmt: skip
