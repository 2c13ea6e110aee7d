"""Set-up of ready answers and checklists."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import InvalidContent, NotFound
from confida_service.answering.canned import FIELDS, canned_answer, canned_answers, remove_canned, save_canned
from confida_service.answering.checklists import checklists, remove_checklist, save_checklist
from confida_service.answering.pages import CannedAnswerPage, CannedAnswersPage, ChecklistPage, ChecklistsPage
from confida_service.tickets.choices import kind_options
from confida_service.tickets.states import KINDS
from confida_web.api import Errors, Toast, access_for, page, parse_form, redirect

PURPOSE = "relationship"
ANSWERS = "/x/service/settings/answers"
LISTS = "/x/service/settings/checklists"


@get(ANSWERS, permission="service.manage")
async def show_answers(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, CannedAnswersPage(answers=tuple(await canned_answers(request.state.crm))))


@get(f"{ANSWERS}/new", permission="service.manage")
async def new_answer(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, CannedAnswerPage(action=f"{ANSWERS}/new", values={"name": "", "text": ""}, known=FIELDS))


@get(ANSWERS + "/{answer_id:uuid}", permission="service.manage")
async def show_answer(request: Request[Any, Any, Any], answer_id: FromPath[UUID]) -> Response[Any]:
    one = await canned_answer(request.state.crm, answer_id)
    values = {"name": one.name, "text": one.text}
    shown = CannedAnswerPage(action=f"{ANSWERS}/{answer_id}", new=False, values=values, known=FIELDS)
    return page(request, shown)


@post(f"{ANSWERS}/new", permission="service.manage", status_code=200)
async def add_answer(request: Request[Any, Any, Any]) -> Response[Any]:
    return await saved_answer(request, None)


@post(ANSWERS + "/{answer_id:uuid}", permission="service.manage", status_code=200)
async def change_answer(request: Request[Any, Any, Any], answer_id: FromPath[UUID]) -> Response[Any]:
    return await saved_answer(request, answer_id)


async def saved_answer(request: Request[Any, Any, Any], answer_id: UUID | None) -> Response[Any]:
    form = await parse_form(request)
    values = {name: form.get(name) for name in ("name", "text")}
    access = access_for(request, PURPOSE)
    try:
        await save_canned(request.state.crm, access, values["name"], values["text"], answer_id=answer_id)
    except InvalidContent as wrong:
        shown = CannedAnswerPage(
            action=f"{ANSWERS}/{answer_id or 'new'}", new=answer_id is None, values=values, errors=wrong.errors,
            known=FIELDS,
        )  # fmt: skip
        return page(request, shown, status=422)
    return redirect(request, ANSWERS, Toast(message="Saved."))


@post(ANSWERS + "/{answer_id:uuid}/remove", permission="service.manage", status_code=303)
async def remove_answer(request: Request[Any, Any, Any], answer_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await remove_canned(request.state.crm, access_for(request, PURPOSE), answer_id)
    return redirect(request, ANSWERS, Toast(message="Removed."))


@get(LISTS, permission="service.manage")
async def show_lists(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, ChecklistsPage(lists=tuple(await checklists(request.state.crm)), kinds=KINDS))


@get(f"{LISTS}/new", permission="service.manage")
async def new_list(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, list_page(None, {"name": "", "kind": "", "steps": ""}))


@get(LISTS + "/{list_id:uuid}", permission="service.manage")
async def show_list(request: Request[Any, Any, Any], list_id: FromPath[UUID]) -> Response[Any]:
    one = next((each for each in await checklists(request.state.crm) if each.id == list_id), None)
    if one is None:
        raise NotFound
    return page(request, list_page(list_id, {"name": one.name, "kind": one.kind, "steps": "\n".join(one.steps)}))


def list_page(list_id: UUID | None, values: dict[str, str], errors: Errors | None = None) -> ChecklistPage:
    return ChecklistPage(
        action=f"{LISTS}/{list_id or 'new'}",
        new=list_id is None,
        values=values,
        errors=errors or {},
        kinds=kind_options(values["kind"], every="All kinds"),
    )


@post(f"{LISTS}/new", permission="service.manage", status_code=200)
async def add_list(request: Request[Any, Any, Any]) -> Response[Any]:
    return await saved_list(request, None)


@post(LISTS + "/{list_id:uuid}", permission="service.manage", status_code=200)
async def change_list(request: Request[Any, Any, Any], list_id: FromPath[UUID]) -> Response[Any]:
    return await saved_list(request, list_id)


async def saved_list(request: Request[Any, Any, Any], list_id: UUID | None) -> Response[Any]:
    form = await parse_form(request)
    values = {name: form.get(name) for name in ("name", "kind", "steps")}
    access = access_for(request, PURPOSE)
    try:
        steps = values["steps"].splitlines()
        await save_checklist(request.state.crm, access, values["name"], values["kind"], steps, list_id=list_id)
    except InvalidContent as wrong:
        return page(request, list_page(list_id, values, wrong.errors), status=422)
    return redirect(request, LISTS, Toast(message="Saved."))


@post(LISTS + "/{list_id:uuid}/remove", permission="service.manage", status_code=303)
async def remove_list(request: Request[Any, Any, Any], list_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await remove_checklist(request.state.crm, access_for(request, PURPOSE), list_id)
    return redirect(request, LISTS, Toast(message="Removed, with its ticks."))


ROUTES = (
    show_answers, new_answer, show_answer, add_answer, change_answer, remove_answer, show_lists, new_list, show_list, add_list,
    change_list, remove_list,
)  # fmt: skip
