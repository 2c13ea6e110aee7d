"""Tickets and what is said in them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from tests.cases import in_one_installation

from confida_core.api import (
    Access,
    Actor,
    Forbidden,
    InvalidContent,
    NotFound,
    VersionConflict,
    restore_contact,
    system_access,
    trash_contact,
)
from confida_service.content import MessageContent, TicketContent
from confida_service.queues.queues import (
    ShownQueue,
    archive_queue,
    first_queue,
    members_of,
    queues,
    save_queue,
    set_members,
)
from confida_service.tickets.messages import MessageDraft, add_message, messages_of, split_ticket, ticket_of_mail
from confida_service.tickets.states import NEXT, STATES
from confida_service.tickets.tickets import (
    TicketChange,
    TicketDraft,
    change_ticket,
    link_tickets,
    merge_tickets,
    open_ticket,
    tickets_of,
    visible_ticket,
)

pytestmark = pytest.mark.anyio
LAMP = TicketDraft(subject="The lamp is dark", tags=("lamp", " lamp ", "house"))


def said(text: str, direction: str = "in", message_id: str = "", **more: Any) -> MessageDraft:
    content = MessageContent(text=text, message_id=message_id)
    return MessageDraft(content=content, direction=direction, channel="email", **more)


async def state_of(crm: Any, ticket_id: UUID) -> str:
    return str((await crm.data.fetch("SELECT state FROM service_ticket WHERE id = ?", ticket_id))[0]["state"])


async def events_of(crm: Any, ticket_id: UUID) -> list[tuple[str, str, str]]:
    rows = await crm.data.fetch("SELECT * FROM service_ticket_event WHERE ticket_id = ? ORDER BY at, id", ticket_id)
    return [(row["what"], row["before"], row["after"]) for row in rows]


async def test_ticket_is_as_it_was_opened(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada")
    ticket_id = await open_ticket(crm, access, ada, LAMP)
    opened = await visible_ticket(crm, access, ticket_id)
    assert opened.content == TicketContent(subject="The lamp is dark", tags=("house", "lamp"))
    shown = ("number", "contact_id", "state", "kind", "priority", "channel", "assignee_id", "queue_id", "solved_at")
    assert [opened.row[name] for name in shown] == [
        1, ada, "new", "question", 2, "staff", None, (await queues(crm))[0].id, None,
    ]  # fmt: skip
    second = await visible_ticket(crm, access, await open_ticket(crm, access, ada, LAMP))
    assert second.row["number"] == 2
    assert await events_of(crm, ticket_id) == [("opened", "", "staff")]


@in_one_installation(
    ("change", "field"),
    [
        ({"subject": " "}, "subject"), ({"subject": "x" * 301}, "subject"), ({"kind": "joke"}, "kind"),
        ({"priority": 5}, "priority"), ({"channel": "drum"}, "channel"), ({"tags": ("x" * 61,)}, "tags"),
        ({"queue_id": UUID(int=1)}, "queue_id"),
    ],
)  # fmt: skip
async def test_ticket_that_makes_no_sense_is_refused(
    crm: Any, access: Access, contact: Any, change: dict[str, Any], field: str
) -> None:
    ada = await contact("Ada")
    with pytest.raises(InvalidContent) as refused:
        await open_ticket(crm, access, ada, replace(LAMP, **change))
    assert list(refused.value.errors) == [field]
    assert await crm.data.fetch("SELECT id FROM service_ticket") == []


async def test_every_state_follows_only_where_it_may(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada")
    for before in STATES:
        for after in STATES:
            ticket_id = await open_ticket(crm, access, ada, LAMP)
            await crm.data.fetch("UPDATE service_ticket SET state = ? WHERE id = ?", before, ticket_id)
            change = TicketChange(state=after)
            if after == before or after in NEXT[before]:
                await change_ticket(crm, access, ticket_id, change, seen=1)
                row = (await visible_ticket(crm, access, ticket_id)).row
                done, waits = after in {"solved", "closed"}, after in {"pending", "on_hold"}
                told = (row["state"], row["solved_at"] is not None, row["paused_at"] is not None)
                assert told == (
                    after,
                    done and before != after and before not in {"solved", "closed"},
                    waits and before != after,
                )
            else:
                with pytest.raises(InvalidContent):
                    await change_ticket(crm, access, ticket_id, change, seen=1)


async def test_change_is_noted_and_lost_to_nobody(crm: Any, access: Access, contact: Any) -> None:
    ticket_id = await open_ticket(crm, access, await contact("Ada"), LAMP)
    other = await save_queue(crm, access, "Repairs", assignment="rotation")
    change = TicketChange(
        subject="Dark lamp", priority=4, kind="fault", queue_id=other, assignee_id=access.actor.id, tags=()
    )
    assert await change_ticket(crm, access, ticket_id, change, seen=1) == 2
    with pytest.raises(VersionConflict):
        await change_ticket(crm, access, ticket_id, TicketChange(priority=1), seen=1)
    opened = await visible_ticket(crm, access, ticket_id)
    assert (opened.content, opened.row["priority"], opened.row["assignee_id"]) == (
        TicketContent(subject="Dark lamp"), 4, access.actor.id,
    )  # fmt: skip
    before = str((await queues(crm))[0].id)
    assert await events_of(crm, ticket_id) == [
        ("opened", "", "staff"), ("kind", "question", "fault"), ("priority", "2", "4"), ("queue", before, str(other)),
        ("assignee", "", str(access.actor.id)),
    ]  # fmt: skip
    await change_ticket(crm, access, ticket_id, TicketChange(unassign=True), seen=2)
    assert (await visible_ticket(crm, access, ticket_id)).row["assignee_id"] is None


async def test_state_follows_what_is_said(crm: Any, access: Access, contact: Any) -> None:
    ticket_id = await open_ticket(crm, access, await contact("Ada"), LAMP)
    states = []
    for draft in (
        said("It is dark."), said("Think.", "note"), said("Which lamp?", "out"), said("The green one."),
        said("Sent one.", "out", keep_state=True), said("Solved?", "out"), said("Yes."),
    ):  # fmt: skip
        await add_message(crm, access, ticket_id, draft)
        states.append(await state_of(crm, ticket_id))
    assert states == ["new", "new", "pending", "open", "open", "pending", "open"]
    row = (await visible_ticket(crm, access, ticket_id)).row
    messages = await messages_of(crm, access, ticket_id)
    assert [(one.row["direction"], one.content.text) for one in messages] == [
        ("in", "It is dark."), ("note", "Think."), ("out", "Which lamp?"), ("in", "The green one."), ("out", "Sent one."),
        ("out", "Solved?"), ("in", "Yes."),
    ]  # fmt: skip
    assert row["first_response_at"] == messages[2].row["at"]
    assert [one.row["author_id"] for one in messages[:3]] == [None, access.actor.id, access.actor.id]


async def test_closed_ticket_opens_again_when_the_customer_writes(crm: Any, access: Access, contact: Any) -> None:
    ticket_id = await open_ticket(crm, access, await contact("Ada"), LAMP)
    await change_ticket(crm, access, ticket_id, TicketChange(state="closed"), seen=1)
    await add_message(crm, access, ticket_id, said("Thank you.", "out"))
    assert await state_of(crm, ticket_id) == "closed"
    await add_message(crm, access, ticket_id, said("It is dark again."))
    row = (await visible_ticket(crm, access, ticket_id)).row
    assert (row["state"], row["solved_at"]) == ("open", None)


async def test_merged_ticket_leads_to_the_other_and_what_comes_later_goes_there(
    crm: Any, access: Access, contact: Any
) -> None:
    ada, zoe = await contact("Ada"), await contact("Zoe")
    first, second = await open_ticket(crm, access, ada, LAMP), await open_ticket(crm, access, zoe, LAMP)
    await add_message(crm, access, first, said("Dark", message_id="1@example.org"))
    await add_message(crm, access, second, said("Dark here too", message_id="2@example.org"))
    await merge_tickets(crm, access, first, second, seen=(await visible_ticket(crm, access, first)).row["version"])
    await add_message(crm, access, first, said("Still", contact_id=ada))
    assert await messages_of(crm, access, first) == []
    found = await messages_of(crm, access, second)
    assert [(one.content.text, one.row["contact_id"]) for one in found] == [
        ("Dark", ada),
        ("Dark here too", zoe),
        ("Still", ada),
    ]
    row = (await visible_ticket(crm, access, first)).row
    assert (row["state"], row["merged_into"]) == ("merged", second)
    assert await ticket_of_mail(crm, ["unknown@example.org", "2@example.org", "1@example.org"]) == second
    for pair in ((first, second), (second, first), (second, second)):
        with pytest.raises(InvalidContent):
            await merge_tickets(crm, access, *pair, seen=row["version"])


async def test_messages_are_split_off_all_or_none(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada")
    first, second = await open_ticket(crm, access, ada, LAMP), await open_ticket(crm, access, ada, LAMP)
    ids = [await add_message(crm, access, first, said(text)) for text in ("one", "two", "three")]
    with pytest.raises(InvalidContent):
        await split_ticket(crm, access, first, [ids[0], UUID(int=1)], second)
    await split_ticket(crm, access, first, ids[1:], second)
    told = [[one.content.text for one in await messages_of(crm, access, one)] for one in (first, second)]
    assert told == [["one"], ["two", "three"]]


async def test_two_tickets_are_linked_once(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada")
    first, second = await open_ticket(crm, access, ada, LAMP), await open_ticket(crm, access, ada, LAMP)
    await link_tickets(crm, access, first, second, "related")
    await link_tickets(crm, access, second, first, "causes")
    rows = await crm.data.fetch("SELECT ticket_id, other_id, kind FROM service_ticket_link")
    assert rows == [{"ticket_id": second, "other_id": first, "kind": "causes"}]
    with pytest.raises(InvalidContent):
        await link_tickets(crm, access, first, first, "related")


async def test_missing_and_forbidden_are_alike(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada")
    ticket_id = await open_ticket(crm, access, ada, LAMP)
    nobody = replace(access, actor=Actor(id=UUID(int=7), kind="staff", permissions=frozenset()))
    with pytest.raises(Forbidden):
        await visible_ticket(crm, nobody, ticket_id)
    with pytest.raises(NotFound):
        await visible_ticket(crm, access, UUID(int=1))
    await crm.orders.give("restriction", ada)
    with pytest.raises(NotFound):
        await visible_ticket(crm, access, ticket_id)


async def test_ticket_of_somebody_in_the_trash_is_nobodys_until_they_are_back(
    crm: Any, access: Access, contact: Any
) -> None:
    ada = await contact("Ada")
    ticket_id = await open_ticket(crm, access, ada, LAMP)
    await trash_contact(crm, access, ada)
    for work in (visible_ticket(crm, access, ticket_id), add_message(crm, access, ticket_id, said("Yes", "note"))):
        with pytest.raises(NotFound):
            await work
    # What they write meanwhile is not lost.
    await add_message(crm, system_access("tests"), ticket_id, said("Hello?", contact_id=ada))
    await restore_contact(crm, access, ada)
    assert [one.content.text for one in await messages_of(crm, access, ticket_id)] == ["Hello?"]


async def test_tickets_of_people_come_with_one_query(crm: Any, access: Access, contact: Any, queries: Any) -> None:
    ada, zoe = await contact("Ada"), await contact("Zoe")
    await open_ticket(crm, access, ada, LAMP)
    with queries() as one:
        await tickets_of(crm, access, [ada, zoe])
    for owner in (ada, zoe):
        await open_ticket(crm, access, owner, LAMP)
    with queries() as three:
        found = await tickets_of(crm, access, [ada, zoe])
    counts = [sum("FROM service_ticket" in statement for statement in asked) for asked in (one, three)]
    assert ([each.row["number"] for each in found], counts) == ([3, 2, 1], [1, 1])


async def test_queue_is_kept_as_long_as_somebody_waits_in_it(crm: Any, access: Access, contact: Any) -> None:
    inbox = await first_queue(crm)
    repairs = await save_queue(crm, access, " Repairs ", assignment="workload")
    assert await queues(crm) == [
        ShownQueue(inbox, "Inbox", "manual", False),
        ShownQueue(repairs, "Repairs", "workload", False),
    ]
    await set_members(crm, access, repairs, [(UUID(int=1), "lamps"), (UUID(int=2), "")])
    await set_members(crm, access, repairs, [(UUID(int=1), "lamps de"), (UUID(int=3), "")])
    assert [(one["account_id"], one["skills"]) for one in await members_of(crm, repairs)] == [
        (UUID(int=1), "lamps de"), (UUID(int=3), ""),
    ]  # fmt: skip
    ticket_id = await open_ticket(crm, access, await contact("Ada"), replace(LAMP, queue_id=repairs))
    with pytest.raises(InvalidContent):
        await archive_queue(crm, access, repairs)
    await change_ticket(crm, access, ticket_id, TicketChange(state="solved"), seen=1)
    await archive_queue(crm, access, repairs)
    assert [one.name for one in await queues(crm)] == ["Inbox"]
    with pytest.raises(InvalidContent):
        await open_ticket(crm, access, await contact("Zoe"), replace(LAMP, queue_id=repairs))


@in_one_installation(("name", "assignment"), [(" ", "manual"), ("x" * 81, "manual"), ("Repairs", "dice")])
async def test_queue_that_makes_no_sense_is_refused(crm: Any, access: Access, name: str, assignment: str) -> None:
    with pytest.raises(InvalidContent):
        await save_queue(crm, access, name, assignment=assignment)
    with pytest.raises(NotFound):
        await save_queue(crm, access, "Repairs", queue_id=UUID(int=1))
