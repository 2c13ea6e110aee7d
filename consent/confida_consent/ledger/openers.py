"""What opens leaves: whoever keeps the openings of a kind of leaf lets the audit compare them with the tree."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from confida_consent.ledger.content import Opening
from confida_consent.ledger.records import LEDGER_OPENING
from confida_core.vault.access import system_access
from confida_core.vault.sealing import SealBroken

if TYPE_CHECKING:
    from confida_core.installation import Installation

ACCESS = system_access("ledger audit")
OWN_KINDS = frozenset({"erasure", "restore", "reads", "request"})


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerOpener:
    """Keeper of the openings of some kinds of leaf.

    key: `<plugin>.<name>`. label: what is kept, in the plural. kinds: the types of leaf that nobody else keeps.
    read: called with the installation, the first position, and the one after the last; for every opening kept for a
    position in between it answers with the commitment that follows from it (32 bytes), or with a sentence that says what
    is wrong with what is kept. Positions may lie beyond the end of the ledger.
    """

    key: str
    label: str
    kinds: frozenset[str]
    read: Callable[[Installation, int, int], Awaitable[Mapping[int, bytes | str]]]


async def own_openings(crm: Installation, first: int, last: int) -> dict[int, Opening | None]:
    """The openings of the organisation's own leaves in [first, last), by position; None for one that was damaged."""
    rows = await crm.data.fetch(
        "SELECT * FROM ledger_opening WHERE position >= ? AND position < ? ORDER BY position", first, last
    )
    found: dict[int, Opening | None] = dict.fromkeys(row["position"] for row in rows)
    for row in rows:
        # One by one, so that one that was damaged does not hide the others.
        with suppress(SealBroken, msgspec.DecodeError, ValueError):
            item = await crm.door.open_one(ACCESS, LEDGER_OPENING, row)
            found[row["position"]] = item.content if item else None
    return found
