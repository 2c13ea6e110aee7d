"""What we conclude about a person from what they bought. It is about them: sealed, in their answer, and gone with them."""

from __future__ import annotations

from confida_core.api import InAnswer, LongText, RecordDeclaration, Sealed, ShortText
from confida_sales.bought.tables import CustomerValue


class ValueContent(Sealed, frozen=True):
    """recency, frequency, monetary: 1 (lowest fifth of our customers) to 5. active: percent; expected: hundredths of a purchase.

    Both are None where there are too few customers to tell. reason: the same in a sentence.
    """

    standing: ShortText = ""
    recency: int = 0
    frequency: int = 0
    monetary: int = 0
    active: int | None = None
    expected: int | None = None
    reason: LongText = ""


CUSTOMER_VALUE = RecordDeclaration(
    table=CustomerValue,
    content=ValueContent,
    subject="contact_id",
    retention_class="sales",
    purpose="relationship",
    label="Customer value",
    clear={"currency": "an ISO 4217 code", "standing": "one of seven words"},
    answer=InAnswer(
        category="What we conclude from what you bought",
        source="Computed from your invoices: how lately, how often and for how much you bought.",
    ),
)
