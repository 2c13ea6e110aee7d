"""Lists that leave, and the question no way out may skip."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from confida_core.exchange.exports import ExportOrder, export_figures, start_export
from confida_core.exchange.handover import HandedOver
from confida_core.interactions.timeline import read_timeline
from confida_core.outbound.content import MessageState, OutboundMessage
from confida_core.outbound.disclosures import disclosures_of
from confida_core.outbound.gates import purposes_to_choose, verdicts_of
from confida_core.outbound.log import outbound_log
from confida_core.outbound.sender import BATCH, permitted, send, send_batch
from tests.core.outbound.house import (
    OLGA,
    Guard,
    Mailbox,
    Pigeons,
    access_of,
    make_ada,
    make_people,
    states,
    work,
)

pytestmark = pytest.mark.anyio

SENT = ("email", "pigeon")
LISTED = ("list", "letter", "webhook", "api")
CHANNELS = ("email", "phone", "sms", "post", "messenger", "profiling")


async def leave(crm: Any, contact_id: UUID, channel: str, path: str) -> None:
    """Whatever leaves on this path, asked for as its caller would."""
    if path in SENT:
        message = OutboundMessage(
            contact_id=contact_id, purpose="newsletter", channel=channel, path=path, subject="S", text="T",
            to="ada@example.org",
        )  # fmt: skip
        await send(crm, access_of(), message)
        return
    if path == "export":
        handed = HandedOver(recipient="Print House", purpose="newsletter", channel=channel)
        order = ExportOrder(format="csv", ids=[contact_id], handed=handed)
        file = b"".join([piece async for piece in await start_export(crm, access_of(), order)])
        assert b"Ada" not in file
        return
    answer = await permitted(
        crm, access_of(), [contact_id], purpose="newsletter", channel=channel, path=path, recipient="Print House"
    )
    assert answer.allowed == []


@pytest.mark.parametrize("channel", CHANNELS)
async def test_no_way_out_skips_the_question(
    crm: Any, guard: Guard, mailbox: Mailbox, pigeons: Pigeons, channel: str
) -> None:
    ada = await make_ada(crm)
    guard.no.add((ada, "newsletter", channel))
    paths = (*SENT, *LISTED, "export")
    for path in paths:
        await leave(crm, ada, channel, path)
    await work(crm)
    log = (await outbound_log(crm, access_of())).entries
    assert sorted((entry.path, entry.channel, entry.state.value, entry.event_id) for entry in log) == sorted(
        (path, channel, "refused", guard.event_id) for path in paths
    )
    assert (mailbox.letters, pigeons.taken, await disclosures_of(crm, access_of(), ada)) == ([], [], [])


async def test_list_keeps_its_order_and_notes_who_is_on_it(crm: Any, guard: Guard) -> None:
    ada, mats, zoe = await make_people(crm, "Ada", "Mats", "Zoe")
    guard.no.add((mats, "newsletter", "post"))
    answer = await permitted(
        crm, access_of(), [zoe, mats, ada, zoe], purpose="newsletter", channel="post", path="letter",
        recipient="Print House", fields=("Name", "Postal address"),
    )  # fmt: skip
    assert (answer.allowed, list(answer.refused)) == ([zoe, ada], [mats])
    assert await states(crm) == [("refused", "withdrawn")]
    [disclosure] = await disclosures_of(crm, access_of(), zoe)
    assert (disclosure.recipient, disclosure.channel, disclosure.path, disclosure.fields, disclosure.made_by) == (
        "Print House", "post", "letter", ("Name", "Postal address"), OLGA.id,
    )  # fmt: skip
    assert await disclosures_of(crm, access_of(), mats) == []


async def test_figures_before_a_list_leaves_note_nothing(crm: Any, guard: Guard) -> None:
    ada = await make_ada(crm)
    guard.no.add((ada, "newsletter", "post"))
    assert (await verdicts_of(crm, [ada], "newsletter", "post"))[ada].reason == "withdrawn"
    assert await states(crm) == []


async def test_file_for_somebody_else_holds_only_whom_it_may(crm: Any, guard: Guard) -> None:
    ada, mats, zoe = await make_people(crm, "Ada", "Mats", "Zoe")
    guard.no.add((mats, "survey", "phone"))
    await crm.orders.give("restriction", zoe)
    handed = HandedOver(recipient="Call Centre", purpose="survey", channel="phone")
    order = ExportOrder(format="vcard", reason="Survey", handed=handed)
    figures = await export_figures(crm, access_of(), order)
    assert (figures.allowed, figures.left_out) == (1, (("It was withdrawn.", 1),))
    file = b"".join([piece async for piece in await start_export(crm, access_of(), order)]).decode()
    assert [line for line in file.splitlines() if line.startswith("FN:")] == ["FN:Ada"]
    assert [len(await disclosures_of(crm, access_of(purpose="operation"), one)) for one in (ada, mats, zoe)] == [
        1,
        0,
        0,
    ]
    runs = await crm.data.fetch("SELECT contact_count, left_out_count FROM export_run")
    assert [(row["contact_count"], row["left_out_count"]) for row in runs] == [(1, 1)]
    # Who was left out was opened for nobody.
    assert [len(await crm.door.read_log.of(one)) > 0 for one in (ada, mats)] == [True, False]


async def test_file_for_ourselves_asks_no_gate(crm: Any, guard: Guard) -> None:
    ada = await make_ada(crm)
    guard.no.add((ada, "newsletter", "email"))
    order = ExportOrder(format="csv", reason="Backup on paper")
    assert b"Ada" in b"".join([piece async for piece in await start_export(crm, access_of(), order)])
    assert (guard.asked, await disclosures_of(crm, access_of(), ada)) == (0, [])


async def test_purposes_are_the_gates_own(crm: Any) -> None:
    assert await purposes_to_choose(crm) == {"newsletter": "Newsletter", "survey": "Survey"}


async def test_timeline_shows_what_left_and_what_was_stopped(crm: Any, guard: Guard, mailbox: Mailbox) -> None:
    ada = await make_ada(crm)
    message = OutboundMessage(contact_id=ada, purpose="newsletter", subject="Hello", text="T")
    await send(crm, access_of(), message)
    await work(crm)
    guard.no.add((ada, "newsletter", "email"))
    await send(crm, access_of(), message)
    guard.no.clear()
    await send(crm, access_of(), message)
    page = await read_timeline(crm, access_of(), ada)
    assert [(item.kind_label, item.subject, item.outcome, item.direction) for item in page.items] == [
        ("Message that was not allowed", "Hello", "It was withdrawn.", "out"),
        ("Message", "Hello", "", "out"),
    ]
    assert page.failed == ()
    assert (await read_timeline(crm, access_of(), ada, kinds=frozenset({"call"}))).items == ()
    paged = await read_timeline(crm, access_of(), ada, limit=1)
    rest = await read_timeline(crm, access_of(), ada, limit=1, cursor=paged.next_cursor)
    assert [item.id for item in (*paged.items, *rest.items)] == [item.id for item in page.items]


async def test_timeline_leaves_out_what_another_source_shows_unless_it_failed(
    crm: Any, guard: Guard, mailbox: Mailbox
) -> None:
    ada = await make_ada(crm)
    for purpose in ("survey", "newsletter"):
        await send(crm, access_of(), OutboundMessage(contact_id=ada, purpose=purpose, subject=purpose, text="T"))
    await work(crm)
    guard.no.add((ada, "survey", "email"))
    await send(crm, access_of(), OutboundMessage(contact_id=ada, purpose="survey", subject="survey again", text="T"))
    page = await read_timeline(crm, access_of(), ada)
    assert [(item.kind_label, item.subject) for item in page.items] == [
        ("Message that was not allowed", "survey again"),
        ("Message", "newsletter"),
    ]


async def test_batch_is_stored_whole_or_not_at_all(crm: Any) -> None:
    ada, mats = await make_people(crm, "Ada", "Mats")
    good = OutboundMessage(contact_id=ada, purpose="newsletter", subject="S", text="T")
    bad = OutboundMessage(contact_id=mats, purpose="newsletter", subject="S\nBcc: x", text="T")
    with pytest.raises(ValueError, match="one line"):
        await send_batch(crm, access_of(), [good, bad])
    with pytest.raises(ValueError, match=f"at most {BATCH}"):
        await send_batch(crm, access_of(), [good] * (BATCH + 1))
    assert (await states(crm), await crm.data.fetch("SELECT id FROM job")) == ([], [])


async def test_batch_of_several_purposes_gives_each_its_own_answer(crm: Any, guard: Guard) -> None:
    ada, mats = await make_people(crm, "Ada", "Mats")
    guard.no |= {(ada, "newsletter", "email"), (mats, "survey", "email")}
    results = await send_batch(
        crm,
        access_of(),
        [
            OutboundMessage(contact_id=one, purpose=purpose, subject="S", text="T")
            for one in (ada, mats)
            for purpose in ("newsletter", "survey")
        ],
    )
    assert [result.state for result in results] == [
        MessageState.REFUSED,
        MessageState.QUEUED,
        MessageState.QUEUED,
        MessageState.REFUSED,
    ]
    assert guard.asked == 2
