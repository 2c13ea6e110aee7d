"""Queues and who works in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from confida_core.api import Access, Installation, InvalidContent, NotFound, new_id

ASSIGNMENTS = {"manual": "Somebody takes it", "rotation": "One after the other", "workload": "Whoever has least to do"}
LONGEST_NAME = 80
FIRST_QUEUE = "Inbox"


@dataclass(frozen=True, slots=True)
class ShownQueue:
    """assignment: a key of ASSIGNMENTS."""

    id: UUID
    name: str
    assignment: str
    archived: bool


async def queues(crm: Installation, *, archived: bool = False) -> list[ShownQueue]:
    """In their order; those in the archive only if asked for. One query, nothing personal."""
    rows = await crm.data.fetch("SELECT * FROM service_queue WHERE archived = ? ORDER BY position, id", archived)
    return [ShownQueue(row["id"], row["name"], row["assignment"], row["archived"]) for row in rows]


async def first_queue(crm: Installation) -> UUID:
    """Where tickets go that nobody sent anywhere; there is always one."""
    found = await queues(crm)
    if found:
        return found[0].id
    queue_id = new_id()
    await crm.data.fetch(
        "INSERT INTO service_queue (id, name, position, assignment, archived) VALUES (?, ?, 0, 'manual', ?)",
        queue_id, FIRST_QUEUE, False,
    )  # fmt: skip
    return queue_id


async def save_queue(
    crm: Installation, access: Access, name: str, *, assignment: str = "manual", queue_id: UUID | None = None
) -> UUID:
    """Make one, or change it; returns its id. Raises Forbidden, NotFound and InvalidContent."""
    access.actor.require("service.manage")
    check_queue(name, assignment)
    if queue_id is None:
        queue_id = new_id()
        await crm.data.fetch(
            "INSERT INTO service_queue (id, name, position, assignment, archived) "
            "SELECT ?, ?, coalesce(max(position), 0) + 1, ?, ? FROM service_queue",
            queue_id, name.strip(), assignment, False,
        )  # fmt: skip
        return queue_id
    done = await crm.data.fetch(
        "UPDATE service_queue SET name = ?, assignment = ? WHERE id = ? RETURNING id",
        name.strip(),
        assignment,
        queue_id,
    )
    if not done:
        raise NotFound
    return queue_id


def check_queue(name: str, assignment: str) -> None:
    errors = {}
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        errors["name"] = f"Please name it in at most {LONGEST_NAME} characters."
    if assignment not in ASSIGNMENTS:
        errors["assignment"] = "Please choose one of the ways."
    if errors:
        raise InvalidContent(errors)


async def archive_queue(crm: Installation, access: Access, queue_id: UUID, *, archived: bool = True) -> None:
    """Take it out of use, or back. Raises Forbidden, NotFound, and InvalidContent while tickets wait in it."""
    access.actor.require("service.manage")
    async with crm.data.transaction():
        waiting = await crm.data.fetch(
            "SELECT id FROM service_ticket WHERE queue_id = ? AND state NOT IN ('solved', 'closed', 'merged') LIMIT 1",
            queue_id,
        )
        if archived and waiting:
            raise InvalidContent({"": "Tickets still wait in this queue; move them to another one first."})
        if not await crm.data.fetch(
            "UPDATE service_queue SET archived = ? WHERE id = ? RETURNING id", archived, queue_id
        ):
            raise NotFound


async def set_members(crm: Installation, access: Access, queue_id: UUID, members: Sequence[tuple[UUID, str]]) -> None:
    """Who works in it, each with the keys of their skills, by space; those who stay keep their turn. Raises Forbidden, NotFound."""
    access.actor.require("service.manage")
    wanted = dict(members)
    async with crm.data.transaction():
        # Holds the queue, so that two who change its people at once do so one after the other.
        if not await crm.data.fetch("UPDATE service_queue SET position = position WHERE id = ? RETURNING id", queue_id):
            raise NotFound
        there = {row["account_id"] for row in await members_of(crm, queue_id)}
        for account_id in there - wanted.keys():
            await crm.data.fetch(
                "DELETE FROM service_queue_member WHERE queue_id = ? AND account_id = ?", queue_id, account_id
            )
        for account_id, skills in wanted.items():
            if account_id in there:
                await crm.data.fetch(
                    "UPDATE service_queue_member SET skills = ? WHERE queue_id = ? AND account_id = ?",
                    skills, queue_id, account_id,
                )  # fmt: skip
            else:
                await crm.data.fetch(
                    "INSERT INTO service_queue_member (id, queue_id, account_id, skills) VALUES (?, ?, ?, ?)",
                    new_id(), queue_id, account_id, skills,
                )  # fmt: skip


async def members_of(crm: Installation, queue_id: UUID) -> list[dict[str, object]]:
    """account_id, skills and last_at of everybody in it."""
    rows: list[dict[str, object]] = await crm.data.fetch(
        "SELECT account_id, skills, last_at FROM service_queue_member WHERE queue_id = ? ORDER BY id", queue_id
    )
    return rows
