"""Files that go with mails, and messages that wait so that somebody can call them off."""

from __future__ import annotations

import email
import email.policy
from datetime import timedelta
from typing import Any

import pytest

from confida_core.clock import now
from confida_core.outbound.content import OUTBOUND, AttachedFile, MessageState, OutboundMessage
from confida_core.outbound.log import cancel_message, messages_shown, visible_message
from confida_core.outbound.sender import send, send_batch
from confida_core.vault.access import Forbidden, NotFound
from tests.cases import in_one_installation
from tests.core.outbound.house import ZOE, Guard, Mailbox, access_of, make_ada, states, work, work_later

pytestmark = pytest.mark.anyio


def news(contact_id: Any, **more: Any) -> OutboundMessage:
    given = {"purpose": "newsletter", "subject": "Hello", "text": "Good day, Ada."} | more
    return OutboundMessage(contact_id=contact_id, **given)


PAPER = AttachedFile(name="Rechnung Nr. 1 für Ada.pdf", media_type="application/pdf", data=b"%PDF-1.7 \x00\xff" * 300)


async def test_files_arrive_as_they_were_and_their_bytes_are_kept_no_longer(
    crm: Any, guard: Guard, mailbox: Mailbox
) -> None:
    xml = AttachedFile(name="invoice.xml", media_type="application/xml", data="<ü/>".encode())
    result = await send(crm, access_of(), news(await make_ada(crm), html="<p>Hi</p>", files=(PAPER, xml)))
    opened = await crm.door.open_one(access_of(), OUTBOUND, (await crm.records.rows(OUTBOUND, [result.id]))[0])
    assert [file.data for file in opened.content.files] == [PAPER.data, xml.data]
    assert [file.data for file in (await visible_message(crm, access_of(), result.id)).content.files] == [b"", b""]
    await work(crm)
    [letter] = mailbox.letters
    read = email.message_from_bytes(letter.data, policy=email.policy.default)
    found = [
        (part.get_filename(), part.get_content_type(), part.get_payload(decode=True))
        for part in read.iter_attachments()
    ]
    assert found == [(file.name, file.media_type, file.data) for file in (PAPER, xml)]
    opened = await crm.door.open_one(access_of(), OUTBOUND, (await crm.records.rows(OUTBOUND, [result.id]))[0])
    assert [(file.name, file.size, file.data) for file in opened.content.files] == [
        (PAPER.name, len(PAPER.data), b""),
        (xml.name, len(xml.data), b""),
    ]


async def test_refused_message_keeps_no_bytes_of_its_files(crm: Any, guard: Guard) -> None:
    ada = await make_ada(crm)
    guard.no.add((ada, "newsletter", "email"))
    result = await send(crm, access_of(), news(ada, files=(PAPER,)))
    opened = await crm.door.open_one(access_of(), OUTBOUND, (await crm.records.rows(OUTBOUND, [result.id]))[0])
    assert (result.allowed, [file.data for file in opened.content.files]) == (False, [b""])


@in_one_installation(
    "more",
    [
        {"files": (PAPER,), "path": "pigeon"},
        {"files": (PAPER,) * 11},
        {"files": (AttachedFile(name="a.bin", data=b"x" * 10_000_001),)},
        {"files": (AttachedFile(name="../a.bin", data=b"x"),)},
        {"files": (AttachedFile(name="", data=b"x"),)},
        {"files": (AttachedFile(name="a\nBcc: zoe@example.org", data=b"x"),)},
        {"files": (AttachedFile(name="a.eml", media_type="message/rfc822", data=b"x"),)},
        {"files": (AttachedFile(name="a.bin", media_type="pdf", data=b"x"),)},
        {"leaves_at": now() + timedelta(hours=2)},
    ],
)
async def test_files_and_waits_that_cannot_be_are_refused(crm: Any, guard: Guard, more: dict[str, Any]) -> None:
    ada = await make_ada(crm)
    with pytest.raises(ValueError, match=r"file|waits"):
        await send(crm, access_of(), news(ada, **more))
    assert await states(crm) == []


async def test_message_that_waits_can_be_called_off_until_it_leaves(crm: Any, guard: Guard, mailbox: Mailbox) -> None:
    ada = await make_ada(crm)
    moment = now() + timedelta(seconds=30)
    first, second = await send_batch(crm, access_of(), [news(ada, leaves_at=moment), news(ada, leaves_at=moment)])
    await work(crm)
    assert (await states(crm), mailbox.letters) == ([("queued", ""), ("queued", "")], [])
    await cancel_message(crm, access_of(), first.id)
    await work_later(crm)
    assert (sorted(await states(crm)), len(mailbox.letters)) == ([("cancelled", ""), ("sent", "")], 1)
    with pytest.raises(NotFound):
        await cancel_message(crm, access_of(), second.id)


async def test_messages_are_shown_in_the_order_asked_for_with_as_many_queries(
    crm: Any, guard: Guard, mailbox: Mailbox
) -> None:
    ada = await make_ada(crm)
    sent = [await send(crm, access_of(), news(ada, subject=f"No. {n}")) for n in range(3)]
    shown = await messages_shown(crm, access_of(), [one.id for one in reversed(sent)])
    assert [(one.subject, one.contact_name, one.state) for one in shown] == [
        (f"No. {n}", "Ada", MessageState.QUEUED) for n in (2, 1, 0)
    ]
    with pytest.raises(Forbidden):
        await messages_shown(crm, access_of(ZOE), [sent[0].id])
