"""The form of a quote, order or invoice as it stands on the page: everything as text, as it was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from babel.numbers import format_decimal

from confida_core.api import (
    PostalAddress,
    minor_digits,
    shown_amount,
)
from confida_sales.content import PaperContent, PaperLine
from confida_sales.papers import tax_of
from confida_sales.totals import Totals
from confida_web.api import Option, mark

TEXTS = ("name", "email", "tax_number", "reference", "discount_reason", "opening", "closing")
ADDRESS = ("street", "post_office_box", "postal_code", "locality", "region", "country")
RHYTHMS = {
    0: mark("once"),
    1: mark("every month"),
    3: mark("every quarter"),
    6: mark("every half-year"),
    12: mark("every year"),
}
UNTAXED = {
    "Z": mark("Zero rated"),
    "E": mark("Exempt from tax"),
    "AE": mark("Reverse charge"),
    "K": mark("Intra-community supply"),
    "G": mark("Export"),
    "O": mark("Outside the scope of tax"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """Whose eyes a form is for. locale: in which numbers are typed and shown. today: where they are."""

    locale: str
    today: date


@dataclass(frozen=True, kw_only=True, slots=True)
class LineForm:
    """One line as typed. listed: the price as it was taken from the list; while it still stands there, it follows the quantity.

    tax: category and rate as the value of a choice ("S-1900"). recurs: months, "0" for bought once. net: shown, "" before it adds up.
    """

    product: str = ""
    sku: str = ""
    name: str = ""
    description: str = ""
    unit: str = ""
    quantity: str = "1"
    price: str = ""
    discount: str = ""
    tax: str = ""
    recurs: str = "0"
    listed: str = ""
    net: str = ""

    @property
    def blank(self) -> bool:
        return not (self.name.strip() or self.price.strip() or self.description.strip())


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownSums:
    """What the paper adds up to, as people of the locale write it. taxes: (label, net, tax)."""

    lines: str
    discount: str
    net: str
    taxes: tuple[tuple[str, str, str], ...]
    gross: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperForm:
    """What the editor shows. texts: `TEXTS`, `ADDRESS` and "discount" by field. picks: products that a search found, to choose one of.

    focus: id of the field to go on with after a button. sums: None while something does not add up.
    fixed_currency: it cannot be chosen, because what the paper belongs to is in it.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[LineForm, ...] = ()
    currency: str = "EUR"
    fixed_currency: bool = False
    currencies: tuple[str, ...] = ()
    price_list: str = ""
    price_lists: tuple[Option, ...] = ()
    taxes: tuple[Option, ...] = ()
    rhythms: tuple[Option, ...] = ()
    countries: tuple[Option, ...] = ()
    products: tuple[tuple[str, str], ...] = ()
    pick: str = ""
    picks: tuple[tuple[str, str], ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    sums: ShownSums | None = None
    focus: str = ""


def read_id(text: str) -> UUID | None:
    """An id as our own pages write it."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None


def plain_number(parts: int, digits: int, locale: str, *, whole: bool = False) -> str:
    """For an input: without groups, with the locale's point. whole: all digits, as for money; else no zeros at the end."""
    form = "0." + ("0" if whole else "#") * digits if digits else "0"
    return str(format_decimal(Decimal(parts).scaleb(-digits), format=form, locale=locale, group_separator=False))


def plain_amount(amount: int, currency: str, locale: str) -> str:
    return plain_number(amount, minor_digits(currency), locale, whole=True)


def percent(rate: int, locale: str) -> str:
    """Hundredths of a percent as "19 %"."""
    return f"{plain_number(rate, 2, locale)} %"


def tax_label(category: str, rate: int, locale: str) -> str:
    """English; translated where it is shown."""
    return percent(rate, locale) if category == "S" else UNTAXED.get(category, category)


def shown_sums(sums: Totals, currency: str, locale: str) -> ShownSums:
    def money(amount: int) -> str:
        return shown_amount(amount, currency, locale)

    return ShownSums(
        lines=money(sum(sums.lines)),
        discount=money(-sums.discount) if sums.discount else "",
        net=money(sums.net),
        taxes=tuple(
            (tax_label(tax.category, tax.rate, locale), money(part.net), money(part.tax))
            for tax, part in sorted(sums.taxes.items(), key=lambda item: (-item[0].rate, item[0].category))
        ),
        gross=money(sums.gross),
    )


def texts_of(paper: PaperContent, currency: str, locale: str) -> dict[str, str]:
    address = paper.address or PostalAddress()
    return {
        **{name: getattr(paper, name) for name in TEXTS},
        **{name: getattr(address, name) for name in ADDRESS},
        "discount": plain_amount(paper.discount, currency, locale) if paper.discount else "",
    }


def line_form(line: PaperLine, currency: str, locale: str) -> LineForm:
    tax = tax_of(line)
    return LineForm(
        product=line.product,
        sku=line.sku,
        name=line.name,
        description=line.description,
        unit=line.unit,
        quantity=plain_number(line.quantity, 3, locale),
        price=plain_amount(line.price, currency, locale),
        discount=plain_number(line.discount, 2, locale) if line.discount else "",
        tax=f"{tax.category}-{tax.rate}",
        recurs=str(line.recurs_months),
    )
