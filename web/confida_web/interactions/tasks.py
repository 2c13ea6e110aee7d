"""Tasks: the list, the quick way to plan one, done and opened again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.accounts.staff import active_accounts
from confida_core.contacts.validation import InvalidContent
from confida_core.installation import Installation
from confida_core.interactions.interactions import log_interaction
from confida_core.interactions.tasks import (
    Task,
    TaskQuery,
    When,
    cancel_task,
    complete_task,
    due_count,
    list_tasks,
    reopen_task,
)
from confida_core.vault.access import Access
from confida_web.display import Paging, Tab
from confida_web.errors.answers import back_to
from confida_web.formatting import Formatter, formatter, formatter_of
from confida_web.forms import FormData, parse_form
from confida_web.frame import Toast
from confida_web.interactions.entries import Composer
from confida_web.interactions.pages import InteractionFormPage, TaskGroup, TasksPage
from confida_web.interactions.reading import read_draft
from confida_web.interactions.story import composer_again, staff_options
from confida_web.interactions.words import task_rows
from confida_web.page import page
from confida_web.redirect import own_path, redirect
from confida_web.security.access import access_for

Showing = Literal["mine", "all", "done"]
TABS: Mapping[Showing, tuple[str, When, bool]] = {
    "mine": ("Mine", "open", True),
    "all": ("Everyone’s", "open", False),
    "done": ("Done", "done", False),
}


async def due_badge(crm: Installation, access: Access) -> int:
    """How many tasks of this account are due, by the calendar of the installation's time zone."""
    today = formatter(crm.settings.language, crm.settings.time_zone).today()
    return await due_count(crm, access.actor.id, today)


@get("/tasks", permission="interactions.read")
async def tasks(request: Request[Any, Any, Any]) -> Response[Any]:
    """One page of a tab, the day's order kept; the query is `tab` and `after`."""
    crm, access, f = request.state.crm, access_for(request, "relationship"), formatter_of(request)
    key = shown_tab(request.query_params.get("tab", "mine"))
    _, when, mine = TABS[key]
    query = TaskQuery(
        when=when,
        today=f.today(),
        assignee_id=access.actor.id if mine else None,
        cursor=request.query_params.get("after"),
    )
    found = await list_tasks(crm, access, query)
    staff = await staff_options(request)
    assignees = {} if mine else {UUID(option.value): option.label for option in staff}
    may_write = access.actor.may("interactions.write")
    following = f"/tasks?{urlencode({'tab': key, 'after': found.next_cursor})}" if found.next_cursor else None
    content = TasksPage(
        tabs=tuple(Tab(label=label, href=f"/tasks?tab={one}", current=one == key) for one, (label, *_) in TABS.items()),
        groups=groups_of(found.tasks, f, may_write, assignees),
        paging=Paging(previous=f"/tasks?tab={key}" if query.cursor else None, following=following),
        show_assignee=not mine,
        showing=key,
        assignees=staff,
        may_create=may_write,
    )
    return page(request, content, block="tasks")


def shown_tab(asked: str) -> Showing:
    return next((key for key in TABS if key == asked), "mine")


def groups_of(
    found: tuple[Task, ...], f: Formatter, may_edit: bool, assignees: Mapping[UUID, str]
) -> tuple[TaskGroup, ...]:
    """In the order of the list: what is overdue, due today, later, some day, and done."""
    today, groups = f.today(), dict[str, list[Task]]()
    for task in found:
        if task.state == "done":
            title = "Done"
        elif task.overdue(today):
            title = "Overdue"
        elif task.due_on is None:
            title = "Some day"
        else:
            title = "Today" if task.due_on == today else "Later"
        groups.setdefault(title, []).append(task)
    return tuple(
        TaskGroup(
            title=title,
            tasks=task_rows(groups[title], f, may_edit=may_edit, assignees=assignees),
            overdue=title == "Overdue",
        )
        for title in ("Overdue", "Today", "Later", "Some day", "Done")
        if title in groups
    )


@get("/tasks/new", permission="interactions.write")
async def new_task(request: Request[Any, Any, Any]) -> Response[Any]:
    """The form for a task, about somebody or nobody; `contact` in the query is chosen already."""
    composer = Composer(action="/tasks", kind="task", assignees=await staff_options(request))
    return page(request, InteractionFormPage(composer=composer, cancel_href="/tasks"), block="form")


@post("/tasks", permission="interactions.write", status_code=200)
async def plan_task(request: Request[Any, Any, Any]) -> Response[Any]:
    """Quick: a subject is enough. Fields as in the composer; the kind is always a task."""
    crm, access = request.state.crm, access_for(request, "relationship")
    sent = await parse_form(request)
    form = FormData((*((name, value) for name, value in sent.fields if name != "kind"), ("kind", "task")))
    assignees = [account.id for account in await active_accounts(crm)]
    try:
        draft = read_draft(request, form, assignees=assignees)
        await log_interaction(crm, access, draft)
    except InvalidContent as wrong:
        composer = await composer_again(request, "/tasks", form, wrong.errors)
        return page(request, InteractionFormPage(composer=composer, cancel_href="/tasks"), block="form", status=422)
    # Back in the field for the next one: a browser focuses what an address points to.
    back = "/tasks#subject" if form.flag("quick") else "/tasks"
    # Without the name: the sentence travels in a cookie, which the browser may keep in clear.
    given = draft.assignee_id not in {None, access.actor.id}
    return redirect(request, back, Toast(message="Planned for your colleague." if given else "Planned."))


@post("/interactions/{interaction_id:uuid}/done", permission="interactions.write", status_code=303)
async def done(request: Request[Any, Any, Any], interaction_id: FromPath[UUID]) -> Response[Any]:
    """Back to the page it was ticked on, with an undo."""
    await parse_form(request)
    await complete_task(request.state.crm, access_for(request, "relationship"), interaction_id)
    undo = f"/interactions/{interaction_id}/reopen"
    return redirect(request, own_path(back_to(request)), Toast(message="Done.", undo_url=undo))


@post("/interactions/{interaction_id:uuid}/reopen", permission="interactions.write", status_code=303)
async def reopen(request: Request[Any, Any, Any], interaction_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await reopen_task(request.state.crm, access_for(request, "relationship"), interaction_id)
    return redirect(request, own_path(back_to(request)), Toast(message="Open again."))


@post("/interactions/{interaction_id:uuid}/cancel", permission="interactions.write", status_code=303)
async def cancel(request: Request[Any, Any, Any], interaction_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await cancel_task(request.state.crm, access_for(request, "relationship"), interaction_id)
    undo = f"/interactions/{interaction_id}/reopen"
    return redirect(request, own_path(back_to(request)), Toast(message="Cancelled.", undo_url=undo))


TASK_ROUTES = (tasks, new_task, plan_task, done, reopen, cancel)
