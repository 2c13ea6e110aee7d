"""What an organisation sets for its sales."""

from __future__ import annotations

from msgspec import Struct


class SalesSettings(Struct, frozen=True, kw_only=True):
    """currency: what new opportunities, price lists and invoices are in, unless somebody chooses another one (ISO 4217).

    tax_rates: in percent, the usual one first, as they are offered on products and papers ("19", "7.7").
    """

    currency: str = "EUR"
    tax_rates: tuple[str, ...] = ("19", "7")
