"""Quotes and orders: numbers, revisions, answers, and what happens when two people do something at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_core.api import Access, Actor, Forbidden, InvalidContent, NotFound, VersionConflict, new_id
from confida_sales.content import PaperContent, PaperLine
from confida_sales.offers.offers import (
    OfferTerms,
    change_offer,
    create_order,
    create_quote,
    listed_offers,
    state_of,
    today,
    visible_offer,
)
from confida_sales.offers.orders import agree_to_order, cancel_order, reopen_order
from confida_sales.offers.own import accept_own, ask_about, decline_own, own_offer, own_offers, waiting_quotes
from confida_sales.offers.quotes import (
    accept_quote,
    decline_quote,
    delete_discarded,
    discard_quote,
    duplicate_offer,
    order_from_quote,
    restore_quote,
    revise_quote,
    revisions,
    send_quote,
)
from confida_sales.opportunities.opportunities import OpportunityDraft, create_opportunity, visible_opportunity
from confida_sales.opportunities.pipelines import pipelines_in_use

pytestmark = pytest.mark.anyio
PAPER = PaperContent(name="Ada Lovelace", lines=(PaperLine(name="Tea", price=1_000, quantity=2_000, tax_rate=700),))
EUR = OfferTerms(currency="EUR")


async def drafted(crm: Any, access: Access, ada: UUID, terms: OfferTerms = EUR) -> UUID:
    return await create_quote(crm, access, ada, PAPER, terms)


async def sent(crm: Any, access: Access, ada: UUID, terms: OfferTerms = EUR) -> UUID:
    quote = await drafted(crm, access, ada, terms)
    await send_quote(crm, access, quote, seen=1)
    return quote


async def stands(crm: Any, access: Access, *ids: UUID) -> list[tuple[str, int, str]]:
    rows = [(await visible_offer(crm, access, one)).row for one in ids]
    return [(row["number"], row["revision"], state_of(row, today(crm))) for row in rows]


def own(ada: UUID) -> Access:
    return Access(actor=Actor(id=ada, kind="subject"), purpose="relationship", where="test")


async def tasks(crm: Any) -> int:
    return int((await crm.data.fetch("SELECT count(*) AS n FROM interaction WHERE state = 'planned'"))[0]["n"])


async def test_number_is_taken_when_it_is_sent(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    first, second, third = [await drafted(crm, access, ada) for _ in range(3)]
    await send_quote(crm, access, third, seen=1)
    await discard_quote(crm, access, second)
    await send_quote(crm, access, first, seen=1)
    year = today(crm).year
    assert await stands(crm, access, first, second, third) == [
        (f"Q-{year}-00002", 1, "sent"),
        ("", 1, "discarded"),
        (f"Q-{year}-00001", 1, "sent"),
    ]


async def test_two_who_send_at_once_send_once(crm: Any, access: Access, contact: Any) -> None:
    quote = await drafted(crm, access, await contact("Ada Lovelace"))
    both = await asyncio.gather(*(send_quote(crm, access, quote, seen=1) for _ in range(2)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in both) in (
        ["NoneType", "VersionConflict"],
        ["InvalidContent", "NoneType"],
    )
    assert [row["next"] for row in await crm.data.fetch("SELECT next FROM sales_series WHERE kind = 'quote'")] == [2]


async def test_sent_quote_is_never_changed_but_revised(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    first = await sent(crm, access, ada)
    with pytest.raises(InvalidContent):
        await change_offer(crm, access, first, PAPER, EUR, seen=2)
    second = await revise_quote(crm, access, first, days=30)
    assert await revise_quote(crm, access, first, days=30) == second
    cheaper = PaperContent(name="Ada Lovelace", lines=(PaperLine(name="Tea", price=900, tax_rate=700),))
    await change_offer(crm, access, second, cheaper, EUR, seen=1)
    assert [state for _, _, state in await stands(crm, access, first, second)] == ["sent", "draft"]
    await send_quote(crm, access, second, seen=2)
    number = (await stands(crm, access, first))[0][0]
    assert await stands(crm, access, first, second) == [(number, 1, "replaced"), (number, 2, "sent")]
    assert (await visible_offer(crm, access, first)).content == PAPER
    shown = await revisions(crm, access, await visible_offer(crm, access, first))
    assert [one.row["id"] for one in shown] == [second, first]
    with pytest.raises(InvalidContent):
        await revise_quote(crm, access, first, days=30)


async def test_draft_of_a_revision_that_was_thrown_away_comes_back(crm: Any, access: Access, contact: Any) -> None:
    first = await sent(crm, access, await contact("Ada Lovelace"))
    second = await revise_quote(crm, access, first, days=0)
    await discard_quote(crm, access, second)
    assert await revise_quote(crm, access, first, days=0) == second
    assert (await stands(crm, access, second))[0][1:] == (2, "draft")


async def test_customer_accepts_once_and_the_owner_is_told(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    quote = await sent(crm, access, ada, replace(EUR, owner_id=access.actor.id))
    before = await tasks(crm)
    for name in ("", " ", "x" * 201):
        with pytest.raises(InvalidContent) as refused:
            await accept_own(crm, own(ada), quote, name)
        assert set(refused.value.errors) == {"accepted_by"}
    await asyncio.gather(*(accept_own(crm, own(ada), quote, "Ada Lovelace") for _ in range(3)))
    await accept_own(crm, own(ada), quote, "Somebody Else")
    opened = await visible_offer(crm, access, quote)
    assert (opened.row["state"], opened.row["decided_by"], opened.content.accepted_by) == (
        "accepted",
        ada,
        "Ada Lovelace",
    )
    assert opened.row["decided_at"] is not None
    assert await tasks(crm) == before + 1


async def test_accepting_and_replacing_at_once_has_one_winner(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    outcomes = set()
    for accept_first in (True, False, True, False):
        first = await sent(crm, access, ada)
        second = await revise_quote(crm, access, first, days=30)
        both = [accept_own(crm, own(ada), first, "Ada"), send_quote(crm, access, second, seen=1)]
        await asyncio.gather(*(both if accept_first else reversed(both)), return_exceptions=True)
        outcomes.add(tuple(state for _, _, state in await stands(crm, access, first, second)))
    assert outcomes <= {("accepted", "draft"), ("replaced", "sent")}


async def test_only_a_sent_quote_that_is_not_over_can_be_accepted(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    day = today(crm)
    for ends, accepted in ((day, True), (day - timedelta(days=1), False)):
        quote = await sent(crm, access, ada)
        await crm.data.fetch("UPDATE sales_offer SET expires_on = ? WHERE id = ?", ends, quote)
        if accepted:
            await accept_own(crm, own(ada), quote, "Ada")
            continue
        assert (await stands(crm, access, quote))[0][2] == "expired"
        with pytest.raises(InvalidContent):
            await accept_own(crm, own(ada), quote, "Ada")
    draft = await drafted(crm, access, ada, replace(EUR, expires_on=day - timedelta(days=1)))
    with pytest.raises(InvalidContent) as refused:
        await send_quote(crm, access, draft, seen=1)
    assert set(refused.value.errors) == {"expires_on"}
    with pytest.raises(NotFound):
        await accept_own(crm, own(ada), draft, "Ada")


async def test_customer_declines_with_a_reason_and_nobody_else_does(crm: Any, access: Access, contact: Any) -> None:
    ada, zoe = await contact("Ada Lovelace"), await contact("Zoe")
    quote = await sent(crm, access, ada)
    for work in (
        accept_own(crm, own(zoe), quote, "Zoe"),
        decline_own(crm, own(zoe), quote, ""),
        ask_about(crm, own(zoe), quote, "quote", "Why?"),
        own_offer(crm, own(zoe), quote, "quote"),
        own_offer(crm, own(ada), quote, "order"),
    ):
        with pytest.raises(NotFound):
            await work
    assert [await waiting_quotes(crm, own(one), one) for one in (ada, zoe)] == [1, 0]
    await decline_own(crm, own(ada), quote, "Too dear")
    await decline_own(crm, own(ada), quote, "Never")
    assert (await visible_offer(crm, access, quote)).content.declined_because == "Too dear"
    with pytest.raises(InvalidContent):
        await accept_own(crm, own(ada), quote, "Ada")
    assert await waiting_quotes(crm, own(ada), ada) == 0


async def test_customer_sees_their_own_that_were_sent(crm: Any, access: Access, contact: Any, queries: Any) -> None:
    ada, zoe = await contact("Ada Lovelace"), await contact("Zoe")
    hidden = await drafted(crm, access, ada)
    shown = [await sent(crm, access, ada)]
    with queries() as one:
        assert [item.row["id"] for item in await own_offers(crm, own(ada), "quote")] == shown
    for _ in range(2):
        shown.insert(0, await sent(crm, access, ada))
    with queries() as three:
        assert [item.row["id"] for item in await own_offers(crm, own(ada), "quote")] == shown
    assert len(one) == len(three)
    assert hidden not in shown
    assert await own_offers(crm, own(zoe), "quote") == []


async def test_accepted_quote_becomes_one_order(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    quote = await sent(crm, access, ada)
    with pytest.raises(InvalidContent):
        await order_from_quote(crm, access, quote)
    await accept_quote(crm, access, quote, "Ada")
    made = await asyncio.gather(*(order_from_quote(crm, access, quote) for _ in range(3)))
    assert len(set(made)) == 1
    order = await visible_offer(crm, access, made[0], "order")
    assert (order.row["state"], order.row["from_id"], order.row["gross"]) == ("open", quote, 2_140)
    assert order.row["number"] == f"O-{today(crm).year}-00001"
    assert order.content.accepted_by == "Ada"
    await cancel_order(crm, access, made[0])
    another = await order_from_quote(crm, access, quote)
    assert another != made[0]
    with pytest.raises(InvalidContent):
        await reopen_order(crm, access, made[0])


async def test_opportunity_is_worth_what_was_offered_last(crm: Any, access: Access, contact: Any) -> None:
    ada, zoe = await contact("Ada Lovelace"), await contact("Zoe")
    first_stage = (await pipelines_in_use(crm))[0].stages[0]
    draft = OpportunityDraft(title="Tea for the year", value=99, currency="EUR")
    opportunity = await create_opportunity(crm, access, ada, first_stage, draft)
    with pytest.raises(NotFound):
        await drafted(crm, access, zoe, replace(EUR, opportunity_id=opportunity))
    await sent(crm, access, ada, OfferTerms(currency="USD", opportunity_id=opportunity))
    row = (await visible_opportunity(crm, access, opportunity)).row
    assert (row["value"], row["currency"]) == (2_000, "USD")


async def test_order_taken_at_the_customer_s_is_agreed_to(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    order = await create_order(crm, access, ada, PAPER, EUR)
    with pytest.raises(VersionConflict):
        await agree_to_order(crm, access, order, "Ada", seen=7)
    await agree_to_order(crm, access, order, "Ada Lovelace", seen=1)
    opened = await visible_offer(crm, access, order)
    assert (opened.content.accepted_by, opened.row["state"]) == ("Ada Lovelace", "open")
    await change_offer(crm, access, order, PAPER, EUR, seen=2)
    changed = await visible_offer(crm, access, order)
    assert (changed.content.accepted_by, changed.row["decided_at"]) == ("", None)
    await cancel_order(crm, access, order)
    with pytest.raises(InvalidContent):
        await agree_to_order(crm, access, order, "Ada Lovelace", seen=4)
    await reopen_order(crm, access, order)
    assert (await stands(crm, access, order))[0][2] == "open"


async def test_duplicate_begins_anew(crm: Any, access: Access, contact: Any) -> None:
    quote = await sent(crm, access, await contact("Ada Lovelace"))
    await decline_quote(crm, access, quote, "No")
    copy = await visible_offer(crm, access, await duplicate_offer(crm, access, quote, days=10))
    assert (copy.row["number"], copy.row["revision"], copy.row["state"], copy.row["from_id"]) == ("", 1, "draft", None)
    assert copy.row["expires_on"] == today(crm) + timedelta(days=10)
    assert copy.content == PAPER


async def test_thrown_away_drafts_go_for_good_after_a_while(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    back, gone, kept = [await drafted(crm, access, ada) for _ in range(3)]
    for one in (back, gone):
        await discard_quote(crm, access, one)
    await restore_quote(crm, access, back)
    assert await delete_discarded(crm) == 0
    assert await delete_discarded(crm, days=-1) == 1
    left = {one.row["id"] for one in await listed_offers(crm, access, "quote")}
    assert left == {back, kept}


async def test_list_is_queried_once_and_by_state(crm: Any, access: Access, contact: Any, queries: Any) -> None:
    ada = await contact("Ada Lovelace")
    draft = await drafted(crm, access, ada)
    with queries() as one:
        await listed_offers(crm, access, "quote")
    open_, over = await sent(crm, access, ada), await sent(crm, access, ada)
    await crm.data.fetch("UPDATE sales_offer SET expires_on = ? WHERE id = ?", today(crm) - timedelta(days=1), over)
    with queries() as three:
        found = await listed_offers(crm, access, "quote")
    assert len(one) == len(three)
    assert [item.row["id"] for item in found] == [over, open_, draft]
    by_state = {
        state: [item.row["id"] for item in await listed_offers(crm, access, "quote", state=state)]
        for state in ("draft", "sent", "expired", "accepted")
    }
    assert by_state == {"draft": [draft], "sent": [open_], "expired": [over], "accepted": []}
    last = found[1].row
    older = await listed_offers(crm, access, "quote", before=(last["created_at"], last["id"]))
    assert [item.row["id"] for item in older] == [draft]


async def test_who_may_only_read_takes_no_step(crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace")
    quote, order = await sent(crm, access, ada), await create_order(crm, access, ada, PAPER, EUR)
    permissions = frozenset({"sales.read", "contacts.read"})
    reader = replace(access, actor=Actor(id=access.actor.id, permissions=permissions))
    assert (await visible_offer(crm, reader, quote)).content == PAPER
    for work in (
        create_quote(crm, reader, ada, PAPER, EUR),
        change_offer(crm, reader, order, PAPER, EUR, seen=1),
        send_quote(crm, reader, quote, seen=2),
        revise_quote(crm, reader, quote, days=1),
        duplicate_offer(crm, reader, quote, days=1),
        accept_quote(crm, reader, quote, "Ada"),
        decline_quote(crm, reader, quote, ""),
        agree_to_order(crm, reader, order, "Ada", seen=1),
        cancel_order(crm, reader, order),
    ):
        with pytest.raises(Forbidden):
            await work
    with pytest.raises(NotFound):
        await visible_offer(crm, access, new_id())
