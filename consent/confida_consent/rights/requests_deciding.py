"""What is decided about a request, each with the letter that tells it: extended, refused by two, answered, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from confida_consent.controller import read_controller
from confida_consent.rights.clock import Step
from confida_consent.rights.declared import REQUEST, STEP
from confida_consent.rights.letters import Written, tell
from confida_consent.rights.steps import (
    INSIDE,
    REFUSAL_DECLINED,
    REFUSAL_PROPOSED,
    Moved,
    checked_reasons,
    checked_text,
    deadline_of,
    events_of,
    locked_request,
    move,
    opened_file,
    rewrite_file,
    take_step,
)
from confida_core.contacts.validation import InvalidContent
from confida_core.installation import Installation
from confida_core.storage.database import Row
from confida_core.vault.access import Access, Forbidden

ANOTHER = "Somebody else has to approve it: four eyes see more than two."


async def ask(
    crm: Installation, access: Access, request_id: UUID, question: str, *, needed: bool, by: str = ""
) -> Written:
    """Write to the person what is unclear. needed: without the reply it cannot be answered, so that time stands still.

    Raises InvalidContent (reasons: no question), NotFound, Forbidden.
    """
    question = checked_reasons(question)
    step = Step.ASKED if needed else Step.ASKED_WITHOUT_NEED
    return await _told(crm, access, request_id, (step, question, "clarification"), by)


async def ask_for_identity(
    crm: Installation, access: Access, request_id: UUID, words: str = "", *, by: str = ""
) -> Written:
    """Write how to prove who asks, with a question about what is on file if need be; no time is won by it (CK-4)."""
    return await _told(crm, access, request_id, ("identity_asked", checked_text(words), "identity"), by)


async def extend(crm: Installation, access: Access, request_id: UUID, reasons: str, *, by: str = "") -> Written:
    """Two months more, told with reasons; only before the first date has passed, and once (GDPR Art. 12(3)).

    Raises InvalidContent (reasons; "": too late, or extended before), NotFound, Forbidden.
    """
    access.actor.require("requests.decide")
    reasons = checked_reasons(reasons)
    await crm.keyring.ensure([request_id], REQUEST.retention_class)
    async with crm.data.transaction():
        row = await locked_request(crm, request_id)
        _check_none_proposed(row)
        found = deadline_of(crm, row, await events_of(crm, request_id))
        if found.extended:
            raise InvalidContent({"": "It has been extended before."})
        moved = await move(crm, access, row, Step.EXTENDED, reasons)
        if not moved.deadline.extended:
            raise InvalidContent({"": "The first date has passed; an extension had to be told before."})
        await _note(crm, row, reasons=reasons)
        return await tell(crm, access, {**row, "due_on": moved.deadline.due}, "extension", reasons=reasons, by=by)


async def propose_refusal(crm: Installation, access: Access, request_id: UUID, reasons: str) -> Moved:
    """Propose not to do what is asked; nothing is told to the person yet. Raises InvalidContent, NotFound, Forbidden."""
    _staff(access)
    reasons = checked_reasons(reasons)
    await crm.keyring.ensure([request_id], REQUEST.retention_class)
    async with crm.data.transaction():
        row = await locked_request(crm, request_id)
        _check_none_proposed(row)
        await _note(crm, row, reasons=reasons)
        return await move(crm, access, row, REFUSAL_PROPOSED, reasons, refusal_by=access.actor.id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """A refusal as somebody proposed it."""

    reasons: str = ""
    actor_id: UUID | None = None


class ProposalChanged(Exception):
    """Not the words that were read before they were approved. before: those, after: what is proposed now."""

    def __init__(self, before: Proposal, after: Proposal) -> None:
        super().__init__("the proposal is another one")
        self.before, self.after = before, after


async def approve_refusal(crm: Installation, access: Access, request_id: UUID, *, seen: UUID, by: str = "") -> Written:
    """Refuse, by another person than who proposed it; the letter names reasons, authority and remedy (GDPR Art. 12(4)).

    seen: the proposal that was read (`OpenedRequest.proposal`). Raises ProposalChanged if it is another one by now,
    InvalidContent ("": nothing is proposed, it is one's own proposal, or no authority is set), NotFound, Forbidden.
    """
    _staff(access)
    controller = await read_controller(crm)
    await crm.keyring.ensure([request_id], REQUEST.retention_class)
    async with crm.data.transaction():
        row = await locked_request(crm, request_id)
        _check_four_eyes(access, row)
        await _check_seen(crm, access, request_id, seen)
        if not controller.authority:
            raise InvalidContent({"": "First name the supervisory authority on the page of the organisation."})
        reasons = (await opened_file(crm, access, row)).reasons
        await _note(crm, row, decision="refused", complaint_told=controller.authority)
        await move(crm, access, row, Step.REFUSED, reasons)
        return await tell(crm, access, row, "refusal", reasons=reasons, by=by)


async def _check_seen(crm: Installation, access: Access, request_id: UUID, seen: UUID) -> None:
    rows = await crm.data.fetch(
        "SELECT * FROM rights_step WHERE request_id = ? AND step = ? ORDER BY at, id", request_id, REFUSAL_PROPOSED
    )
    if rows and rows[-1]["id"] == seen:
        return
    words = {one.row["id"]: one for one in await crm.door.open(access, STEP, rows)}
    before, after = (
        Proposal(reasons=one.content.text, actor_id=one.row["actor_id"]) if (one := words.get(step_id)) else Proposal()
        for step_id in (seen, rows[-1]["id"] if rows else None)
    )
    raise ProposalChanged(before, after)


def _check_none_proposed(row: Row) -> None:
    """The words that somebody else looks at must not change under their eyes."""
    if row["state"] == "review" and row["refusal_by"] is not None:
        raise InvalidContent({"": "A refusal is proposed; approve or decline it first."})


def _check_four_eyes(access: Access, row: Row) -> None:
    if row["state"] != "review" or row["refusal_by"] is None:
        raise InvalidContent({"": "Nobody has proposed a refusal."})
    if row["refusal_by"] == access.actor.id:
        raise InvalidContent({"": ANOTHER})


async def decline_refusal(crm: Installation, access: Access, request_id: UUID, reasons: str) -> Moved:
    """Take a proposal back, one's own or somebody else's: the work goes on. Raises InvalidContent, NotFound, Forbidden."""
    _staff(access)
    reasons = checked_reasons(reasons)
    await crm.keyring.ensure([request_id], REQUEST.retention_class)
    async with crm.data.transaction():
        row = await locked_request(crm, request_id)
        if row["refusal_by"] is None:
            raise InvalidContent({"": "Nobody has proposed a refusal."})
        return await move(crm, access, row, REFUSAL_DECLINED, reasons, refusal_by=None)


async def answer(
    crm: Installation, access: Access, request_id: UUID, text: str = "", *, letter: str = "done", by: str = ""
) -> Written | None:
    """It is answered. text: the answer, or what was done, in words for the person.

    letter: which of our letters tells it, "done" or "answer_ready"; "" for none, where the answer itself was handed over.
    Raises InvalidContent (text; a closed request), NotFound, Forbidden.
    """
    text = checked_text(text)
    if letter == "done" and not text:
        raise InvalidContent({"text": "Write what the person is told."})
    return await _decide(crm, access, request_id, Step.ANSWERED, text, letter=letter, by=by, decision="answered")


async def withdraw(crm: Installation, access: Access, request_id: UUID, text: str = "") -> None:
    """The person does not want it any more. Staff, or the program for the person at the portal."""
    await _decide(crm, access, request_id, Step.WITHDRAWN, checked_text(text), decision="withdrawn")


async def reply_received(crm: Installation, access: Access, request_id: UUID, text: str = "", **when: Any) -> Moved:
    """The person has replied to a question: time goes on. at: when the reply came, if not now."""
    return await take_step(crm, access, request_id, Step.REPLIED, text, **when)


async def _told(crm: Installation, access: Access, request_id: UUID, step: tuple[str, str, str], by: str) -> Written:
    """A step, its words and the letter that tells them, together or not at all."""
    access.actor.require("requests.decide")
    name, text, letter = step
    await crm.keyring.ensure([request_id], REQUEST.retention_class)
    async with crm.data.transaction():
        row = await locked_request(crm, request_id)
        await move(crm, access, row, name, text)
        return await tell(crm, access, row, letter, reasons=text, by=by)


async def _decide(
    crm: Installation,
    access: Access,
    request_id: UUID,
    step: str,
    text: str,
    *,
    letter: str = "",
    by: str = "",
    decision: str = "",
) -> Written | None:
    """A step and the letter that tells it, if there is one, together or not at all."""
    access.actor.require("requests.decide")
    await crm.keyring.ensure([request_id], REQUEST.retention_class)
    async with crm.data.transaction():
        row = await locked_request(crm, request_id)
        if decision:
            await _note(crm, row, decision=decision)
        await move(crm, access, row, step, text)
        return await tell(crm, access, row, letter, reasons=text, by=by) if letter else None


async def _note(crm: Installation, row: Row, **fields: str) -> None:
    """The program itself opens the file: it only writes into it what this very person has just said."""
    content = await opened_file(crm, INSIDE, row)
    await rewrite_file(crm, row, msgspec.structs.replace(content, **fields))


def _staff(access: Access) -> None:
    """Two people decide about a refusal, never a program."""
    access.actor.require("requests.decide")
    if access.actor.kind != "staff":
        raise Forbidden("requests.decide")
