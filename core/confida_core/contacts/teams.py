"""Teams: colleagues who look after contacts together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from confida_core.contacts.text import clean_line
from confida_core.contacts.validation import InvalidContent
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.storage.database import UniqueViolation
from confida_core.vault.access import Access, NotFound


@dataclass(frozen=True, kw_only=True, slots=True)
class TeamOf:
    """members: ids of accounts."""

    id: UUID
    name: str
    members: tuple[UUID, ...] = ()


async def teams(crm: Installation) -> list[TeamOf]:
    """All teams by name, with their members. Holds no contact data."""
    rows = await crm.data.fetch("SELECT id, name FROM team ORDER BY name")
    members = await crm.data.fetch("SELECT team_id, account_id FROM team_member ORDER BY account_id")
    return [
        TeamOf(
            id=row["id"],
            name=row["name"],
            members=tuple(member["account_id"] for member in members if member["team_id"] == row["id"]),
        )
        for row in rows
    ]


async def save_team(
    crm: Installation, access: Access, *, name: str, members: Sequence[UUID] = (), team_id: UUID | None = None
) -> UUID:
    """Make a team, or give an existing one this name and these members. Raises InvalidContent, NotFound."""
    access.actor.require("settings.manage")
    name = clean_line(name)
    if not 1 <= len(name) <= 80:
        raise InvalidContent({"name": "A name has 1 to 80 characters."})
    saved = team_id or new_id()
    try:
        async with crm.data.transaction():
            if team_id is None:
                await crm.data.fetch("INSERT INTO team (id, name) VALUES (?, ?)", saved, name)
            elif not await crm.data.fetch("UPDATE team SET name = ? WHERE id = ? RETURNING id", name, saved):
                raise NotFound
            await crm.data.fetch("DELETE FROM team_member WHERE team_id = ?", saved)
            await crm.data.execute_many(
                "INSERT INTO team_member (id, team_id, account_id) VALUES (?, ?, ?)",
                [(new_id(), saved, member) for member in dict.fromkeys(members)],
            )
    except UniqueViolation:
        raise InvalidContent({"name": "There is a team of this name already."}) from None
    return saved
