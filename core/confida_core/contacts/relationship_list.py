"""Relationships by themselves, not seen from one of their contacts: for programs that read or mend them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from confida_core.contacts.history import write_change
from confida_core.contacts.people import visible_contact
from confida_core.contacts.records import CONTACT, RELATIONSHIP, RelationshipContent
from confida_core.contacts.relationship_types import kinds_by_id
from confida_core.contacts.relationships import relationship_content
from confida_core.contacts.validation import InvalidContent
from confida_core.installation import Installation
from confida_core.storage.database import Row
from confida_core.vault.access import Access, NotFound
from confida_core.vault.door import Opened

OF_ALL = "SELECT * FROM relationship WHERE id > ? ORDER BY id LIMIT ?"
OF_ONE = "SELECT * FROM relationship WHERE (from_id = ? OR to_id = ?) AND id > ? ORDER BY id LIMIT ?"
NONE = UUID(int=0)


async def page_of_relationships(
    crm: Installation, access: Access, *, contact_id: UUID | None = None, after: UUID = NONE, limit: int = 50
) -> tuple[list[Opened[RelationshipContent]], UUID | None]:
    """In the order in which they were made, those of one contact or all, and the id after which the next page begins.

    Left out are those that lead to a contact whom this access may not see; whether there is a next page does not tell of
    them either.
    """
    access.actor.require("contacts.read")
    if contact_id is not None:
        await visible_contact(crm, access, contact_id)
    found: list[Opened[RelationshipContent]] = []
    more = True
    while more and len(found) <= limit:
        rows = await rows_after(crm, contact_id, after, limit + 1)
        found += await shown_among(crm, access, rows)
        more = len(rows) > limit
        after = rows[-1]["id"] if rows else after
    return found[:limit], found[limit - 1].row["id"] if len(found) > limit else None


async def rows_after(crm: Installation, contact_id: UUID | None, after: UUID, limit: int) -> list[Row]:
    if contact_id is None:
        return await crm.data.fetch(OF_ALL, after, limit)
    return await crm.data.fetch(OF_ONE, contact_id, contact_id, after, limit)


async def shown_among(crm: Installation, access: Access, rows: Sequence[Row]) -> list[Opened[RelationshipContent]]:
    """Those of which both contacts are open to this access: it is personal data of the two of them."""
    ends = {row[end] for row in rows for end in ("from_id", "to_id")}
    present = [row for row in await crm.records.rows(CONTACT, sorted(ends)) if row["deleted_at"] is None]
    seen = {item.row["id"] for item in await crm.door.open(access, CONTACT, present)}
    kinds = await kinds_by_id(crm) if rows else {}
    open_to_all = [row for row in rows if row["from_id"] in seen and row["to_id"] in seen and row["type_id"] in kinds]
    return await crm.door.open(access, RELATIONSHIP, open_to_all)


async def visible_relationship(crm: Installation, access: Access, relationship_id: UUID) -> Opened[RelationshipContent]:
    """Raises Forbidden, and NotFound also where one of its contacts cannot be seen."""
    access.actor.require("contacts.read")
    found = await shown_among(crm, access, await crm.records.rows(RELATIONSHIP, [relationship_id]))
    if not found:
        raise NotFound
    return found[0]


async def change_relationship(
    crm: Installation,
    access: Access,
    relationship_id: UUID,
    *,
    seen: int,
    role: str,
    note: str,
    started_on: date | None,
    ended_on: date | None,
) -> None:
    """What is said of it, as a whole; who it connects, and how, stays. Raises NotFound, InvalidContent, VersionConflict."""
    access.actor.require("contacts.write")
    content = relationship_content(role, note)
    if started_on and ended_on and ended_on < started_on:
        raise InvalidContent({"ended_on": "The end lies before the beginning."})
    row = (await visible_relationship(crm, access, relationship_id)).row
    people = [row["from_id"], row["to_id"]]
    await crm.keyring.ensure(people, RELATIONSHIP.retention_class)
    columns = {"id": relationship_id, "started_on": started_on, "ended_on": ended_on}
    async with crm.data.transaction():
        await crm.records.update(RELATIONSHIP, columns, content, seen=seen, people=people)
        for own, other in ((people[0], people[1]), (people[1], people[0])):
            version = await crm.records.version(CONTACT, own)
            await write_change(crm, access, own, "relation_changed", version or 0, detail=other.hex)
