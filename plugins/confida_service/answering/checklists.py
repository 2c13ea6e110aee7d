"""Lists to go through in a ticket, and what of them was done."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from confida_core.api import Access, Installation, InvalidContent, NotFound, new_id, now
from confida_service.tickets.states import KINDS
from confida_service.tickets.tickets import visible_ticket

LONGEST_NAME = 80
LONGEST_STEP = 300
MOST_STEPS = 40


@dataclass(frozen=True, slots=True)
class Checklist:
    """kind: of the tickets it is for, "" for all. steps: in their order."""

    id: UUID
    name: str
    kind: str
    steps: tuple[str, ...]


async def checklists(crm: Installation, kind: str | None = None) -> list[Checklist]:
    """All of them, or those for tickets of a kind. One query, nothing personal."""
    rows = await crm.data.fetch("SELECT id, name, kind, steps FROM service_checklist ORDER BY lower(name), id")
    return [
        Checklist(row["id"], row["name"], row["kind"], tuple(row["steps"].splitlines()))
        for row in rows
        if kind is None or row["kind"] in {"", kind}
    ]


async def save_checklist(
    crm: Installation, access: Access, name: str, kind: str, steps: Sequence[str], *, list_id: UUID | None = None
) -> UUID:
    """Make one, or change it; what was done stays done where a step keeps its words. Raises Forbidden, NotFound, InvalidContent."""
    access.actor.require("service.manage")
    clean = tuple(dict.fromkeys(" ".join(step.split()) for step in steps if step.strip()))
    errors = {}
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        errors["name"] = f"Please name it in at most {LONGEST_NAME} characters."
    if kind and kind not in KINDS:
        errors["kind"] = "Please choose one of the kinds."
    if not 1 <= len(clean) <= MOST_STEPS or any(len(step) > LONGEST_STEP for step in clean):
        errors["steps"] = f"Up to {MOST_STEPS} steps of up to {LONGEST_STEP} characters, each in a line of its own."
    if errors:
        raise InvalidContent(errors)
    values = (name.strip(), kind, "\n".join(clean))
    if list_id is None:
        list_id = new_id()
        await crm.data.fetch(
            "INSERT INTO service_checklist (id, name, kind, steps) VALUES (?, ?, ?, ?)", list_id, *values
        )
    elif not await crm.data.fetch(
        "UPDATE service_checklist SET name = ?, kind = ?, steps = ? WHERE id = ? RETURNING id", *values, list_id
    ):
        raise NotFound
    return list_id


async def remove_checklist(crm: Installation, access: Access, list_id: UUID) -> None:
    """With all its ticks. Raises Forbidden and NotFound."""
    access.actor.require("service.manage")
    async with crm.data.transaction():
        if not await crm.data.fetch("DELETE FROM service_checklist WHERE id = ? RETURNING id", list_id):
            raise NotFound
        await crm.data.fetch("DELETE FROM service_ticked_step WHERE checklist_id = ?", list_id)


def key_of(step: str) -> str:
    """By which a step is known, whatever place it has in its list."""
    return hashlib.sha256(step.encode()).hexdigest()[:16]


async def ticked_steps(crm: Installation, ticket_id: UUID) -> dict[tuple[UUID, str], UUID]:
    """Who did what in a ticket that has passed its gate, by list and step."""
    rows = await crm.data.fetch(
        "SELECT checklist_id, step, by_id FROM service_ticked_step WHERE ticket_id = ?", ticket_id
    )
    return {(row["checklist_id"], row["step"]): row["by_id"] for row in rows}


async def tick_step(
    crm: Installation, access: Access, ticket_id: UUID, list_id: UUID, step: str, *, done: bool
) -> None:
    """step: its key. Again is once. Raises Forbidden, and NotFound also for a step that the list does not have."""
    access.actor.require("service.write")
    row = (await visible_ticket(crm, access, ticket_id)).row
    known = {key_of(each) for one in await checklists(crm) if one.id == list_id for each in one.steps}
    if step not in known:
        raise NotFound
    if not done:
        await crm.data.fetch(
            "DELETE FROM service_ticked_step WHERE ticket_id = ? AND checklist_id = ? AND step = ?",
            ticket_id, list_id, step,
        )  # fmt: skip
        return
    await crm.data.fetch(
        "INSERT INTO service_ticked_step (id, ticket_id, contact_id, checklist_id, step, by_id, at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (ticket_id, checklist_id, step) DO NOTHING",
        new_id(), ticket_id, row["contact_id"], list_id, step, access.actor.id, now(),
    )  # fmt: skip
