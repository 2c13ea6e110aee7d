"""What is sealed of a complaint."""

from __future__ import annotations

from confida_core.api import InAnswer, LineText, LongText, RecordDeclaration, Sealed
from confida_service.complaints.tables import Complaint


class ComplaintContent(Sealed, frozen=True):
    """area: the product or part of the organisation it is about. findings: what came out when it was looked into.

    offer: the remedy in words. reply: what the customer said to it. measure: what was learned, and what shall be done.
    """

    area: LineText = ""
    findings: LongText = ""
    offer: LongText = ""
    reply: LongText = ""
    measure: LongText = ""


COMPLAINT = RecordDeclaration(
    table=Complaint,
    content=ComplaintContent,
    subject="contact_id",
    retention_class="relationship",
    purpose="relationship",
    label="Complaints",
    clear={
        "step": "one of seven words",
        "remedy": "one of a few words",
        "currency": "a code of a currency",
        "satisfied": "one of three words",
    },
    answer=InAnswer(
        category="What you asked us", source="Written by somebody who works for us, about what you told us."
    ),
)
