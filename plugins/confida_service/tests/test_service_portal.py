"""Customers on their own pages: they ask, follow, answer and help themselves, and see nothing that is not meant for them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_core.api import Access, new_id, now
from confida_service.content import MessageContent
from confida_service.equipment.contracts import ContractDraft, add_contract
from confida_service.equipment.equipment import EquipmentDraft, add_equipment, today_of
from confida_service.equipment.visits import VisitDraft, service_done
from confida_service.knowledge.articles import ArticleDraft, create_article, set_state
from confida_service.mail.replying import Answer, answer_by_mail
from confida_service.service_levels.survey_content import SURVEY, SurveyContent
from confida_service.tests.typed_settings import typed_settings
from confida_service.tickets.messages import MessageDraft, add_message
from confida_service.tickets.tickets import TicketChange, TicketDraft, change_ticket, merge_tickets, open_ticket

pytestmark = pytest.mark.anyio
BASE = "/my/x/service/tickets"
HELP = "/my/x/service/help"
ASKED = {"kind": "fault", "subject": "A dark lamp", "text": "It does not shine any more."}


@pytest.fixture
def confida_settings() -> dict[str, Any]:
    """A mail server that is never asked: messages wait at the door."""
    return {"mail_from": "help@example.org", "smtp_host": "mail.example.org"}


@pytest.fixture
async def ada(contact: Any) -> UUID:
    return UUID(str(await contact("Ada Lovelace", email="ada@example.org")))


async def said(crm: Any, access: Access, ticket: UUID, text: str, **more: Any) -> UUID:
    draft = {"direction": "in", "channel": "email"} | more
    return await add_message(crm, access, ticket, MessageDraft(content=MessageContent(text=text), **draft))


async def article(
    crm: Any, access: Access, title: str, *, audience: str = "public", state: str = "published", **more: Any
) -> UUID:
    made = await create_article(
        crm, access, ArticleDraft(title=title, body=f"About {title}, **well**.", audience=audience, **more)
    )
    await set_state(crm, access, made, state)
    return made


async def version(crm: Any, ticket: UUID) -> int:
    [row] = await crm.data.fetch("SELECT version FROM service_ticket WHERE id = ?", ticket)
    return int(row["version"])


def listed(html: str) -> list[str]:
    return re.findall(r'<h3><a href="/my/x/service/[^"]+"[^>]*><bdi>([^<]+)', html)


def proposed(html: str) -> list[str]:
    return re.findall(r'<summary lang="\w\w"><bdi>([^<]+)', html)


async def test_nothing_appears_that_is_not_meant_for_whoever_asks(
    as_person: Any, crm: Any, access: Access, ada: UUID, contact: Any
) -> None:
    zoe = await contact("Zoe Zander", email="zoe@example.org")
    own = await open_ticket(crm, access, ada, TicketDraft(subject="Own lamp", channel="email"))
    hers = await open_ticket(crm, access, zoe, TicketDraft(subject="Foreign lamp", channel="email"))
    inside = await open_ticket(crm, access, ada, TicketDraft(subject="Hidden subject"))
    await said(crm, access, own, "Hidden words of Zoe.", contact_id=zoe)
    await said(crm, access, own, "I wrote this.")
    await said(crm, access, own, "Hidden note.", direction="note", channel="staff")
    await said(crm, access, own, "Hidden words of a call.", direction="out", channel="phone")
    await said(crm, access, hers, "Foreign words.")
    await said(crm, access, inside, "Hidden too.", direction="note", channel="staff")
    await answer_by_mail(crm, access, inside, Answer(text="Hidden words.", hold_seconds=30))
    held = await answer_by_mail(
        crm, access, own, Answer(text="Hidden as long as it can be called off.", hold_seconds=30)
    )
    person = await as_person(ada)
    everything = (await person.get(BASE)).text
    assert listed(everything) == ["Own lamp"]
    one = (await person.get(f"{BASE}/{own}")).text
    assert re.findall(r'class="said-text" dir="auto">([^<]+)<', one) == ["I wrote this."]
    assert ("Hidden" in one + everything, "Foreign" in one + everything, "On the telephone" in one) == (
        False,
        False,
        True,
    )
    answers = [(await person.get(f"{BASE}/{key}")).status_code for key in (hers, inside, UUID(int=5))]
    refused = [
        (await person.post(f"{BASE}/{key}/{what}", data={"text": "x"})).status_code
        for key in (hers, inside)
        for what in ("answer", "solved")
    ]
    assert (answers, refused) == ([404] * 3, [404] * 4)
    await crm.data.fetch(
        "UPDATE service_message SET at = ? WHERE id = ?", now() - timedelta(minutes=1), held.message_id
    )
    assert "Hidden as long as it can be called off." in (await person.get(f"{BASE}/{own}")).text
    await crm.data.fetch("UPDATE outbound_message SET state = 'cancelled'")
    assert "Hidden" not in (await person.get(f"{BASE}/{own}")).text
    # Put together with somebody else's, they keep their part and see nothing of the other.
    await merge_tickets(crm, access, own, hers, seen=await version(crm, own))
    merged = (await person.get(f"{BASE}/{own}")).text
    assert ("I wrote this." in merged, "Foreign" in merged, "Yes, it is solved" in merged) == (True, False, False)
    assert (await person.get(f"{BASE}/{hers}")).status_code == 404
    assert (await person.post(f"{BASE}/{own}/answer", data={"text": "I add this."})).status_code == 303
    zoes = await as_person(zoe)
    pages = [(await each.get(f"{BASE}/{key}")).text for each, key in ((person, own), (zoes, hers))]
    assert ["I add this." in page for page in pages] == [True, False]
    assert [(await person.post(f"{BASE}/{own}/solved", data={"x": ""})).status_code, "Foreign words." in pages[1]] == [
        404,
        True,
    ]


async def test_customer_asks_with_a_file_is_answered_by_mail_and_answers(
    as_person: Any, client: Any, crm: Any, access: Access, ada: UUID
) -> None:
    person = await as_person(ada)
    assert "Nothing is open." in (await person.get(BASE)).text
    wrong = await person.post(f"{BASE}/new", data={"kind": "x", "subject": "", "text": "Kept."})
    assert (wrong.status_code, "Please choose what it is." in wrong.text, "Kept." in wrong.text) == (422, True, True)
    second = await person.post(f"{BASE}/new", data=ASKED)
    assert ('type="file"' in second.text, await crm.data.fetch("SELECT id FROM service_ticket")) == (True, [])
    many = [("files", (f"{number}.txt", b"x", "text/plain")) for number in range(11)]
    refused = await person.post(f"{BASE}/new/send", data=ASKED, files=many)
    assert (refused.status_code, "At most 10 files" in refused.text, "A dark lamp" in refused.text) == (422, True, True)
    left = [path for path in (crm.settings.home / "files").rglob("*") if path.is_file()]
    assert (left, await crm.data.fetch("SELECT id FROM service_ticket")) == ([], [])
    files = [("files", ("lamp.txt", b"a lamp", "text/plain"))]
    sent = await person.post(f"{BASE}/new/send", data=ASKED, files=files)
    again = await person.post(f"{BASE}/new/send", data=ASKED, files=files)
    assert (sent.status_code, again.headers["location"]) == (303, sent.headers["location"])
    one = sent.headers["location"].partition("?")[0]
    ticket = UUID(one.rpartition("/")[2])
    rows = await crm.data.fetch("SELECT kind, channel, state FROM service_ticket")
    assert [tuple(row.values()) for row in rows] == [("fault", "web", "new")]
    page = (await person.get(sent.headers["location"])).text
    [download] = re.findall(rf'href="({one}/files/[^"]+)"', page)
    got = await person.get(download)
    assert (got.content, got.headers["content-disposition"].partition(";")[0]) == (b"a lamp", "attachment")
    staff = (await client.get(f"/x/service/tickets/{ticket}")).text
    assert ("Ada Lovelace" in staff, "Portal" in staff, "It does not shine any more." in staff) == (True, True, True)
    answered = await answer_by_mail(crm, access, ticket, Answer(text="Please send it."))
    assert [f"{one}\n" in text for text in await outbound(crm, access, answered)] == [True]
    await crm.data.fetch(
        "UPDATE service_message SET at = ? WHERE id = ?", now() - timedelta(minutes=1), answered.message_id
    )
    assert '<span class="count">1<span' in (await person.get(BASE)).text
    assert "Waiting for your answer" in (await person.get(one)).text
    empty = await person.post(f"{one}/answer", data={"text": " "})
    assert (empty.status_code, "Please write what you would like to tell us." in empty.text) == (422, True)
    for _ in range(2):
        assert (await person.post(f"{one}/answer", data={"text": "I did."}, files=files)).status_code == 303
    rows = await crm.data.fetch("SELECT direction, channel FROM service_message ORDER BY id")
    assert [tuple(row.values()) for row in rows] == [("in", "web"), ("out", "email"), ("in", "web")]
    assert len(await crm.data.fetch("SELECT id FROM sealed_file")) == 2


async def outbound(crm: Any, access: Access, answered: Any) -> list[str]:
    """What the message says that is to leave."""
    outgoing = crm.registry.records["outbound_message"]
    rows = await crm.records.rows(outgoing, [answered.result.id])
    return [one.content.text for one in await crm.door.open(access, outgoing, rows)]


async def test_customer_says_it_is_solved_and_opens_it_again_for_some_time(
    as_person: Any, client: Any, crm: Any, access: Access, ada: UUID
) -> None:
    person = await as_person(ada)
    sent = await person.post(f"{BASE}/new/send", data=ASKED)
    one = sent.headers["location"].partition("?")[0]
    ticket = UUID(one.rpartition("/")[2])
    for _ in range(2):
        assert (await person.post(f"{one}/solved", data={"x": ""})).status_code == 303
    assert (
        "On their own pages they said that this is solved." in (await client.get(f"/x/service/tickets/{ticket}")).text
    )
    page = (await person.get(one)).text
    assert ("Open it again" in page, "said that this is solved" in page) == (True, False)
    await person.post(f"{one}/answer", data={"text": "Dark again."})
    [row] = await crm.data.fetch("SELECT state FROM service_ticket")
    assert row["state"] == "open"
    await change_ticket(crm, access, ticket, TicketChange(state="closed"), seen=await version(crm, ticket))
    await crm.data.fetch("UPDATE service_ticket SET solved_at = ?", now() - timedelta(days=31))
    late = await person.post(f"{one}/answer", data={"text": "And now?"})
    assert (late.status_code, "too long ago" in late.text, 'action="' + one in late.text) == (422, True, False)
    for number in range(8):
        often = await person.post(f"{BASE}/new/send", data={**ASKED, "text": f"Number {number}."})
    assert (often.status_code, "That was a lot" in often.text, "Number 7." in often.text) == (429, True, True)
    assert len(await crm.data.fetch("SELECT id FROM service_ticket")) == 8


async def test_public_articles_are_proposed_before_it_is_sent(
    as_person: Any, crm: Any, access: Access, ada: UUID
) -> None:
    await article(crm, access, "Dark lamps")
    await article(crm, access, "Lamps of colleagues", audience="internal")
    await article(crm, access, "Lamps of tomorrow", state="draft")
    await article(crm, access, "Dunkle Lampen", language="de")
    person = await as_person(ada)
    assert listed((await person.get(HELP)).text) == ["Dark lamps", "Dunkle Lampen"]
    step = await person.post(f"{BASE}/new", data=ASKED)
    assert (proposed(step.text), "About Dark lamps, <strong>well</strong>." in step.text) == (
        ["Dark lamps", "Dunkle Lampen"],
        True,
    )
    live = await person.post(f"{BASE}/new", data={**ASKED, "kind": ""}, headers={"HX-Request": "true"})
    assert (live.status_code, proposed(live.text), "<html" in live.text) == (
        200,
        ["Dark lamps", "Dunkle Lampen"],
        False,
    )
    german = await person.post(f"{BASE}/new?lang=de", data=ASKED)
    assert (proposed(german.text), "Vielleicht beantwortet das Ihre Frage" in german.text) == (
        ["Dunkle Lampen", "Dark lamps"],
        True,
    )


async def test_help_is_closed_to_strangers_until_it_is_opened(
    stranger: Any, client: Any, crm: Any, access: Access
) -> None:
    shown, internal = (
        await article(crm, access, "Dark lamps", category="Light"),
        await article(crm, access, "Inside lamps", audience="internal"),
    )
    draft, german = (
        await article(crm, access, "Draft lamps", state="draft"),
        await article(crm, access, "Lampen", language="de"),
    )
    assert [(await stranger.get(path)).status_code for path in (HELP, f"{HELP}/{shown}", "/x/service/help")] == [
        303,
        303,
        404,
    ]
    assert (await stranger.post(f"{HELP}/{shown}/helpful", data={"helped": "yes"})).headers["location"] == "/my/"
    saved = await client.post("/settings/plugins/service", data=typed_settings(public_help="yes"))
    assert saved.status_code == 303
    assert (await stranger.get("/x/service/help")).headers["location"] == HELP
    assert listed((await stranger.get(f"{HELP}?lang=de")).text) == ["Lampen", "Dark lamps"]
    assert listed((await stranger.get(f"{HELP}?category=Light")).text) == ["Dark lamps"]
    assert listed((await stranger.post(HELP, data={"q": "lamp"})).text) == ["Dark lamps", "Lampen"]
    assert "Fewer words find more" in (await stranger.post(HELP, data={"q": "inside"})).text
    codes = [(await stranger.get(f"{HELP}/{key}")).status_code for key in (shown, german, internal, draft, UUID(int=7))]
    assert codes == [200, 200, 404, 404, 404]
    told = [
        (await stranger.post(f"{HELP}/{shown}/helpful", data={"helped": what})).status_code
        for what in ("yes", "no", "x", "yes")
    ]
    assert told == [303] * 4
    [row] = await crm.data.fetch("SELECT helped, helped_not FROM service_article WHERE id = ?", shown)
    assert tuple(row.values()) == (2, 1)
    tries = [(await stranger.post(f"{HELP}/{shown}/helpful", data={"helped": "yes"})).status_code for _ in range(8)]
    assert tries[-1] == 429
    assert (await stranger.get(BASE)).status_code == 303


async def test_as_many_queries_for_one_ticket_as_for_three(
    as_person: Any, crm: Any, access: Access, ada: UUID, queries: Any
) -> None:
    person, counted = await as_person(ada), []
    for number in range(3):
        ticket = await open_ticket(crm, access, ada, TicketDraft(subject=f"Lamp {number}", channel="web"))
        await said(crm, access, ticket, "Words.", channel="web")
        with queries() as asked:
            assert len(listed((await person.get(BASE)).text)) == number + 1
            await person.get(f"{BASE}/{ticket}")
        counted.append(len(asked))
    assert counted[0] == counted[2]


async def test_organisation_sees_its_tickets_and_a_survey_that_waits(
    as_person: Any, crm: Any, access: Access, ada: UUID, contact: Any
) -> None:
    works = await contact("Lamp Works", kind="organisation", email="works@example.org")
    ticket = await open_ticket(crm, access, works, TicketDraft(subject="All lamps", channel="email"))
    await said(crm, access, ticket, "All of them.")
    await change_ticket(crm, access, ticket, TicketChange(state="solved"), seen=await version(crm, ticket))
    columns = {
        "id": new_id(),
        "ticket_id": ticket,
        "contact_id": works,
        "queue_id": ticket,
        "assignee_id": None,
        "asked_at": now(),
    }
    await crm.records.insert(SURVEY, columns, SurveyContent())
    house, person = await as_person(works), await as_person(ada)
    own, one, hers = (
        (await house.get(BASE)).text,
        (await house.get(f"{BASE}/{ticket}")).text,
        (await person.get(BASE)).text,
    )
    assert (listed(own), listed(hers)) == (["All lamps"], [])
    surveys = [re.findall(r'href="(/my/x/service/survey/[^"]+)"', html) for html in (own, one, hers)]
    assert (len(surveys[0]), surveys[1], surveys[2]) == (1, surveys[0], [])
    assert (await house.post(surveys[0][0], data={"score": "5", "comment": ""})).status_code == 200
    assert "/my/x/service/survey/" not in (await house.get(BASE)).text


async def test_own_equipment_and_contracts_are_shown_without_what_colleagues_wrote(
    as_person: Any, crm: Any, access: Access, ada: UUID, contact: Any
) -> None:
    zoe, day = await contact("Zoe Zander"), today_of(crm)
    lamp = await add_equipment(
        crm,
        access,
        ada,
        EquipmentDraft(product="Desk lamp", serial="L-1", notes="Hidden", warranty_until=day, service_months=6),
    )
    hers = await add_equipment(crm, access, zoe, EquipmentDraft(product="Foreign lamp"))
    await service_done(crm, access, lamp, VisitDraft(done_on=day, note="Hidden"), seen=1)
    await add_contract(crm, access, ada, ContractDraft(name="Lamp care", starts_on=day, notes="Hidden"), [lamp])
    await add_contract(crm, access, zoe, ContractDraft(name="Foreign care", starts_on=day))
    person = await as_person(ada)
    page = (await person.get(BASE)).text
    shown = [words in page for words in ("Desk lamp", "L-1", "Warranty until", "Serviced on", "Lamp care", "Running")]
    assert (shown, "Hidden" in page, "Foreign" in page) == ([True] * 6, False, False)
    assert 'value="Desk lamp L-1"' in (await person.get(f"{BASE}/new?equipment={lamp}")).text
    assert "Foreign" not in (await person.get(f"{BASE}/new?equipment={hers}")).text
    for subject, piece in (("About mine", lamp), ("About hers", hers)):
        sent = await person.post(f"{BASE}/new/send", data={**ASKED, "subject": subject, "equipment": str(piece)})
        assert sent.status_code == 303
    rows = await crm.data.fetch("SELECT equipment_id FROM service_ticket_equipment")
    assert [row["equipment_id"] for row in rows] == [lamp]
    german = (await person.get(f"{BASE}?lang=de")).text
    assert [words in german for words in ("Was Sie haben", "Garantie bis", "Ihre Serviceverträge", "Läuft")] == [
        True
    ] * 4
