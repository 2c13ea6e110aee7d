"""From an issued invoice or credit note, as it is kept, to the business terms of EN 16931-1.

What the standard cannot say is refused with the reasons, in sentences for whoever can do something about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from confida_core.api import (
    as_decimal,
    minor_digits,
    rounded_amount,
)
from confida_sales.content import PaperContent, PaperLine
from confida_sales.documents.einvoice.parties import buyer_of, place_of, seller_party
from confida_sales.documents.einvoice.terms import (
    CREDIT_NOTE,
    INVOICE,
    Adjustment,
    Delivered,
    EInvoice,
    Line,
    Means,
    Price,
    Sums,
    TaxKind,
    TaxSum,
)
from confida_sales.documents.einvoice.units import unit_code
from confida_sales.documents.einvoice.xml_tree import NAMELESS, storable
from confida_sales.documents.seller import Seller
from confida_sales.documents.words import say
from confida_sales.papers import added_up, tax_of
from confida_sales.totals import QUANTITY_PARTS, Tax, Totals
from confida_web.api import mark

# UNCL 5189; UNCL 4461 for means.
DISCOUNT = "95"
SEPA_TRANSFER, TRANSFER = "58", "30"
REASON_CODES = {"AE": "VATEX-EU-AE", "K": "VATEX-EU-IC", "G": "VATEX-EU-G", "O": "VATEX-EU-O"}
CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True, slots=True)
class Issued:
    """What an e-invoice is made of. row: columns of sales_invoice. corrects: number and day of the invoice of a credit note."""

    row: dict[str, Any]
    paper: PaperContent
    seller: Seller
    language: str = "en"
    corrects: tuple[str, date] | None = None


class NotExpressible(ValueError):
    """It cannot be written as an electronic invoice. sentences: why, in English, marked for translation; nothing personal."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        super().__init__("not expressible in EN 16931")
        self.sentences = sentences


def e_invoice(issued: Issued) -> EInvoice:
    """Valid by the official rules, or NotExpressible."""
    sums = added_up(issued.paper)
    found = obstacles(issued, sums)
    if found:
        raise NotExpressible(tuple(found))
    row, paper, currency = issued.row, issued.paper, issued.row["currency"]
    credit = row["kind"] == "credit_note"
    return EInvoice(
        number=row["number"],
        issued_on=row["issued_on"],
        currency=currency,
        seller=seller_party(issued.seller, outside=outside(sums)),
        buyer=buyer_of(paper, outside=outside(sums)),
        lines=tuple(
            line_of(at, line, net, issued) for at, (line, net) in enumerate(zip(paper.lines, sums.lines, strict=True))
        ),
        taxes=taxes_of(sums, issued),
        sums=sums_of(sums, currency),
        code=CREDIT_NOTE if credit else INVOICE,
        due_on=None if credit else row["due_on"],
        notes=tuple(note.strip() for note in (paper.opening, paper.closing) if note.strip()),
        buyer_reference=paper.reference.strip(),
        corrects=(issued.corrects,) if issued.corrects else (),
        delivered=delivered_of(paper, sums),
        means=() if credit else means_of(issued),
        terms=say(issued.language, "credited") if credit else "",
        adjustments=discounts_of(sums, issued),
    )


def obstacles(issued: Issued, sums: Totals) -> list[str]:
    seller, paper = issued.seller, issued.paper
    categories = {kind_of(tax).category for tax in sums.taxes}
    buyer = buyer_of(paper)
    rules = (
        (not seller.country, mark("The organisation's country is missing.")),
        (not (seller.vat_id or seller.tax_number), mark("The organisation's VAT id or tax number is missing.")),
        (buyer.address is None, mark("The customer's country is missing.")),
        (bool(categories & {"G", "K"}) and not seller.vat_id, mark("The organisation's VAT id is missing.")),
        (bool(categories & {"AE", "K"}) and not buyer.vat_id, mark("The customer's VAT id is missing.")),
        ("K" in categories and paper.delivered_on is None, mark("The day of delivery is missing.")),
        (
            "O" in categories and len(categories) > 1,
            mark("What is outside the scope of tax cannot stand on one e-invoice with anything else."),
        ),
        (any(0 < tax.rate < 50 for tax in sums.taxes), mark("E-invoices know no tax of less than half a percent.")),
        (finer_than_cents(issued, sums), mark("E-invoices have amounts of at most two digits after the point.")),
    )
    return [sentence for broken, sentence in rules if broken]


def finer_than_cents(issued: Issued, sums: Totals) -> bool:
    """Whether an amount has a third digit after the point, as dinars may (rules BR-DEC-01 to BR-DEC-28)."""
    currency = issued.row["currency"]
    if minor_digits(currency) <= 2:
        return False
    amounts = [*sums.lines, *(before_discount(line) for line in issued.paper.lines), sums.tax, sums.net, sums.discount]
    amounts += [part for group in sums.taxes.values() for part in (group.net, group.tax)]
    return any(as_decimal(amount, currency) % CENT for amount in amounts)


def money(amount: int, currency: str) -> Decimal:
    """At most two digits, as amounts must have; of prices all are kept."""
    exact = as_decimal(amount, currency)
    return exact.quantize(CENT) if minor_digits(currency) > 2 else exact


def kind_of(tax: Tax) -> TaxKind:
    """A standard rate of nothing is what the list calls zero-rated."""
    if tax.category == "O":
        return TaxKind(category="O")
    zero = tax.category == "S" and not tax.rate
    return TaxKind(category="Z" if zero else tax.category, rate=Decimal(tax.rate).scaleb(-2))


def outside(sums: Totals) -> bool:
    return any(tax.category == "O" for tax in sums.taxes)


def before_discount(line: PaperLine) -> int:
    return rounded_amount(Fraction(line.quantity * line.price, QUANTITY_PARTS))


def line_of(at: int, line: PaperLine, net: int, issued: Issued) -> Line:
    currency = issued.row["currency"]
    code, telling = unit_code(line.unit)
    return Line(
        id=str(at + 1),
        quantity=Decimal(line.quantity).scaleb(-3).normalize(),
        unit=code,
        net=money(net, currency),
        name=storable(line.name) or NAMELESS,
        tax=kind_of(tax_of(line)),
        price=Price(net=as_decimal(line.price, currency)),
        description=line.description.strip(),
        note="" if telling else say(issued.language, "unit", unit=line.unit.strip()),
        sku=line.sku.strip(),
        adjustments=line_discount(line, net, issued),
    )


def line_discount(line: PaperLine, net: int, issued: Issued) -> tuple[Adjustment, ...]:
    before, currency = before_discount(line), issued.row["currency"]
    if before == net:
        return ()
    return (
        Adjustment(
            amount=money(before - net, currency),
            base=money(before, currency),
            percent=Decimal(line.discount).scaleb(-2),
            reason=say(issued.language, "discount"),
            code=DISCOUNT,
        ),
    )


def discounts_of(sums: Totals, issued: Issued) -> tuple[Adjustment, ...]:
    """The discount on the whole, in as many parts as there are taxes (BG-20)."""
    before: dict[Tax, int] = {}
    for line, net in zip(issued.paper.lines, sums.lines, strict=True):
        before[tax_of(line)] = before.get(tax_of(line), 0) + net
    reason = issued.paper.discount_reason.strip() or say(issued.language, "discount")
    return tuple(
        Adjustment(
            amount=money(before[tax] - part.net, issued.row["currency"]), reason=reason, code=DISCOUNT, tax=kind_of(tax)
        )
        for tax, part in sums.taxes.items()
        if before[tax] != part.net
    )


def taxes_of(sums: Totals, issued: Issued) -> tuple[TaxSum, ...]:
    """One entry for each category and rate, which may be fewer than ours: see `kind_of`."""
    parts: dict[TaxKind, tuple[int, int]] = {}
    for tax, part in sums.taxes.items():
        net, charged = parts.get(kind_of(tax), (0, 0))
        parts[kind_of(tax)] = net + part.net, charged + part.tax
    return tuple(
        TaxSum(
            tax=kind,
            basis=money(net, issued.row["currency"]),
            amount=money(charged, issued.row["currency"]),
            reason=reason_of(kind.category, issued),
            code=REASON_CODES.get(kind.category, ""),
        )
        for kind, (net, charged) in parts.items()
    )


def reason_of(category: str, issued: Issued) -> str:
    if category in {"S", "Z"}:
        return ""
    own = issued.seller.exempt_reason if category == "E" else ""
    return own or say(issued.language, f"why_{category}")


def sums_of(sums: Totals, currency: str) -> Sums:
    return Sums(
        lines=money(sum(sums.lines), currency),
        allowances=money(sums.discount, currency) if sums.discount else None,
        net=money(sums.net, currency),
        tax=money(sums.tax, currency),
        gross=money(sums.gross, currency),
        due=money(sums.gross, currency),
    )


def means_of(issued: Issued) -> tuple[Means, ...]:
    seller = issued.seller
    if not seller.iban:
        return ()
    return (
        Means(
            code=SEPA_TRANSFER if issued.row["currency"] == "EUR" else TRANSFER,
            remittance=issued.row["number"],
            account=seller.iban,
            holder=seller.account_holder,
            bic=seller.bic,
        ),
    )


def delivered_of(paper: PaperContent, sums: Totals) -> Delivered | None:
    within_union = any(tax.category == "K" for tax in sums.taxes)
    if paper.delivered_on is None and not within_union:
        return None
    return Delivered(on=paper.delivered_on, address=place_of(paper) if within_union else None)
