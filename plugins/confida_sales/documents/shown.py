"""What stands on a printed paper: everything as text, in the language of whoever gets it. Templates only lay it out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from confida_core.api import (
    PostalAddress,
    shown_amount,
)
from confida_sales.content import PaperContent, PaperLine
from confida_sales.documents.seller import Seller
from confida_sales.documents.words import say
from confida_sales.papers import tax_of
from confida_sales.totals import Tax, Totals


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownLine:
    """notes: what stands under the name, in small print."""

    position: str
    name: str
    notes: tuple[str, ...]
    quantity: str
    price: str
    amount: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownSum:
    label: str
    amount: str
    strong: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownMove:
    """A line of a statement; one of debit and credit is ""."""

    on: str
    what: str
    debit: str
    credit: str
    balance: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownAccount:
    currency: str
    moves: tuple[ShownMove, ...]
    closing: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownPaper:
    """One paper. facts: (label, value) beside the address. after: sentences under the sums."""

    kind: str
    language: str
    title: str
    seller: Seller
    recipient: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()
    opening: str = ""
    lines: tuple[ShownLine, ...] = ()
    sums: tuple[ShownSum, ...] = ()
    after: tuple[str, ...] = ()
    closing: str = ""
    accounts: tuple[ShownAccount, ...] = ()
    seller_country: str = ""

    @property
    def sender(self) -> str:
        """One line above the address, to which the letter goes back."""
        place = f"{self.seller.postal_code} {self.seller.locality}".strip()
        return " · ".join(part for part in (self.seller.name, *self.seller.street, place) if part)

    @property
    def iban(self) -> str:
        """In groups of four, as people read it."""
        number = self.seller.iban
        return " ".join(number[at : at + 4] for at in range(0, len(number), 4))

    def say(self, key: str, **values: object) -> str:
        return say(self.language, key, **values)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """How one language writes amounts, days and numbers of one currency."""

    language: str
    currency: str = "EUR"
    locale: Locale = field(init=False)

    def __post_init__(self) -> None:
        # "en" alone would be American in CLDR.
        object.__setattr__(self, "locale", Locale.parse("en_GB" if self.language == "en" else self.language))

    def money(self, amount: int) -> str:
        return shown_amount(amount, self.currency, str(self.locale))

    def day(self, value: date) -> str:
        return str(format_date(value, "long", locale=self.locale))

    def number(self, parts: int, digits: int) -> str:
        return str(format_decimal(Decimal(parts).scaleb(-digits), format="#,##0.###", locale=self.locale))

    def percent(self, rate: int) -> str:
        return f"{self.number(rate, 2)}\N{NO-BREAK SPACE}%"

    def say(self, key: str, **values: object) -> str:
        return say(self.language, key, **values)

    def country(self, code: str) -> str:
        return str(self.locale.territories.get(code, code))


def recipient_of(name: str, address: PostalAddress | None, home: str, wording: Wording) -> tuple[str, ...]:
    """Lines as they stand in the window of an envelope; the country only where the letter leaves ours."""
    if address is None:
        return (name,)
    place = f"{address.postal_code} {address.locality}".strip()
    abroad = wording.country(address.country) if address.country and address.country != home else ""
    lines = (name, *address.street.split("\n"), address.post_office_box, place, address.region, abroad)
    return tuple(line.strip() for line in lines if line.strip())


def lines_of(paper: PaperContent, sums: Totals, wording: Wording) -> tuple[ShownLine, ...]:
    return tuple(
        ShownLine(
            position=str(at + 1),
            name=line.name,
            notes=notes_of(line, wording),
            quantity=f"{wording.number(line.quantity, 3)} {line.unit}".strip(),
            price=wording.money(line.price),
            amount=wording.money(net),
        )
        for at, (line, net) in enumerate(zip(paper.lines, sums.lines, strict=True))
    )


def notes_of(line: PaperLine, wording: Wording) -> tuple[str, ...]:
    every = f"recurs_{line.recurs_months}" if line.recurs_months in {1, 12} else "recurs"
    notes = (
        line.sku,
        *line.description.split("\n"),
        wording.say(every, months=line.recurs_months) if line.recurs_months else "",
        wording.say("less", percent=wording.percent(line.discount)) if line.discount else "",
    )
    return tuple(note.strip() for note in notes if note.strip())


def sums_of(paper: PaperContent, sums: Totals, wording: Wording) -> tuple[ShownSum, ...]:
    shown = []
    if sums.discount:
        reason = paper.discount_reason.strip() or wording.say("discount")
        shown += [
            ShownSum(label=wording.say("lines"), amount=wording.money(sum(sums.lines))),
            ShownSum(label=reason, amount=wording.money(-sums.discount)),
        ]
    shown.append(ShownSum(label=wording.say("net"), amount=wording.money(sums.net)))
    for tax, part in sorted(sums.taxes.items(), key=lambda item: (-item[0].rate, item[0].category)):
        shown.append(ShownSum(label=tax_label(tax, part.net, wording), amount=wording.money(part.tax)))
    return (*shown, ShownSum(label=wording.say("gross"), amount=wording.money(sums.gross), strong=True))


def tax_label(tax: Tax, net: int, wording: Wording) -> str:
    if tax.category == "S":
        return wording.say("tax", rate=wording.percent(tax.rate), net=wording.money(net))
    return wording.say(f"untaxed_{tax.category}", net=wording.money(net))


def reasons_of(paper: PaperContent, seller: Seller, wording: Wording) -> tuple[str, ...]:
    """Why no tax is charged, which the law wants said (Directive 2006/112/EC Art. 226(11), (11a))."""
    found = dict.fromkeys(tax_of(line).category for line in paper.lines if tax_of(line).category not in {"S", "Z"})
    return tuple(
        seller.exempt_reason if category == "E" and seller.exempt_reason else wording.say(f"why_{category}")
        for category in found
    )
