"""Payments from files of banks: read, matched by number or amount, and never entered twice."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from confida_core.api import Access, InvalidContent
from confida_sales.billing.bank_files import BankEntry, plain_decimal, read_bank_file
from confida_sales.billing.invoices import bookkeeping
from confida_sales.billing.matching import enter_matched, match_entries
from confida_sales.billing.recurring import today_of
from confida_sales.tests.billing_cast import issued, row_of

pytestmark = pytest.mark.anyio
HERE = "/x/sales/payments/match"
GERMAN = (
    'Konto;"DE00 0000"\n\nBuchungstag;Verwendungszweck;Name;Betrag;Währung\n'
    "22.11.2026;Rechnung I-2026-00001 danke;Ada Lovelace;1.238,00;EUR\n"
    "21.11.2026;Miete;Zoe;-700,00;EUR\n20.11.26;;Mats;5;\nkaputt;;;x;EUR\n"
).encode("cp1252")
CAMT = b"""<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>
<Ntry><Amt Ccy="EUR">238.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-11-20</Dt></BookgDt><NtryDtls><TxDtls>
<Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>Ada Lovelace</Nm></Pty></Dbtr></RltdPties>
<RmtInf><Ustrd>I-2026-00002</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">9.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><BookgDt><Dt>2026-11-20</Dt></BookgDt></Ntry>
</Stmt></BkToCstmrStmt></Document>"""


def test_tables_of_banks_are_read_whatever_stands_above_them() -> None:
    assert read_bank_file(GERMAN, "EUR") == [
        BankEntry(
            on=date(2026, 11, 22), amount=1_238_00, currency="EUR", text="Rechnung I-2026-00001 danke Ada Lovelace"
        ),
        BankEntry(on=date(2026, 11, 20), amount=5_00, currency="EUR", text="Mats"),
    ]


def test_camt_gives_what_came_in() -> None:
    assert read_bank_file(CAMT, "EUR") == [
        BankEntry(on=date(2026, 11, 20), amount=238_00, currency="EUR", text="NOTPROVIDED I-2026-00002 Ada Lovelace")
    ]


@pytest.mark.parametrize(
    ("typed", "plain"),
    [("1.234,50", "1234.50"), ("1,234.50", "1234.50"), ("1.234.567", "1234567"), ("-7,5 EUR", "-7.5"), ("12", "12")],
)
def test_last_sign_is_the_point(typed: str, plain: str) -> None:
    assert plain_decimal(typed) == plain


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"<a", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"\xff\xfe\x00", b"a;b\n1;2"]
)
def test_what_is_no_file_of_a_bank_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidContent) as refused:
        read_bank_file(data, "EUR")
    assert set(refused.value.errors) == {"file"}


async def test_entries_find_their_invoice_and_are_entered_once(crm: Any, access: Access, contact: Any) -> None:
    ada, books = await contact("Ada Lovelace"), bookkeeping(access)
    first, second = [await issued(crm, access, ada, currency=one) for one in ("EUR", "USD")]
    number = (await row_of(crm, first))["number"]
    day = today_of(crm)

    def entry(text: str, amount: int = 238_00, currency: str = "EUR") -> BankEntry:
        return BankEntry(on=day, amount=amount, currency=currency, text=text)

    entries = [entry(f"thanks, {number.lower()}.", 100_00), entry("x", currency="USD"), entry("x"), entry("y", 1)]
    found = await match_entries(crm, books, entries)
    assert [(one.invoice.row["id"] if one.invoice else None, one.sure, one.known) for one in found] == [
        (first, True, False), (second, False, False), (first, False, False), (None, False, False),
    ]  # fmt: skip
    chosen = [(first, entries[0]), (second, entries[1]), (second, entries[2])]
    assert await enter_matched(crm, books, chosen) == (2, 1)
    assert await enter_matched(crm, books, chosen[:2]) == (0, 2)
    assert [(await row_of(crm, one))["paid"] for one in (first, second)] == [100_00, 238_00]
    assert [one.known for one in await match_entries(crm, books, entries[:1])] == [True]


async def test_file_is_looked_at_before_anything_is_entered(
    client: Any, as_role: Any, crm: Any, access: Access, contact: Any
) -> None:
    made = await issued(crm, access, await contact("Ada Lovelace"))
    number, day = (await row_of(crm, made))["number"], today_of(crm).isoformat()
    data = f"date,amount,text\n{day},238.00,{number}\n".encode()
    shown = await client.post(HERE, files={"file": ("bank.csv", data, "text/csv")})
    assert (shown.status_code, shown.text.count('name="take" value="0"'), " checked" in shown.text) == (200, 1, True)
    assert (await row_of(crm, made))["paid"] == 0
    row = {"take": "0", "invoice-0": str(made), "on-0": day, "amount-0": "23800", "currency-0": "EUR", "text-0": number}
    await client.post(f"{HERE}/enter", data=row)
    assert (await row_of(crm, made))["paid"] == 238_00
    wrong = await client.post(HERE, files={"file": ("bank.csv", b"nothing", "text/csv")})
    assert (wrong.status_code, "neither a table" in wrong.text) == (422, True)
    reader = await as_role("readonly")
    assert [(await reader.get(HERE)).status_code, (await reader.post(f"{HERE}/enter", data=row)).status_code] == [
        404,
        404,
    ]
