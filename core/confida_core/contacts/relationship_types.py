"""What two contacts can be to each other: the kinds that come with the program, and an installation's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from confida_core.clock import now
from confida_core.contacts.custom_fields import key_from
from confida_core.contacts.text import clean_line
from confida_core.contacts.validation import InvalidContent
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.storage.database import UniqueViolation
from confida_core.vault.access import Access, NotFound


@dataclass(frozen=True, kw_only=True, slots=True)
class RelationshipKind:
    """forward: read from the first to the second ("works at"); backward: the other way round ("employs")."""

    id: UUID
    key: str
    forward: str
    backward: str
    built_in: bool = False
    retired: bool = False

    @property
    def symmetric(self) -> bool:
        return self.forward == self.backward


def _built_in(number: int, key: str, forward: str, backward: str) -> RelationshipKind:
    # Fixed ids, so that the same kind is the same on every installation and in every export.
    return RelationshipKind(id=UUID(int=number), key=key, forward=forward, backward=backward, built_in=True)


WORKS_AT = _built_in(1, "works_at", "works at", "employs")
MEMBER_OF = _built_in(2, "member_of", "is a member of", "has the member")
PARTNER = _built_in(3, "partner", "is the partner of", "is the partner of")
PARENT = _built_in(4, "parent", "is a parent of", "is a child of")
HOUSEHOLD = _built_in(5, "household", "shares a household with", "shares a household with")
BUILT_IN = (WORKS_AT, MEMBER_OF, PARTNER, PARENT, HOUSEHOLD)


async def relationship_kinds(crm: Installation) -> list[RelationshipKind]:
    """All kinds, the built-in ones first, retired ones included."""
    rows = await crm.data.fetch("SELECT * FROM relationship_type ORDER BY forward, key")
    own = [
        RelationshipKind(
            id=row["id"],
            key=row["key"],
            forward=row["forward"],
            backward=row["backward"],
            retired=row["retired_at"] is not None,
        )
        for row in rows
    ]
    return [*BUILT_IN, *own]


async def kinds_by_id(crm: Installation) -> Mapping[UUID, RelationshipKind]:
    return {kind.id: kind for kind in await relationship_kinds(crm)}


async def define_kind(crm: Installation, access: Access, *, forward: str, backward: str = "") -> str:
    """Add an own kind; returns its key. backward: "" for a kind that reads the same both ways. Raises InvalidContent."""
    access.actor.require("settings.manage")
    forward = clean_line(forward)
    backward = clean_line(backward) or forward
    errors = {
        name: "A label has 1 to 80 characters."
        for name, text in (("label", forward), ("reverse", backward))
        if not 1 <= len(text) <= 80
    }
    if errors:
        raise InvalidContent(errors)
    key = key_from(forward)
    taken = {kind.key for kind in BUILT_IN}
    try:
        if key in taken:
            raise UniqueViolation("a kind that comes with the program")
        await crm.data.fetch(
            "INSERT INTO relationship_type (id, key, forward, backward, retired_at) VALUES (?, ?, ?, ?, ?)",
            new_id(), key, forward, backward, None,
        )  # fmt: skip
    except UniqueViolation:
        raise InvalidContent({"label": "There is a kind of this name already."}) from None
    return key


async def retire_kind(crm: Installation, access: Access, key: str, *, retired: bool = True) -> None:
    """Offer a kind no more, or again; relationships of it stay. Raises NotFound, also for a built-in one."""
    access.actor.require("settings.manage")
    moment = now() if retired else None
    done = await crm.data.fetch("UPDATE relationship_type SET retired_at = ? WHERE key = ? RETURNING id", moment, key)
    if not done:
        raise NotFound
