"""Customers see their own invoices, payments and account, in their language, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest

from confida_core.api import Access
from confida_sales.billing.invoices import PaymentDraft, bookkeeping, record_payment
from confida_sales.billing.payments import reverse_payment
from confida_sales.billing.recurring import today_of
from confida_sales.tests.billing_cast import drafted, issued, row_of

pytestmark = pytest.mark.anyio
HERE = "/my/x/sales/invoices"


async def test_person_sees_their_own_invoices_and_what_is_open(
    as_person: Any, crm: Any, access: Access, contact: Any
) -> None:
    ada, zoe = await contact("Ada Lovelace"), await contact("Zoe Zander")
    own, others = await issued(crm, access, ada, days_ago=3), await issued(crm, access, zoe)
    await drafted(crm, access, ada)
    books, today = bookkeeping(access), today_of(crm)
    await record_payment(crm, books, own, PaymentDraft(amount=100_00, paid_on=today, note="told by the bank"))
    wrong = await record_payment(crm, books, own, PaymentDraft(amount=77_00, paid_on=today))
    await reverse_payment(crm, books, wrong, today)
    person = await as_person(ada)
    listed = (await person.get(HERE)).text
    assert ((await row_of(crm, own))["number"] in listed, (await row_of(crm, others))["number"] in listed) == (
        True,
        False,
    )
    assert "€138.00 is still to be paid." in listed
    one = (await person.get(f"{HERE}/{own}")).text
    assert ("€100.00" in one, "€77.00" in one, "told by the bank" in one) == (True, False, False)
    assert "€138.00" in (await person.get("/my/x/sales/statement")).text
    missing = await person.get(f"{HERE}/01890c4e-5e5f-7b11-9a6b-1f2a3b4c5d6e")
    foreign = await person.get(f"{HERE}/{others}")
    assert (missing.status_code, foreign.status_code) == (404, 404)


async def test_pages_speak_german(as_person: Any, crm: Any, access: Access, contact: Any) -> None:
    ada = await contact("Ada Lovelace", language="de")
    own = await issued(crm, access, ada, days_ago=3)
    person = await as_person(ada)
    for address, words in (
        (HERE, ("Ihre Rechnungen", "238,00\N{NO-BREAK SPACE}€ sind noch zu zahlen.", "Bitte zahlen")),
        (f"{HERE}/{own}", ("Rechnung I-", "Noch zu zahlen", "Zahlungen")),
        ("/my/x/sales/statement", ("Ihr Konto", "Offen zuvor", "Saldo")),
    ):
        page = (await person.get(address)).text
        assert [word for word in words if word not in page] == []


async def test_nobody_is_signed_in_and_nothing_is_shown(stranger: Any) -> None:
    for address in (HERE, "/my/x/sales/statement"):
        assert (await stranger.get(address)).status_code == 303


async def test_without_invoices_the_pages_say_so(as_person: Any, contact: Any) -> None:
    person = await as_person(await contact("Ada Lovelace"))
    for address in (HERE, "/my/x/sales/statement"):
        assert "We have sent you no invoice so far." in (await person.get(address)).text
