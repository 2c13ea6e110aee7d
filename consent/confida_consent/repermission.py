"""Asking many people anew: a request is recorded and a mail asks each to confirm, unless they have said no (CF-2).

The work is cut into jobs of a hundred people. Each can be run again: who was asked since the jobs were queued is not asked
twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from confida_consent.content import Evidence
from confida_consent.controller import read_controller
from confida_consent.declarations import Purpose
from confida_consent.events import RecordedEvent, record_each
from confida_consent.history import histories
from confida_consent.indications import NARROWING, Indication, IndicationRefused
from confida_consent.ledger.commitments import instant
from confida_consent.notices import current_notice, notice
from confida_consent.own_purposes import CONFIRMATION
from confida_consent.purposes import purpose_of
from confida_consent.reach import suppressed_contacts
from confida_consent.state import effective_event, state_from
from confida_consent.tokens import make_token
from confida_consent.vocabulary import YES, Basis, Channel, Kind, Method
from confida_core.accounts.audit import record_event as note
from confida_core.accounts.signing_in import address_of
from confida_core.clock import now
from confida_core.contacts.content import ContactContent
from confida_core.contacts.records import CONTACT
from confida_core.installation import Installation
from confida_core.jobs.queue import enqueue
from confida_core.outbound.content import OutboundMessage
from confida_core.outbound.gates import verdicts_of
from confida_core.outbound.sender import send_batch
from confida_core.storage.batches import batches
from confida_core.vault.access import Access, system_access

JOB = "consent.ask_again"
BATCH = 100
INSIDE = system_access(JOB, "consent")
SAID_NO, STANDS, SUPPRESSED, RESTRICTED = "said_no", "stands", "suppressed", "restricted"


@dataclass(frozen=True, slots=True)
class Mail:
    """The words of the mail in one language; it says what for, and nothing else."""

    subject: str
    text: str


MAILS: Mapping[str, Mail] = MappingProxyType(
    {
        "en": Mail(
            subject="May we? {organisation} asks for your consent",
            text=(
                "{organisation} would like to ask for your consent:\n\n{title}\n{description}\n\n"
                "If you agree, please open this page and press the button there:\n{link}\n\n"
                "If you do not, you need not do anything: without your consent we do not do it. "
                "The page is valid for seven days."
            ),
        ),
        "de": Mail(
            subject="Dürfen wir? {organisation} bittet um Ihre Einwilligung",
            text=(
                "{organisation} bittet um Ihre Einwilligung:\n\n{title}\n{description}\n\n"
                "Wenn Sie einverstanden sind, öffnen Sie bitte diese Seite und drücken Sie dort den Knopf:\n{link}\n\n"
                "Wenn nicht, müssen Sie nichts tun: Ohne Ihre Einwilligung geschieht nichts. "
                "Die Seite gilt sieben Tage."
            ),
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repermission:
    """asked: who is, or would be, asked. left_out: why the others are not: "said_no", "stands", "suppressed",
    "restricted", or the gate's reason.
    """

    asked: Sequence[UUID]
    left_out: Mapping[UUID, str]


async def repermission_of(
    crm: Installation, access: Access, contact_ids: Sequence[UUID], purpose: str, *, renew: bool = False
) -> Repermission:
    """Whom `ask_again` would ask. Changes and opens nothing.

    renew: also those whose consent stands. Raises Forbidden, NotFound, IndicationRefused for a purpose nobody consents to
    by e-mail.
    """
    for permission in ("consents.record", "outbound.send"):
        access.actor.require(permission)
    check_askable(await purpose_of(crm, purpose))
    return await chosen(crm, list(dict.fromkeys(contact_ids)), purpose, renew=renew)


async def ask_again(
    crm: Installation, access: Access, contact_ids: Sequence[UUID], purpose: str, *, renew: bool = False
) -> Repermission:
    """Ask them by e-mail; the jobs record each request and queue each mail, after looking again whether they may.

    As `repermission_of`. Returns when the jobs are queued.
    """
    planned = await repermission_of(crm, access, contact_ids, purpose, renew=renew)
    # A job knows ids only, and the notice names the purpose.
    shown = await current_notice(crm, purpose, "en")
    since = int(now().timestamp() * 1_000_000)
    async with crm.data.transaction():
        for batch in batches(planned.asked, BATCH):
            arguments = {"contacts": list(batch), "notice": shown.id, "since": since, "renew": renew}
            await enqueue(crm, JOB, arguments)
        if planned.asked:
            await note(crm, "consents.asked_again", actor_id=access.actor.id, target_id=shown.id, target_kind="notice")
    return planned


def check_askable(purpose: Purpose) -> None:
    """Consent by e-mail proves nothing about other channels (CR-8), and what needs no consent is not asked for."""
    if purpose.declared.basis != Basis.CONSENT or Channel.EMAIL not in purpose.declared.channels or purpose.retired:
        raise IndicationRefused("purpose", "nobody is asked for consent to this by e-mail")


async def chosen(crm: Installation, contact_ids: Sequence[UUID], purpose: str, *, renew: bool) -> Repermission:
    await crm.orders.refresh()
    known, moment = await histories(crm, contact_ids), now()
    left_out: dict[UUID, str] = {}
    for contact_id in contact_ids:
        spoken = effective_event(
            event for event in known.get((contact_id, purpose, Channel.EMAIL), []) if event.kind != Kind.EXPIRED
        )
        denied = crm.orders.denies(contact_id, purpose, Channel.EMAIL) is not None
        if denied or (spoken is not None and spoken.kind in NARROWING):
            left_out[contact_id] = SAID_NO
        elif state_from(spoken, moment) in YES and not renew:
            left_out[contact_id] = STANDS
    open_ones = [contact_id for contact_id in contact_ids if contact_id not in left_out]
    # To confirm a choice we may write to nearly everybody; asking anew is no answer to anything, and spares more people.
    suppressed = await suppressed_contacts(crm, open_ones, purpose, Channel.EMAIL, marketing=True)
    for contact_id, verdict in (await verdicts_of(crm, open_ones, CONFIRMATION.key, Channel.EMAIL)).items():
        if contact_id in suppressed:
            left_out[contact_id] = SUPPRESSED
        elif crm.orders.restricted(contact_id):
            left_out[contact_id] = RESTRICTED
        elif not verdict.allowed:
            left_out[contact_id] = verdict.reason
    return Repermission(asked=[one for one in open_ones if one not in left_out], left_out=left_out)


async def ask_batch(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """Job. contacts; notice: any of the purpose; since: microseconds since 1970; renew."""
    purpose = (await notice(crm, arguments["notice"])).purpose
    asked_after = datetime.fromtimestamp(arguments["since"] / 1_000_000, UTC)
    declared = await purpose_of(crm, purpose)
    check_askable(declared)
    people = (await chosen(crm, arguments["contacts"], purpose, renew=arguments["renew"])).asked
    contents = await reachable(crm, people)
    await request(crm, contents, purpose, asked_after)
    await mail(crm, contents, declared, asked_after)


async def reachable(crm: Installation, people: Sequence[UUID]) -> dict[UUID, ContactContent]:
    rows = [row for row in await crm.records.rows(CONTACT, people) if row["deleted_at"] is None]
    opened = await crm.door.open(INSIDE, CONTACT, rows)
    return {item.row["id"]: item.content for item in opened if item.content.emails}


async def request(
    crm: Installation, contents: Mapping[UUID, ContactContent], purpose: str, since: datetime
) -> list[RecordedEvent]:
    known = await histories(crm, sorted(contents))
    wanted = [
        Indication(
            subject_id=contact_id,
            purpose=purpose,
            channel=Channel.EMAIL,
            kind=Kind.REQUESTED,
            method=Method.SYSTEM,
            language=content.language,
            evidence=Evidence(address=content.emails[0].address, request_id=f"asked again {instant(since)}"),
        )
        for contact_id, content in contents.items()
        if not any(
            event.kind == Kind.REQUESTED and event.recorded_at >= since
            for event in known.get((contact_id, purpose, Channel.EMAIL), [])
        )
    ]
    return [outcome for outcome in await record_each(crm, INSIDE, wanted) if isinstance(outcome, RecordedEvent)]


async def mail(crm: Installation, contents: Mapping[UUID, ContactContent], purpose: Purpose, since: datetime) -> None:
    """One to each who got none since."""
    key, organisation = purpose.declared.key, (await read_controller(crm)).name
    done, messages = await mailed_since(crm, key, since), []
    for contact_id, content in contents.items():
        if contact_id not in done:
            token = await make_token(crm, contact_id, "confirm", purpose=key, channel=Channel.EMAIL)
            link = f"{address_of(crm)}/my/confirm/{token}"
            messages.append(message_to(contact_id, content, purpose, organisation, link))
    # In a transaction of its own, because the gates are asked. A secret whose mail was not queued ends unused.
    await send_batch(crm, INSIDE, messages)


async def mailed_since(crm: Installation, purpose: str, since: datetime) -> set[UUID]:
    """Who has a secret for this purpose and a mail to confirm something: both were made by this very asking, or another."""
    rows = await crm.data.fetch(
        "SELECT subject_id FROM consent_token t WHERE action = 'confirm' AND purpose = ? AND channel = ? AND created_at >= ? "
        "AND EXISTS (SELECT 1 FROM outbound_message m WHERE m.contact_id = t.subject_id AND m.purpose = ? AND m.created_at >= ?)",
        purpose, Channel.EMAIL.value, since, CONFIRMATION.key, since,
    )  # fmt: skip
    return {row["subject_id"] for row in rows}


def message_to(
    contact_id: UUID, content: ContactContent, purpose: Purpose, organisation: str, link: str
) -> OutboundMessage:
    language, wording = purpose.declared.wording(content.language)
    words = MAILS.get(language, MAILS["en"])
    text = words.text.format(
        organisation=organisation, title=wording.title, description=wording.description, link=f"{link}?lang={language}"
    )
    return OutboundMessage(
        contact_id=contact_id,
        purpose=CONFIRMATION.key,
        channel=Channel.EMAIL,
        to=content.emails[0].address,
        subject=words.subject.format(organisation=organisation),
        text=text,
        headers={"Content-Language": language},
        secret=True,
    )
