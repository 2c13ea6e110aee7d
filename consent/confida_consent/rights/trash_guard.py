"""What keeps a contact in the trash: a request that waits for its answer, an erasure that is under way or stopped by a hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from confida_consent.rights.vocabulary import OPEN, ErasureStage
from confida_core.declarations import TrashGuard
from confida_core.installation import Installation
from confida_core.storage.batches import batches

REQUESTED: Final = "A request of this person waits for its answer."
ERASING: Final = "This person is being erased, with a certificate; a legal hold may have stopped it."


async def stays(crm: Installation, contact_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Those with an open request, whoever made it, or with an erasure of their own that is not done."""
    found = await gone(crm, contact_ids)
    states = sorted(state.value for state in OPEN)
    for batch in batches(contact_ids):
        rows = await crm.data.fetch(
            f"SELECT contact_id FROM rights_request WHERE contact_id IN ({marks_of(batch)}) "
            f"AND state IN ({marks_of(states)}) AND closed_at IS NULL AND merged_into IS NULL",
            *batch, *states,
        )  # fmt: skip
        for row in rows:
            found.setdefault(row["contact_id"], REQUESTED)
    return found


async def gone(crm: Installation, contact_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Those whose erasure was confirmed: what was promised is not taken back by taking them out of the trash."""
    found: dict[UUID, str] = {}
    for batch in batches(contact_ids):
        rows = await crm.data.fetch(
            f"SELECT contact_id FROM rights_erasure WHERE contact_id IN ({marks_of(batch)}) AND stage <> ?",
            *batch, ErasureStage.DONE.value,
        )  # fmt: skip
        found |= {row["contact_id"]: ERASING for row in rows}
    return found


def marks_of(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


RIGHTS = TrashGuard(key="consent.rights", stays=stays, gone=gone)
