"""From the door to the mail server: what is allowed leaves once, what is not never does, and both are written down."""

from __future__ import annotations

import dataclasses
import email
import email.policy
from datetime import timedelta
from typing import Any

import pytest

from confida_core.clock import now
from confida_core.contacts.trash import purge_contact, trash_contact
from confida_core.ids import new_id
from confida_core.outbound.content import OUTBOUND, MessageState, OutboundMessage
from confida_core.outbound.declarations import SendingGate
from confida_core.outbound.disclosures import disclosures_of
from confida_core.outbound.log import cancel_message, outbound_log, retry_message, visible_message
from confida_core.outbound.sender import permitted, send, send_batch
from confida_core.vault.access import Forbidden, NotFound, system_access
from tests.core.outbound.house import (
    OLGA,
    ZOE,
    Guard,
    Mailbox,
    Pigeons,
    access_of,
    house,
    make_ada,
    make_people,
    plugin,
    states,
    work,
    work_later,
)

pytestmark = pytest.mark.anyio


def news(contact_id: Any, **more: Any) -> OutboundMessage:
    given = {"purpose": "newsletter", "subject": "Grüße", "text": "Guten Tag, Ada!"} | more
    return OutboundMessage(contact_id=contact_id, **given)


async def test_message_arrives_once_and_is_noted(crm: Any, guard: Guard, mailbox: Mailbox) -> None:
    ada = await make_ada(crm)
    result = await send(crm, access_of(), news(ada, html="<p>Guten Tag, Ada!</p>"))
    assert (result.state, result.allowed, result.verdict.event_id) == (MessageState.QUEUED, True, guard.event_id)
    await work(crm)
    assert await states(crm) == [("sent", "")]
    [letter] = mailbox.letters
    assert (letter.sender, letter.recipients) == ("crm@example.org", ["ada@example.org"])
    read = email.message_from_bytes(letter.data, policy=email.policy.default)
    assert [str(read[name]) for name in ("From", "To", "Subject", "Message-ID")] == [
        "Example House <crm@example.org>",
        "ada@example.org",
        "Grüße",
        f"<{result.id}@example.org>",
    ]
    assert [part.get_content().strip() for part in read.iter_parts()] == [
        "Guten Tag, Ada!",
        "<p>Guten Tag, Ada!</p>",
    ]
    assert (read["Auto-Submitted"], read["Date"] is not None) == (None, True)
    [disclosure] = await disclosures_of(crm, access_of(), ada)
    assert (disclosure.recipient, disclosure.purpose, disclosure.basis, disclosure.path, disclosure.fields) == (
        "127.0.0.1", "newsletter", "consent", "email", ("E-mail address", "Message"),
    )  # fmt: skip
    assert (disclosure.made_by, disclosure.message_id, disclosure.event_id) == (OLGA.id, result.id, guard.event_id)


async def test_refused_message_is_kept_with_its_reason_and_never_leaves(
    crm: Any, guard: Guard, mailbox: Mailbox
) -> None:
    ada = await make_ada(crm)
    guard.no.add((ada, "newsletter", "email"))
    result = await send(crm, access_of(), news(ada))
    assert (result.state, result.reason, result.allowed) == (MessageState.REFUSED, "withdrawn", False)
    await work(crm)
    [entry] = (await outbound_log(crm, access_of(), state=MessageState.REFUSED)).entries
    assert (entry.contact_name, entry.reason, entry.sentence, entry.event_id, entry.subject) == (
        "Ada", "withdrawn", "It was withdrawn.", guard.event_id, "Grüße",
    )  # fmt: skip
    assert (mailbox.letters, await disclosures_of(crm, access_of(), ada)) == ([], [])


async def test_withdrawal_between_queueing_and_leaving_stops_it(crm: Any, guard: Guard, mailbox: Mailbox) -> None:
    ada = await make_ada(crm)
    await send(crm, access_of(), news(ada))
    guard.no.add((ada, "newsletter", "email"))
    await work(crm)
    [entry] = (await outbound_log(crm, access_of())).entries
    assert (entry.state, entry.reason, entry.sentence) == (MessageState.REFUSED, "withdrawn", "It was withdrawn.")
    assert mailbox.letters == []


async def test_nobody_without_a_gate_is_written_to(settings: Any, mailbox: Mailbox) -> None:
    async with house(settings) as crm:
        ada = await make_ada(crm)
        result = await send(crm, access_of(), news(ada))
        answer = await permitted(crm, access_of(), [ada], purpose="newsletter", channel="phone", path="list")
    assert (result.state, result.reason) == (MessageState.REFUSED, "no_gate")
    assert [verdict.reason for verdict in answer.refused.values()] == ["no_gate"]


async def test_all_gates_must_agree(settings: Any) -> None:
    first, second = Guard(), Guard()
    async with house(settings, plugin([first.declared("guard.a"), second.declared("guard.b")])) as crm:
        ada = await make_ada(crm)
        second.no.add((ada, "newsletter", "email"))
        assert (await send(crm, access_of(), news(ada))).verdict.event_id == second.event_id
        second.no.clear()
        first.no.add((ada, "newsletter", "email"))
        assert (await send(crm, access_of(), news(ada))).verdict.event_id == first.event_id


async def test_gate_that_gives_no_answer_refuses(crm: Any, guard: Guard) -> None:
    ada = await make_ada(crm)
    guard.silent.add(ada)
    assert (await send(crm, access_of(), news(ada))).reason == "no_answer"


async def test_gate_that_fails_lets_nothing_in_or_out(crm: Any, guard: Guard, mailbox: Mailbox) -> None:
    ada = await make_ada(crm)
    await send(crm, access_of(), news(ada))
    guard.error = RuntimeError("broken")
    with pytest.raises(RuntimeError):
        await send(crm, access_of(), news(ada))
    await work(crm)
    assert (await states(crm), mailbox.letters) == ([("queued", "")], [])
    guard.error = None
    await work_later(crm)
    assert (await states(crm), len(mailbox.letters)) == ([("sent", "")], 1)


async def test_restricted_person_is_written_to_only_where_the_gate_says_so(crm: Any, guard: Guard) -> None:
    ada = await make_ada(crm)
    await crm.orders.give("restriction", ada)
    assert (await send(crm, access_of(), news(ada, to="ada@example.org"))).reason == "restricted"
    guard.restricted_too = True
    assert (await send(crm, access_of(), news(ada, to="ada@example.org"))).state == MessageState.QUEUED


async def test_contact_in_the_trash_is_refused_and_a_stranger_not_found(crm: Any) -> None:
    ada = await make_ada(crm)
    await trash_contact(crm, access_of(), ada)
    assert (await send(crm, access_of(), news(ada))).reason == "in_trash"
    with pytest.raises(NotFound):
        await send(crm, access_of(), news(new_id()))
    answer = await permitted(crm, access_of(), [new_id()], purpose="newsletter", channel="phone", path="list")
    assert [verdict.reason for verdict in answer.refused.values()] == ["no_contact"]
    assert await states(crm) == [("refused", "in_trash")]


async def test_person_erased_while_the_message_waits_leaves_nothing(crm: Any, mailbox: Mailbox) -> None:
    ada = await make_ada(crm)
    await send(crm, access_of(), news(ada))
    await permitted(
        crm, access_of(), [ada], purpose="newsletter", channel="post", path="letter", recipient="Print House"
    )
    await purge_contact(crm, ada)
    await work(crm)
    assert mailbox.letters == []
    for table in ("outbound_message", "disclosure"):
        assert await crm.data.fetch(f"SELECT id FROM {table}") == []


async def test_own_address_is_taken_where_none_is_named(crm: Any, mailbox: Mailbox) -> None:
    ada = await make_ada(crm)
    await send(crm, access_of(), news(ada, to="Other@Example.org"))
    await send(crm, access_of(), news(ada))
    await work(crm)
    assert sorted(letter.recipients[0] for letter in mailbox.letters) == ["Other@example.org", "ada@example.org"]


async def test_contact_without_address_fails_visibly(crm: Any) -> None:
    from confida_core.contacts.content import ContactContent, ContactKind
    from confida_core.contacts.people import create_contact

    mats = await create_contact(crm, access_of(), ContactKind.PERSON, ContactContent(display_name="Mats"))
    assert (await send(crm, access_of(), news(mats))).reason == "no_address"
    [entry] = (await outbound_log(crm, access_of())).entries
    assert (entry.state, entry.sentence) == (MessageState.FAILED, "The contact has no e-mail address.")


async def test_without_a_mail_server_it_fails_plainly_and_can_be_sent_later(
    settings: Any, crm: Any, guard: Guard, mailbox: Mailbox
) -> None:
    unready = dataclasses.replace(crm, settings=crm.settings.model_copy(update={"smtp_host": ""}))
    ada = await make_ada(crm)
    result = await send(unready, access_of(), news(ada))
    assert (result.state, result.reason, result.allowed) == (MessageState.FAILED, "not_set_up", True)
    assert (await retry_message(unready, access_of(), result.id)).reason == "not_set_up"
    assert (await retry_message(crm, access_of(), result.id)).state == MessageState.QUEUED
    await work(crm)
    assert (await states(crm), len(mailbox.letters)) == ([("sent", "")], 1)


async def test_retry_asks_the_gates_again(crm: Any, guard: Guard, mailbox: Mailbox) -> None:
    ada = await make_ada(crm)
    mailbox.data = "554 5.7.1 Spam"
    sent = await send(crm, access_of(), news(ada))
    await work(crm)
    guard.no.add((ada, "newsletter", "email"))
    assert (await retry_message(crm, access_of(), sent.id)).state == MessageState.REFUSED
    with pytest.raises(NotFound):
        await retry_message(crm, access_of(), sent.id)
    assert await states(crm) == [("refused", "withdrawn")]


async def test_cancelled_message_does_not_leave(crm: Any, mailbox: Mailbox) -> None:
    ada = await make_ada(crm)
    sent = await send(crm, access_of(), news(ada))
    await cancel_message(crm, access_of(), sent.id)
    await work(crm)
    assert (await states(crm), mailbox.letters) == ([("cancelled", "")], [])
    with pytest.raises(NotFound):
        await cancel_message(crm, access_of(), sent.id)


async def test_automated_mail_says_so(crm: Any, mailbox: Mailbox) -> None:
    ada = await make_ada(crm)
    await send(crm, system_access("job test"), news(ada))
    await work(crm)
    assert email.message_from_bytes(mailbox.letters[0].data)["Auto-Submitted"] == "auto-generated"


async def test_headers_the_gate_asks_for_are_on_the_message_whole(crm: Any, guard: Guard, mailbox: Mailbox) -> None:
    ada = await make_ada(crm)
    link = f"<https://crm.example.org/my/unsubscribe/{'a' * 300}>, <mailto:stop@example.org>"
    guard.headers = {"List-Unsubscribe": link, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    await send(crm, access_of(), news(ada))
    await work(crm)
    lines = mailbox.letters[0].data.split(b"\r\n")
    assert f"List-Unsubscribe: {link}".encode() in lines
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines


async def test_secret_of_a_message_is_shown_to_nobody_and_not_kept(crm: Any, guard: Guard, mailbox: Mailbox) -> None:
    ada = await make_ada(crm)
    guard.headers = {"List-Unsubscribe": "<https://crm.example.org/my/unsubscribe/abc>"}
    sent = await send(crm, access_of(), news(ada, text="Your code: 123456", html="<p>123456</p>", secret=True))
    for shown in (
        await visible_message(crm, access_of(), sent.id),
        (await work(crm), await visible_message(crm, access_of(), sent.id))[1],
        (await crm.door.open(system_access("test"), OUTBOUND, await crm.records.rows(OUTBOUND, [sent.id])))[0],
    ):
        assert (shown.content.text, shown.content.html, shown.content.headers) == ("", "", {})
        assert shown.content.to == "ada@example.org"
    assert await states(crm) == [("sent", "")]
    assert (b"123456" in mailbox.letters[0].data, b"unsubscribe/abc" in mailbox.letters[0].data) == (True, True)


async def test_message_that_waited_too_long_fails(crm: Any, mailbox: Mailbox) -> None:
    ada = await make_ada(crm)
    await send(crm, access_of(), news(ada))
    await crm.data.fetch("UPDATE outbound_message SET queued_at = ?", now() - timedelta(days=3, minutes=1))
    await work(crm)
    assert (await states(crm), mailbox.letters) == ([("failed", "too_old")], [])


async def test_message_of_a_restored_backup_is_not_sent_by_itself(crm: Any, mailbox: Mailbox) -> None:
    """It waited when the backup was made, and may have left since."""
    from confida_core.backup.restore import RESTORES

    ada = await make_ada(crm)
    sent = await send(crm, access_of(), news(ada))
    assert await crm.keyring.remember(RESTORES, 1)
    await work(crm)
    assert (await states(crm), mailbox.letters) == ([("failed", "restored")], [])
    await retry_message(crm, access_of(), sent.id)
    await send(crm, access_of(), news(ada))
    await work(crm)
    assert (await states(crm), len(mailbox.letters)) == ([("sent", "")] * 2, 2)


async def test_plugin_brings_its_own_way_out(crm: Any, pigeons: Pigeons) -> None:
    ada = await make_ada(crm)
    await send(crm, access_of(), news(ada, path="pigeon", channel="post", to="The third window"))
    await work(crm)
    assert [(one.to, one.text) for one in pigeons.taken] == [("The third window", "Guten Tag, Ada!")]
    [disclosure] = await disclosures_of(crm, access_of(), ada)
    assert (disclosure.recipient, disclosure.path, disclosure.channel) == ("Pigeon Post", "pigeon", "post")


async def test_way_out_that_nobody_knows_fails_visibly(crm: Any) -> None:
    ada = await make_ada(crm)
    assert (await send(crm, access_of(), news(ada, path="telex", to="1234"))).reason == "no_transport"


async def test_permissions_are_asked(crm: Any) -> None:
    ada = await make_ada(crm)
    sent = await send(crm, access_of(), news(ada))
    for attempt in (
        send(crm, access_of(ZOE), news(ada)),
        outbound_log(crm, access_of(ZOE)),
        visible_message(crm, access_of(ZOE), sent.id),
        cancel_message(crm, access_of(ZOE), sent.id),
        retry_message(crm, access_of(ZOE), sent.id),
    ):
        with pytest.raises(Forbidden):
            await attempt


async def test_log_is_paged_and_hides_whom_it_may_not_show(crm: Any) -> None:
    ada, mats, zoe = await make_people(crm, "Ada", "Mats", "Zoe")
    sent = await send_batch(crm, access_of(), [news(one) for one in (ada, mats, zoe)])
    await crm.orders.give("restriction", mats)
    first = await outbound_log(crm, access_of(), limit=2)
    second = await outbound_log(crm, access_of(), limit=2, before=first.next_before)
    # Three ids of one millisecond have no order of their own.
    assert sorted(entry.contact_name for page in (first, second) for entry in page.entries) == ["Ada", "Zoe"]
    assert (first.next_before is None, second.next_before) == (False, None)
    assert [entry.id for entry in (await outbound_log(crm, access_of(), contact_id=ada)).entries] == [sent[0].id]
    with pytest.raises(NotFound):
        await visible_message(crm, access_of(), sent[1].id)


async def test_gate_cannot_put_words_into_the_clear(crm: Any, guard: Guard) -> None:
    from confida_core.outbound.declarations import Verdict

    async def talkative(_: Any, ids: Any, *__: str) -> Any:
        return {one: Verdict(allowed=False, reason="Ada said no") for one in ids}

    async with house(crm.settings, plugin([SendingGate(key="guard.talk", ask=talkative)])) as other:
        ada = await make_ada(other)
        with pytest.raises(ValueError, match="no code"):
            await send(other, access_of(), news(ada))
