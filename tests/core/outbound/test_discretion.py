"""Nothing of a message lies about in the clear, and sending many costs what it must and no more."""

from __future__ import annotations

import logging
import tracemalloc
from typing import Any

import pytest

from confida_core.outbound.content import OutboundMessage
from confida_core.outbound.sender import permitted, send, send_batch
from tests.cases import in_one_installation
from tests.core.outbound.house import Guard, Mailbox, access_of, make_ada, make_people, work

pytestmark = pytest.mark.anyio
MARKER = "qwxzmarker"
TABLES = ("outbound_message", "disclosure", "job", "change", "read_entry", "audit_event")


def message(contact_id: Any, **more: Any) -> OutboundMessage:
    given = {
        "purpose": "newsletter",
        "subject": f"S {MARKER}",
        "text": f"T {MARKER}",
        "html": f"<p>{MARKER}</p>",
    } | more
    return OutboundMessage(contact_id=contact_id, **given)


async def in_the_clear(crm: Any) -> list[str]:
    """Tables in which the marker can be read, whatever the column."""
    found = []
    for table in TABLES:
        for row in await crm.data.fetch(f"SELECT * FROM {table}"):
            values = [bytes(one) if isinstance(one, bytes | memoryview) else str(one).encode() for one in row.values()]
            if any(MARKER.encode() in value for value in values):
                found.append(table)
    return found


@pytest.mark.parametrize(
    "answer", [("", "sent"), ("550 5.1.1 <ADDRESS> unknown", "failed"), ("451 <ADDRESS> later", "queued")]
)
async def test_nothing_of_a_message_is_readable_in_tables_logs_or_output(
    crm: Any, mailbox: Mailbox, caplog: Any, capsys: Any, answer: tuple[str, str]
) -> None:
    caplog.set_level(logging.DEBUG)
    # The test's own server says aloud whom it serves.
    logging.getLogger("mail.log").disabled = True
    mailbox.rcpt, state = answer
    ada = await make_ada(crm)
    await send(crm, access_of(), message(ada, to=f"{MARKER}@example.org", headers={"X-Note": MARKER}))
    await permitted(crm, access_of(), [ada], purpose="newsletter", channel="post", path="letter", recipient=MARKER)
    await work(crm)
    logging.getLogger("mail.log").disabled = False
    assert [row["state"] for row in await crm.data.fetch("SELECT state FROM outbound_message")] == [state]
    captured = capsys.readouterr()
    assert (MARKER in caplog.text, MARKER in captured.out, MARKER in captured.err) == (False, False, False)
    assert await in_the_clear(crm) == []


@in_one_installation(
    "more",
    [
        {"to": f"{MARKER}@@example.org"},
        {"subject": f"{MARKER}\n"},
        {"text": f"{MARKER}\x00"},
        {"html": f"{MARKER}\ud800"},
        {"headers": {"X-Note": f"{MARKER}\r\n"}},
        {"headers": {MARKER: "x"}},
        {"purpose": f"{MARKER} "},
        {"channel": f"{MARKER}!"},
        {"path": f"{MARKER}/"},
    ],
)
async def test_what_cannot_be_a_message_is_refused_without_repeating_it(crm: Any, more: dict[str, Any]) -> None:
    ada = await make_ada(crm)
    with pytest.raises(ValueError, match=r"^(the |header|a header|contains)") as error:
        await send(crm, access_of(), message(ada, **more))
    assert MARKER not in f"{error.value!r} {error.value.__context__!r} {error.value.__cause__!r}"
    assert await crm.data.fetch("SELECT id FROM outbound_message") == []


async def counted(crm: Any, work: Any) -> int:
    statements: list[str] = []
    crm.data.observers.append(statements.append)
    await work
    crm.data.observers.remove(statements.append)
    return len(statements)


async def test_sending_one_and_asking_for_three_cost_a_few_queries(crm: Any, guard: Guard) -> None:
    ada, mats, zoe = await make_people(crm, "Ada", "Mats", "Zoe")
    guard.no.add((zoe, "newsletter", "phone"))
    # Is there such a contact, is it still there while we write, the row, the job.
    assert await counted(crm, send(crm, access_of(), message(ada, to="ada@example.org"))) == 4
    asked = permitted(
        crm, access_of(), [ada, mats, zoe], purpose="newsletter", channel="phone", path="list", recipient="Callers"
    )
    # Whether they exist; of whom was refused, and of the others twice, again while we write; two rows.
    assert await counted(crm, asked) == 6


async def test_ten_thousand_messages_are_queued_with_a_flat_memory(crm: Any) -> None:
    people = await make_people(crm, *(f"Ada{number}" for number in range(500)))
    batch = [message(one) for one in people]
    await send_batch(crm, access_of(), batch)
    tracemalloc.start()
    peaks = []
    for _ in range(19):
        tracemalloc.reset_peak()
        await send_batch(crm, access_of(), batch)
        peaks.append(tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
    count = await crm.data.fetch("SELECT count(*) AS queued FROM outbound_message WHERE state = 'queued'")
    jobs = await crm.data.fetch("SELECT count(*) AS jobs FROM job")
    assert (count[0]["queued"], jobs[0]["jobs"]) == (10_000, 10_000)
    assert max(peaks) < 32 * 2**20
    assert peaks[-1] < peaks[0] + 4 * 2**20, "each batch must leave nothing behind"
