"""On which telephones colleagues are reached."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from confida_core.api import Access, Installation, InvalidContent

EXTENSION = re.compile(r"[0-9A-Za-z*#_.-]{1,20}")
MOST_EXTENSIONS = 9


@dataclass(frozen=True, slots=True)
class ShownPhone:
    """extensions: one's own first, then those of groups. active: calls are shown."""

    extensions: tuple[str, ...] = ()
    active: bool = False


def extensions_in(text: str) -> tuple[str, ...]:
    """What of a text can be an extension, each once, in order."""
    return tuple(dict.fromkeys(one for one in re.split(r"[\s,;]+", text) if EXTENSION.fullmatch(one)))


async def phone_of(crm: Installation, account_id: UUID) -> ShownPhone:
    rows = await crm.data.fetch("SELECT extensions, active FROM service_phone WHERE id = ?", account_id)
    return ShownPhone(tuple(rows[0]["extensions"].split()), rows[0]["active"]) if rows else ShownPhone()


async def save_phone(crm: Installation, access: Access, text: str, *, active: bool) -> None:
    """One's own telephone. Raises Forbidden, and InvalidContent where calls shall be shown and nothing says whose."""
    access.actor.require("service.read")
    typed = [one for one in re.split(r"[\s,;]+", text) if one]
    found = extensions_in(text)
    if len(found) != len(set(typed)) or len(found) > MOST_EXTENSIONS:
        raise InvalidContent({"extensions": "Each is at most 20 figures, letters, * or #, with commas between them."})
    if active and not found:
        raise InvalidContent({"extensions": "Please say on which extension you are called."})
    await crm.data.fetch(
        "INSERT INTO service_phone (id, extensions, active) VALUES (?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET extensions = excluded.extensions, active = excluded.active",
        access.actor.id, " ".join(found), active,
    )  # fmt: skip


async def known_extensions(crm: Installation) -> Mapping[str, tuple[UUID, ...]]:
    """Extension -> the accounts it rings for, those whose own it is first; of everybody who is shown calls."""
    rows = await crm.data.fetch("SELECT id, extensions FROM service_phone WHERE active = ? ORDER BY id", True)
    found: dict[str, list[tuple[bool, UUID]]] = {}
    for row in rows:
        for place, one in enumerate(row["extensions"].split()):
            found.setdefault(one, []).append((place > 0, row["id"]))
    return {key: tuple(account for _, account in sorted(whose, key=lambda one: one[0])) for key, whose in found.items()}


def owner_of(known: Mapping[str, tuple[UUID, ...]], extension: str) -> UUID | None:
    """Whose own telephone it is; None for one that several share, because nobody can say who took the call."""
    whose = known.get(extension, ())
    return whose[0] if len(whose) == 1 else None


async def is_shown(crm: Installation, access: Access) -> bool:
    """Whether calls are shown to this account, on every page."""
    return (await phone_of(crm, access.actor.id)).active


def rung(known: Mapping[str, tuple[UUID, ...]], extensions: Iterable[str]) -> frozenset[UUID]:
    """The accounts for which a call rings on these extensions."""
    return frozenset(account for one in extensions for account in known.get(one, ()))
