"""What somebody bought, what may fit, what they are worth; and that who said no is in none of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_consent.api import Channel, Indication, Kind, Method, record_event
from confida_core.api import (
    Access,
    ContactContent,
    ContactKind,
    Event,
    IndexQuery,
    Installation,
    create_contact,
    new_id,
    now,
    read_condition,
    system_access,
)
from confida_sales.billing.invoices import Terms, issue_credit_note, issue_invoice, visible_invoice, whole_of
from confida_sales.bought.computing import compute_now, progress_of
from confida_sales.bought.content import CUSTOMER_VALUE
from confida_sales.bought.customers import customers
from confida_sales.bought.panel import panel_data, totals_of
from confida_sales.bought.stored_value import heed_objections
from confida_sales.bought.suggesting import all_baskets, compute_rules
from confida_sales.bought.valuing import compute_values
from confida_sales.catalogue.products import ProductDraft, save_product
from confida_sales.content import PaperContent, PaperLine

pytestmark = pytest.mark.anyio
TODAY = now().date()


async def make_product(crm: Installation, access: Access, name: str) -> UUID:
    return await save_product(crm, access, ProductDraft(sku=name.upper(), name=name))


@pytest.fixture
def buy(crm: Installation, access: Access, products: Mapping[str, UUID]) -> Any:
    """Bills somebody for one of each of these."""

    async def bill(
        contact_id: UUID, *names: str, days_ago: int = 10, price: int = 1_000, currency: str = "EUR"
    ) -> UUID:
        lines = tuple(PaperLine(product=str(products[name]), name=name, price=price) for name in names)
        terms = Terms(currency=currency, issued_on=TODAY - timedelta(days=days_ago), days=14)
        return await issue_invoice(crm, access, contact_id, PaperContent(name="Somebody", lines=lines), terms)

    return bill


async def object_to_profiling(crm: Installation, contact_id: UUID) -> None:
    await record_event(
        crm,
        system_access("test", "consent"),
        Indication(
            subject_id=contact_id,
            purpose="profiling",
            channel=Channel.PROFILING,
            kind=Kind.OBJECTED,
            method=Method.IN_PERSON,
        ),
    )


@pytest.fixture
async def products(crm: Installation, access: Access) -> dict[str, UUID]:
    return {name: await make_product(crm, access, name) for name in ("Tea", "Pot", "Cup")}


@pytest.fixture
async def people(crm: Installation, access: Access, contact: Any, buy: Any) -> list[UUID]:
    """Six with tea and a pot, two with tea alone, four with a cup."""
    found = [await contact(f"Person {number}") for number in range(12)]
    for number, person in enumerate(found):
        names = ("Tea", "Pot") if number < 6 else ("Tea",) if number < 8 else ("Cup",)
        await buy(person, *names)
    return found


async def test_panel_adds_up_what_was_bought_each_currency_by_itself(
    crm: Installation, access: Access, contact: Any, buy: Any
) -> None:
    ada = await contact("Ada Lovelace")
    await buy(ada, "Tea", "Pot", days_ago=40)
    taken_back = await buy(ada, "Cup", days_ago=3)
    await buy(ada, "Tea", days_ago=5, currency="USD", price=700)
    paper = (await visible_invoice(crm, access, taken_back)).content
    await issue_credit_note(crm, access, taken_back, whole_of(paper), TODAY)
    euros, dollars = await totals_of(crm, ada)
    assert (euros.currency, euros.spent, euros.times, euros.last_on) == ("EUR", 2_000, 1, TODAY - timedelta(days=40))
    assert (euros.open_count, euros.open_amount, euros.overdue) == (1, 2_000, 1)
    assert (dollars.currency, dollars.spent, dollars.open_amount, dollars.overdue) == ("USD", 700, 700, 0)
    owned = (await panel_data(crm, access, ada))["owned"]
    assert [(one.name, one.quantity) for one in owned] == [("Tea", 2_000), ("Pot", 1_000)]


async def test_suggestion_says_in_words_how_many_bought_it_too(
    crm: Installation, access: Access, people: Sequence[UUID]
) -> None:
    await compute_rules(crm, {})
    (pot,) = (await panel_data(crm, access, people[7]))["suggestions"]
    assert pot.reason == "6 of 8 who have Tea also bought Pot (1.5 times as often as customers in general)."
    assert (await panel_data(crm, access, people[0]))["suggestions"] == []
    state = await progress_of(crm, "rules")
    assert state is not None
    assert (state.people, state.left_out, state.found, state.percent) == (12, 0, 2, None)


async def test_who_refused_is_neither_counted_nor_told_anything(
    crm: Installation, access: Access, people: Sequence[UUID]
) -> None:
    await compute_rules(crm, {})
    assert len((await panel_data(crm, access, people[7]))["suggestions"]) == 1
    for person in (people[0], people[7]):
        await object_to_profiling(crm, person)
    refused = await panel_data(crm, access, people[7])
    assert (refused["suggestions"], refused["worth"], refused["refusal"]) == ([], [], "They objected.")
    assert [total.spent for total in refused["totals"]] == [1_000]
    await compute_rules(crm, {})
    state = await progress_of(crm, "rules")
    assert state is not None
    assert (state.people, state.left_out) == (10, 2)
    (rule,) = await crm.data.fetch(
        "SELECT r.had, r.together FROM sales_rule AS r JOIN sales_product AS p ON p.id = r.has_id WHERE p.name = 'Tea'"
    )
    assert (rule["had"], rule["together"]) == (6, 5)


async def test_restricted_people_are_left_out(crm: Installation, access: Access, people: Sequence[UUID]) -> None:
    await crm.orders.give("restriction", people[0])
    await compute_rules(crm, {})
    await compute_values(crm, {})
    states = [await progress_of(crm, key) for key in ("rules", "value")]
    assert [(one.people, one.left_out) for one in states if one] == [(11, 1)] * 2
    shown = await customers(crm, access, "valuable", "EUR")
    assert people[0] not in {one.contact_id for one in shown.customers}


async def test_baskets_of_a_long_list_are_whole(
    crm: Installation, people: Sequence[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("confida_sales.bought.suggesting.BATCH", 3)
    found: dict[UUID, int] = {}
    lines = 0
    async for read, baskets in all_baskets(crm):
        assert not set(found) & set(baskets)
        found |= {contact_id: len(basket) for contact_id, basket in baskets.items()}
        lines += read
    assert (found, lines) == ({person: 2 if number < 6 else 1 for number, person in enumerate(people)}, 18)


@pytest.fixture
async def regulars(crm: Installation, access: Access, contact: Any, buy: Any) -> list[UUID]:
    """Twelve: number 0 buys most, 1 bought often and is silent, the others once or twice."""
    found = [await contact(f"Regular {number}") for number in range(12)]
    for weeks in range(1, 60, 6):
        await buy(found[0], "Tea", days_ago=7 * weeks, price=50_000)
    for weeks in range(55, 63):
        await buy(found[1], "Tea", days_ago=7 * weeks, price=9_000)
    for number, person in enumerate(found[2:]):
        await buy(person, "Tea", days_ago=20 + 9 * number)
        if number % 2:
            await buy(person, "Cup", days_ago=60 + 9 * number)
    await compute_values(crm, {})
    return found


async def test_lists_show_the_most_valuable_and_those_who_slip_away(
    crm: Installation, access: Access, regulars: Sequence[UUID]
) -> None:
    valuable = await customers(crm, access, "valuable", "EUR")
    assert (len(valuable.customers), valuable.following, valuable.hidden) == (12, None, 0)
    first = valuable.customers[0]
    assert (first.name, first.purchases, first.spent, first.standing) == (
        "Regular 0", 10, 500_000, "Buys often and lately",
    )  # fmt: skip
    assert first.reason.startswith("Bought 10 times, every 42 days on average. ")
    assert [one.expected or 0 for one in valuable.customers] == sorted(
        (one.expected or 0 for one in valuable.customers), reverse=True
    )
    silent = (await customers(crm, access, "slipping", "EUR")).customers[0]
    assert (silent.contact_id, silent.standing) == (regulars[1], "Slipping away")
    assert silent.active is not None
    assert silent.active < 20
    assert (await customers(crm, access, "valuable", "USD")).customers == ()


async def test_pages_of_a_long_list_follow_on_each_other(
    crm: Installation, access: Access, regulars: Sequence[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("confida_sales.bought.customers.SHOWN", 5)
    seen: list[UUID] = []
    after = None
    for _ in range(3):
        found = await customers(crm, access, "valuable", "EUR", after)
        seen += [one.contact_id for one in found.customers]
        after = found.following
    assert (len(seen), set(seen), after) == (12, set(regulars), None)


async def test_objection_makes_us_forget_at_once_and_a_second_run_changes_nothing(
    crm: Installation, access: Access, regulars: Sequence[UUID]
) -> None:
    async def state() -> dict[UUID, int]:
        rows = await crm.data.fetch("SELECT contact_id, version FROM sales_customer_value")
        return {row["contact_id"]: row["version"] for row in rows}

    before = await state()
    await compute_values(crm, {})
    assert await state() == before == dict.fromkeys(regulars, 1)
    await object_to_profiling(crm, regulars[0])
    # From the moment they said so, even before anything was removed.
    hidden = await customers(crm, access, "valuable", "EUR")
    assert (len(hidden.customers), hidden.hidden) == (11, 1)
    event = Event(id=new_id(), kind="consent.changed", record_id=new_id(), people=(regulars[0],), position=1, at=now())
    await heed_objections(crm, [event])
    await heed_objections(crm, [event])
    assert await state() == dict.fromkeys(regulars[1:], 1)
    await compute_values(crm, {})
    assert regulars[0] not in await state()


async def test_conclusions_are_sealed_handed_over_and_gone_with_the_person(
    crm: Installation, regulars: Sequence[UUID], assert_sealed: Any, assert_exported: Any, assert_erased: Any
) -> None:
    (row,) = await crm.data.fetch("SELECT * FROM sales_customer_value WHERE contact_id = ?", regulars[0])
    (opened,) = await crm.door.open(system_access("test"), CUSTOMER_VALUE, [row])
    reason = opened.content.reason
    await assert_sealed(reason)
    await assert_exported(regulars[0], reason)
    await assert_erased(regulars[0], reason)
    assert await crm.data.fetch("SELECT id FROM sales_customer_value WHERE contact_id = ?", regulars[0]) == []


async def test_segments_ask_for_purchases_and_standing(
    crm: Installation, access: Access, regulars: Sequence[UUID], client: Any
) -> None:
    await client.get("/contacts")

    async def found(field: str, op: str, value: Any) -> set[UUID]:
        condition = read_condition({"field": field, "op": op, "value": value}, crm.registry.index_fields)
        return set((await crm.index.page(IndexQuery(condition=condition))).ids)

    assert await found("sales.purchases", ">=", 8) == {regulars[0], regulars[1]}
    assert await found("sales.spent", ">=", 5_000) == {regulars[0]}
    slipping = (await customers(crm, access, "slipping", "EUR")).customers
    assert await found("sales.standing", "is", "slipping away") == {one.contact_id for one in slipping} != set()
    assert await found("sales.products", "has", "CUP") == set(regulars[3::2])
    assert await found("sales.last_purchase", "more_than_days_ago", 300) == {regulars[1]}


async def test_list_takes_as_many_questions_for_few_as_for_many(
    crm: Installation, access: Access, contact: Any, buy: Any, queries: Any
) -> None:
    access.deferred = True
    counts = []
    for number in (1, 3):
        while len((await customers(crm, access, "valuable", "EUR")).customers) < number:
            await buy(await contact("Ada Lovelace"), "Tea")
            await compute_values(crm, {})
        with queries() as asked:
            await customers(crm, access, "valuable", "EUR")
        counts.append(len(asked))
    assert counts == [LIST_QUERIES] * 2


LIST_QUERIES = 6


async def test_pages_show_names_explanations_and_how_to_begin(
    client: Any, crm: Installation, access: Access, contact: Any, buy: Any
) -> None:
    assert "Not computed yet" in (await client.get("/x/sales/customers")).text
    ada = await contact("Ada Lovelace")
    await buy(ada, "Tea")
    made = await client.post("/x/sales/customers/compute")
    assert (made.status_code, made.headers["location"]) == (303, "/x/sales/customers")
    assert "It is being computed." in (await client.get("/x/sales/customers")).text
    assert await compute_now(crm, access, "value") is False
    await compute_values(crm, {})
    page = (await client.get("/x/sales/customers")).text
    assert ("Ada Lovelace" in page, "Bought once." in page, "1 customer." in page) == (True, True, True)
    assert "Nobody slips away" in (await client.get("/x/sales/customers/slipping")).text
    assert (await client.get("/x/sales/customers?after=x")).status_code == 404
    panel = (await client.get(f"/contacts/{ada}")).text
    assert ("What they bought" in panel, "Bought once." in panel) == (True, True)


async def test_reader_sees_and_has_nothing_computed(as_role: Any, crm: Installation) -> None:
    reader = await as_role("readonly")
    assert (await reader.get("/x/sales/customers")).status_code == 200
    assert (await reader.post("/x/sales/customers/compute")).status_code == 404
    assert await progress_of(crm, "value") is None


async def test_organisations_have_the_panel_too(crm: Installation, access: Access, client: Any, buy: Any) -> None:
    firm = await create_contact(crm, access, ContactKind.ORGANISATION, ContactContent(display_name="Teehaus"))
    firm_id = getattr(firm, "id", firm)
    await buy(firm_id, "Tea")
    assert "What they have" in (await client.get(f"/contacts/{firm_id}")).text
