"""Loans, on both databases, with nothing but Confida's test kit."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from confida_core.api import (
    Access,
    IndexQuery,
    Installation,
    InvalidContent,
    NotFound,
    PostalAddress,
    new_id,
    read_condition,
)
from confida_loans.commands import count_overdue
from confida_loans.loans import LoanContent, forget_returned, lend, loans_of, overdue, take_back, today
from confida_web.testing import (
    AsProgram,
    AsRole,
    AssertErased,
    AssertExported,
    AssertSealed,
    Browser,
    MakeContact,
    Queries,
)

pytestmark = pytest.mark.usefixtures("no_network")
LADDER = LoanContent(thing="Strickleiter", note="Dritte Sprosse wackelt")
ADDRESS = PostalAddress(street="Hafenweg 3", postal_code="04109", locality="Leipzig")


async def since(crm: Installation, loan_id: UUID, *, due: int, returned: int | None = None) -> None:
    """As if the loan had been due, and returned, so many days ago."""
    back = None if returned is None else today() - timedelta(days=returned)
    await crm.data.fetch(
        "UPDATE loans_loan SET due_on = ?, returned_on = ? WHERE id = ?", today() - timedelta(days=due), back, loan_id
    )


@pytest.fixture
async def lent(crm: Installation, access: Access, contact: MakeContact) -> UUID:
    """Ada, who has the ladder."""
    ada = await contact("Ada Lovelace")
    await lend(crm, access, ada, LADDER)
    return ada


async def test_loan_is_sealed_handed_over_and_gone_with_its_borrower(
    lent: UUID, assert_sealed: AssertSealed, assert_exported: AssertExported, assert_erased: AssertErased
) -> None:
    await assert_sealed(LADDER.thing, LADDER.note)
    await assert_exported(lent, LADDER.thing, LADDER.note)
    await assert_erased(lent, LADDER.thing, LADDER.note)


async def test_thing_comes_back_once(crm: Installation, access: Access, contact: MakeContact) -> None:
    ada = await contact("Ada Lovelace")
    loan = await lend(crm, access, ada, LADDER)
    (out,) = await loans_of(crm, access, ada)
    assert (out.thing, out.due_on, out.returned_on) == ("Strickleiter", today() + timedelta(days=14), None)
    assert await take_back(crm, access, loan) == ada
    assert await take_back(crm, access, loan) == ada
    assert [one.returned_on for one in await loans_of(crm, access, ada)] == [today()]
    with pytest.raises(NotFound):
        await take_back(crm, access, new_id())


async def test_nothing_cannot_be_lent(crm: Installation, access: Access, contact: MakeContact) -> None:
    ada = await contact("Ada Lovelace")
    with pytest.raises(InvalidContent):
        await lend(crm, access, ada, LoanContent(thing=" "))
    assert await loans_of(crm, access, ada) == []


@pytest.mark.parametrize("people", [1, 3])
async def test_what_is_overdue_is_found_with_as_many_questions(
    crm: Installation, access: Access, contact: MakeContact, queries: Queries, people: int
) -> None:
    access.deferred = True
    for number in range(people):
        loan = await lend(crm, access, await contact(f"Person {number}"), LADDER)
        await since(crm, loan, due=number + 1)
    await lend(crm, access, await contact("In time"), LADDER)
    with queries() as asked:
        found = await overdue(crm, access)
    assert [one.name for one in found] == [f"Person {number}" for number in reversed(range(people))]
    assert len(asked) == 2
    assert await count_overdue(crm) == people


async def test_returned_loans_are_forgotten_after_a_year(
    crm: Installation, access: Access, contact: MakeContact
) -> None:
    ada = await contact("Ada Lovelace")
    for thing, returned in (("Out", None), ("Lately", 364), ("Long ago", 365)):
        await since(crm, await lend(crm, access, ada, LoanContent(thing=thing)), due=400, returned=returned)
    await forget_returned(crm, {})
    assert sorted(one.thing for one in await loans_of(crm, access, ada)) == ["Lately", "Out"]


async def test_page_shows_panel_and_timeline_and_my_day_what_is_overdue(
    client: Browser, crm: Installation, contact: MakeContact
) -> None:
    ada = await contact("Ada Lovelace")
    made = await client.post(f"/x/loans/contacts/{ada}", data={"thing": LADDER.thing, "note": LADDER.note})
    assert (made.status_code, made.headers["location"]) == (303, f"/contacts/{ada}")
    page = (await client.get(f"/contacts/{ada}")).text
    # Once in the panel, once on the timeline, where the note stands too.
    assert (page.count(LADDER.thing), page.count(LADDER.note)) == (2, 1)
    (loan,) = await crm.data.fetch("SELECT id FROM loans_loan")
    await since(crm, loan["id"], due=1)
    assert LADDER.thing in (await client.get("/")).text
    assert (await client.post(f"/x/loans/{loan['id']}/back")).status_code == 303
    assert LADDER.thing not in (await client.get("/")).text


async def test_reader_sees_and_lends_nothing(as_role: AsRole, crm: Installation, contact: MakeContact) -> None:
    ada, reader = await contact("Ada Lovelace"), await as_role("readonly")
    assert (await reader.post(f"/x/loans/contacts/{ada}", data={"thing": "Drill"})).status_code == 404
    assert await crm.data.fetch("SELECT id FROM loans_loan") == []
    assert "Nothing was lent." in (await reader.get(f"/contacts/{ada}")).text


async def test_programs_read_loans_and_cannot_lend_nothing(
    lent: UUID, crm: Installation, access: Access, as_program: AsProgram
) -> None:
    program = await as_program("loans.read", "loans.write", "contacts.read")
    found = (await program.get("/api/v1/x/loans/loans")).json()["items"]
    assert [(one["contact_id"], one["thing"], one["returned_on"]) for one in found] == [(str(lent), LADDER.thing, None)]
    sent = {"contact_id": str(lent), "thing": " ", "due_on": "2030-01-01"}
    assert (await program.post("/api/v1/x/loans/loans", json=sent)).status_code == 422
    assert [one.thing for one in await loans_of(crm, access, lent)] == [LADDER.thing]


async def test_delivery_area_is_a_field_of_the_filters(
    crm: Installation, contact: MakeContact, client: Browser
) -> None:
    ada = await contact("Ada Lovelace", addresses=[ADDRESS])
    await contact("Mats Berg", addresses=[PostalAddress(postal_code="20095")])
    await contact("Zoe Without")
    await client.get("/contacts")  # What lists do: the index follows what was written.
    condition = read_condition({"field": "loans.area", "op": "is", "value": "04"}, crm.registry.index_fields)
    assert (await crm.index.page(IndexQuery(condition=condition))).ids == (ada,)
