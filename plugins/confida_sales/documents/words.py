"""What stands on papers and in mails with them, in the language of whoever gets them."""

from __future__ import annotations

from collections.abc import Mapping

from confida_sales.documents.words_german import GERMAN

ENGLISH: Mapping[str, str] = {
    "quote": "Quote",
    "order": "Order confirmation",
    "invoice": "Invoice",
    "credit_note": "Credit note",
    "reminder": "Payment reminder",
    "reminder_more": "Payment reminder ({step})",
    "statement": "Statement of account",
    "number": "Number",
    "date": "Date",
    "due": "Payable by",
    "valid_until": "Valid until",
    "delivered": "Delivered on",
    "reference": "Your reference",
    "tax_number_buyer": "Your tax number",
    "corrects": "To invoice",
    "of_day": "{number} of {day}",
    "version": "Version {revision}",
    "position": "No.",
    "item": "Item",
    "quantity": "Quantity",
    "price": "Price",
    "amount": "Amount",
    "less": "less {percent}",
    "recurs": "every {months} months",
    "recurs_1": "every month",
    "recurs_12": "every year",
    "lines": "Sum of the items",
    "discount": "Discount",
    "net": "Sum without tax",
    "tax": "Tax {rate} on {net}",
    "gross": "Total",
    "untaxed_Z": "Zero-rated: {net}",
    "untaxed_E": "Exempt from tax: {net}",
    "untaxed_AE": "Reverse charge: {net}",
    "untaxed_K": "Intra-Community supply: {net}",
    "untaxed_G": "Export: {net}",
    "untaxed_O": "Outside the scope of tax: {net}",
    "why_E": "Exempt from tax.",
    "why_AE": "Reverse charge: the tax is owed by the recipient.",
    "why_K": "Tax-free supply within the European Union.",
    "why_G": "Tax-free export.",
    "why_O": "Not subject to value added tax.",
    "pay": "Please pay {amount} by {due} to the account below, and write {number} on the transfer.",
    "pay_plain": "Please pay {amount} by {due}, and name {number}.",
    "credited": "We credit this amount: we set it off against the invoice, or pay it back.",
    "accepted": "Accepted by {name} on {day}.",
    "paid": "Paid",
    "credited_so_far": "Credited",
    "fee": "Fee for reminding",
    "to_pay": "To be paid",
    "reminding": "Perhaps it slipped your attention: according to our books this invoice has not been paid in full yet.",
    "reminding_more": "We wrote to you about this invoice before, and according to our books it is still not paid in full.",
    "crossed": "If you have paid in the meantime, please take no notice of this letter.",
    "what": "What",
    "day": "Day",
    "debit": "Billed",
    "credit": "Paid or credited",
    "balance": "Balance",
    "payment": "Payment",
    "nothing_open": "Nothing is open. Thank you.",
    "open_in_all": "Open in all: {amount}",
    "since": "From",
    "until": "Until",
    "vat_id": "VAT id",
    "tax_number": "Tax number",
    "page": "Page",
    "unit": "Unit: {unit}",
}
LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "de": GERMAN}


def known_language(tag: str, otherwise: str = "en") -> str:
    """The language that papers are written in for somebody of this BCP 47 tag."""
    plain = tag.replace("_", "-").partition("-")[0].lower()
    return plain if plain in LANGUAGES else otherwise


def say(language: str, key: str, **values: object) -> str:
    """The words of a key, with values put into them as plain text. Raises KeyError for what is no key."""
    return LANGUAGES[language][key].format(**values)
