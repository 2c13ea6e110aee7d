"""An e-mail of marketing as messages to these people, in one of the ways to say it that are tried against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from msgspec import structs

from confida_core.api import Access, Installation, OutboundMessage
from confida_marketing.campaigns.delivering import Sending, Write
from confida_marketing.content.email_content import EmailContent
from confida_marketing.content.emails import visible_email
from confida_marketing.content.preparing import prepare
from confida_marketing.content.recipients import recipients_of
from confida_marketing.content.rendering import render

FIRST = "a"


def in_variant(content: EmailContent, key: str) -> EmailContent:
    """The e-mail as this variant says it; as it stands for the first, and for one that is no longer there."""
    chosen = next((one for one in content.variants if one.key == key), None)
    if chosen is None:
        return content
    return structs.replace(content, subject=chosen.subject or content.subject, blocks=chosen.blocks or content.blocks)


def variants_of(content: EmailContent) -> tuple[str, ...]:
    """Keys of all ways to say it, the e-mail's own first."""
    return (FIRST, *(one.key for one in content.variants))


async def email_writer(crm: Installation, access: Access, sending: Sending) -> Write:
    """Raises BrokenEmail where a field is broken, before anything is made; NotFound where the e-mail is gone."""
    if sending.email_id is None:
        raise ValueError("an e-mail is needed")
    email = await visible_email(crm, access, sending.email_id)
    prepared = await prepare(crm, in_variant(email.content, sending.variant))

    async def write(contact_ids: Sequence[UUID]) -> Mapping[UUID, OutboundMessage]:
        people = await recipients_of(crm, access, contact_ids, purpose=sending.purpose)
        messages = {}
        for contact_id, person in people.items():
            shown = render(prepared, person)
            messages[contact_id] = OutboundMessage(
                contact_id=contact_id, purpose=sending.purpose, subject=shown.subject, text=shown.text, html=shown.html
            )
        return messages

    return write
