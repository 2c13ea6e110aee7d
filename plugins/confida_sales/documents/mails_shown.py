"""The mails with a paper, as pages show them: `{% import "sales/documents/parts.html" as papers %}{{ papers.mails(f, rows) }}`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from confida_core.api import Access, Installation, MessageState
from confida_sales.documents.mailing import mails_about
from confida_web.api import mark

STATES = {
    MessageState.QUEUED: (mark("On its way"), "may"),
    MessageState.SENDING: (mark("On its way"), "may"),
    MessageState.SENT: (mark("Sent"), "may"),
    MessageState.REFUSED: (mark("Refused"), "must-not"),
    MessageState.FAILED: (mark("Failed"), "must-not"),
    MessageState.CANCELLED: (mark("Called off"), ""),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class MailRow:
    """tone: of the style sheet. label, sentence: English; the latter says why it did not leave."""

    to: str
    label: str
    tone: str
    sentence: str
    at: datetime


async def mail_rows(crm: Installation, access: Access, paper_id: UUID) -> tuple[MailRow, ...]:
    """The newest first. The caller has passed the gate of the paper."""
    found = await mails_about(crm, access, [paper_id])
    return tuple(
        MailRow(to=one.to, label=STATES[one.state][0], tone=STATES[one.state][1], sentence=one.sentence, at=one.at)
        for one in found.get(paper_id, ())
    )
