"""Who took part in what, and when each contact was last in touch with us; kept beside every write of an interaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from confida_core.clock import now
from confida_core.contacts.people import touch
from confida_core.contacts.records import CONTACT
from confida_core.ids import new_id
from confida_core.installation import Installation


async def set_participants(
    crm: Installation, row: Mapping[str, Any], people: Sequence[UUID], *, before: Sequence[UUID]
) -> None:
    """Exactly these people took part in the interaction of this row; inside the transaction that changes it.

    before: who did until now. `touched_at` of all of them follows.
    """
    await crm.data.fetch("DELETE FROM interaction_participant WHERE interaction_id = ?", row["id"])
    await insert_links(crm, [(row, people)])
    await untouch(crm, sorted({*people, *before}))


async def add_participants(crm: Installation, written: Sequence[tuple[Mapping[str, Any], Sequence[UUID]]]) -> None:
    """Who took part in these new interactions; inside the transaction that writes them. `touched_at` follows."""
    await insert_links(crm, written)
    latest: dict[UUID, datetime] = {}
    for row, people in written:
        if row["state"] == "done" and row["at"] <= now():
            for person in people:
                latest[person] = max(row["at"], latest.get(person, row["at"]))
    for person in sorted(latest):
        await touch(crm, [person], latest[person])


async def insert_links(crm: Installation, written: Sequence[tuple[Mapping[str, Any], Sequence[UUID]]]) -> None:
    await crm.data.execute_many(
        "INSERT INTO interaction_participant (id, interaction_id, contact_id, at, kind, state) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (new_id(), row["id"], person, row["at"], row["kind"], row["state"])
            for row, people in written
            for person in people
        ],
    )


async def trash_participants(crm: Installation, interaction_id: UUID, people: Sequence[UUID]) -> None:
    """Take an interaction off the timelines; inside the transaction that puts it in the trash."""
    await crm.data.fetch(
        "UPDATE interaction_participant SET state = ? WHERE interaction_id = ?", "trash", interaction_id
    )
    await untouch(crm, people)


async def untouch(crm: Installation, contact_ids: Sequence[UUID]) -> None:
    """Say anew when each contact was last in touch, because what said so before may be gone or have moved."""
    for contact_id in contact_ids:
        latest = await crm.data.fetch(
            "SELECT at FROM interaction_participant WHERE contact_id = ? AND at <= ? AND state = ? ORDER BY at DESC LIMIT 1",
            contact_id, now(), "done",
        )  # fmt: skip
        at = latest[0]["at"] if latest else None
        moved = await crm.data.fetch(
            "UPDATE contact SET touched_at = ? WHERE id = ? AND touched_at IS DISTINCT FROM ? RETURNING id",
            at, contact_id, at,
        )  # fmt: skip
        if moved:
            crm.feed.append(CONTACT.name, contact_id, contact_id)
