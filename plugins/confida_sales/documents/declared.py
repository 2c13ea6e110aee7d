"""What this part of sales declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_core.api import InAnswer, RecordDeclaration, TableDeclaration
from confida_sales.content import BOOKKEEPING_LAW, WRITTEN_BY_US
from confida_sales.documents.copy_content import CopyContent
from confida_sales.tables import Letterhead, MailText, PaperCopy, PaperMail

PAPER_COPY = RecordDeclaration(
    table=PaperCopy,
    content=CopyContent,
    subject="contact_id",
    retention_class="bookkeeping",
    purpose="sales.bookkeeping",
    label="Invoices as files",
    erasure="keep",
    keeps=BOOKKEEPING_LAW,
    clear={"form": "pdf or xml"},
    answer=InAnswer(
        category="What you bought and paid",
        source=WRITTEN_BY_US,
        left_out={"data": "The bytes of the file; the file itself is here instead."},
    ),
)
RECORDS = (PAPER_COPY,)
TABLES = (
    TableDeclaration(
        table=PaperMail,
        subject="contact_id",
        subject_free="Ids and times; rows go with their contact.",
        clear={"kind": "which paper"},
    ),
    TableDeclaration(
        table=MailText,
        subject_free="Words of the organisation, before they are written to anybody.",
        clear={
            "kind": "which paper",
            "language": "a code of ISO 639",
            "subject": "words of the organisation",
            "text": "words of the organisation",
        },
    ),
    TableDeclaration(table=Letterhead, subject_free="The organisation's own letterhead."),
)
