"""Relationships for programs: who is what to whom. Both contacts must be open to whoever asks."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from confida_core.contacts.content import LongText, ShortText
from confida_core.contacts.records import RelationshipContent
from confida_core.contacts.relationship_list import (
    NONE,
    change_relationship,
    page_of_relationships,
    visible_relationship,
)
from confida_core.contacts.relationship_types import RelationshipKind, kinds_by_id
from confida_core.contacts.relationships import add_relationship, remove_relationship
from confida_core.contacts.validation import InvalidContent
from confida_core.installation import Installation
from confida_core.vault.access import Access
from confida_core.vault.door import Opened
from confida_web.rest.cursors import open_place, seal_place
from confida_web.rest.declarations import ApiResource, Entity, Given, Instant, ListPage, ListQuery, Parameter

KindKey = Annotated[
    str,
    Meta(
        max_length=64,
        description="works_at, member_of, partner, parent, household, or the key of a kind of one's own; read from the first "
        "contact to the second.",
    ),
]
# What the form calls the fields of a relationship, and what programs call them.
FIELDS = {"type": "kind", "other": "to_id", "until": "ended_on"}


class Relationship(Entity, frozen=True, kw_only=True):
    """role: as what. ended_on: until when it was so, null where it is so."""

    kind: str
    from_id: UUID
    to_id: UUID
    role: str
    note: str
    started_on: date | None
    ended_on: date | None
    created_at: Instant


class RelationshipChanges(Given, frozen=True, kw_only=True):
    """What can be changed; whom it connects, and how, stays as it was made."""

    role: ShortText = ""
    note: LongText = ""
    started_on: date | None = None
    ended_on: date | None = None


class NewRelationship(RelationshipChanges, frozen=True, kw_only=True):
    """from_id, to_id: of two different contacts."""

    kind: KindKey
    from_id: UUID
    to_id: UUID


def relationship_of(opened: Opened[RelationshipContent], kind: RelationshipKind) -> Relationship:
    row = opened.row
    return Relationship(
        id=row["id"],
        version=row["version"],
        kind=kind.key,
        from_id=row["from_id"],
        to_id=row["to_id"],
        role=opened.content.role,
        note=opened.content.note,
        started_on=row["started_on"],
        ended_on=row["ended_on"],
        created_at=row["created_at"],
    )


async def list_relationships(crm: Installation, access: Access, query: ListQuery) -> ListPage:
    after = open_place(crm, "relationships", query.cursor, tuple[UUID])[0] if query.cursor else NONE
    found, last = await page_of_relationships(
        crm, access, contact_id=query.given.get("contact"), after=after, limit=query.limit
    )
    kinds = await kinds_by_id(crm)
    items = [relationship_of(one, kinds[one.row["type_id"]]) for one in found]
    return ListPage(items=items, next=seal_place(crm, "relationships", [last]) if last else "")


async def get_relationship(crm: Installation, access: Access, relationship_id: UUID) -> Relationship:
    opened = await visible_relationship(crm, access, relationship_id)
    return relationship_of(opened, (await kinds_by_id(crm))[opened.row["type_id"]])


async def create(crm: Installation, access: Access, given: NewRelationship) -> UUID:
    try:
        return await add_relationship(
            crm,
            access,
            given.kind,
            given.from_id,
            given.to_id,
            role=given.role,
            note=given.note,
            started_on=given.started_on,
            ended_on=given.ended_on,
        )
    except InvalidContent as error:
        raise InvalidContent({FIELDS.get(name, name): text for name, text in error.errors.items()}) from None


async def change(
    crm: Installation, access: Access, relationship_id: UUID, given: RelationshipChanges, seen: int
) -> None:
    await change_relationship(
        crm,
        access,
        relationship_id,
        seen=seen,
        role=given.role,
        note=given.note,
        started_on=given.started_on,
        ended_on=given.ended_on,
    )


async def remove(crm: Installation, access: Access, relationship_id: UUID, seen: int) -> None:
    await remove_relationship(crm, access, relationship_id, seen=seen)


RESOURCES = (
    ApiResource(
        key="relationships",
        label="Relationships",
        summary="What two contacts are to each other. Deleting one says that it never was so; `ended_on` says that it is over.",
        read="contacts.read",
        write="contacts.write",
        delete="contacts.write",
        shape=Relationship,
        new_shape=NewRelationship,
        change_shape=RelationshipChanges,
        list_items=list_relationships,
        get_item=get_relationship,
        create_item=create,
        change_item=change,
        delete_item=remove,
        parameters=(Parameter(name="contact", type="uuid", description="Only those of this contact."),),
        example={
            "kind": "works_at",
            "from_id": "01980000-0000-7000-8000-000000000001",
            "to_id": "01980000-0000-7000-8000-000000000002",
            "role": "Treasurer",
        },
    ),
)
