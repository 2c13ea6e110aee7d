"""The pages of requests: the queue, entering one, and every decision."""

from __future__ import annotations

import re
from typing import Any

import pytest

from confida_consent.events import states_of
from confida_core.contacts.content import ContactContent, ContactKind, PostalAddress
from confida_core.contacts.people import create_contact
from confida_core.vault.access import system_access
from confida_web.requests.deciding import FORMS
from tests.cases import in_one_installation
from tests.consent.rights.requests_cast import ADDRESS, asks, counted, make_ada, name_authority, row_of, with_mail, work
from tests.web.requests.people import does, entered, proved_request, text_of

pytestmark = pytest.mark.anyio


async def test_letter_is_entered_and_answered(client: Any, crm: Any) -> None:
    await make_ada(crm)
    href = await entered(client, message="What do you know about me?", identifier="ada@example.org")
    await work(crm)
    page = await text_of(client, href)
    assert "What do you know about me?" in page
    assert "It is not proved yet who asks." in page
    answer = await does(client, href, "identity", method="in_person", confirmed="yes", result="Known to us")
    assert answer.headers["location"] == href
    assert "Put the answer together" in await text_of(client, href)
    refused = await does(client, href, "answer", text="  ")
    assert refused.status_code == 422
    assert (await does(client, href, "answer", text="We hold your address.")).status_code == 303
    page = await text_of(client, href)
    assert "Answered" in page
    assert "We hold your address." in page
    assert href in await text_of(client, "/requests?which=closed")
    assert href not in await text_of(client, "/requests")


async def test_refusal_takes_two_people(client: Any, as_role: Any, crm: Any) -> None:
    await name_authority(crm)
    request, _ = await proved_request(crm)
    href = f"/requests/{request.id}"
    await does(client, href, "refuse", reasons="It was answered last week.")
    page = await text_of(client, href)
    assert "You proposed to refuse this." in page
    assert f"{href}/step/approve" not in page
    own = await does(client, href, "approve")
    assert own.status_code == 422
    assert "Somebody else has to approve it" in own.text
    officer = await as_role("privacy_officer")
    page = await text_of(officer, href)
    assert "Olga proposes to refuse this." in page
    assert f"{href}/step/approve" in page
    assert "It was answered last week." in await text_of(officer, f"{href}/step/approve")
    form = await text_of(officer, f"{href}/step/approve")
    read = re.search(r'name="proposal" value="([^"]+)"', form)
    assert read
    # Meanwhile Olga takes it back and proposes it in other words.
    await does(client, href, "decline", reasons="Better words.")
    await does(client, href, "refuse", reasons="It is excessive.")
    other = await does(officer, href, "approve", proposal=read[1])
    assert other.status_code == 409
    assert "<del>It was answered last week.</del> <ins>It is excessive.</ins>" in other.text
    assert (await row_of(crm, request.id))["state"] == "review"
    read = re.search(r'name="proposal" value="([^"]+)"', other.text)
    assert read
    assert (await does(officer, href, "approve", proposal=read[1])).status_code == 303
    page = await text_of(client, href)
    assert "Berlin Authority" in page
    assert (await row_of(crm, request.id))["state"] == "refused"


@pytest.mark.parametrize("role", ["staff", "readonly"])
async def test_nobody_else_learns_of_a_request(as_role: Any, crm: Any, role: str) -> None:
    """Missing and forbidden look alike; no place in the menu, nothing on the contact's page."""
    with_mail(crm)
    request, ada = await proved_request(crm)
    await work(crm)
    await crm.data.fetch("UPDATE outbound_message SET state = 'sent'")
    browser = await as_role(role)
    forbidden, missing = [
        await browser.get(f"/requests/{one}") for one in (request.id, "01990000-0000-7000-8000-000000000000")
    ]
    assert (forbidden.status_code, missing.status_code) == (404, 404)
    assert forbidden.text.split("</html>")[0] == missing.text.split("</html>")[0]
    assert (await browser.get("/requests")).status_code == 404
    contact = (await browser.get(f"/contacts/{ada}")).text
    assert request.reference not in contact
    assert 'href="/requests"' not in contact


async def test_person_on_whose_page_nothing_stands_is_told_of_by_the_officer(as_role: Any, crm: Any) -> None:
    request, _ = await proved_request(crm)
    browser = await as_role("privacy_officer")
    page = await text_of(browser, "/requests")
    assert request.reference in page
    assert "Ada Lovelace" in page


@pytest.mark.parametrize(("amount", "queries"), [(1, 3), (3, 3)])
async def test_queue_asks_the_data_the_same_for_any_number(client: Any, crm: Any, amount: int, queries: int) -> None:
    for number in range(amount):
        await make_ada(crm, f"Ada {number}", f"ada{number}@example.org")
        await asks(crm, identifier=f"ada{number}@example.org")
    await work(crm)
    await client.get("/requests")
    with counted(crm) as asked:
        page = await text_of(client, "/requests")
    assert page.count('class="reference"') == amount
    # The rows, the names of their contacts, and the badge; the rest belongs to every page.
    own = [one for one in asked if "rights_request" in one or "FROM contact " in one]
    assert len(own) == queries, own


async def test_queue_is_sorted_and_filtered_by_its_address(client: Any, crm: Any) -> None:
    await asks(crm, kind="access", identifier="x@example.org")
    await asks(crm, kind="erasure", identifier="y@example.org")
    page = await text_of(client, "/requests?kind=erasure&sort=-received")
    assert 'aria-sort="descending"' in page
    assert page.count('class="reference"') == 1
    for nonsense in ("?kind=x&state=y&sort=z&which=w", "?skip=50"):
        assert (await client.get(f"/requests{nonsense}")).status_code == 200
    assert (await client.get("/requests?skip=99999999999")).status_code == 422


async def test_every_step_has_a_page(client: Any, crm: Any) -> None:
    request, _ = await proved_request(crm)
    for key in FORMS:
        page = await text_of(client, f"/requests/{request.id}/step/{key}")
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert len(ids) == len(set(ids)), key
    assert (await client.get(f"/requests/{request.id}/step/nonsense")).status_code == 404
    assert (await client.post(f"/requests/{request.id}/step/nonsense")).status_code == 404


@in_one_installation(
    ("step", "fields"),
    [
        ("link", {"contact": "x"}),
        ("identity", {}),
        ("identity", {"method": "guess", "confirmed": "yes"}),
        ("enter-code", {"digits": "12345678"}),
        ("ask", {"reasons": "Which?"}),
        ("ask", {"reasons": "", "needed": "yes"}),
        ("reply", {"day": "yesterday"}),
        ("reply", {"day": "1999-01-01"}),
        ("extend", {"reasons": " "}),
        ("refuse", {"reasons": ""}),
        ("approve", {}),
        ("decline", {"reasons": "x"}),
        ("letter", {"subject": "x", "text": ""}),
        ("incoming", {"channel": "pigeon", "text": "x"}),
        ("assign", {"account": "x"}),
        ("task", {"account": ""}),
        ("note", {"reasons": ""}),
        ("lift", {}),
    ],
)
async def test_step_that_cannot_be_taken_shows_its_form_again(
    client: Any, crm: Any, step: str, fields: dict[str, str]
) -> None:
    request, _ = await proved_request(crm)
    before = await row_of(crm, request.id)
    answer = await does(client, f"/requests/{request.id}", step, **fields)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert await row_of(crm, request.id) == before


async def test_question_and_reply(client: Any, crm: Any) -> None:
    request, _ = await proved_request(crm)
    href = f"/requests/{request.id}"
    await does(client, href, "ask", reasons="Which year?", needed="yes")
    page = await text_of(client, href)
    assert "time stands still" in page
    await does(client, href, "reply", text="2024")
    page = await text_of(client, href)
    assert "time stands still" not in page.replace("Asked what is needed: time stands still", "")
    assert "2024" in page


async def test_contact_is_found_and_linked(client: Any, crm: Any) -> None:
    ada = await make_ada(crm)
    href = await entered(client, name="A. Lovelace")
    found = await does(client, href, "link", find="Ada", _find="yes")
    assert found.status_code == 200
    assert f'value="{ada}"' in found.text
    assert (await does(client, href, "link", contact=str(ada))).status_code == 303
    assert "Ada Lovelace" in await text_of(client, href)


async def test_code_by_post_is_shown_once(client: Any, crm: Any) -> None:
    ada = await make_ada(crm)
    href = await entered(client, contact=str(ada))
    letter = await does(client, href, "code")
    assert letter.status_code == 200
    code = re.search(r"Your code: (\d{4}) (\d{4})", letter.text)
    assert code
    page = await text_of(client, href)
    assert f"{code[1]} {code[2]}" not in page
    printed = re.search(rf"{href}/letters/[0-9a-f-]+", page)
    assert printed
    assert f"{code[1]} {code[2]}" not in await text_of(client, printed[0])
    assert (await does(client, href, "enter-code", digits=code[1] + code[2])).status_code == 303
    assert "Proved who asks" in await text_of(client, href)


async def test_objection_is_carried_out(client: Any, crm: Any) -> None:
    request, ada = await proved_request(crm, "objection")
    assert (await does(client, f"/requests/{request.id}", "stop", purposes="customer_offers")).status_code == 303
    states = await states_of(crm, ada)
    assert states["customer_offers", "email"].state == "objected"


async def test_restriction_is_carried_out_and_ends_after_a_letter(client: Any, crm: Any) -> None:
    request, ada = await proved_request(crm, "restriction")
    href = f"/requests/{request.id}"
    await does(client, href, "restrict")
    assert crm.orders.restricted(ada)
    await does(client, href, "answer", text="It is restricted.")
    assert (await does(client, href, "lift")).status_code == 422
    await does(client, href, "tell-lifting", reasons="The data are right.")
    assert (await does(client, href, "lift")).status_code == 303
    assert not crm.orders.restricted(ada)
    # What was told then says nothing about another restriction.
    await does(client, href, "restrict")
    assert (await does(client, href, "lift")).status_code == 422
    assert crm.orders.restricted(ada)
    await does(client, href, "tell-lifting", reasons="They are right again.")
    assert (await does(client, href, "lift")).status_code == 303
    assert not crm.orders.restricted(ada)


async def test_rectification_leads_to_the_contact(client: Any, crm: Any) -> None:
    request, ada = await proved_request(crm, "rectification")
    form = f"/contacts/{ada}/edit?request={request.reference}"
    assert form in await text_of(client, f"/requests/{request.id}")
    assert f'action="{form}"' in await text_of(client, form)
    fields = {"version": "1", "kind": "person", "display_name": "Ada King", "emails-1-address": ADDRESS}
    saved = await client.post(form, data=fields)
    assert (saved.status_code, saved.headers["location"]) == (303, f"/requests/{request.id}")
    assert "corrected in the contact" in await text_of(client, f"/requests/{request.id}")
    # A request of somebody else, or of nobody, is nothing to this contact.
    other = await asks(crm, identifier="zoe@example.org")
    saved = await client.post(f"/contacts/{ada}/edit?request={other.reference}", data={**fields, "version": "2"})
    assert (saved.status_code, saved.headers["location"]) == (303, f"/contacts/{ada}")


async def test_who_is_found_by_no_address_may_be_found_by_name(client: Any, crm: Any) -> None:
    """A hint for staff, with enough to tell namesakes apart; nothing is linked by it."""
    content = ContactContent(
        display_name="Ada Lovelace",
        addresses=[PostalAddress(street="Hafenweg 3", locality="Leipzig", postal_code="04109", country="DE")],
    )
    await create_contact(crm, system_access("tests"), ContactKind.PERSON, content)
    request = await asks(crm, identifier="old@example.org", name="Ada Lovelace")
    await work(crm)
    assert "Ada Lovelace, Hafenweg 3, 04109 Leipzig" in await text_of(client, f"/requests/{request.id}/step/link")
    assert (await row_of(crm, request.id))["contact_id"] is None


async def test_contact_leads_to_what_was_handed_to_others(client: Any, as_role: Any, crm: Any) -> None:
    ada = await make_ada(crm)
    href = f"/registers/disclosures?contact={ada}"
    assert href in await text_of(client, f"/contacts/{ada}")
    assert (await client.get(href)).status_code == 200
    assert href not in await text_of(await as_role("staff"), f"/contacts/{ada}")


async def test_task_names_the_reference_only(client: Any, crm: Any) -> None:
    request, _ = await proved_request(crm)
    href = f"/requests/{request.id}"
    await does(client, href, "task", account=str(client.account_id))
    tasks = await text_of(client, "/tasks")
    assert request.reference in tasks
    assert "Ada" not in tasks
    assert request.reference in (await text_of(client, href)).split('id="tasks-title"')[1]


async def test_badge_counts_what_is_due(client: Any, crm: Any) -> None:
    from datetime import timedelta

    from confida_core.clock import now

    request, _ = await proved_request(crm)
    badge = 'href="/requests" title="Requests"'
    assert '<span class="count">1' not in (await text_of(client, "/contacts")).split(badge)[1][:200]
    await crm.data.fetch("UPDATE rights_request SET due_at = ? WHERE id = ?", now() + timedelta(days=3), request.id)
    assert '<span class="count">1' in (await text_of(client, "/contacts")).split(badge)[1][:200]


async def test_mandate_is_kept_with_the_request(client: Any, crm: Any) -> None:
    fields = {"kind": "access", "source": "letter", "name": "Ada", "mandate": "As her lawyer", "country": "DE",
              "language": "en", "delivery": "post", "_csrf": client.csrf_token}  # fmt: skip
    answer = await client.post("/requests/new", data=fields, files={"mandate_file": ("m.txt", b"I empower")})
    assert answer.status_code == 303
    page = await text_of(client, answer.headers["location"])
    link = re.search(r"/requests/[0-9a-f-]{36}/mandate", page)
    assert link
    assert (await client.get(link[0])).content == b"I empower"


async def test_wrong_entry_keeps_what_was_typed(client: Any, crm: Any) -> None:
    fields = {"kind": "gift", "source": "letter", "message": "Hello there", "received": "someday"}
    answer = await client.post("/requests/new", data=fields)
    assert answer.status_code == 422
    assert "Hello there" in answer.text
    assert await crm.data.fetch("SELECT id FROM rights_request") == []
