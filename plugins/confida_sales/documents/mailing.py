"""Mails with papers: worded, handed to the sending door with their files, and found again by their paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    MessageState,
    OutboundMessage,
    SendResult,
    messages_shown,
    new_id,
    now,
    send,
)
from confida_sales.documents.gathering import Gathered, Wanted, gathered
from confida_sales.documents.mail_texts import filled, text_of

PURPOSE = "sales.billing"
__all__ = ["Drafted", "MailState", "Wanted", "drafted", "mails_about", "send_paper"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Drafted:
    """A mail as it would leave. to: "" where the contact's first address is taken. files: names of what goes with it."""

    contact_id: UUID
    to: str
    subject: str
    text: str
    files: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MailState:
    """What became of one mail. sentence: why it was refused or failed, in plain words."""

    message_id: UUID
    kind: str
    step: int
    to: str
    state: MessageState
    sentence: str
    at: datetime
    may_cancel: bool


async def drafted(crm: Installation, access: Access, wanted: Wanted) -> Drafted:
    """What `send_paper` would send. Raises Forbidden and NotFound."""
    found = await gathered(crm, access, wanted)
    subject, text = await worded(crm, wanted, found)
    return Drafted(contact_id=found.contact_id, to=wanted.to or found.to, subject=subject, text=text, files=found.names)


async def worded(crm: Installation, wanted: Wanted, found: Gathered) -> tuple[str, str]:
    """Subject and text: as the caller says, else as written for this very paper, else by the settings."""
    usual = await text_of(crm, wanted.kind, found.language)
    values = found.values | {"link": wanted.link}
    subject, text = (
        given or own or filled(template, values)
        for given, own, template in zip((wanted.subject, wanted.text), found.own, usual, strict=True)
    )
    return " ".join(subject.split()), text


async def send_paper(crm: Installation, access: Access, wanted: Wanted, *, hold_seconds: int = 0) -> SendResult:
    """Hand it to the sending door with its files, and note it with the paper.

    hold_seconds: it leaves only then, and until then `cancel_message` calls it off. What is sent of an invoice is kept as it is.
    Raises Forbidden (without `outbound.send`, too), NotFound, NoPDF, and ValueError for what cannot be a mail.
    """
    access.actor.require("outbound.send")
    found = await gathered(crm, access, wanted)
    subject, text = await worded(crm, wanted, found)
    message = OutboundMessage(
        contact_id=found.contact_id,
        purpose=PURPOSE,
        to=wanted.to or found.to,
        subject=subject,
        text=text,
        headers={"Content-Language": found.language},
        files=await found.files(),
        leaves_at=now() + timedelta(seconds=hold_seconds) if hold_seconds else None,
    )
    result = await send(crm, access, message)
    await crm.data.fetch(
        "INSERT INTO sales_paper_mail (id, paper_id, contact_id, message_id, kind, step, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        new_id(), wanted.id, found.contact_id, result.id, wanted.kind, wanted.step, now(),
    )  # fmt: skip
    return result


async def mails_about(crm: Installation, access: Access, paper_ids: Sequence[UUID]) -> dict[UUID, list[MailState]]:
    """The mails with each of these papers, the newest first; nothing for somebody who may not see what was sent.

    A fixed number of queries, however many papers. The caller has passed their gates.
    """
    if not paper_ids or not (access.actor.may("outbound.read") and access.actor.may("contacts.read")):
        return {}
    marks = ", ".join("?" * len(paper_ids))
    rows = await crm.data.fetch(
        f"SELECT * FROM sales_paper_mail WHERE paper_id IN ({marks}) ORDER BY at DESC, id DESC", *paper_ids
    )
    entries = {one.id: one for one in await messages_shown(crm, access, [row["message_id"] for row in rows])}
    found: dict[UUID, list[MailState]] = {}
    for row in rows:
        if entry := entries.get(row["message_id"]):
            found.setdefault(row["paper_id"], []).append(
                MailState(
                    message_id=entry.id, kind=row["kind"], step=row["step"], to=entry.to, state=entry.state,
                    sentence=entry.sentence, at=entry.at, may_cancel=entry.may_cancel,
                )
            )  # fmt: skip
    return found
