"""Where a message goes that names no address."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from confida_core.contacts.content import ContactContent
from confida_core.contacts.records import CONTACT
from confida_core.installation import Installation
from confida_core.outbound.content import OutboundMessage
from confida_core.outbound.declarations import Verdict
from confida_core.vault.access import Access


async def own_addresses(
    crm: Installation, access: Access, messages: Sequence[OutboundMessage], verdicts: Sequence[Verdict]
) -> dict[UUID, str]:
    """First e-mail addresses of those contacts whose message is allowed and names none; opened through the door."""
    wanted = [
        message.contact_id
        for message, verdict in zip(messages, verdicts, strict=True)
        if verdict.allowed and message.path == "email" and not message.to
    ]
    rows = await crm.records.rows(CONTACT, list(dict.fromkeys(wanted)))
    found = {one.row["id"]: one.content for one in await crm.door.open(access, CONTACT, rows)}
    return {one: _first_address(content) for one, content in found.items()}


def _first_address(content: ContactContent) -> str:
    return next((email.address for email in content.emails if email.address), "")
