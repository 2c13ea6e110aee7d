"""Rules that send mail to its queue, and who gets a ticket."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from confida_core.api import Access, InvalidContent, NotFound, PostalAddress, VersionConflict, now, system_access
from confida_service.answering.canned import save_canned
from confida_service.mail.reading import read_mail
from confida_service.mail.recognising import sort_of
from confida_service.mail.taking_in import Arrival, take_in
from confida_service.queues.queues import archive_queue, first_queue, save_queue, set_members
from confida_service.queues.routing import decide, today_of
from confida_service.queues.routing_answer import answer_at_once
from confida_service.queues.routing_content import ROUTING_RULE, RuleContent
from confida_service.queues.routing_fields import facts_of
from confida_service.queues.routing_language import guessed
from confida_service.queues.routing_rules import all_rules, move_rule, remove_rule, rules, save_rule, switch_rule
from confida_service.tickets.messages import messages_of
from confida_service.tickets.tickets import TicketChange, TicketDraft, change_ticket, open_ticket, visible_ticket

pytestmark = pytest.mark.anyio
HEAD = "From: Ada Lovelace <ada@example.org>\nTo: help@example.org\nSubject: The lamp\n"


@pytest.fixture
def confida_settings() -> dict[str, Any]:
    """A mail server that is never asked: messages wait at the door."""
    return {"mail_from": "help@example.org", "smtp_host": "mail.example.org"}


def when(*tests: tuple[str, str, Any], how: str = "all") -> str:
    return json.dumps({how: [{"field": key, "op": op, "value": value} for key, op, value in tests]})


async def arrive(crm: Any, head: str = HEAD, text: str = "It is dark.") -> Any:
    raw = f"{head}\n{text}\n".encode()
    mail = read_mail(raw)
    arrival = Arrival(
        account_id=UUID(int=1), queue_id=await first_queue(crm), raw=raw, mail=mail, arrived=now(),
        sort=sort_of(mail, frozenset({"help@example.org"})),
    )  # fmt: skip
    return await take_in(crm, arrival)


async def ticket_after(crm: Any, access: Access, *mail: str) -> Any:
    return await visible_ticket(crm, access, (await arrive(crm, *mail)).ticket_id)


@pytest.fixture
async def mats(as_role: Any) -> UUID:
    return UUID(str((await as_role("staff")).account_id))


@pytest.fixture
async def olga(client: Any) -> UUID:
    return UUID(str(client.account_id))


async def test_rules_decide_over_everything_that_a_ticket_has(crm: Any, access: Access, mats: UUID) -> None:
    faults = await save_queue(crm, access, "Faults")
    rule = RuleContent(
        name="Dark", condition=when(("mail.body", "contains", "DARK"), ("mail.sender", "is", "ada@example.org")),
        queue_id=faults, priority=4, kind="fault", assignee_id=mats, tags=("light", "house"),
    )  # fmt: skip
    await save_rule(crm, access, rule)
    ticket = await ticket_after(crm, access)
    names = ("queue_id", "priority", "kind", "assignee_id")
    assert [ticket.row[name] for name in names] == [faults, 4, "fault", mats]
    assert ticket.content.tags == ("house", "light")
    other = await ticket_after(crm, access, HEAD, "All is well.")
    assert [other.row[name] for name in names] == [await first_queue(crm), 2, "question", None]


ASKED: tuple[tuple[str, str, Any], ...] = (
    ("mail.subject", "starts_with", "the"),
    ("mail.sender_name", "contains", "lovelace"),
    ("mail.recipient", "is", "help@example.org"),
    ("mail.header", "contains", "x-team: blue"),
    ("mail.language", "is", "de"),
    ("mail.sort", "is", "personal"),
    ("mail.files", "=", 0),
    ("tags", "has", "member"),
    ("city", "is", "Leipzig"),
)


async def test_every_field_of_mail_and_contact_can_be_asked_about(crm: Any, access: Access, contact: Any) -> None:
    await contact("Ada", email="ada@example.org", tags=["member"], addresses=[PostalAddress(locality="Leipzig")])
    for test in ASKED:
        await save_rule(crm, access, RuleContent(name=test[0], condition=when(test), tags=(test[0],)))
    german = "Guten Tag, ich kann die Lampe nicht finden, bitte helfen Sie mir.\n> the and is not you we they please"
    ticket = await ticket_after(crm, access, f"{HEAD}X-Team: blue\n", german)
    assert ticket.content.tags == tuple(sorted(test[0] for test in ASKED))
    zoe = "From: Zoe <zoe@example.org>\nTo: us@example.org\nSubject: A lamp\n"
    assert (await ticket_after(crm, access, zoe, "Hello?")).content.tags == ("mail.files", "mail.sort")


async def test_later_rules_win_tags_add_up_and_stop_ends_it(crm: Any, access: Access) -> None:
    await save_rule(crm, access, RuleContent(name="All", priority=1, tags=("a",)))
    last = await save_rule(crm, access, RuleContent(name="Last", priority=3, tags=("b",), stop=True))
    never = await save_rule(crm, access, RuleContent(name="Never", priority=4, tags=("c",)))
    ticket = await ticket_after(crm, access)
    assert (ticket.row["priority"], ticket.content.tags) == (3, ("a", "b"))
    await move_rule(crm, access, never, -1)
    ticket = await ticket_after(crm, access, HEAD, "Once more.")
    assert (ticket.row["priority"], ticket.content.tags) == (3, ("a", "b", "c"))
    await switch_rule(crm, access, last, enabled=False)
    ticket = await ticket_after(crm, access, HEAD, "And again.")
    assert (ticket.row["priority"], ticket.content.tags) == (4, ("a", "c"))
    await move_rule(crm, access, never, -9)
    await move_rule(crm, access, never, 1)
    assert [one.content.name for one in await rules(crm, access)] == ["All", "Never", "Last"]
    await remove_rule(crm, access, never)
    assert [one.content.name for one in await rules(crm, access)] == ["All", "Last"]


async def test_what_is_gone_or_broken_never_loses_mail(crm: Any, access: Access, mats: UUID) -> None:
    gone = await save_queue(crm, access, "Gone")
    broken = await save_rule(crm, access, RuleContent(name="Broken", condition=when(("mail.subject", "known", None))))
    await save_rule(crm, access, RuleContent(name="Gone", queue_id=gone, assignee_id=mats, priority=3))
    await archive_queue(crm, access, gone)
    await crm.data.fetch("UPDATE account SET state = 'disabled' WHERE id = ?", mats)
    opened = (await all_rules(crm))[0]
    left = replace(opened.content, condition=when(("membership.gone", "is", "x")))
    await crm.records.update(ROUTING_RULE, {"id": broken}, left, seen=1)
    ticket = await ticket_after(crm, access)
    assert [ticket.row[name] for name in ("queue_id", "assignee_id", "priority")] == [await first_queue(crm), None, 3]
    # Rules that cannot even be opened.
    await crm.data.fetch("UPDATE service_routing_rule SET sealed = ?", b"nothing that was ever sealed")
    assert (await ticket_after(crm, access, HEAD, "Again.")).row["priority"] == 2


async def test_a_decision_says_which_rule_fired_and_why(crm: Any, access: Access) -> None:
    two = (("mail.subject", "contains", "lamp"), ("mail.sender", "is", "zoe@example.org"))
    await save_rule(crm, access, RuleContent(name="Either", condition=when(*two, how="any"), stop=True))
    await save_rule(crm, access, RuleContent(name="Later", condition=when(*two)))
    off = await save_rule(crm, access, RuleContent(name="Off"))
    await move_rule(crm, access, off, -2)
    await switch_rule(crm, access, off, enabled=False)
    facts = await facts_of(crm, read_mail(f"{HEAD}\nDark\n".encode()), "personal", None)
    found = decide(await all_rules(crm), facts, today_of(crm))
    parts = (("Mail: subject contains lamp", True), ("Mail: sender's address is zoe@example.org", False))
    assert [(one.name, one.verdict, one.parts) for one in found.tried] == [
        ("Off", "disabled", ()), ("Either", "fired", parts), ("Later", "stopped", ()),
    ]  # fmt: skip


async def test_rules_are_checked_sealed_and_for_those_who_may(
    crm: Any, access: Access, as_role: Any, assert_sealed: Any
) -> None:
    wrong = RuleContent(
        name=" ", condition=when(("mail.gone", "is", "x")), queue_id=UUID(int=5), assignee_id=UUID(int=5), priority=9,
        kind="joke", tags=("x" * 61,),
    )  # fmt: skip
    with pytest.raises(InvalidContent) as refused:
        await save_rule(crm, access, wrong)
    assert set(refused.value.errors) == {"name", "condition", "queue", "assignee", "priority", "kind", "tags"}
    kept = await save_rule(
        crm, access, RuleContent(name="sealed-name", condition=when(("mail.sender", "is", "sealed-sender")))
    )
    await assert_sealed("sealed-name", "sealed-sender")
    with pytest.raises(VersionConflict):
        await save_rule(crm, access, RuleContent(name="x"), rule_id=kept, seen=7)
    with pytest.raises(NotFound):
        await save_rule(crm, access, RuleContent(name="x"), rule_id=UUID(int=1), seen=1)


async def given(crm: Any, access: Access, contact_id: UUID, queue_id: UUID, **more: Any) -> UUID | None:
    ticket_id = await open_ticket(crm, access, contact_id, TicketDraft(subject="x", queue_id=queue_id, **more))
    assignee: UUID | None = (await visible_ticket(crm, access, ticket_id)).row["assignee_id"]
    return assignee


async def test_rotation_goes_round_also_when_tickets_come_at_once(
    crm: Any, access: Access, contact: Any, mats: UUID, olga: UUID
) -> None:
    ada = await contact("Ada")
    queue = await save_queue(crm, access, "All", assignment="rotation")
    assert await given(crm, access, ada, queue) is None
    await set_members(crm, access, queue, [(mats, ""), (olga, "")])
    found = await asyncio.gather(*(given(crm, access, ada, queue) for _ in range(6)))
    assert (found.count(mats), found.count(olga)) == (3, 3)
    one_by_one = [await given(crm, access, ada, queue) for _ in range(4)]
    assert (one_by_one[0], set(one_by_one[:2])) == (one_by_one[2], {mats, olga})
    await crm.data.fetch("UPDATE account SET state = 'disabled' WHERE id = ?", mats)
    assert [await given(crm, access, ada, queue) for _ in range(2)] == [olga, olga]


async def test_workload_and_skills_choose_who_can_and_has_time(
    crm: Any, access: Access, contact: Any, mats: UUID, olga: UUID
) -> None:
    ada = await contact("Ada")
    queue = await save_queue(crm, access, "Load", assignment="workload")
    await set_members(crm, access, queue, [(mats, "de garden-lamps"), (olga, "en")])
    await given(crm, access, ada, await first_queue(crm), assignee_id=mats)
    assert [await given(crm, access, ada, queue) for _ in range(2)] == [olga, mats]
    found = [await given(crm, access, ada, queue, tags=("Garden lamps",)) for _ in range(2)]
    assert found == [mats, mats]
    assert await given(crm, access, ada, queue, language="en", tags=("unheard-of",)) == olga


async def test_another_queue_gives_it_to_somebody_of_its_own(
    crm: Any, access: Access, contact: Any, mats: UUID, olga: UUID
) -> None:
    ada = await contact("Ada")
    await first_queue(crm)
    queue = await save_queue(crm, access, "All", assignment="rotation")
    await set_members(crm, access, queue, [(mats, "")])
    ticket_id = await open_ticket(crm, access, ada, TicketDraft(subject="x", assignee_id=olga))
    await change_ticket(crm, access, ticket_id, TicketChange(queue_id=queue), seen=1)
    assert (await visible_ticket(crm, access, ticket_id)).row["assignee_id"] == mats
    await set_members(crm, access, queue, [(mats, ""), (olga, "")])
    another = await open_ticket(crm, access, ada, TicketDraft(subject="y", assignee_id=olga))
    await change_ticket(crm, access, another, TicketChange(queue_id=queue), seen=1)
    assert (await visible_ticket(crm, access, another)).row["assignee_id"] == olga


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I have not had an answer, please write to me on Monday.", "en"),
        ("Ich habe noch keine Antwort, bitte schreiben Sie mir.", "de"),
        ("Je ne sais pas où est la lampe, je vous prie.", "fr"),
        ("42 17", ""),
        ("", ""),
    ],
)
def test_language_is_told_by_little_words(text: str, language: str) -> None:
    assert guessed(text) == language


async def test_ready_answer_goes_out_once_and_is_not_the_first_answer(crm: Any, access: Access) -> None:
    canned = await save_canned(crm, access, "Got it", "Dear {name}, we have it as {number}.")
    await save_rule(crm, access, RuleContent(name="Thanks", canned_id=canned))
    tickets = []
    for text in ("One", "Two", "Three", "Auto"):
        head = HEAD if text != "Auto" else f"{HEAD}Auto-Submitted: auto-replied\n"
        tickets.append((await arrive(crm, head, text)).ticket_id)
    jobs = await crm.data.fetch("SELECT id FROM job WHERE key = 'service.answer_at_once'")
    assert len(jobs) == 3
    for ticket_id in (*tickets[:3], tickets[0]):
        await answer_at_once(crm, {"ticket_id": ticket_id, "canned_id": canned})
    said = [[one.content.text for one in await messages_of(crm, access, ticket_id)] for ticket_id in tickets]
    assert [texts[1:] for texts in said] == [
        ["Dear Ada Lovelace, we have it as 1."], ["Dear Ada Lovelace, we have it as 2."], [], [],
    ]  # fmt: skip
    row = (await visible_ticket(crm, access, tickets[0])).row
    assert (row["state"], row["first_response_at"]) == ("new", None)
    declaration = crm.registry.records["outbound_message"]
    (first, *_) = await crm.door.open(
        system_access("test"), declaration, await crm.data.fetch("SELECT * FROM outbound_message ORDER BY id")
    )
    assert (first.content.to, first.content.headers["Auto-Submitted"]) == ("ada@example.org", "auto-replied")


RULES = "/x/service/settings/rules"
FILLED = {
    "name": "Dark", "match": "all", "filter-0-field": "mail.subject", "filter-0-op": "contains", "filter-0-value": "lamp",
    "filter-1-field": "tags", "filter-1-op": "is", "filter-1-value": "member", "priority": "4", "tags": "light, house",
}  # fmt: skip


async def test_rule_is_written_tried_and_kept_on_its_page(crm: Any, access: Access, client: Any, contact: Any) -> None:
    await contact("Ada Lovelace", email="ada@example.org")
    await save_rule(crm, access, RuleContent(name="Everything", kind="fault"))
    page = await client.post(f"{RULES}/new", data=FILLED | {"_do": "try", "sample": f"{HEAD}\nIt is dark."})
    words = " ".join(re.sub(r"<[^>]+>", " ", page.text).split())
    assert page.status_code == 200
    shown = words[words.index("What would happen") : words.index("Cancel")].strip()
    assert shown == (
        "What would happen ada@example.org ( Ada Lovelace ) The lamp Kind Fault Everything It applies Dark It does not apply "
        "Holds: Mail: subject contains lamp Does not hold: tagged member Save"
    )
    assert [one.content.name for one in await rules(crm, access)] == ["Everything"]
    saved = await client.post(f"{RULES}/new", data=FILLED | {"_do": "save"})
    assert (saved.status_code, saved.headers["location"]) == (303, RULES)
    kept = (await rules(crm, access))[1]
    assert (kept.content.priority, kept.content.tags) == (4, ("house", "light"))
    listed = (await client.get(RULES)).text
    assert "Mail: subject contains lamp, tagged member" in listed
    again = (await client.get(f"{RULES}/{kept.row['id']}")).text
    assert re.findall(r'name="filter-\d+-value" value="([^"]*)"', again) == ["lamp", "member", ""]


async def test_wrong_conditions_stand_beside_their_row_and_a_ticket_can_be_the_sample(
    crm: Any, access: Access, client: Any
) -> None:
    wrong = await client.post(f"{RULES}/new", data=FILLED | {"filter-0-field": "mail.files", "_do": "save"})
    assert (wrong.status_code, 'id="filter-0-error"' in wrong.text, 'value="Dark"' in wrong.text) == (422, True, True)
    empty = await client.post(f"{RULES}/new", data=FILLED | {"_do": "try"})
    assert (empty.status_code, "Please paste a mail" in empty.text) == (422, True)
    await arrive(crm)
    sampled = await client.post(f"{RULES}/new", data=FILLED | {"match": "any", "_do": "try", "ticket": "1"})
    assert ("It applies" in sampled.text, "Urgent" in sampled.text) == (True, True)
    missing = await client.post(f"{RULES}/new", data=FILLED | {"_do": "try", "ticket": "7"})
    assert (missing.status_code, "There is no such ticket" in missing.text) == (422, True)


async def test_rules_are_ordered_switched_and_removed_by_those_who_set_up(
    crm: Any, access: Access, client: Any, as_role: Any
) -> None:
    one, two = [await save_rule(crm, access, RuleContent(name=name)) for name in ("One", "Two")]
    staff = await as_role("staff")
    assert [(await staff.get(RULES)).status_code, (await staff.post(f"{RULES}/{one}/remove")).status_code] == [404, 404]
    await client.post(f"{RULES}/{two}/earlier")
    await client.post(f"{RULES}/{one}/off")
    found = await rules(crm, access)
    assert [(each.content.name, bool(each.row["enabled"])) for each in found] == [("Two", True), ("One", False)]
    await client.post(f"{RULES}/{two}/later")
    await client.post(f"{RULES}/{one}/on")
    await client.post(f"{RULES}/{two}/remove")
    assert [(each.row["id"], bool(each.row["enabled"])) for each in await rules(crm, access)] == [(one, True)]
