"""The pages of quotes and orders, for colleagues and for customers, as a browser without scripts uses them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import confida_web.api
from confida_core.api import Access
from confida_sales.content import PaperContent, PaperLine
from confida_sales.offers.offers import OfferTerms, create_quote, visible_offer
from confida_sales.offers.quotes import accept_quote, send_quote
from confida_sales.opportunities.opportunities import OpportunityDraft, create_opportunity, visible_opportunity
from confida_sales.opportunities.pipelines import pipelines_in_use

pytestmark = pytest.mark.anyio
PAPER = PaperContent(name="Ada Lovelace", lines=(PaperLine(name="Tea", price=1_000, quantity=2_000, tax_rate=700),))
LINE = {"lines-0-name": "Tea", "lines-0-quantity": "2", "lines-0-price": "10.00", "lines-0-tax": "S-700"}
FORM = {"name": "Ada Lovelace", "currency": "EUR", **LINE}
TEMPLATES = Path(__file__).parents[1] / "templates" / "sales"


async def quoted(crm: Any, access: Access, ada: UUID, *, send: bool = True) -> UUID:
    quote = await create_quote(crm, access, ada, PAPER, OfferTerms(currency="EUR", owner_id=access.actor.id))
    if send:
        await send_quote(crm, access, quote, seen=1)
    return quote


def text_of(response: Any) -> str:
    """Without tags, in one line."""
    main = response.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", main).split())


async def test_quote_is_written_sent_and_ordered_without_scripts(
    client: Any, crm: Any, access: Access, contact: Any
) -> None:
    ada = await contact("Ada Lovelace")
    found = await client.post("/x/sales/quotes/new", data={"q": "ada"})
    new = f"/x/sales/quotes/new?contact={ada}"
    assert new in found.text
    assert (await client.get(new)).status_code == 200
    more = await client.post(new, data=FORM | {"_do": "add"})
    assert (more.status_code, 'name="lines-1-name"' in more.text) == (200, True)
    wrong = await client.post(new, data=FORM | {"lines-0-price": "ten", "expires_on": "soon"})
    assert (wrong.status_code, wrong.text.count('class="error"')) == (422, 2)
    assert 'value="ten"' in wrong.text
    made = await client.post(new, data=FORM | {"expires_on": "2099-12-31"})
    assert made.status_code == 303
    where = made.headers["location"]
    assert "€21.40" in text_of(await client.get(where))
    saved = await client.post(
        f"{where}/edit", data=FORM | {"version": "1", "lines-0-quantity": "3", "expires_on": "2099-12-31"}
    )
    assert saved.headers["location"] == where
    late = await client.post(f"{where}/edit", data=FORM | {"version": "1", "lines-0-quantity": "4"})
    assert (late.status_code, 'value="4"' in late.text) == (409, True)
    sent = await client.post(f"{where}/send", data={"version": "2", "mail": ""})
    assert (sent.status_code, sent.headers["location"]) == (303, where)
    refused = await client.post(f"{where}/send", data={"version": "2"})
    assert (refused.status_code, "quote is sent by now" in refused.text) == (422, True)
    assert (await client.get(f"{where}/edit")).headers["location"] == where
    unnamed = await client.post(f"{where}/accept", data={"accepted_by": " "})
    assert (unnamed.status_code, "Please type your full name." in unnamed.text) == (422, True)
    await client.post(f"{where}/accept", data={"accepted_by": "Ada Lovelace"})
    order = (await client.post(f"{where}/order")).headers["location"]
    shown = text_of(await client.get(order))
    assert ("Order O-" in shown, "Accepted by Ada Lovelace" in shown) == (True, True)
    opened = await visible_offer(crm, access, UUID(where.rpartition("/")[2]))
    assert (opened.row["expires_on"], opened.row["gross"]) == (date(2099, 12, 31), 3_210)


async def test_fragment_is_sent_for_a_button_of_the_editor(client: Any, contact: Any) -> None:
    new = f"/x/sales/orders/new?contact={await contact('Ada Lovelace')}"
    totals = await client.fragment("POST", new, data=FORM | {"_do": "totals"})
    assert ("€21.40" in totals.text, "lines-0-name" in totals.text) == (True, False)
    paper = await client.fragment("POST", new, data=FORM | {"_do": "up-0"})
    assert ("lines-0-name" in paper.text, "<html" in paper.text) == (True, False)


async def test_draft_is_thrown_away_and_taken_back(client: Any, crm: Any, access: Access, contact: Any) -> None:
    quote = await quoted(crm, access, await contact("Ada Lovelace"), send=False)
    where = f"/x/sales/quotes/{quote}"
    assert (await client.post(f"{where}/discard")).headers["location"] == "/x/sales/quotes"
    assert "No quotes yet" in (await client.get("/x/sales/quotes")).text
    assert (await client.post(f"{where}/restore")).headers["location"] == where
    assert str(quote) in (await client.get("/x/sales/quotes")).text


async def test_list_asks_the_same_for_one_and_for_three(
    client: Any, crm: Any, access: Access, contact: Any, queries: Any
) -> None:
    asked = []
    for people in (("Ada Lovelace",), ("Bea Brown", "Cleo Clark")):
        for name in people:
            await quoted(crm, access, await contact(name))
        await client.get("/x/sales/quotes")
        with queries() as statements:
            shown = await client.get("/x/sales/quotes?state=sent")
        asked.append(len(statements))
        assert [name in shown.text for name in people] == [True] * len(people)
    assert asked[0] == asked[1]


async def test_list_is_of_one_contact(client: Any, crm: Any, access: Access, contact: Any) -> None:
    ada, bea = await contact("Ada Lovelace"), await contact("Bea Brown")
    mine, other = await quoted(crm, access, ada), await quoted(crm, access, bea)
    shown = (await client.get(f"/x/sales/quotes?contact={ada}")).text
    assert [str(one) in shown for one in (mine, other)] == [True, False]
    assert (f"/x/sales/quotes/new?contact={ada}" in shown, f"state=sent&amp;contact={ada}" in shown) == (True, True)
    assert (await client.get(f"/x/sales/quotes?contact={mine}")).status_code == 404


async def test_reader_sees_and_changes_nothing(as_role: Any, crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    quote = await quoted(crm, access, ada)
    reader = await as_role("readonly")
    where = f"/x/sales/quotes/{quote}"
    shown = await reader.get(where)
    assert (shown.status_code, "/revise" in shown.text, "/accept" in shown.text) == (200, False, False)
    for path in ("send", "revise", "duplicate", "discard", "restore", "accept", "decline", "order"):
        assert (await reader.post(f"{where}/{path}")).status_code == 404
    assert (await reader.get(f"/x/sales/quotes/new?contact={ada}")).status_code == 404
    assert (await reader.get(f"/x/sales/orders/{quote}")).status_code == 404


async def test_paper_of_somebody_in_the_trash_is_not_there(client: Any, crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    quote = await quoted(crm, access, ada)
    await client.post(f"/contacts/{ada}/delete")
    assert (await client.get(f"/x/sales/quotes/{quote}")).status_code == 404
    assert str(quote) not in (await client.get("/x/sales/quotes")).text


async def test_customer_accepts_on_their_own_pages(as_person: Any, crm: Any, access: Access, contact: Any) -> None:
    ada, zoe = await contact("Ada Lovelace"), await contact("Zoe Zero")
    quote, draft = await quoted(crm, access, ada), await quoted(crm, access, ada, send=False)
    own, other = await as_person(ada), await as_person(zoe)
    where = f"/my/x/sales/quotes/{quote}"
    assert "Q-" in text_of(await own.get("/my/x/sales/quotes"))
    assert "no quote so far" in text_of(await other.get("/my/x/sales/quotes"))
    for person, path in ((other, where), (own, f"/my/x/sales/quotes/{draft}"), (own, f"/my/x/sales/orders/{quote}")):
        assert (await person.get(path)).status_code == 404
        assert (await person.post(f"{path}/question", data={"question": "Hm?"})).status_code == 404
    assert (await other.post(f"{where}/accept", data={"accepted_by": "Zoe"})).status_code == 404
    empty = await own.post(f"{where}/accept", data={"accepted_by": ""})
    assert (empty.status_code, "Please type your full name." in empty.text) == (422, True)
    asked = await own.post(f"{where}/question", data={"question": "In a tin?"})
    assert "We have your question" in text_of(await own.get(asked.headers["location"]))
    done = await own.post(f"{where}/accept", data={"accepted_by": "Ada Lovelace"})
    shown = text_of(await own.get(done.headers["location"]))
    assert ("You accepted this quote" in shown, "obligation" in shown) == (True, False)
    again = await own.post(f"{where}/decline", data={"declined_because": "No"})
    assert (again.status_code, "not open any more" in again.text) == (422, True)
    rows = await crm.data.fetch("SELECT assignee_id FROM interaction WHERE state = 'planned'")
    assert [row["assignee_id"] for row in rows] == [access.actor.id] * 2


async def test_customer_says_where_bills_go(
    as_person: Any, client: Any, contact: Any, assert_sealed: Any, crm: Any
) -> None:
    ada = await contact("Ada Lovelace")
    own = await as_person(ada)
    fields = {
        "name": "Zwetschgenhof Ltd",
        "street": "Low Street 1",
        "locality": "Leipzig",
        "country": "de",
        "version": "0",
    }
    wrong = await own.post("/my/x/sales/billing", data=fields | {"email": "no address"})
    assert (wrong.status_code, 'value="Zwetschgenhof Ltd"' in wrong.text) == (422, True)
    saved = await own.post("/my/x/sales/billing", data=fields)
    assert saved.status_code == 303
    late = await own.post("/my/x/sales/billing", data=fields | {"name": "Late"})
    assert (late.status_code, 'value="Late"' in late.text, 'name="version" value="1"' in late.text) == (409, True, True)
    assert 'value="Zwetschgenhof Ltd"' in (await own.get("/my/x/sales/billing")).text
    assert 'value="Zwetschgenhof Ltd"' in (await client.get(f"/x/sales/quotes/new?contact={ada}")).text
    await assert_sealed("Zwetschgenhof")


async def test_strangers_are_led_to_the_door(stranger: Any) -> None:
    for path in ("quotes", "orders", "billing"):
        assert (await stranger.get(f"/my/x/sales/{path}")).headers["location"] == f"/my/?next=/my/x/sales/{path}"


async def test_programs_read_and_begin_quotes(as_program: Any, crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    program = await as_program("sales.read", "sales.write", "contacts.read")
    body = {"contact_id": str(ada), "currency": "EUR", "lines": [{"name": "Tea", "price": 1000, "tax_rate": 700}]}
    made = await program.post("/api/v1/x/sales/quotes", json=body)
    assert (made.status_code, made.json()["gross"], made.json()["state"]) == (201, 1_070, "draft")
    changes: list[dict[str, Any]] = [
        {"contact_id": str(access.actor.id)},
        {"currency": "XXXX"},
        {"currency": "QQQ"},
        {"lines": []},
    ]
    for change in changes:
        assert (await program.post("/api/v1/x/sales/quotes", json=body | change)).status_code == 422
    order = await program.post("/api/v1/x/sales/orders", json=body)
    assert (order.status_code, order.json()["number"][:2]) == (201, "O-")
    listed = (await program.get(f"/api/v1/x/sales/quotes?contact={ada}")).json()
    assert [one["id"] for one in listed["items"]] == [made.json()["id"]]
    reader = await as_program("sales.read", "contacts.read")
    assert (await reader.post("/api/v1/x/sales/quotes", json=body)).status_code == 404


async def test_quotes_stand_on_the_timeline_and_are_found(client: Any, crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    draft = await quoted(crm, access, ada, send=False)
    quote = await quoted(crm, access, ada)
    await accept_quote(crm, replace(access), quote, "Ada")
    number = (await visible_offer(crm, access, quote)).row["number"]
    shown = (await client.get(f"/contacts/{ada}")).text
    assert [f"/x/sales/quotes/{one}" in shown for one in (quote, draft)] == [True, False]
    found = await client.post("/search", data={"q": number[-5:]})
    assert f"/x/sales/quotes/{quote}" in found.text


async def test_opportunity_shows_its_quotes_and_begins_new_ones(
    client: Any, crm: Any, access: Access, contact: Any
) -> None:
    ada = await contact("Ada Lovelace")
    stage = (await pipelines_in_use(crm))[0].stages[0]
    opportunity = await create_opportunity(crm, access, ada, stage, OpportunityDraft(title="Tea for the year"))
    new = f"/x/sales/quotes/new?opportunity={opportunity}"
    made = (await client.post(new, data=FORM)).headers["location"]
    shown = (await client.get(f"/x/sales/opportunities/{opportunity}")).text
    assert (made in shown, new in shown) == (True, True)
    await client.post(f"{made}/send", data={"version": "1"})
    assert (await visible_opportunity(crm, access, opportunity)).row["value"] == 2_000
    assert f"/x/sales/opportunities/{opportunity}" in (await client.get(made)).text


def test_words_for_customers_are_said_in_german_too() -> None:
    known = set[str]()
    for folder in (TEMPLATES.parents[1], Path(confida_web.api.__file__).parent):
        known |= set(re.findall(r'^msgid "(.+)"$', (folder / "translations" / "de.po").read_text(), re.M))
    files = [*(TEMPLATES / "offers").glob("portal_*.html"), TEMPLATES / "papers" / "read.html"]
    said = {word for file in files for word in re.findall(r"_\('((?:[^'\\]|\\.)*)'", file.read_text())}
    assert (len(said) > 30, said - known) == (True, set())
