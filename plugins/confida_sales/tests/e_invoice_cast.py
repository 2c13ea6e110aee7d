"""Papers to make e-invoices of."""

from __future__ import annotations

from datetime import date
from typing import Any

from confida_core.api import PostalAddress
from confida_sales.content import PaperContent, PaperLine
from confida_sales.documents.einvoice.building import Issued
from confida_sales.documents.seller import Seller

DAY, DUE = date(2026, 11, 22), date(2026, 12, 6)
SELLER = Seller(
    name="Example Boats & Sons",
    street=("Hafenstraße 1", "Hinterhaus"),
    postal_code="04109",
    locality="Leipzig",
    country="DE",
    email="billing@example.org",
    phone="+49 341 000000",
    vat_id="DE123456789",
    tax_number="231/123/12345",
    register_number="HRB 1234",
    iban="DE89370400440532013000",
    bic="COBADEFFXXX",
    account_holder="Example Boats & Sons",
    contact="Olga Example",
)
AT_ADAS = PostalAddress(street="Market 1\nback door", postal_code="75001", locality="Paris", country="FR")
PAPER = PaperContent(
    name="Ada Lovelace",
    address=AT_ADAS,
    email="ada@example.org",
    tax_number="FR40303265045",
    reference="04011000-12345-03",
    delivered_on=date(2026, 11, 20),
    opening="Thank you for your order.",
    closing="See you <soon> & often.",
    lines=(
        PaperLine(name="Boat", sku="B-1", unit="pieces", quantity=3_000, price=19_99, tax_rate=1_900),
        PaperLine(name="Oars", unit="bundle", quantity=1_500, price=3_33, tax_rate=700, discount=1_000),
    ),
    discount=5_00,
)


def columns(kind: str = "invoice", **changes: Any) -> dict[str, Any]:
    given = {
        "kind": kind,
        "number": "I-2026-00001",
        "issued_on": DAY,
        "due_on": DUE if kind == "invoice" else None,
        "currency": "EUR",
    }
    return given | changes


def issued(paper: PaperContent = PAPER, kind: str = "invoice", seller: Seller = SELLER, **changes: Any) -> Issued:
    corrects = ("I-2026-00000", date(2026, 10, 1)) if kind == "credit_note" else None
    language = changes.pop("language", "en")
    return Issued(row=columns(kind, **changes), paper=paper, seller=seller, language=language, corrects=corrects)
