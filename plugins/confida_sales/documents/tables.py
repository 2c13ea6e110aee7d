"""The tables of papers as they left, and of what stands on all of them."""

from __future__ import annotations

from piccolo.columns import UUID, Bytea, Date, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.api import DATA


class PaperCopy(Table, tablename="sales_paper_copy", db=DATA):
    """An issued invoice or credit note as a file, kept as it was first made. form: pdf or xml. issued_on: the invoice's day.

    sealed: CopyContent.
    """

    id = UUID(primary_key=True)
    invoice_id = UUID(index=True)
    contact_id = UUID(index=True)
    form = Varchar(length=4)
    issued_on = Date()
    made_at = Timestamptz()
    version = Integer()
    sealed = Bytea()


class PaperMail(Table, tablename="sales_paper_mail", db=DATA):
    """That a paper went, or was to go, with a message of the sending door. paper_id: of a statement, its contact's."""

    id = UUID(primary_key=True)
    paper_id = UUID(index=True)
    contact_id = UUID(index=True)
    message_id = UUID()
    kind = Varchar(length=12)
    step = Integer()
    at = Timestamptz()


class MailText(Table, tablename="sales_mail_text", db=DATA):
    """What an organisation writes in mails with papers of a kind, in one language, instead of our words."""

    id = UUID(primary_key=True)
    kind = Varchar(length=12)
    language = Varchar(length=2)
    subject = Varchar(length=200)
    text = Text()


class Letterhead(Table, tablename="sales_letterhead", db=DATA):
    """What stands on the head of papers, in one row. logo_id: a sealed file of the organisation's."""

    id = UUID(primary_key=True)
    logo_id = UUID(null=True, default=None)
