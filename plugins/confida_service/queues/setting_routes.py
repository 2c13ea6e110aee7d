"""Set-up of queues and of who works in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import InvalidContent, NotFound, active_accounts
from confida_service.queues.pages import Colleague, QueuePage, QueuesPage
from confida_service.queues.queues import (
    ASSIGNMENTS,
    archive_queue,
    first_queue,
    members_of,
    queues,
    save_queue,
    set_members,
)
from confida_web.api import Errors, FormData, Option, Toast, access_for, page, parse_form, redirect

PURPOSE = "relationship"
QUEUES = "/x/service/settings/queues"
ONE = QUEUES + "/{queue_id:uuid}"
LONGEST_SKILLS = 400


@get(QUEUES, permission="service.manage")
async def show_queues(request: Request[Any, Any, Any]) -> Response[Any]:
    crm = request.state.crm
    await first_queue(crm)
    found = await queues(crm)
    names = {one.id: one.name for one in await active_accounts(crm)}
    members = {}
    for one in found:
        inside = [names[row["account_id"]] for row in await members_of(crm, one.id) if row["account_id"] in names]  # type: ignore[index]
        members[one.id] = tuple(sorted(inside))
    shown = QueuesPage(
        queues=tuple(found),
        archived=tuple(await queues(crm, archived=True)),
        members=members,
        ways=ASSIGNMENTS,
    )
    return page(request, shown)


@get(f"{QUEUES}/new", permission="service.manage")
async def new_queue(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await queue_page(request, None), "form")


@get(ONE, permission="service.manage")
async def show_queue(request: Request[Any, Any, Any], queue_id: FromPath[UUID]) -> Response[Any]:
    return page(request, await queue_page(request, queue_id), "form")


@post(f"{QUEUES}/new", permission="service.manage", status_code=200)
async def add_queue(request: Request[Any, Any, Any]) -> Response[Any]:
    return await saved(request, None)


@post(ONE, permission="service.manage", status_code=200)
async def change_queue(request: Request[Any, Any, Any], queue_id: FromPath[UUID]) -> Response[Any]:
    return await saved(request, queue_id)


async def saved(request: Request[Any, Any, Any], queue_id: UUID | None) -> Response[Any]:
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    known = {one.id for one in await active_accounts(crm)}
    members = [(one, skills_of(form, one)) for one in sorted(known) if str(one) in form.all("members")]
    try:
        async with crm.data.transaction():
            kept = await save_queue(crm, access, form.get("name"), assignment=form.get("assignment"), queue_id=queue_id)
            await set_members(crm, access, kept, members)
    except InvalidContent as wrong:
        shown = await queue_page(request, queue_id, form=form, errors=wrong.errors)
        return page(request, shown, "form", status=422)
    return redirect(request, QUEUES, Toast(message="Saved."))


def skills_of(form: FormData, account_id: UUID) -> str:
    """Keys: small letters, by single spaces."""
    return " ".join(dict.fromkeys(form.get(f"skills-{account_id}").lower().replace(",", " ").split()))[:LONGEST_SKILLS]


async def queue_page(
    request: Request[Any, Any, Any],
    queue_id: UUID | None,
    *,
    form: FormData | None = None,
    errors: Errors | None = None,
) -> QueuePage:
    """Raises NotFound."""
    crm = request.state.crm
    one = next((each for each in await queues(crm) if each.id == queue_id), None)
    if queue_id is not None and one is None:
        raise NotFound
    inside = {row["account_id"]: str(row["skills"]) for row in await members_of(crm, queue_id)} if queue_id else {}
    assignment = form.get("assignment") if form else one.assignment if one else "manual"
    return QueuePage(
        action=f"{QUEUES}/{queue_id or 'new'}",
        new=queue_id is None,
        name=form.get("name") if form else one.name if one else "",
        ways=tuple(Option(value=key, label=label, chosen=key == assignment) for key, label in ASSIGNMENTS.items()),
        people=tuple(
            Colleague(
                id=each.id,
                name=each.name,
                chosen=str(each.id) in form.all("members") if form else each.id in inside,
                skills=skills_of(form, each.id) if form else inside.get(each.id, ""),
            )
            for each in await active_accounts(crm)
        ),
        errors=errors or {},
    )


@post(f"{ONE}/archive", permission="service.manage", status_code=303)
async def put_away(request: Request[Any, Any, Any], queue_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    try:
        await archive_queue(request.state.crm, access_for(request, PURPOSE), queue_id)
    except InvalidContent as wrong:
        return redirect(request, QUEUES, Toast(message=wrong.errors[""], tone="problem"))
    return redirect(request, QUEUES, Toast(message="Out of use.", undo_url=f"{QUEUES}/{queue_id}/use"))


@post(f"{ONE}/use", permission="service.manage", status_code=303)
async def use_again(request: Request[Any, Any, Any], queue_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await archive_queue(request.state.crm, access_for(request, PURPOSE), queue_id, archived=False)
    return redirect(request, QUEUES, Toast(message="In use again."))


ROUTES = (show_queues, new_queue, show_queue, add_queue, change_queue, put_away, use_again)
