"""Who was asked to confirm and never did is not kept: somebody else may have typed that address."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from confida_consent.events import events_of
from confida_core.clock import now
from confida_core.contacts.trash import trash_contact
from confida_core.installation import Installation
from confida_core.vault.access import SYSTEM_ID, system_access

# The link lives for a week; another one for whoever asks what became of it.
UNANSWERED_FOR = timedelta(days=14)
ACCESS = system_access("sign-up")
PROOF = system_access("sign-up", "consent")
BATCH = 1_000

UNANSWERED = (
    "SELECT c.id FROM contact c WHERE c.created_by = ? AND c.created_at < ? AND c.version = 1 AND c.deleted_at IS NULL "
    "AND c.touched_at IS NULL AND c.owner_id IS NULL AND EXISTS (SELECT 1 FROM consent_event e WHERE e.subject_id = c.id) "
    "AND NOT EXISTS (SELECT 1 FROM consent_event e WHERE e.subject_id = c.id "
    "AND (e.kind <> 'requested' OR e.method <> 'web_form' OR e.recorded_at >= ?)) LIMIT ?"
)


async def forget_unanswered(crm: Installation) -> int:
    """Put those contacts into the trash that a sign-up made, of which nothing else is known and which nobody touched.

    A job calls it. What was recorded of the request stays as long as any proof. Returns how many there were.
    """
    since = now() - UNANSWERED_FOR
    rows = await crm.data.fetch(UNANSWERED, SYSTEM_ID, since, since, BATCH)
    made = [row["id"] for row in rows if await is_made_by_sign_up(crm, row["id"])]
    for contact_id in made:
        await trash_contact(crm, ACCESS, contact_id)
    return len(made)


async def is_made_by_sign_up(crm: Installation, contact_id: UUID) -> bool:
    """Whether one of the requests of this contact is the one that made it. Opens the proof."""
    events = await events_of(crm, PROOF, contact_id)
    return any(opened.evidence.request_id == str(contact_id) for opened in events)
