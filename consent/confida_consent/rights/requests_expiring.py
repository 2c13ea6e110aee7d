"""Requests that nobody ever proved to be theirs end by themselves: whoever typed an address once keeps no file open for ever."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from confida_consent.rights.declared import REQUEST
from confida_consent.rights.steps import EXPIRED, INSIDE, locked_request, move
from confida_consent.rights.vocabulary import RequestKind, RequestSource, RequestState
from confida_core.clock import now
from confida_core.contacts.validation import InvalidContent
from confida_core.installation import Installation

EXPIRE: Final = "rights.expire"
# After the day on which it would have been due; asking again is open to everybody.
AFTER = timedelta(days=60)
REASON = "Nobody proved to be the person this is about."


async def expire_unproved(crm: Installation, _: Mapping[str, Any]) -> None:
    """Job: end what came through the portal, was never proved, and was due long ago. Nothing else ends by itself.

    What staff linked, asked or were asked about is theirs to end: only states before that are looked at.
    """
    rows = await crm.data.fetch(
        "SELECT id FROM rights_request WHERE state IN (?, ?) AND source = ? AND verified_at IS NULL AND closed_at IS NULL "
        "AND merged_into IS NULL AND due_at < ? AND kind <> ? ORDER BY id LIMIT 1000",
        RequestState.RECEIVED.value, RequestState.VERIFYING.value, RequestSource.PORTAL.value, now() - AFTER,
        RequestKind.COMPLAINT.value,
    )  # fmt: skip
    for row in rows:
        await crm.keyring.ensure([row["id"]], REQUEST.retention_class)
        # Proved or closed meanwhile: then it goes on, or is over.
        with suppress(InvalidContent):
            async with crm.data.transaction():
                own = await locked_request(crm, row["id"])
                if own["verified_at"] is None:
                    await move(crm, INSIDE, own, EXPIRED, REASON, closed_at=now())
