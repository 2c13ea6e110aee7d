"""How an article was before: every version, what differs, and the way back to it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import Row, VersionConflict, account_names
from confida_service.knowledge.articles import take_back, version_of, versions_of, visible_article
from confida_service.knowledge.listing import address
from confida_service.knowledge.pages import ChangedLine, HistoryPage, ShownVersion, VersionPage, shown_article
from confida_service.knowledge.routes import ONE
from confida_service.tickets.choices import PURPOSE
from confida_web.api import Toast, access_for, page, parse_form, redirect, rendered_markdown

KINDS = {"+": "added", "-": "removed", " ": "same"}
MOST_LINES = 2_000


@get(f"{ONE}/history", permission="service.read")
async def show_history(request: Request[Any, Any, Any], article_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    row = await visible_article(crm, access, article_id)
    before = await versions_of(crm, access, article_id)
    names = await account_names(crm, sorted({row["changed_by"], *(one["by_id"] for one in before)}))
    current = ShownVersion(
        number=row["version"], title=row["title"], at=row["changed_at"], by=names.get(row["changed_by"], ""),
        size=len(row["body"]), current=True,
    )  # fmt: skip
    shown = HistoryPage(
        one=shown_article(row, whole=True),
        versions=(current, *(shown_version(one, names) for one in before)),
        may_write=access.actor.may("service.write"),
    )
    return page(request, shown)


def shown_version(row: Row, names: dict[UUID, str]) -> ShownVersion:
    return ShownVersion(
        number=row["number"], title=row["title"], at=row["at"], by=names.get(row["by_id"], ""), size=row["size"]
    )


@get(ONE + "/history/{number:int}", permission="service.read")
async def show_version(
    request: Request[Any, Any, Any], article_id: FromPath[UUID], number: FromPath[int]
) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    row, older = await visible_article(crm, access, article_id), await version_of(crm, access, article_id, number)
    names = await account_names(crm, [older["by_id"]])
    shown = VersionPage(
        one=shown_article(row, whole=True),
        version=shown_version({**older, "size": len(older["body"])}, names),
        html=rendered_markdown(older["body"], 2),
        lines=tuple(changed_lines(older["body"], row["body"])),
        may_write=access.actor.may("service.write"),
    )
    return page(request, shown)


def changed_lines(before: str, after: str) -> Iterable[ChangedLine]:
    """What was taken out and put in since, with two lines around each; nothing for what is the same."""
    told = difflib.unified_diff(before.splitlines()[:MOST_LINES], after.splitlines()[:MOST_LINES], n=2, lineterm="")
    for number, line in enumerate(told):
        # The first two name the files, of which there are none.
        if number > 1 and line[:1] in KINDS:
            yield ChangedLine(kind=KINDS[line[:1]], text=line[1:])


@post(ONE + "/history/{number:int}/restore", permission="service.write", status_code=303)
async def restore_version(
    request: Request[Any, Any, Any], article_id: FromPath[UUID], number: FromPath[int]
) -> Response[Any]:
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    toast = Toast(message=f"Version {number} stands again. What stood there is kept, too.")
    try:
        await take_back(crm, access, article_id, number, seen=form.integer("version"))
    except VersionConflict:
        toast = Toast(message="Somebody saved this article meanwhile. Please look again.", tone="problem")
    return redirect(request, address(article_id), toast)


ROUTES = (show_history, show_version, restore_version)
