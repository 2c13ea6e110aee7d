"""Donations: written down once, seen by whoever gave them and by colleagues, gone with the person, and counted to the cent."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_core.api import Access, InvalidContent, catch_up_index, values_of_contact
from confida_marketing.sign_up.donation_import import UnreadableDonations, read_donations, store_donations
from confida_marketing.sign_up.donations import (
    DonationDraft,
    a_year_before,
    add_donation,
    donated_for,
    list_donations,
    today,
)

pytestmark = pytest.mark.anyio
DONATIONS = "/x/marketing/forms/donations"
OWN = "/my/x/marketing/donations"


async def test_donations_are_counted_shown_to_their_giver_and_go_with_them(
    *, crm: Any, access: Access, client: Any, contact: Any, as_person: Any, assert_erased: Any, assert_exported: Any
) -> None:
    ada, mats = [UUID(str(await contact(name, email=f"{name.lower()}@example.org"))) for name in ("Ada", "Mats")]
    await catch_up_index(crm)
    day = today(crm)
    for giver, amount, on_day in ((ada, 12_345, day), (ada, 5, a_year_before(day)), (mats, 77_777, day)):
        await add_donation(
            crm,
            access,
            DonationDraft(
                contact_id=giver, amount=amount, currency="EUR", on_day=on_day, source="zqbank", note=f"zqnote-{giver}"
            ),
        )
    await catch_up_index(crm)
    _, values = await values_of_contact(crm, ada)
    assert (values["marketing.donated_last_12m"], values["marketing.last_donation"]) == (123.45, day)
    hers = await as_person(ada)
    shown, year = (await hers.get(f"{OWN}?lang=en")).text, (await hers.get(f"{OWN}?year={day.year}&lang=en")).text
    assert ("€123.45" in shown, "€0.05" in shown, "€777.77" in shown) == (True, True, False)
    assert ("€123.45" in year, "€0.05" in year) == (True, False)
    timeline = (await client.get(f"/contacts/{ada}")).text
    assert ("€123.45" in timeline, "zqbank" in timeline) == (True, True)
    listed = (await client.get(DONATIONS)).text
    assert ("€777.77" in listed, "€901.22" in listed) == (True, True)
    await assert_exported(ada, f"zqnote-{ada}")
    await assert_erased(ada, f"zqnote-{ada}")
    assert [one.row["contact_id"] for one in await list_donations(crm, access)] == [mats]


async def test_a_file_of_donations_is_taken_in_whole_or_not_at_all(
    crm: Any, access: Access, client: Any, as_role: Any, contact: Any
) -> None:
    ada = UUID(str(await contact("Ada", email="ada@example.org")))
    await catch_up_index(crm)
    file = "E-Mail;Betrag;Datum;Regelmäßig\nada@example.org;1.234,50;2026-01-31;ja\nADA@example.org;0,01;2026-02-01;\n"
    found = read_donations(file.encode("cp1252"), "EUR", "de")
    assert await store_donations(crm, access, found) == 2
    rows = [
        (one.row["amount"], one.row["recurring"], one.row["contact_id"]) for one in await list_donations(crm, access)
    ]
    assert rows == [(1, False, ada), (123_450, True, ada)]
    for lines, places in (
        ("email,amount\na@example.org,1\n", [1]), ("email,amount,day\nada@example.org,x,2026-01-01\nada@example.org,1,soon\n", [2, 3]),
        ("email,amount,day\n", [0]),
    ):  # fmt: skip
        with pytest.raises(UnreadableDonations) as wrong:
            read_donations(lines.encode(), "EUR", "en")
        assert [row for row, _ in wrong.value.errors] == places
    for lines in ("ada@example.org,1,2026-01-01\nnobody@example.org,1,2026-01-01", "ada@example.org,-1,2026-01-01"):
        files = {"file": ("d.csv", f"email,amount,day\n{lines}\n".encode(), "text/csv")}
        answer = await client.post(f"{DONATIONS}/import", files=files)
        assert (answer.status_code, "Please mend" in answer.text) == (422, True)
    typed = {"find": "Ada", "amount": "10", "currency": "EUR", "on_day": "2026-03-01"}
    which = await client.post(f"{DONATIONS}/new", data=typed)
    assert (which.status_code, str(ada) in which.text, 'value="10"' in which.text) == (422, True, True)
    for changes, box in (
        ({"amount": "x"}, "amount"),
        ({"currency": "XXXX"}, "amount"),
        ({"on_day": "2999-01-01"}, "on_day"),
        ({"amount": "0"}, "amount"),
    ):
        answer = await client.post(f"{DONATIONS}/new", data=typed | {"contact": str(ada)} | changes)
        assert (answer.status_code, f'id="{box}-error"' in answer.text) == (422, True), changes
    assert (await client.post(f"{DONATIONS}/new", data=typed | {"contact": str(ada)})).status_code == 303
    assert len(kept := await list_donations(crm, access)) == 3
    reader = await as_role("readonly")
    assert (await reader.post(f"{DONATIONS}/{kept[0].row['id']}/remove")).status_code == 404
    assert "cannot be taken back" in (await client.get(f"{DONATIONS}/{kept[0].row['id']}/remove")).text
    assert (await client.post(f"{DONATIONS}/{kept[0].row['id']}/remove")).status_code == 303
    assert len(await list_donations(crm, access)) == 2


async def test_a_campaign_knows_what_it_brought(crm: Any, access: Access, contact: Any) -> None:
    ada, none = UUID(str(await contact("Ada"))), UUID(int=7)
    assert (await donated_for(crm, [none]), a_year_before(date(2028, 2, 29))) == ({none: {}}, date(2027, 2, 28))
    draft = DonationDraft(contact_id=ada, amount=1, currency="EUR", on_day=today(crm) + timedelta(days=1))
    with pytest.raises(InvalidContent):
        await add_donation(crm, access, draft)
