"""Who and what takes part in the invented service, and ids by which it is known again when it goes."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from confida_core.api import ContactContent, Installation, Opened

OURS = UUID("6b1d5a0e-6c1f-5d0b-9a51-2f0c7e4d8b37")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cast:
    """people: invented contacts. owners: accounts, nobody where there is none. desks: queues by key. chance: always the same."""

    people: Sequence[Opened[ContactContent]]
    owners: Sequence[UUID | None]
    desks: Mapping[str, UUID]
    chance: random.Random

    def speaking(self, language: str) -> list[Opened[ContactContent]]:
        """Those with this language; everybody where nobody has it."""
        return [one for one in self.people if one.content.language == language] or list(self.people)


def known_id(kind: str, name: str) -> UUID:
    """The same in every installation, so that removing takes what was invented and nothing else."""
    return uuid5(OURS, f"{kind} {name}")


async def rename(crm: Installation, table: str, made: UUID, name: str) -> UUID:
    """Give a row of a plain table, to which nothing refers yet, the id by which it is known; returns that."""
    known = known_id(table, name)
    await crm.data.fetch(f"UPDATE {table} SET id = ? WHERE id = ?", known, made)
    return known


async def is_there(crm: Installation, table: str, known: UUID) -> bool:
    return bool(await crm.data.fetch(f"SELECT id FROM {table} WHERE id = ?", known))
