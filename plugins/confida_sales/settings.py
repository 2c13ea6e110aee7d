"""What an organisation sets for its sales."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Short = Annotated[str, Meta(max_length=200)]


class SalesSettings(Struct, frozen=True, kw_only=True):
    """currency: what new opportunities, price lists and invoices are in, unless somebody chooses another one (ISO 4217).

    tax_rates: in percent, the usual one first, as they are offered on products and papers ("19", "7.7").
    sources: how leads and opportunities may have come about, in at most 40 characters each; what stands in a record stays
    there when it is offered no more. commission_on: whether colleagues earn on what they win, or on what is paid for it.
    vat_id to exempt_reason: what stands of the organisation on its papers, beside its name and address. Read them through
    `documents.seller`.
    reminder_minimum: in whole units of the invoice's currency. reminders_by_themselves: what is proposed is sent at once.
    """

    currency: str = "EUR"
    tax_rates: tuple[str, ...] = ("19", "7")
    quote_days: Annotated[
        int, Meta(ge=0, le=3_650, title="Days a quote holds", description="0 for quotes without an end.")
    ] = 30
    payment_days: Annotated[
        int, Meta(ge=0, le=3_650, title="Days to pay", description="From the day of an invoice until it is due.")
    ] = 14
    sources: tuple[str, ...] = ("Recommendation", "Website", "Event", "Advertisement", "They called", "We called")
    commission_on: Literal["won", "paid"] = "won"
    vat_id: Annotated[
        str, Meta(max_length=20, title="VAT id", description="With its country, such as DE123456789.")
    ] = ""
    tax_number: Annotated[
        str, Meta(max_length=40, title="Tax number", description="Where there is no VAT id, or papers must show both.")
    ] = ""
    register_number: Annotated[
        str, Meta(max_length=100, title="Register number", description="Such as HRB 12345, Amtsgericht Leipzig.")
    ] = ""
    iban: Annotated[str, Meta(max_length=42, title="IBAN", description="Where invoices are to be paid.")] = ""
    bic: Annotated[str, Meta(max_length=14, title="BIC")] = ""
    account_holder: Annotated[
        Short, Meta(title="Account holder", description="If it is not the organisation's name.")
    ] = ""
    billing_contact: Annotated[Short, Meta(title="Contact for invoices", description="A name or a department.")] = ""
    exempt_reason: Annotated[
        str,
        Meta(
            max_length=500,
            title="Why no tax is charged",
            description="Printed where the tax is 'exempt', such as 'Exempt under section 19 UStG'.",
        ),
    ] = ""
    reminder_minimum: Annotated[
        int,
        Meta(
            ge=0,
            le=1_000_000,
            title="Smallest amount to remind of",
            description="In whole units of the invoice's currency. Nobody is reminded of less.",
        ),
    ] = 5
    reminders_by_themselves: Annotated[
        bool,
        Meta(title="Send reminders by themselves", description="Otherwise somebody looks at them and sends them."),
    ] = False
