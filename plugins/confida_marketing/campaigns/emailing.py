"""An e-mail of marketing as messages to these people, in one of the ways to say it that are tried against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from confida_core.api import Access, Installation, OutboundMessage
from confida_marketing.campaigns.delivering import Sending, Write
from confida_marketing.content.emails import visible_email
from confida_marketing.content.preparing import prepare
from confida_marketing.content.recipients import recipients_of
from confida_marketing.content.rendering import render
from confida_marketing.results.clicks import counting_of


async def email_writer(crm: Installation, access: Access, sending: Sending) -> Write:
    """Raises BrokenEmail where a field is broken, before anything is made; NotFound where the e-mail or its variant is gone."""
    if sending.email_id is None:
        raise ValueError("an e-mail is needed")
    email = await visible_email(crm, access, sending.email_id)
    prepared = await prepare(crm, email.content, sending.variant)

    async def write(contact_ids: Sequence[UUID]) -> Mapping[UUID, OutboundMessage]:
        counting = await counting_of(crm, sending, prepared)
        people = await counting.counted(await recipients_of(crm, access, contact_ids, purpose=sending.purpose))
        messages = {}
        for contact_id, person in people.items():
            shown = render(prepared, person)
            messages[contact_id] = OutboundMessage(
                contact_id=contact_id,
                purpose=sending.purpose,
                subject=shown.subject,
                text=shown.text,
                html=shown.html,
                headers=prepared.headers,
                bulk=True,
            )
        return messages

    return write
