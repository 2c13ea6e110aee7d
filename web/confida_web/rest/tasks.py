"""What is to be done, and what was: interactions that are planned, or once were."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Meta

from confida_core.clock import now
from confida_core.contacts.content import LongText, ShortText
from confida_core.contacts.people import display_names
from confida_core.contacts.validation import InvalidContent
from confida_core.installation import Installation
from confida_core.interactions.content import SOME_DAY, InteractionContent, InteractionDraft
from confida_core.interactions.interactions import log_interaction, update_interaction
from confida_core.interactions.tasks import (
    TaskQuery,
    cancel_task,
    complete_task,
    cursor_of,
    reopen_task,
    selection,
)
from confida_core.vault.access import Access
from confida_core.vault.door import Opened
from confida_web.rest.declarations import ApiResource, Entity, Given, ListPage, ListQuery, Parameter
from confida_web.rest.interactions import (
    CONTACT,
    Direction,
    FileReference,
    Instant,
    Kind,
    Minutes,
    People,
    delete_item,
    files_of,
    one_of,
    own_names,
    require_known,
    seen_items,
)

WHEN = ("open", "due", "overdue", "today", "upcoming", "done")
State = Literal["planned", "done", "cancelled"]


class Task(Entity, frozen=True, kw_only=True):
    """due_at: the instant, where a time was given beside the day. done_at: since when it is done or cancelled."""

    kind: str
    state: str
    direction: str
    subject: str
    body: str
    outcome: str
    location: str
    duration_minutes: int | None
    due_on: date | None
    due_at: datetime | None
    remind_at: datetime | None
    assignee: UUID | None
    people: list[UUID]
    attachments: list[FileReference]
    done_at: datetime | None
    created_by: UUID
    created_at: datetime


class NewTask(Given, frozen=True, kw_only=True):
    """people: whom it is about; nobody for a task of our own. assignee: an account; nobody's is everybody's."""

    subject: Annotated[str, Meta(min_length=1, max_length=200)]
    body: LongText = ""
    kind: Kind = "task"
    direction: Direction = ""
    outcome: ShortText = ""
    location: ShortText = ""
    duration_minutes: Minutes | None = None
    due_on: date | None = None
    due_at: Instant | None = None
    remind_at: Instant | None = None
    assignee: UUID | None = None
    people: People = []


class ChangedTask(Given, frozen=True, kw_only=True):
    """state: done, cancelled, or planned to open it again."""

    subject: ShortText = ""
    body: LongText = ""
    kind: Kind = "task"
    direction: Direction = ""
    outcome: ShortText = ""
    location: ShortText = ""
    duration_minutes: Minutes | None = None
    due_on: date | None = None
    due_at: Instant | None = None
    remind_at: Instant | None = None
    assignee: UUID | None = None
    people: People = []
    state: State = "planned"


CLOSE = {"done": complete_task, "cancelled": cancel_task}


async def list_tasks(crm: Installation, access: Access, query: ListQuery) -> ListPage:
    """By their days, those without one last; done ones by when that was, the latest first. Raises InvalidCursor."""
    access.actor.require("interactions.read")
    contact = query.given.get("contact")
    if contact is not None and contact not in await display_names(crm, access, [contact]):
        return ListPage(items=())
    asked = TaskQuery(
        when=query.given.get("when", "open"),
        today=now().astimezone(ZoneInfo(crm.settings.time_zone)).date(),
        assignee_id=query.given.get("assignee"),
        cursor=query.cursor or None,
    )
    sql, values = selection(asked)
    about = "id IN (SELECT interaction_id FROM interaction_participant WHERE contact_id = ?) AND " if contact else ""
    rows = await crm.data.fetch(
        f"SELECT * FROM interaction WHERE {about}{sql} LIMIT ?",
        *([contact] if contact else []), *values, query.limit + 1,
    )  # fmt: skip
    items = await seen_items(crm, access, rows[: query.limit])
    following = cursor_of(asked, rows[query.limit - 1]) if len(rows) > query.limit else ""
    return ListPage(items=[shown(item, people) for item, people in items], next=following)


def shown(item: Opened[InteractionContent], people: list[UUID]) -> Task:
    row, content = item.row, item.content
    return Task(
        id=row["id"],
        version=row["version"],
        kind=row["kind"],
        state=row["state"],
        direction=row["direction"],
        subject=content.subject,
        body=content.body,
        outcome=content.outcome,
        location=content.location,
        duration_minutes=row["duration_minutes"],
        due_on=row["due_on"] if row["due_on"] != SOME_DAY else None,
        due_at=row["due_at"],
        remind_at=row["remind_at"],
        assignee=row["assignee_id"],
        people=people,
        attachments=files_of(content),
        done_at=row["done_at"],
        created_by=row["created_by"],
        created_at=row["created_at"],
    )


async def get_task(crm: Installation, access: Access, item_id: UUID) -> Task:
    return shown(*await one_of(crm, access, item_id, task=True))


async def create_task(crm: Installation, access: Access, new: NewTask) -> UUID:
    async with own_names():
        await require_known(crm, access, new.people)
        await require_colleague(crm, new.assignee)
        return await log_interaction(crm, access, draft_of(new))


def draft_of(given: NewTask | ChangedTask) -> InteractionDraft:
    return InteractionDraft(
        kind=given.kind,
        people=tuple(given.people),
        subject=given.subject,
        body=given.body,
        outcome=given.outcome,
        location=given.location,
        direction=given.direction,
        duration_minutes=given.duration_minutes,
        planned=True,
        due_on=given.due_on,
        due_at=given.due_at,
        remind_at=given.remind_at,
        assignee_id=given.assignee,
    )


async def change_task(crm: Installation, access: Access, item_id: UUID, given: ChangedTask, version: int) -> None:
    """What it says, and then whether it is done, together or not at all."""
    opened, _ = await one_of(crm, access, item_id, task=True)
    async with own_names():
        await require_known(crm, access, given.people)
        if given.assignee != opened.row["assignee_id"]:
            await require_colleague(crm, given.assignee)
        async with crm.data.transaction():
            await update_interaction(crm, access, item_id, draft_of(given), seen=version)
            if given.state != opened.row["state"]:
                await move(crm, access, item_id, given.state)


async def move(crm: Installation, access: Access, item_id: UUID, state: str) -> None:
    """To this state, from whichever it is in: what is closed is opened before it is closed in another way."""
    await reopen_task(crm, access, item_id)
    if state in CLOSE:
        await CLOSE[state](crm, access, item_id)


async def require_colleague(crm: Installation, account_id: UUID | None) -> None:
    """Raises InvalidContent."""
    if account_id is None:
        return
    if not await crm.data.fetch("SELECT id FROM account WHERE id = ? AND state = 'active'", account_id):
        raise InvalidContent({"assignee": "is nobody who works here"})


PARAMETERS = (
    CONTACT,
    Parameter(
        name="when",
        type="choice",
        choices=WHEN,
        description="Open ones (where nothing else is said), some of them by their day, or those that are done.",
    ),
    Parameter(name="assignee", type="uuid", description="Those of this account, and nobody's."),
)

RESOURCES = (
    ApiResource(
        key="tasks",
        label="Tasks",
        summary="What somebody has planned to do, about contacts or for the organisation itself.",
        read="interactions.read",
        write="interactions.write",
        delete="interactions.write",
        shape=Task,
        new_shape=NewTask,
        change_shape=ChangedTask,
        list_items=list_tasks,
        get_item=get_task,
        create_item=create_task,
        change_item=change_task,
        delete_item=delete_item,
        parameters=PARAMETERS,
        example={"subject": "Call back about the summer party", "due_on": "2026-12-01"},
    ),
)
