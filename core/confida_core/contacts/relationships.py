"""What contacts are to each other. One record belongs to both, and either one's erasure ends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from confida_core.clock import now
from confida_core.contacts.content import ContactContent
from confida_core.contacts.history import write_change
from confida_core.contacts.people import visible_contact
from confida_core.contacts.records import CONTACT, RELATIONSHIP, RelationshipContent
from confida_core.contacts.relationship_types import RelationshipKind, kinds_by_id, relationship_kinds
from confida_core.contacts.text import UnstorableText, clean_line, clean_text
from confida_core.contacts.validation import InvalidContent
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.vault.access import Access, NotFound
from confida_core.vault.door import Opened


@dataclass(frozen=True, kw_only=True, slots=True)
class Related:
    """A relationship seen from one contact. label: read from its side. other: the contact at the other end, opened."""

    id: UUID
    kind: RelationshipKind
    forwards: bool
    other: Opened[ContactContent]
    role: str
    note: str
    started_on: date | None
    ended_on: date | None

    @property
    def label(self) -> str:
        return self.kind.forward if self.forwards else self.kind.backward


async def relationships_of(crm: Installation, access: Access, contact_id: UUID) -> list[Related]:
    """Present ones first, then ended ones; without those whose other contact this access may not see."""
    rows = await crm.data.fetch(
        "SELECT * FROM relationship WHERE from_id = ? OR to_id = ? ORDER BY id LIMIT 500", contact_id, contact_id
    )
    if not rows:
        return []
    kinds = await kinds_by_id(crm)
    other_rows = await crm.records.rows(CONTACT, [_other(row, contact_id) for row in rows])
    shown = await crm.door.open(access, CONTACT, [row for row in other_rows if row["deleted_at"] is None])
    others = {item.row["id"]: item for item in shown}
    found = [
        related(opened, kinds[opened.row["type_id"]], others[_other(opened.row, contact_id)], contact_id)
        for opened in await crm.door.open(access, RELATIONSHIP, rows)
        if _other(opened.row, contact_id) in others and opened.row["type_id"] in kinds
    ]
    return sorted(found, key=lambda one: (one.ended_on is not None, one.label, one.other.content.display_name))


def related(
    opened: Opened[RelationshipContent], kind: RelationshipKind, other: Opened[ContactContent], contact_id: UUID
) -> Related:
    return Related(
        id=opened.row["id"],
        kind=kind,
        forwards=opened.row["from_id"] == contact_id,
        other=other,
        role=opened.content.role,
        note=opened.content.note,
        started_on=opened.row["started_on"],
        ended_on=opened.row["ended_on"],
    )


def _other(row: dict[str, Any], contact_id: UUID) -> UUID:
    other: UUID = row["to_id"] if row["from_id"] == contact_id else row["from_id"]
    return other


async def add_relationship(
    crm: Installation,
    access: Access,
    type_key: str,
    from_id: UUID,
    to_id: UUID,
    *,
    role: str = "",
    note: str = "",
    started_on: date | None = None,
    ended_on: date | None = None,
) -> UUID:
    """Relate two contacts, read forwards from the first to the second; both must be visible.

    Raises InvalidContent (fields type, other, role, until), NotFound.
    """
    access.actor.require("contacts.write")
    content = relationship_content(role, note)
    kind = next((one for one in await relationship_kinds(crm) if one.key == type_key and not one.retired), None)
    errors = {"type": "Choose what they are to each other."} if kind is None else {}
    if from_id == to_id:
        errors["other"] = "A contact is not related to itself."
    if started_on and ended_on and ended_on < started_on:
        errors["until"] = "The end lies before the beginning."
    if errors or kind is None:
        raise InvalidContent(errors)
    ends = [await visible_contact(crm, access, one) for one in (from_id, to_id)]
    columns = {
        "id": new_id(),
        "type_id": kind.id,
        "from_id": from_id,
        "to_id": to_id,
        "started_on": started_on,
        "ended_on": ended_on,
        "created_at": now(),
    }
    await _write(crm, access, columns, content, ends)
    return UUID(str(columns["id"]))


async def _write(
    crm: Installation,
    access: Access,
    columns: dict[str, Any],
    content: RelationshipContent,
    ends: Sequence[Opened[ContactContent]],
) -> None:
    people = [end.row["id"] for end in ends]
    await crm.keyring.ensure(people, RELATIONSHIP.retention_class)
    async with crm.data.transaction():
        await crm.records.insert(RELATIONSHIP, columns, content, people=people)
        for end, other in ((ends[0], people[1]), (ends[1], people[0])):
            await write_change(crm, access, end.row["id"], "related", end.row["version"], detail=other.hex)


def relationship_content(role: str, note: str) -> RelationshipContent:
    """Checked like every other text. Raises InvalidContent."""
    try:
        content = RelationshipContent(role=clean_line(role), note=clean_text(note))
    except UnstorableText as error:
        raise InvalidContent({"role": str(error)}) from None
    if len(content.role) > 200:
        raise InvalidContent({"role": "is longer than 200 characters"})
    if len(content.note) > 20_000:
        raise InvalidContent({"note": "is longer than 20,000 characters"})
    return content


async def end_relationship(crm: Installation, access: Access, relationship_id: UUID, ended_on: date) -> None:
    """It was so until that day. Raises NotFound, InvalidContent for a day before the beginning."""
    row = await _visible(crm, access, relationship_id)
    if row["started_on"] and ended_on < row["started_on"]:
        raise InvalidContent({"until": "The end lies before the beginning."})
    async with crm.data.transaction():
        await crm.records.set_columns(RELATIONSHIP, relationship_id, row["from_id"], ended_on=ended_on)
        await _note(crm, access, row, "unrelated")


async def remove_relationship(
    crm: Installation, access: Access, relationship_id: UUID, *, seen: int | None = None
) -> None:
    """It never was so: for mistakes. seen: the version that was read, if that matters. Raises NotFound, VersionConflict."""
    row = await _visible(crm, access, relationship_id)
    async with crm.data.transaction():
        if seen is not None:
            await crm.records.hold(RELATIONSHIP, relationship_id, seen)
        await crm.records.delete(RELATIONSHIP, relationship_id, [row["from_id"], row["to_id"]])
        await _note(crm, access, row, "unrelated")


async def _visible(crm: Installation, access: Access, relationship_id: UUID) -> dict[str, Any]:
    access.actor.require("contacts.write")
    rows = await crm.records.rows(RELATIONSHIP, [relationship_id])
    if not rows:
        raise NotFound
    for end in ("from_id", "to_id"):
        await visible_contact(crm, access, rows[0][end])
    await crm.keyring.ensure([rows[0]["from_id"], rows[0]["to_id"]], RELATIONSHIP.retention_class)
    return rows[0]


async def _note(crm: Installation, access: Access, row: dict[str, Any], kind: str) -> None:
    for own, other in (("from_id", "to_id"), ("to_id", "from_id")):
        version = await crm.records.version(CONTACT, row[own])
        await write_change(crm, access, row[own], kind, version or 0, detail=row[other].hex)
