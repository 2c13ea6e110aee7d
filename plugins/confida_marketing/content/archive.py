"""What was sent, for everybody to read: without personal fields, in plain elements of a page, and only what somebody put there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape
from uuid import UUID

import msgspec
from markupsafe import Markup

from confida_consent.api import read_controller
from confida_core.api import Installation, NotFound, system_access
from confida_marketing.content.blanks import Blank, Broken, split_blanks
from confida_marketing.content.design import PlainLook
from confida_marketing.content.email_content import Block
from confida_marketing.content.emails import Email, opened_emails
from confida_marketing.content.pictures import pictures_of
from confida_marketing.content.pictures_shown import ShownPicture
from confida_marketing.content.preparing import picture_ids
from confida_marketing.content.preview import relative
from confida_marketing.content.rendering import one_line
from confida_marketing.content.writing import Writer

MOST = 100
THERE = "deleted_at IS NULL AND shown_since IS NOT NULL AND template = ?"


@dataclass(frozen=True, slots=True)
class ArchivedEmail:
    """language: BCP 47 of its words. body: HTML of this program's making; None in a list."""

    id: str
    title: str
    language: str
    since: datetime
    body: Markup | None = None


async def archived_emails(crm: Installation) -> list[ArchivedEmail]:
    """The last shown first."""
    sql = f"SELECT * FROM marketing_email WHERE {THERE} ORDER BY shown_since DESC, id DESC LIMIT ?"
    rows = await crm.data.fetch(sql, False, MOST)
    found = await opened_emails(crm, system_access("marketing archive"), rows)
    sender = (await read_controller(crm)).name
    return [listed(email, sender) for email in found]


def listed(email: Email, sender: str) -> ArchivedEmail:
    title = one_line(without_people(email.content.subject, sender)) or email.name
    return ArchivedEmail(str(email.id), title, email.content.language, email.row["shown_since"])


async def archived_email(crm: Installation, email_id: UUID) -> ArchivedEmail:
    """Raises NotFound for every other e-mail alike."""
    rows = await crm.data.fetch(f"SELECT * FROM marketing_email WHERE id = ? AND {THERE}", email_id, False)
    found = await opened_emails(crm, system_access("marketing archive"), rows)
    if not found:
        raise NotFound
    content, sender = found[0].content, (await read_controller(crm)).name
    pictures = {
        key: ShownPicture(relative(one.src), one.width, one.height)
        for key, one in (await pictures_of(crm, picture_ids(content))).items()
    }
    blocks = tuple(impersonal(block, sender) for block in content.blocks)
    html = Writer(PlainLook(), escape, pictures, mail=False, heading_shift=1).blocks(blocks)
    about = listed(found[0], sender)
    # The writer escapes every text and every address.
    return ArchivedEmail(about.id, about.title, about.language, about.since, Markup(html))  # noqa: S704 -- See above.


def impersonal(block: Block, sender: str) -> Block:
    texts = {name: without_people(getattr(block, name), sender) for name in ("text", "other", "label", "alt")}
    return msgspec.structs.replace(block, **texts)


def without_people(text: str, sender: str) -> str:
    """With every personal field as it is for somebody of whom nothing is known."""
    try:
        parts = split_blanks(text)
    except Broken:
        return text
    return "".join(filled(part, sender) if isinstance(part, Blank) else part for part in parts)


def filled(blank: Blank, sender: str) -> str:
    return sender if blank.name == "sender" else blank.fallback
