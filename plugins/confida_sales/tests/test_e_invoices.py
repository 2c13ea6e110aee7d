"""Electronic invoices: valid by the official rules, read back as they were written, refused where the standard has no words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.shared_data import shared

from confida_core.api import PostalAddress
from confida_sales.content import PaperContent, PaperLine
from confida_sales.documents.einvoice.building import Issued, NotExpressible, e_invoice, finer_than_cents
from confida_sales.documents.einvoice.cii import cii
from confida_sales.documents.einvoice.terms import Identifier, TaxKind
from confida_sales.documents.einvoice.ubl import ubl
from confida_sales.documents.einvoice.ubl_reading import read_ubl
from confida_sales.documents.einvoice.xml_tree import LARGEST, UnreadableXML
from confida_sales.documents.seller import bic, iban, vat_id
from confida_sales.papers import added_up, check_paper
from confida_sales.tests.e_invoice_cast import AT_ADAS, DAY, PAPER, SELLER, issued

EXAMPLES = "einvoice/en16931/ubl/examples"
FEW = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))


def with_lines(*lines: PaperLine, **changes: Any) -> PaperContent:
    return msgspec.structs.replace(PAPER, lines=lines, discount=0, **changes)


def line_in(category: str, rate: int = 0) -> PaperLine:
    return PaperLine(name="Boat", quantity=1_000, price=100_00, tax_category=category, tax_rate=rate)


def broken(rules: Any, paper: Issued) -> list[str]:
    found = e_invoice(paper)
    return [*rules.broken(ubl(found)), *rules.broken(cii(found))]


def changed(xml: bytes, pattern: bytes, instead: bytes) -> bytes:
    found = re.sub(pattern, instead, xml)
    assert found != xml
    return found


@pytest.mark.parametrize("write", [ubl, cii])
def test_official_rules_find_what_is_wrong(official_rules: Any, write: Callable[[Any], bytes]) -> None:
    good = write(e_invoice(issued()))
    dearer = changed(good, rb"(TaxInclusiveAmount[^>]*>|GrandTotalAmount>)[0-9.]+", rb"\g<1>1.00")
    nobody = changed(good, rb"C62", rb"PCS")
    assert official_rules.broken(good) == []
    assert any("BR-CO-15" in text for text in official_rules.broken(dearer))
    assert len(official_rules.broken(nobody)) == 1


@pytest.mark.parametrize("kind", ["invoice", "credit_note"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_paper_of_two_rates_and_a_discount_is_valid(official_rules: Any, kind: str, language: str) -> None:
    assert broken(official_rules, issued(kind=kind, language=language)) == []


def test_terms_are_those_of_the_paper() -> None:
    found = read_ubl(ubl(e_invoice(issued())))
    assert (found.number, found.issued_on, found.code, found.currency) == ("I-2026-00001", DAY, "380", "EUR")
    assert (found.seller.vat_id, found.buyer.vat_id, found.buyer_reference) == (
        "DE123456789", "FR40303265045", "04011000-12345-03",
    )  # fmt: skip
    # 3 x 19.99 = 59.97; 1.5 x 3.33 = 5.00, less 10 % = 4.50; 5.00 off the whole: 4.65 and 0.35.
    assert [(line.name, line.unit, line.net) for line in found.lines] == [
        ("Boat", "H87", Decimal("59.97")),
        ("Oars", "C62", Decimal("4.50")),
    ]
    assert [(one.amount, one.base, one.percent) for one in found.lines[1].adjustments] == [
        (Decimal("0.50"), Decimal("5.00"), Decimal("10.00"))
    ]
    assert found.lines[1].note == "Unit: bundle"
    assert [(one.amount, one.tax) for one in found.adjustments] == [
        (Decimal("4.65"), TaxKind(category="S", rate=Decimal(19))),
        (Decimal("0.35"), TaxKind(category="S", rate=Decimal(7))),
    ]
    sums = added_up(PAPER)
    assert (found.sums.net, found.sums.tax, found.sums.gross) == tuple(
        Decimal(amount).scaleb(-2) for amount in (sums.net, sums.tax, sums.gross)
    )
    assert found.notes == ("Thank you for your order.", "See you <soon> & often.")


def test_credit_note_names_the_invoice_it_is_about() -> None:
    found = read_ubl(ubl(e_invoice(issued(kind="credit_note"))))
    assert (found.code, found.corrects[0][0], found.due_on, found.means) == ("381", "I-2026-00000", None, ())


@pytest.mark.parametrize("kind", ["invoice", "credit_note"])
def test_what_is_written_is_read_back(kind: str) -> None:
    found = e_invoice(issued(kind=kind))
    assert read_ubl(ubl(found)) == found


@pytest.mark.parametrize(
    ("category", "rate", "code"),
    [
        ("S", 1_900, ""), ("S", 0, ""), ("Z", 0, ""), ("E", 0, ""), ("AE", 0, "VATEX-EU-AE"), ("K", 0, "VATEX-EU-IC"),
        ("G", 0, "VATEX-EU-G"), ("O", 0, "VATEX-EU-O"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["invoice", "credit_note"])
def test_every_category_of_tax_is_valid(official_rules: Any, category: str, rate: int, code: str, kind: str) -> None:
    paper = issued(with_lines(line_in(category, rate)), kind)
    assert broken(official_rules, paper) == []
    assert [one.code for one in e_invoice(paper).taxes] == [code]


def test_standard_rate_of_nothing_is_one_with_zero_rated(official_rules: Any) -> None:
    paper = issued(with_lines(line_in("S"), line_in("Z"), line_in("S", 1_900)))
    assert broken(official_rules, paper) == []
    assert [(one.tax.category, one.basis) for one in e_invoice(paper).taxes] == [
        ("Z", Decimal(200)),
        ("S", Decimal(100)),
    ]


def test_own_words_say_why_no_tax_is_charged() -> None:
    paper = issued(with_lines(line_in("E")), seller=replace(SELLER, exempt_reason="Exempt under section 19 UStG"))
    assert [one.reason for one in e_invoice(paper).taxes] == ["Exempt under section 19 UStG"]


@pytest.mark.parametrize(
    "missing", ["vat_id", "register_number", "tax_number", "iban", "bic", "email", "phone", "contact"]
)
def test_seller_may_lack_any_one_number(official_rules: Any, missing: str) -> None:
    without: dict[str, Any] = {missing: ""}
    assert broken(official_rules, issued(seller=replace(SELLER, **without))) == []


def test_seller_without_register_and_vat_id_is_told_by_the_tax_number(official_rules: Any) -> None:
    paper = issued(with_lines(line_in("E")), seller=replace(SELLER, vat_id="", register_number=""))
    assert broken(official_rules, paper) == []
    assert e_invoice(paper).seller.ids == (Identifier(value="231/123/12345"),)


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD", "HUF"])
def test_currencies_have_their_own_digits(official_rules: Any, currency: str) -> None:
    line = PaperLine(name="Boat", quantity=2_000, price=100_00, tax_rate=1_900, discount=500)
    paper = issued(with_lines(line), currency=currency)
    assert broken(official_rules, paper) == []


@pytest.mark.parametrize(
    ("paper", "sentence"),
    [
        (issued(seller=replace(SELLER, country="")), "The organisation's country is missing."),
        (
            issued(seller=replace(SELLER, vat_id="", tax_number="")),
            "The organisation's VAT id or tax number is missing.",
        ),
        (issued(msgspec.structs.replace(PAPER, address=None)), "The customer's country is missing."),
        (
            issued(msgspec.structs.replace(PAPER, address=PostalAddress(street="Market 1", country="XX"))),
            "The customer's country is missing.",
        ),
        (issued(with_lines(line_in("G")), seller=replace(SELLER, vat_id="")), "The organisation's VAT id is missing."),
        (issued(with_lines(line_in("AE"), tax_number="12/345")), "The customer's VAT id is missing."),
        (issued(with_lines(line_in("K"), delivered_on=None)), "The day of delivery is missing."),
        (
            issued(with_lines(line_in("O"), line_in("E"))),
            "What is outside the scope of tax cannot stand on one e-invoice with anything else.",
        ),
        (issued(with_lines(line_in("S", 49))), "E-invoices know no tax of less than half a percent."),
        (
            issued(with_lines(PaperLine(name="Boat", price=1_001, tax_category="Z")), currency="KWD"),
            "E-invoices have amounts of at most two digits after the point.",
        ),
    ],
)
def test_paper_that_the_standard_has_no_words_for_is_refused(paper: Issued, sentence: str) -> None:
    with pytest.raises(NotExpressible) as refused:
        e_invoice(paper)
    assert refused.value.sentences == (sentence,)
    assert sentence not in str(refused.value)


texts = st.text(min_size=1, max_size=40).filter(lambda text: text.strip() != "")
kinds_of_tax = st.sampled_from(
    [("S", 1_900), ("S", 700), ("S", 0), ("S", 50), ("Z", 0), ("E", 0), ("AE", 0), ("K", 0), ("G", 0)]
)


@st.composite
def lines(draw: st.DrawFn, outside: bool) -> PaperLine:
    category, rate = ("O", 0) if outside else draw(kinds_of_tax)
    return PaperLine(
        name=draw(texts),
        description=draw(st.text(max_size=20)),
        sku=draw(st.text(max_size=10)),
        unit=draw(st.sampled_from(["", "h", "kg", "Stück", "bundle", "m²"])),
        quantity=draw(st.integers(1, 10**7)),
        price=draw(st.integers(0, 10**8)),
        discount=draw(st.sampled_from([0, 0, 1, 250, 3_333, 10_000])),
        tax_category=category,
        tax_rate=rate,
    )


@st.composite
def papers(draw: st.DrawFn) -> PaperContent:
    outside = draw(st.booleans()) and draw(st.booleans())
    paper = PaperContent(
        name=draw(texts),
        address=draw(
            st.sampled_from([AT_ADAS, PostalAddress(country="DE"), PostalAddress(street="a\nb\nc\nd", country="US")])
        ),
        tax_number="FR40303265045",
        reference=draw(st.text(max_size=10)),
        delivered_on=DAY,
        opening=draw(st.text(max_size=30)),
        lines=tuple(draw(st.lists(lines(outside), min_size=1, max_size=5))),
        discount_reason=draw(st.text(max_size=10)),
    )
    whole = sum(added_up(paper).lines)
    return msgspec.structs.replace(paper, discount=whole * draw(st.integers(0, 100)) // 100)


@FEW
@given(papers(), st.sampled_from(["invoice", "credit_note"]), st.sampled_from(["EUR", "JPY", "KWD", "CHF"]))
def test_any_paper_is_valid_by_the_official_rules(
    official_rules: Any, paper: PaperContent, kind: str, currency: str
) -> None:
    # Nothing but the third digit of dinars can be in the way of these.
    assume(not finer_than_cents(issued(paper, kind, currency=currency), check_paper(paper)))
    found = e_invoice(issued(paper, kind, currency=currency))
    assert official_rules.broken(ubl(found)) == []
    assert official_rules.broken(cii(found)) == []
    assert read_ubl(ubl(found)) == read_ubl(ubl(read_ubl(ubl(found))))


def test_official_examples_say_the_same_after_they_were_read_and_written(official_rules: Any) -> None:
    files = sorted(shared(EXAMPLES).iterdir())
    assert len(files) == 19
    for file in files:
        found = read_ubl(file.read_bytes())
        written = ubl(found)
        assert read_ubl(written) == found, file.name
        assert (found.lines != (), official_rules.broken(written)) == (True, []), file.name


def test_terms_of_an_official_example_are_read() -> None:
    found = read_ubl((shared(EXAMPLES) / "ubl-tc434-example1.xml").read_bytes())
    assert (found.number, found.seller.name, found.buyer.name, len(found.lines)) == (
        "12115118", "De Koksmaat", "ODIN 59", 20,
    )  # fmt: skip
    assert found.sums.gross == Decimal("250.33")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no xml",
        b"<Invoice/>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<?xml version="1.0" encoding="no-such"?><a/>',
        b"<a>" + b" " * LARGEST + b"</a>",
        b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>',
    ],
)
def test_what_is_no_invoice_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableXML):
        read_ubl(data)


@pytest.mark.parametrize(
    ("pattern", "instead"),
    [
        (rb"2026-11-22", b"2026-13-22"),
        (rb">19.99<", b">NaN<"),
        (rb">19.99<", b">much<"),
        (rb"<cbc:PayableAmount.*?</cbc:PayableAmount>", b""),
    ],
)
def test_broken_values_are_refused(pattern: bytes, instead: bytes) -> None:
    with pytest.raises(UnreadableXML):
        read_ubl(changed(ubl(e_invoice(issued())), pattern, instead))


def test_numbers_of_the_seller_are_checked() -> None:
    assert (vat_id(" de 123 456 789"), vat_id("EL123456789"), vat_id("ZZ123456789"), vat_id("DEUTSCH"), vat_id("")) == (
        "DE123456789", "EL123456789", "", "", "",
    )  # fmt: skip
    assert (iban("DE89 3704 0044 0532 0130 00"), iban("DE88 3704 0044 0532 0130 00")) == ("DE89370400440532013000", "")
    assert (bic("cobadeffxxx"), bic("COBA")) == ("COBADEFFXXX", "")
