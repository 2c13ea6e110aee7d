"""A new request: first what it is about, then the articles that may answer it, then files and the button that sends it.

With scripts the articles appear while somebody writes; without, they stand on the second step.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post

from confida_core.api import InvalidContent
from confida_service.equipment.own import equipment_of
from confida_service.knowledge.pages import ShownArticle, shown_article
from confida_service.knowledge.searching import PUBLIC, suggest_articles
from confida_service.portal.pages import BASE, KINDS, AskPage
from confida_service.portal.uploads import form_with_files
from confida_service.portal.writing import LONGEST_SUBJECT, Asked, check_asked, open_own
from confida_service.tickets.choices import PURPOSE, id_in
from confida_web.api import (
    Errors,
    FormData,
    Option,
    access_for,
    is_fragment_request,
    page,
    parse_form,
    redirect,
    show_portal,
)

NEW = f"{BASE}/new"
FIELDS = ("kind", "subject", "text", "equipment")
MOST = 3


@get(NEW, person=True)
async def new_request(request: Request[Any, Any, Any]) -> Response[Any]:
    """equipment: which of theirs it is about, if they came from there."""
    wanted = id_in(request.query_params, "equipment")
    name = await named(request, wanted) if wanted else ""
    return show_portal(request, ask_page({"subject": name, "equipment": str(wanted)} if name else {}))


async def named(request: Request[Any, Any, Any], equipment_id: UUID) -> str:
    """A piece of theirs by its product and serial number; "" for any other."""
    access = access_for(request, PURPOSE)
    own = await equipment_of(request.state.crm, access, access.actor.id)
    return next((f"{one.product} {one.serial}".strip()[:LONGEST_SUBJECT] for one in own if one.id == equipment_id), "")


@post(NEW, person=True, status_code=200)
async def look_first(request: Request[Any, Any, Any]) -> Response[Any]:
    """The second step; while somebody writes, only what may answer it already."""
    form = await parse_form(request)
    values = values_in(form)
    if is_fragment_request(request.headers):
        return page(request, ask_page(values, articles=await suggested(request, values)), "suggested")
    try:
        check_asked(asked_in(request, values))
    except InvalidContent as wrong:
        return show_portal(request, ask_page(values, errors=wrong.errors), status=422)
    return show_portal(request, ask_page(values, articles=await suggested(request, values), last=True))


@post(f"{NEW}/send", person=True, status_code=200)
async def send_request(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    form, uploads = await form_with_files(request)
    values, made = values_in(form), None
    try:
        uploads.check()
        made = await open_own(crm, access, asked_in(request, values), uploads.files)
    except InvalidContent as wrong:
        return show_portal(request, ask_page(values, errors=wrong.errors, last=True), status=uploads.status)
    finally:
        # Those of a ticket that was made have a row, and stay.
        await uploads.discard()
    return redirect(request, f"{BASE}/{made}?done=sent")


def values_in(form: FormData) -> dict[str, str]:
    return {name: form.get(name) for name in FIELDS}


def asked_in(request: Request[Any, Any, Any], values: Mapping[str, str]) -> Asked:
    said = {name: values[name] for name in ("kind", "subject", "text")}
    return Asked(**said, equipment_id=id_in(values, "equipment"), language=request.state.frame.words)


async def suggested(request: Request[Any, Any, Any], values: Mapping[str, str]) -> tuple[ShownArticle, ...]:
    """Whole, so that they can be read where they are proposed, and nothing that was typed is lost; those in their language first."""
    crm, language = request.state.crm, request.state.frame.words
    found = await suggest_articles(crm, PUBLIC, values["subject"], values["text"], MOST)
    marks = ", ".join("?" * len(found))
    rows = (
        await crm.data.fetch(f"SELECT * FROM service_article WHERE id IN ({marks})", *(row["id"] for row in found))
        if found
        else []
    )
    whole = {row["id"]: row for row in rows}
    ordered = sorted(
        (whole[row["id"]] for row in found if row["id"] in whole), key=lambda row: row["language"] != language
    )
    return tuple(shown_article(row, whole=True, headings_from=4) for row in ordered)


def ask_page(
    values: Mapping[str, str],
    *,
    articles: tuple[ShownArticle, ...] = (),
    errors: Errors | None = None,
    last: bool = False,
) -> AskPage:
    kind = values.get("kind", "")
    return AskPage(
        values=dict.fromkeys(FIELDS, "") | dict(values),
        kinds=tuple(Option(value=key, label=label, chosen=key == kind) for key, label in KINDS.items()),
        articles=articles,
        errors=errors or {},
        last=last,
    )


ROUTES = (new_request, look_first, send_request)
