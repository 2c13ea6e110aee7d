"""What everybody calls who wants something to leave: one message, many, or a list of people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.outbound.addressing import own_addresses
from confida_core.outbound.checking import (
    LONGEST_SUBJECT,
    check_wait,
    checked_body,
    checked_files,
    checked_headers,
    checked_line,
    checked_to,
)
from confida_core.outbound.content import (
    OUTBOUND,
    MessageState,
    OutboundContent,
    OutboundMessage,
    Permitted,
    SendResult,
)
from confida_core.outbound.declarations import Verdict
from confida_core.outbound.disclosures import Handover, record_disclosures
from confida_core.outbound.gates import (
    by_its_way,
    check_keys,
    closed_addresses,
    contact_states,
    refusal,
    required_headers,
    verdicts_of,
)
from confida_core.outbound.queueing import queue
from confida_core.outbound.states import restores_of
from confida_core.outbound.transporting import not_ready
from confida_core.vault.access import Access, NotFound

BATCH = 500
Noted = Callable[[Sequence[SendResult]], Awaitable[None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Decided:
    """One message with everything that is known of it before it is stored."""

    message: OutboundMessage
    verdict: Verdict
    content: OutboundContent
    state: MessageState
    reason: str

    @property
    def leaves(self) -> bool:
        return self.state is MessageState.QUEUED


async def send(crm: Installation, access: Access, message: OutboundMessage) -> SendResult:
    """Ask the gates and queue the message, or keep it as refused or failed with its reason; never both, never neither.

    Returns when that is durable; the message leaves later, after the gates were asked again. Raises Forbidden without
    `outbound.send`, NotFound where there is no such contact, ValueError (naming the field only) for what cannot be a message.
    """
    return (await send_batch(crm, access, [message]))[0]


async def send_batch(
    crm: Installation, access: Access, messages: Sequence[OutboundMessage], *, noted: Noted | None = None
) -> list[SendResult]:
    """The same for up to 500 at once, in one transaction, with the results in order: all are stored, or none.

    noted: awaited with the results in that very transaction, so that whoever sends can write down what became of each; what it
    raises undoes everything. The gates are asked before it begins, because they must not be asked inside one.
    """
    access.actor.require("outbound.send")
    if len(messages) > BATCH:
        raise ValueError(f"at most {BATCH} messages at once")
    plain = [_checked(access, message) for message in messages]
    verdicts = await _verdicts(crm, messages)
    if refusal("no_contact") in verdicts:
        raise NotFound
    headers = await _headers(crm, messages, verdicts)
    addresses = await own_addresses(crm, access, messages, verdicts)
    whole = [
        msgspec.structs.replace(
            content, to=content.to or addresses.get(message.contact_id, ""), headers=content.headers | headers[place]
        )
        for place, (message, content) in enumerate(zip(messages, plain, strict=True))
    ]
    verdicts = await _by_address(crm, messages, [content.to for content in whole], verdicts)
    decided = [
        _decided(crm, message, content, verdict)
        for message, content, verdict in zip(messages, whole, verdicts, strict=True)
    ]
    return await _store(crm, access, decided, noted)


def _checked(access: Access, message: OutboundMessage) -> OutboundContent:
    check_keys(message.purpose, message.channel, message.path)
    check_wait(message)
    headers = checked_headers(message.headers)
    if access.actor.kind == "system":
        # Nobody wrote it by hand, so that holiday notices must not answer it (RFC 3834).
        headers.setdefault("Auto-Submitted", "auto-generated")
    return OutboundContent(
        to=checked_to(message),
        subject=checked_line("the subject", message.subject, LONGEST_SUBJECT),
        text=checked_body("the text", message.text),
        html=checked_body("the HTML", message.html),
        headers=headers,
        secret=message.secret,
        files=checked_files(message),
    )


async def _verdicts(crm: Installation, messages: Sequence[OutboundMessage]) -> list[Verdict]:
    """One question to the gates for each purpose and channel among the messages."""
    answers = {}
    for purpose, channel in dict.fromkeys((message.purpose, message.channel) for message in messages):
        ids = [one.contact_id for one in messages if (one.purpose, one.channel) == (purpose, channel)]
        answers[purpose, channel] = await verdicts_of(crm, ids, purpose, channel)
    return [
        by_its_way(crm, answers[one.purpose, one.channel][one.contact_id], one.channel, one.path) for one in messages
    ]


async def _by_address(
    crm: Installation, messages: Sequence[OutboundMessage], addresses: Sequence[str], verdicts: Sequence[Verdict]
) -> list[Verdict]:
    """The same verdicts, but a refusal where nothing may go to the very address."""
    asked: dict[tuple[str, str], set[str]] = {}
    for message, address, verdict in zip(messages, addresses, verdicts, strict=True):
        if verdict.allowed and address:
            asked.setdefault((message.purpose, message.channel), set()).add(address)
    closed = {place: await closed_addresses(crm, found, *place) for place, found in asked.items()}
    return [
        closed.get((message.purpose, message.channel), {}).get(address, verdict) if verdict.allowed else verdict
        for message, address, verdict in zip(messages, addresses, verdicts, strict=True)
    ]


async def _headers(
    crm: Installation, messages: Sequence[OutboundMessage], verdicts: Sequence[Verdict]
) -> list[dict[str, str]]:
    """What the gates want each allowed e-mail to carry."""
    wanted: list[dict[str, str]] = [{} for _ in messages]
    groups: dict[tuple[str, str], list[int]] = {}
    for place, (message, verdict) in enumerate(zip(messages, verdicts, strict=True)):
        if verdict.allowed and message.path == "email":
            groups.setdefault((message.purpose, message.channel), []).append(place)
    for (purpose, channel), places in groups.items():
        ids = list(dict.fromkeys(messages[place].contact_id for place in places))
        found = await required_headers(crm, ids, purpose, channel)
        for place in places:
            wanted[place] = checked_headers(found[messages[place].contact_id])
    return wanted


def _decided(crm: Installation, message: OutboundMessage, content: OutboundContent, verdict: Verdict) -> _Decided:
    sealed = msgspec.structs.replace(content, sentence=verdict.sentence[:500], basis=verdict.basis)
    state, reason = MessageState.REFUSED, verdict.reason
    if verdict.allowed:
        reason = not_ready(crm, message.path)
        if not reason and message.path == "email" and not content.to:
            reason = "no_address"
        state = MessageState.FAILED if reason else MessageState.QUEUED
    else:
        sealed = sealed.without_bytes()
    return _Decided(message=message, verdict=verdict, content=sealed, state=state, reason=reason)


async def _store(
    crm: Installation, access: Access, decided: Sequence[_Decided], noted: Noted | None
) -> list[SendResult]:
    restores = await restores_of(crm)
    rows = [(_row(access, one) | {"restores": restores}, one.content) for one in decided]
    results = [
        SendResult(id=columns["id"], state=one.state, reason=one.reason, verdict=one.verdict)
        for (columns, _), one in zip(rows, decided, strict=True)
    ]
    people = list(dict.fromkeys(one.message.contact_id for one in decided))
    await crm.keyring.ensure(people, OUTBOUND.retention_class)
    async with crm.data.transaction():
        # Whoever was erased since the gates were asked must not come back as the address of a message.
        if len(await contact_states(crm, people, held=True)) < len(people):
            raise NotFound
        await crm.records.insert_many(OUTBOUND, rows)
        leaving = {columns["id"]: one.message for (columns, _), one in zip(rows, decided, strict=True) if one.leaves}
        for moment in {message.leaves_at for message in leaving.values()}:
            await queue(crm, {one: its for one, its in leaving.items() if its.leaves_at == moment}, moment)
        if noted is not None:
            await noted(results)
    return results


def _row(access: Access, one: _Decided) -> dict[str, Any]:
    moment = now()
    return {
        "id": new_id(),
        "contact_id": one.message.contact_id,
        "purpose": one.message.purpose,
        "channel": one.message.channel,
        "path": one.message.path,
        "state": one.state.value,
        "reason": one.reason,
        "event_id": one.verdict.event_id,
        "created_by": access.actor.id,
        "created_at": moment,
        "queued_at": moment,
        "at": moment,
        "attempted_at": None,
        "attempts": 0,
        "reply_code": None,
        "restores": 0,
        "returned": "",
        "returned_at": None,
        "delays": 0,
    }


async def permitted(
    crm: Installation,
    access: Access,
    contact_ids: Iterable[UUID],
    *,
    purpose: str,
    channel: str,
    path: str,
    recipient: str = "",
    fields: Sequence[str] = (),
) -> Permitted:
    """Whom a list that leaves now may hold: a list to telephone, letters, a file, a call to another system.

    Each refusal is kept with its reason; with a recipient, each person who may be on the list is entered in the register
    of disclosures, because the list is theirs from now on. Durable when it returns. For figures beforehand there is
    `gates.verdicts_of`. Raises Forbidden without `contacts.read`.
    """
    access.actor.require("contacts.read")
    check_keys(purpose, channel, path)
    wanted = list(dict.fromkeys(contact_ids))
    allowed: list[UUID] = []
    refused: dict[UUID, Verdict] = {}
    for start in range(0, len(wanted), BATCH):
        verdicts = await verdicts_of(crm, wanted[start : start + BATCH], purpose, channel)
        may = {one: verdict for one, verdict in verdicts.items() if verdict.allowed}
        may_not = {one: verdict for one, verdict in verdicts.items() if not verdict.allowed}
        await keep_refusals(crm, access, may_not, (purpose, channel, path))
        if recipient:
            handover = Handover(purpose=purpose, channel=channel, path=path, recipient=recipient, fields=fields)
            await record_disclosures(crm, access, may, handover)
        else:
            await _note_use(crm, may)
        allowed += may
        refused |= may_not
    return Permitted(allowed=allowed, refused=refused)


async def _note_use(crm: Installation, allowed: dict[UUID, Verdict]) -> None:
    events = {verdict.event_id for verdict in allowed.values() if verdict.event_id is not None}
    for gate in crm.registry.sending_gates.values() if events else ():
        await gate.used(crm, events)


async def keep_refusals(
    crm: Installation, access: Access, refused: dict[UUID, Verdict], place: tuple[str, str, str]
) -> None:
    """One row each; nobody who does not exist gets one, because it would be sealed under a key made for nobody."""
    purpose, channel, path = place
    ids = [one for one, verdict in refused.items() if verdict.reason != "no_contact"]
    if not ids:
        return
    await crm.keyring.ensure(ids, OUTBOUND.retention_class)
    async with crm.data.transaction():
        rows = []
        for one in await contact_states(crm, ids, held=True):
            verdict = refused[one]
            message = OutboundMessage(contact_id=one, purpose=purpose, channel=channel, path=path, subject="", text="")
            content = OutboundContent(sentence=verdict.sentence[:500], basis=verdict.basis)
            decided = _Decided(
                message=message, verdict=verdict, content=content, state=MessageState.REFUSED, reason=verdict.reason
            )
            rows.append((_row(access, decided), content))
        await crm.records.insert_many(OUTBOUND, rows)
