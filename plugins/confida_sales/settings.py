"""What an organisation sets for its sales."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class SalesSettings(Struct, frozen=True, kw_only=True):
    """currency: what new opportunities, price lists and invoices are in, unless somebody chooses another one (ISO 4217).

    tax_rates: in percent, the usual one first, as they are offered on products and papers ("19", "7.7").
    sources: how leads and opportunities may have come about, in at most 40 characters each; what stands in a record stays
    there when it is offered no more. commission_on: whether colleagues earn on what they win, or on what is paid for it.
    """

    currency: str = "EUR"
    tax_rates: tuple[str, ...] = ("19", "7")
    sources: tuple[str, ...] = ("Recommendation", "Website", "Event", "Advertisement", "They called", "We called")
    commission_on: Literal["won", "paid"] = "won"
