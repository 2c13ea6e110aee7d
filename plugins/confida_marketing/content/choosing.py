"""E-mails to choose from, for whoever sends one."""

from __future__ import annotations

from confida_core.api import Access, Installation
from confida_marketing.content.emails import list_emails
from confida_web.api import Option

MOST = 200


async def email_options(crm: Installation, access: Access, chosen: str = "") -> list[Option]:
    """The last changed first, without templates and trash. chosen: id of the one that is chosen. Raises Forbidden."""
    found = await list_emails(crm, access, limit=MOST)
    return [Option(value=str(one.id), label=one.name, chosen=str(one.id) == chosen) for one in found]
