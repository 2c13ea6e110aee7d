"""Rules tried on a sample before they are kept: a mail that is pasted, or a ticket that is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    NotFound,
    Opened,
    display_names,
    open_file,
)
from confida_service.mail.accounts import own_addresses
from confida_service.mail.headers import Mailbox
from confida_service.mail.reading import ReadMail, read_mail
from confida_service.mail.recognising import sort_of
from confida_service.mail.taking_in import person_of
from confida_service.queues.routing import Decision, decide, today_of
from confida_service.queues.routing_content import RuleContent
from confida_service.queues.routing_fields import Facts, facts_of
from confida_service.queues.routing_rules import rules
from confida_service.tickets.messages import messages_of

LONGEST_SAMPLE = 200_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """contact: the name of whoever wrote it, "" if nobody here has the address."""

    mail: ReadMail
    sort: str
    contact: str
    facts: Facts


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """What the rules, with the one that is being written in its place, would do with the sample."""

    sample: Sample
    decision: Decision


async def pasted_sample(crm: Installation, access: Access, text: str) -> Sample:
    """A mail as its source shows it. Raises InvalidContent where there is none."""
    if not text.strip():
        raise InvalidContent({"sample": "Please paste a mail, or name a ticket."})
    raw = text[:LONGEST_SAMPLE].lstrip().encode("utf-8", "replace")
    mail = read_mail(raw)
    found = await person_of(crm, mail)
    return await sample_of(crm, access, mail, found if isinstance(found, UUID) else None)


async def ticket_sample(crm: Installation, access: Access, number: int) -> Sample:
    """The first thing that its customer said. Raises Forbidden, and InvalidContent for a number that no ticket has."""
    rows = await crm.data.fetch("SELECT id FROM service_ticket WHERE number = ?", number)
    try:
        said = await messages_of(crm, access, rows[0]["id"]) if rows else []
    except NotFound:
        said = []
    first = next((one for one in said if one.row["direction"] == "in"), None)
    if first is None:
        raise InvalidContent({"ticket": "There is no such ticket, or nobody wrote in it yet."})
    mail = ReadMail(
        sender=Mailbox(first.content.from_name, first.content.from_address), subject=first.content.subject,
        text=first.content.text,
    )  # fmt: skip
    if first.row["raw_file_id"]:
        kept = await open_file(crm, access, first.row["raw_file_id"])
        mail = read_mail(b"".join([piece async for piece in kept.pieces]))
    return await sample_of(crm, access, mail, first.row["contact_id"])


async def sample_of(crm: Installation, access: Access, mail: ReadMail, contact_id: UUID | None) -> Sample:
    sort = sort_of(mail, await own_addresses(crm))
    names = await display_names(crm, access, [contact_id]) if contact_id else {}
    return Sample(
        mail=mail, sort=sort, contact=names.get(contact_id, "") if contact_id else "",
        facts=await facts_of(crm, mail, sort, contact_id),
    )  # fmt: skip


async def tried(crm: Installation, access: Access, sample: Sample, draft: RuleContent, rule_id: UUID | None) -> Trial:
    """The draft stands where the rule stands that it changes, and last if it is new. Raises Forbidden."""
    there = with_draft(await rules(crm, access), draft, rule_id)
    return Trial(sample=sample, decision=decide(there, sample.facts, today_of(crm)))


def with_draft(
    there: Sequence[Opened[RuleContent]], draft: RuleContent, rule_id: UUID | None
) -> list[Opened[RuleContent]]:
    if rule_id is None:
        return [*there, Opened({"id": UUID(int=0), "enabled": True}, draft, ())]
    return [Opened(dict(one.row) | {"enabled": True}, draft, ()) if one.row["id"] == rule_id else one for one in there]
