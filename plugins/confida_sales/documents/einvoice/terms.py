"""The business terms of an electronic invoice (EN 16931-1), whatever syntax they are written in.

Numbers such as BT-1 are those of the standard. Amounts and rates are decimals as they are written: 19 is 19 percent.
Where the standard knows a term that is not here (attached files, item classifications), readers pass over it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

STANDARD = "urn:cen.eu:en16931:2017"
INVOICE, CREDIT_NOTE = "380", "381"
# The codes of UNCL 1001 that the standard takes for credit notes, ours among them.
CREDIT_NOTES = frozenset({"81", "83", "261", "296", "308", "381", "396", "420", "458", "532"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Identifier:
    """scheme: of ISO 6523 or the list of electronic addresses, "" for none."""

    value: str
    scheme: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """lines: street, additional, third (BT-35, 36, 162 and their likes). country: ISO 3166-1 alpha-2."""

    country: str
    lines: tuple[str, ...] = ()
    city: str = ""
    postal_code: str = ""
    region: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Party:
    """name: as registered (BT-27, BT-44). trading_name: BT-28, BT-45. tax_number: BT-32, the seller's only.

    registration: BT-30, BT-47. legal_form: BT-33. endpoint: where e-invoices go (BT-34, BT-49).
    """

    name: str = ""
    trading_name: str = ""
    ids: tuple[Identifier, ...] = ()
    registration: Identifier | None = None
    legal_form: str = ""
    vat_id: str = ""
    tax_number: str = ""
    address: Address | None = None
    endpoint: Identifier | None = None
    contact: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TaxKind:
    """rate: percent; None where nothing is taxed at all (category O)."""

    category: str
    rate: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Adjustment:
    """An allowance (BG-20, BG-27) or, with `charge`, a charge (BG-21, BG-28); tax: on the level of the document only."""

    amount: Decimal
    charge: bool = False
    base: Decimal | None = None
    percent: Decimal | None = None
    reason: str = ""
    code: str = ""
    tax: TaxKind | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaxSum:
    """Tax of one category and rate (BG-23). reason, code: why it is not charged (BT-120, BT-121)."""

    tax: TaxKind
    basis: Decimal
    amount: Decimal
    reason: str = ""
    code: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Means:
    """How to pay (BG-16). remittance: what to write on the transfer (BT-83). account: IBAN. mandate: of a debit."""

    code: str
    remittance: str = ""
    account: str = ""
    holder: str = ""
    bic: str = ""
    mandate: str = ""
    debited: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Period:
    """starts_on, ends_on: BT-73, BT-74 and, of a line, BT-134, BT-135. code: BT-8."""

    starts_on: date | None = None
    ends_on: date | None = None
    code: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivered:
    """Where and when (BG-13). place: an identifier of the place."""

    on: date | None = None
    name: str = ""
    place: Identifier | None = None
    address: Address | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """net: BT-146, of `per` units. discount, gross: BT-147, BT-148."""

    net: Decimal
    per: Decimal | None = None
    per_unit: str = ""
    discount: Decimal | None = None
    gross: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line (BG-25). unit: UN/ECE Recommendation 20. net: BT-131, after the line's adjustments."""

    id: str
    quantity: Decimal
    unit: str
    net: Decimal
    name: str
    tax: TaxKind
    price: Price
    description: str = ""
    note: str = ""
    sku: str = ""
    buyer_sku: str = ""
    standard_id: Identifier | None = None
    origin: str = ""
    order_line: str = ""
    object_id: str = ""
    accounting: str = ""
    period: Period | None = None
    adjustments: tuple[Adjustment, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Sums:
    """BG-22. tax_accounted: in the currency of the accounts (BT-111)."""

    lines: Decimal
    net: Decimal
    gross: Decimal
    due: Decimal
    tax: Decimal | None = None
    tax_accounted: Decimal | None = None
    allowances: Decimal | None = None
    charges: Decimal | None = None
    paid: Decimal | None = None
    rounding: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EInvoice:
    """A whole invoice or, as its code says, credit note. corrects: numbers and days of the invoices it is about (BG-3).

    references: kind of document -> number, where kinds are those of `ubl.REFERENCES`.
    """

    number: str
    issued_on: date
    currency: str
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    taxes: tuple[TaxSum, ...]
    sums: Sums
    code: str = INVOICE
    specification: str = STANDARD
    process: str = ""
    due_on: date | None = None
    tax_point_on: date | None = None
    notes: tuple[str, ...] = ()
    accounts_currency: str = ""
    accounting: str = ""
    buyer_reference: str = ""
    period: Period | None = None
    corrects: tuple[tuple[str, date | None], ...] = ()
    references: tuple[tuple[str, str], ...] = ()
    payee: Party | None = None
    representative: Party | None = None
    delivered: Delivered | None = None
    means: tuple[Means, ...] = ()
    terms: str = ""
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def is_credit_note(self) -> bool:
        return self.code in CREDIT_NOTES
