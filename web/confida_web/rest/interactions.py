"""What happened between us and contacts: calls, meetings, notes, messages. What is still to be done are tasks."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from confida_core.contacts.content import LongText, ShortText
from confida_core.contacts.people import display_names
from confida_core.contacts.validation import InvalidContent
from confida_core.installation import Installation
from confida_core.interactions.content import KINDS, LONGEST_MINUTES, MOST_PEOPLE, InteractionContent, InteractionDraft
from confida_core.interactions.interactions import (
    INTERACTION,
    delete_interaction,
    log_interaction,
    update_interaction,
    visible_interaction,
)
from confida_core.storage.database import Row, VersionConflict
from confida_core.vault.access import Access, NotFound
from confida_core.vault.door import Opened
from confida_web.rest.cursors import open_place, seal_place
from confida_web.rest.declarations import ApiResource, Entity, Given, ListPage, ListQuery, Parameter

Kind = Literal["note", "call", "meeting", "email", "letter", "chat", "event", "task"]
Direction = Literal["", "in", "out"]
Instant = Annotated[datetime, Meta(tz=True)]
Minutes = Annotated[int, Meta(ge=0, le=LONGEST_MINUTES)]
People = Annotated[list[UUID], Meta(max_length=MOST_PEOPLE)]
# Names that our forms have for a field, where the API has another.
FORM_NAMES = {"participants": "people", "due_time": "due_at", "remind_minutes": "remind_at"}


class FileReference(Struct, frozen=True, kw_only=True):
    """A file that belongs to the interaction; its bytes are not served here."""

    id: UUID
    name: str
    media_type: str
    size: int


class Interaction(Entity, frozen=True, kw_only=True):
    """people: the contacts it is about, as far as the token may see them."""

    kind: str
    direction: str
    at: datetime
    duration_minutes: int | None
    subject: str
    body: str
    outcome: str
    location: str
    people: list[UUID]
    attachments: list[FileReference]
    created_by: UUID
    created_at: datetime
    edited: bool


class ChangedInteraction(Given, frozen=True, kw_only=True):
    """at: when it happened, else now."""

    kind: Kind = "note"
    direction: Direction = ""
    at: Instant | None = None
    duration_minutes: Minutes | None = None
    subject: ShortText = ""
    body: LongText = ""
    outcome: ShortText = ""
    location: ShortText = ""
    people: People = []


class NewInteraction(Given, frozen=True, kw_only=True):
    """people: at least one contact. at: when it happened, else now. body: Markdown."""

    people: Annotated[list[UUID], Meta(min_length=1, max_length=MOST_PEOPLE)]
    kind: Kind = "note"
    direction: Direction = ""
    at: Instant | None = None
    duration_minutes: Minutes | None = None
    subject: ShortText = ""
    body: LongText = ""
    outcome: ShortText = ""
    location: ShortText = ""


async def list_interactions(crm: Installation, access: Access, query: ListQuery) -> ListPage:
    """The newest first. Raises Forbidden, InvalidCursor."""
    access.actor.require("interactions.read")
    contact = query.given.get("contact")
    if contact is not None and contact not in await display_names(crm, access, [contact]):
        return ListPage(items=())
    rows = await rows_of(crm, query)
    items = await seen_items(crm, access, rows[: query.limit])
    last = rows[query.limit - 1] if len(rows) > query.limit else None
    following = seal_place(crm, "interactions", [last["at"], last["id"]]) if last else ""
    return ListPage(items=[shown(item, people) for item, people in items], next=following)


async def rows_of(crm: Installation, query: ListQuery) -> list[Row]:
    """One more than asked for. By the participants' rows, whose index has them in order of time."""
    where, values = ["p.state = 'done'", "i.done_at IS NULL", "i.deleted_at IS NULL"], list[Any]()
    for name, condition in (
        ("contact", "p.contact_id = ?"),
        ("kind", "p.kind = ?"),
        ("since", "p.at >= ?"),
        ("before", "p.at < ?"),
    ):
        if name in query.given:
            where.append(condition)
            values.append(query.given[name])
    if query.cursor:
        where.append("(p.at, p.interaction_id) < (?, ?)")
        values += open_place(crm, "interactions", query.cursor, tuple[datetime, UUID])
    found = await crm.data.fetch(
        "SELECT DISTINCT p.at, p.interaction_id FROM interaction_participant p "
        f"JOIN interaction i ON i.id = p.interaction_id WHERE {' AND '.join(where)} "
        "ORDER BY p.at DESC, p.interaction_id DESC LIMIT ?",
        *values, query.limit + 1,
    )  # fmt: skip
    return await crm.records.rows(INTERACTION, [row["interaction_id"] for row in found])


async def seen_items(
    crm: Installation, access: Access, rows: Sequence[Row]
) -> list[tuple[Opened[InteractionContent], list[UUID]]]:
    """Opened, each with the people this access may see; those about nobody but people it may not see are left out."""
    opened = await crm.door.open(access, INTERACTION, rows)
    everybody = dict.fromkeys(person for item in opened for person in item.people)
    names = await display_names(crm, access, list(everybody)) if everybody else {}
    found = [(item, [person for person in item.people if person in names]) for item in opened]
    return [(item, people) for item, people in found if people or not item.people]


def shown(item: Opened[InteractionContent], people: list[UUID]) -> Interaction:
    row, content = item.row, item.content
    return Interaction(
        id=row["id"],
        version=row["version"],
        kind=row["kind"],
        direction=row["direction"],
        at=row["at"],
        duration_minutes=row["duration_minutes"],
        subject=content.subject,
        body=content.body,
        outcome=content.outcome,
        location=content.location,
        people=people,
        attachments=files_of(content),
        created_by=row["created_by"],
        created_at=row["created_at"],
        edited=bool(row["edited"]),
    )


def files_of(content: InteractionContent) -> list[FileReference]:
    return [
        FileReference(id=one.id, name=one.name, media_type=one.media_type, size=one.size) for one in content.attachments
    ]


def is_task(row: Mapping[str, Any]) -> bool:
    """Whether it is, or once was, planned; everything else has happened."""
    return row["state"] != "done" or row["done_at"] is not None


async def one_of(
    crm: Installation, access: Access, item_id: UUID, *, task: bool
) -> tuple[Opened[InteractionContent], list[UUID]]:
    """Raises NotFound, Forbidden."""
    opened = await visible_interaction(crm, access, item_id)
    if is_task(opened.row) is not task:
        raise NotFound
    names = await display_names(crm, access, opened.people) if opened.people else {}
    return opened, [person for person in opened.people if person in names]


async def get_interaction(crm: Installation, access: Access, item_id: UUID) -> Interaction:
    return shown(*await one_of(crm, access, item_id, task=False))


async def create_interaction(crm: Installation, access: Access, new: NewInteraction) -> UUID:
    async with own_names():
        await require_known(crm, access, new.people)
        return await log_interaction(crm, access, draft_of(new))


def draft_of(given: NewInteraction | ChangedInteraction) -> InteractionDraft:
    return InteractionDraft(
        kind=given.kind,
        people=tuple(given.people),
        subject=given.subject,
        body=given.body,
        outcome=given.outcome,
        location=given.location,
        direction=given.direction,
        at=given.at,
        duration_minutes=given.duration_minutes,
    )


async def change_interaction(
    crm: Installation, access: Access, item_id: UUID, given: ChangedInteraction, version: int
) -> None:
    async with own_names():
        await one_of(crm, access, item_id, task=False)
        await require_known(crm, access, given.people)
        await update_interaction(crm, access, item_id, draft_of(given), seen=version)


async def delete_item(crm: Installation, access: Access, item_id: UUID, version: int) -> None:
    """Into the trash."""
    opened = await visible_interaction(crm, access, item_id)
    if opened.row["version"] != version:
        raise VersionConflict(opened.row["version"])
    await delete_interaction(crm, access, item_id)


@asynccontextmanager
async def own_names() -> AsyncIterator[None]:
    """What is wrong, by the names that the API has for it."""
    try:
        yield
    except InvalidContent as invalid:
        raise InvalidContent({FORM_NAMES.get(name, name): text for name, text in invalid.errors.items()}) from None


async def require_known(crm: Installation, access: Access, people: Sequence[UUID]) -> None:
    """Raises InvalidContent for a contact that is not there, or that this access may not see."""
    known = await display_names(crm, access, people) if people else {}
    unknown = [place for place, person in enumerate(people) if person not in known]
    if unknown:
        raise InvalidContent({f"people[{place}]": "is no contact" for place in unknown})


CONTACT = Parameter(name="contact", type="uuid", description="Only those about this contact.")

RESOURCES = (
    ApiResource(
        key="interactions",
        label="Interactions",
        summary="Calls, meetings, notes and messages: what happened between the organisation and its contacts.",
        read="interactions.read",
        write="interactions.write",
        delete="interactions.write",
        shape=Interaction,
        new_shape=NewInteraction,
        change_shape=ChangedInteraction,
        list_items=list_interactions,
        get_item=get_interaction,
        create_item=create_interaction,
        change_item=change_interaction,
        delete_item=delete_item,
        parameters=(
            CONTACT,
            Parameter(name="kind", type="choice", description="Only those of this kind.", choices=tuple(KINDS)),
            Parameter(name="since", type="instant", description="Only what happened at or after this instant."),
            Parameter(name="before", type="instant", description="Only what happened before this instant."),
        ),
        example={
            "people": ["01930000-0000-7000-8000-000000000001"],
            "kind": "call",
            "direction": "in",
            "subject": "Asked about the summer party",
        },
    ),
)
