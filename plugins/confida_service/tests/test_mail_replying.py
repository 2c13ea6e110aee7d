"""Answers leave through the sending door, and what is answered to them comes back into their ticket."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from confida_core.api import Access, Event, MessageState, NotFound, OutboundMessage, new_id, now, send, system_access
from confida_service.mail.reading import read_mail
from confida_service.mail.recognising import sort_of
from confida_service.mail.replying import Answer, answer_by_mail
from confida_service.mail.returning import reopen
from confida_service.mail.taking_in import Arrival, Taken, take_in
from confida_service.mail.threads import mark_of, ticket_for
from confida_service.queues.queues import first_queue
from confida_service.tickets.conversation import shown_messages
from confida_service.tickets.messages import messages_of
from confida_service.tickets.tickets import TicketChange, change_ticket, visible_ticket

pytestmark = pytest.mark.anyio


@pytest.fixture
def confida_settings() -> dict[str, Any]:
    """A mail server that is never asked: messages wait at the door."""
    return {"mail_from": "help@example.org", "smtp_host": "mail.example.org"}


async def arrive(crm: Any, head: str, text: str = "It is dark.") -> Taken:
    raw = f"{head}\n\n{text}\n".encode()
    mail = read_mail(raw)
    arrival = Arrival(
        account_id=UUID(int=1), queue_id=await first_queue(crm), raw=raw, mail=mail, arrived=now(),
        sort=sort_of(mail, frozenset({"help@example.org"})),
    )  # fmt: skip
    return await take_in(crm, arrival)


HEAD = "From: Ada <ada@example.org>\nSubject: The lamp\nMessage-ID: <one@example.org>"


async def outbound(crm: Any, result: Any) -> Any:
    """What lies at the door."""
    declaration = crm.registry.records["outbound_message"]
    rows = await crm.records.rows(declaration, [result.id])
    return (await crm.door.open_one(system_access("test"), declaration, rows[0])).content


async def test_answer_goes_to_whoever_wrote_last_with_mark_and_thread(crm: Any, access: Access) -> None:
    taken = await arrive(crm, HEAD)
    assert taken.ticket_id is not None
    answered = await answer_by_mail(crm, access, taken.ticket_id, Answer(text="Change the bulb."))
    sent = await outbound(crm, answered.result)
    mark = mark_of(crm, "T", taken.ticket_id, 1)
    assert (answered.result.state, sent.to, sent.subject) == (
        MessageState.QUEUED, "ada@example.org", f"Re: The lamp {mark}",
    )  # fmt: skip
    assert {name: sent.headers[name] for name in ("In-Reply-To", "References")} == {
        "In-Reply-To": "<one@example.org>", "References": "<one@example.org>",
    }  # fmt: skip
    assert sent.text.startswith("Change the bulb.\n\n")
    assert sent.text.endswith("UTC, Ada:\n> It is dark.")
    ticket = await visible_ticket(crm, access, taken.ticket_id)
    kept = (await messages_of(crm, access, taken.ticket_id))[-1]
    assert (ticket.row["state"], ticket.row["first_response_at"], kept.content.text, kept.row["outbound_id"]) == (
        "pending", kept.row["at"], "Change the bulb.", answered.result.id,
    )  # fmt: skip


@pytest.mark.parametrize("server", ["mail.example.org", ""])
async def test_answer_that_cannot_leave_is_not_in_the_ticket(crm: Any, access: Access, server: str) -> None:
    taken = await arrive(crm, HEAD)
    assert taken.ticket_id is not None
    object.__setattr__(crm.settings, "smtp_host", server)
    answered = await answer_by_mail(crm, access, taken.ticket_id, Answer(text="Change the bulb."))
    kept = [one.content.text.strip() for one in await messages_of(crm, access, taken.ticket_id)]
    leaves = bool(server)
    assert (answered.result.state, answered.message_id is not None, kept) == (
        MessageState.QUEUED if leaves else MessageState.FAILED, leaves, ["It is dark.", "Change the bulb."][: 1 + leaves],
    )  # fmt: skip


@pytest.mark.parametrize("way", ["reference", "mark", "both"])
async def test_answer_to_ours_comes_back_into_its_ticket(crm: Any, access: Access, way: str) -> None:
    taken = await arrive(crm, HEAD)
    assert taken.ticket_id is not None
    answered = await answer_by_mail(crm, access, taken.ticket_id, Answer(text="Change the bulb."))
    sent = await outbound(crm, answered.result)
    subject = "AW: lamp" if way == "reference" else f"AW: {sent.subject}"
    reference = "" if way == "mark" else f"\nIn-Reply-To: <{answered.result.id}@example.org>"
    again = await arrive(crm, f"From: ada@example.org\nSubject: {subject}{reference}", "Done.")
    assert (again.ticket_id, again.new_ticket, again.contact_id) == (taken.ticket_id, False, taken.contact_id)
    assert (await visible_ticket(crm, access, taken.ticket_id)).row["state"] == "open"


async def test_mail_without_a_word_is_taken_as_it_is(crm: Any, access: Access) -> None:
    taken = await arrive(crm, HEAD, "")
    assert taken.ticket_id is not None
    (message,) = await messages_of(crm, access, taken.ticket_id)
    assert (message.content.text.strip(), message.content.subject, message.content.defects) == ("", "The lamp", ())


async def test_nobody_gets_into_a_ticket_by_guessing_its_number(crm: Any) -> None:
    taken = await arrive(crm, HEAD)
    assert taken.ticket_id is not None
    good = mark_of(crm, "T", taken.ticket_id, 1)
    letter = "A" if good[-2] != "A" else "B"
    for mark, found in (
        (good, taken.ticket_id),
        (f"{good[:-2]}{letter}]", None),
        ("[T-1-AAAAAAAA]", None),
        ("[T-1]", None),
    ):
        assert await ticket_for(crm, read_mail(f"Subject: Re: {mark}\n\nx".encode())) == found


async def test_restricted_person_is_not_written_to(crm: Any, access: Access) -> None:
    taken = await arrive(crm, HEAD)
    assert taken.ticket_id is not None
    await crm.orders.give("restriction", taken.contact_id)
    with pytest.raises(NotFound):
        await answer_by_mail(crm, access, taken.ticket_id, Answer(text="Change the bulb."))
    assert len(await crm.data.fetch("SELECT id FROM service_message")) == 1


async def test_machine_that_answers_opens_nothing_again(crm: Any, access: Access) -> None:
    taken = await arrive(crm, HEAD)
    assert taken.ticket_id is not None
    await change_ticket(crm, access, taken.ticket_id, TicketChange(state="solved"), seen=1)
    away = await arrive(
        crm, "From: ada@example.org\nSubject: Away\nIn-Reply-To: <one@example.org>\nAuto-Submitted: auto-replied"
    )
    row = (await visible_ticket(crm, access, taken.ticket_id)).row
    assert (away.ticket_id, row["state"]) == (taken.ticket_id, "solved")


async def test_subject_has_one_mark_however_often_it_goes_round(crm: Any, access: Access) -> None:
    taken = await arrive(crm, HEAD)
    assert taken.ticket_id is not None
    mark = mark_of(crm, "T", taken.ticket_id, 1)
    answer = Answer(text="Well?", subject=f"Re: {mark} The lamp {mark}")
    sent = await outbound(crm, (await answer_by_mail(crm, access, taken.ticket_id, answer)).result)
    assert sent.subject == f"Re: The lamp {mark}"


def report(kind: str, fields: str, message_id: UUID) -> tuple[str, str]:
    """Head and body of what a mail server says of our mail (RFC 3464), or a mailbox provider (RFC 5965)."""
    head = (
        "From: Mail Delivery System <mailer-daemon@mail.example.net>\nReturn-Path: <>\nSubject: About your mail\n"
        f"Message-ID: <{message_id}.{kind}@mail.example.net>\n"
        f"Content-Type: multipart/report; report-type={kind}; boundary=x"
    )
    body = (
        f"--x\n\nSomething about your mail.\n--x\nContent-Type: message/{kind}\n\n{fields}\n"
        f"--x\nContent-Type: message/rfc822\n\nFrom: help@example.org\nMessage-ID: <{message_id}@example.org>\n\nHello\n--x--"
    )
    return head, body


async def leave(crm: Any, message_id: UUID) -> None:
    await crm.data.fetch("UPDATE outbound_message SET state = 'sent', at = ? WHERE id = ?", now(), message_id)


async def test_answer_that_comes_back_opens_its_ticket_again(crm: Any, access: Access) -> None:
    taken = await arrive(crm, HEAD)
    assert taken.ticket_id is not None
    answered = await answer_by_mail(crm, access, taken.ticket_id, Answer(text="Change the bulb."))
    await leave(crm, answered.result.id)
    before = await crm.data.fetch("SELECT count(*) AS people FROM contact")
    gone = "Final-Recipient: rfc822; ada@example.org\nAction: failed\nStatus: 5.1.1"
    back = await arrive(crm, *report("delivery-status", gone, answered.result.id))
    assert (back.ticket_id, back.contact_id, back.new_ticket) == (taken.ticket_id, taken.contact_id, False)
    assert await crm.data.fetch("SELECT count(*) AS people FROM contact") == before, "a mail server is nobody"
    reader = replace(access, actor=replace(access.actor, permissions=access.actor.permissions | {"outbound.read"}))
    shown = await shown_messages(crm, reader, await messages_of(crm, reader, taken.ticket_id))
    assert "address does not exist" in str(shown[1])
    gone_now = Event(
        id=new_id(),
        kind="message.bounced",
        record_id=answered.result.id,
        people=(),
        position=1,
        at=now(),
    )
    for _ in range(2):
        await reopen(crm, [gone_now])
    assert (await visible_ticket(crm, access, taken.ticket_id)).row["state"] == "open"


async def test_what_comes_back_of_a_newsletter_is_noted_and_no_ticket(crm: Any, access: Access) -> None:
    taken = await arrive(crm, HEAD)
    assert taken.contact_id is not None
    letter = OutboundMessage(contact_id=taken.contact_id, purpose="service.answers", subject="News", text="Hello")
    sent = await send(crm, system_access("test"), letter)
    await leave(crm, sent.id)
    abuse = "Feedback-Type: abuse\nUser-Agent: Example/1.0\nVersion: 1"
    back = await arrive(crm, *report("feedback-report", abuse, sent.id))
    again = await arrive(crm, *report("feedback-report", abuse, sent.id))
    assert (back.ticket_id, back.known, again.known) == (None, False, True)
    rows = await crm.data.fetch("SELECT state, returned FROM outbound_message")
    assert [tuple(row.values()) for row in rows] == [("sent", "complaint")]
    assert len(await crm.data.fetch("SELECT id FROM service_ticket")) == 1
    other = await arrive(crm, *report("feedback-report", abuse, UUID(int=7)))
    assert other.new_ticket, "about a mail that is not ours: somebody must look at it"
