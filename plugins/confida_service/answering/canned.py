"""Ready texts for many answers, with fields that are filled in for each ticket."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from confida_core.api import Access, Installation, InvalidContent, NotFound, new_id

FIELDS: Mapping[str, str] = {
    "name": "what they are called",
    "number": "the number of the ticket",
    "subject": "what it is about",
    "me": "who answers",
}
LONGEST_NAME = 80
LONGEST_TEXT = 20_000
FIELD = re.compile(r"\{(\w{1,20})\}")


@dataclass(frozen=True, slots=True)
class CannedAnswer:
    id: UUID
    name: str
    text: str


async def canned_answers(crm: Installation) -> list[CannedAnswer]:
    """All of them by name. One query, nothing personal."""
    rows = await crm.data.fetch("SELECT id, name, text FROM service_canned_answer ORDER BY lower(name), id")
    return [CannedAnswer(row["id"], row["name"], row["text"]) for row in rows]


async def canned_answer(crm: Installation, answer_id: UUID) -> CannedAnswer:
    """Raises NotFound."""
    rows = await crm.data.fetch("SELECT id, name, text FROM service_canned_answer WHERE id = ?", answer_id)
    if not rows:
        raise NotFound
    return CannedAnswer(rows[0]["id"], rows[0]["name"], rows[0]["text"])


async def save_canned(
    crm: Installation, access: Access, name: str, text: str, *, answer_id: UUID | None = None
) -> UUID:
    """Make one, or change it; returns its id. Raises Forbidden, NotFound, and InvalidContent also for an unknown field."""
    access.actor.require("service.manage")
    errors = {}
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        errors["name"] = f"Please name it in at most {LONGEST_NAME} characters."
    if not 1 <= len(text.strip()) <= LONGEST_TEXT:
        errors["text"] = "Please write the answer."
    unknown = sorted({field for field in FIELD.findall(text) if field not in FIELDS})
    if unknown:
        errors["text"] = f"There is no field {{{unknown[0]}}}."
    if errors:
        raise InvalidContent(errors)
    if answer_id is None:
        answer_id = new_id()
        await crm.data.fetch(
            "INSERT INTO service_canned_answer (id, name, text) VALUES (?, ?, ?)",
            answer_id, name.strip(), text.strip(),
        )  # fmt: skip
        return answer_id
    if not await crm.data.fetch(
        "UPDATE service_canned_answer SET name = ?, text = ? WHERE id = ? RETURNING id",
        name.strip(), text.strip(), answer_id,
    ):  # fmt: skip
        raise NotFound
    return answer_id


async def remove_canned(crm: Installation, access: Access, answer_id: UUID) -> None:
    """Raises Forbidden and NotFound."""
    access.actor.require("service.manage")
    if not await crm.data.fetch("DELETE FROM service_canned_answer WHERE id = ? RETURNING id", answer_id):
        raise NotFound


def filled(text: str, values: Mapping[str, str]) -> str:
    """With the fields filled in, once: what a value says is never read as a field."""
    return FIELD.sub(lambda field: values.get(field[1], field[0]), text)
