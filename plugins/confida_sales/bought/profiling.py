"""Whether conclusions may be drawn about somebody: consent's own gate answers, for the purpose "profiling" (GDPR Art. 21, 22)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from confida_consent.api import Answer, Reason, may, may_many
from confida_core.api import Installation

PURPOSE = CHANNEL = "profiling"
STAYS_AS_IT_IS = frozenset({Reason.RESTRICTED, Reason.IN_TRASH})
"""Refusals that do not ask us to forget what was concluded before: it is neither used nor destroyed meanwhile."""


async def may_profile(crm: Installation, contact_id: UUID) -> Answer:
    """Yes, or no with the reason in words. Not inside a transaction."""
    return await may(crm, contact_id, PURPOSE, CHANNEL)


async def may_profile_many(crm: Installation, contact_ids: Sequence[UUID]) -> dict[UUID, Answer]:
    return await may_many(crm, contact_ids, PURPOSE, CHANNEL) if contact_ids else {}
