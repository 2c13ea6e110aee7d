"""A quote, order or invoice as it is read on a page. Words are English here and translated by the template."""

from __future__ import annotations

from dataclasses import dataclass

from babel import Locale

from confida_core.api import (
    PostalAddress,
    shown_amount,
)
from confida_sales.content import PaperContent
from confida_sales.papers import added_up
from confida_sales.papers_shown import RHYTHMS, ShownSums, percent, plain_number, shown_sums, tax_label


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadLine:
    """months: 0 for charged once. discount: "" for none. Everything as text in the reader's locale."""

    name: str
    description: str
    quantity: str
    price: str
    discount: str
    tax: str
    months: int
    rhythm: str
    net: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadPaper:
    """address: lines as on an envelope. sums: None only for a paper without lines."""

    name: str
    address: tuple[str, ...]
    email: str
    tax_number: str
    reference: str
    lines: tuple[ReadLine, ...]
    discount_reason: str
    opening: str
    closing: str
    accepted_by: str
    declined_because: str
    sums: ShownSums


def read_of(paper: PaperContent, currency: str, locale: str) -> ReadPaper:
    """paper: a checked one, with amounts in minor units of the currency."""
    sums = added_up(paper)
    return ReadPaper(
        name=paper.name,
        address=address_lines(paper.address, locale),
        email=paper.email,
        tax_number=paper.tax_number,
        reference=paper.reference,
        lines=tuple(
            ReadLine(
                name=line.name,
                description=line.description,
                quantity=" ".join(filter(None, (plain_number(line.quantity, 3, locale), line.unit))),
                price=shown_amount(line.price, currency, locale),
                discount=percent(line.discount, locale) if line.discount else "",
                tax=tax_label(line.tax_category, line.tax_rate, locale),
                months=line.recurs_months,
                rhythm=RHYTHMS.get(line.recurs_months, ""),
                net=shown_amount(net, currency, locale),
            )
            for line, net in zip(paper.lines, sums.lines, strict=True)
        ),
        discount_reason=paper.discount_reason,
        opening=paper.opening,
        closing=paper.closing,
        accepted_by=paper.accepted_by,
        declined_because=paper.declined_because,
        sums=shown_sums(sums, currency, locale),
    )


def address_lines(address: PostalAddress | None, locale: str) -> tuple[str, ...]:
    """As on an envelope, the country by its name in the reader's language."""
    if address is None:
        return ()
    country = Locale.parse(locale).territories.get(address.country, address.country)
    place = " ".join(filter(None, (address.postal_code, address.locality)))
    found = (*address.street.splitlines(), address.post_office_box, place, address.region, str(country))
    return tuple(line.strip() for line in found if line.strip())
