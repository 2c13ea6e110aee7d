"""Text messages of a campaign: one to each person's mobile number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from uuid import UUID

from confida_core.api import Access, ContactContent, Installation, OutboundMessage, open_contacts
from confida_marketing.campaigns.delivering import Sending, Write
from confida_marketing.campaigns.wording import words_for

SMS = "sms"
INTERNATIONAL = re.compile(r"\+\d{7,15}")
LONGEST = 1_000


def mobile_of(content: ContactContent) -> str:
    """The number called mobile, or the first; "" where none can be dialled from anywhere."""
    numbers = [phone for phone in content.phones if INTERNATIONAL.fullmatch(phone.number)]
    mobile = [phone for phone in numbers if phone.label == "mobile"]
    return (mobile or numbers)[0].number if numbers else ""


async def text_writer(crm: Installation, access: Access, text: str, sending: Sending) -> Write:
    """Raises BrokenWords before anything is made. Who has no number is left out."""
    filled = await words_for(crm, text)

    async def write(contact_ids: Sequence[UUID]) -> Mapping[UUID, OutboundMessage]:
        return {
            one.row["id"]: OutboundMessage(
                contact_id=one.row["id"],
                purpose=sending.purpose,
                subject="",
                text=filled(one.content)[:LONGEST],
                channel=SMS,
                path=SMS,
                to=number,
                bulk=True,
            )
            for one in await open_contacts(crm, access, contact_ids)
            if (number := mobile_of(one.content))
        }

    return write
