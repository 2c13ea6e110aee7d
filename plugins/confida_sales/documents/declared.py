"""What this part of sales declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_core.api import JobDeclaration, StoreDeclaration, TableDeclaration
from confida_sales.documents import file_routes, mail_routes, setting_routes
from confida_sales.documents.checking import PAPERS
from confida_sales.documents.copy_record import PAPER_COPY, collect_copies, keep_copies
from confida_sales.documents.making import keep_paper
from confida_sales.documents.tables import Letterhead, MailText, PaperMail
from confida_web.api import Command

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
STORES = (StoreDeclaration(key="sales.papers", label="Invoices as files", collect=collect_copies, erase=keep_copies),)
JOBS = (
    JobDeclaration(
        key="sales.keep_paper", run=keep_paper, label="Make and keep the files of an invoice", attempts=5, seconds=300
    ),
)
ROUTES = (*file_routes.ROUTES, *mail_routes.ROUTES, *setting_routes.ROUTES)
PORTAL_ROUTES = file_routes.PORTAL_ROUTES
COMMANDS = (
    Command(
        key="sales.papers",
        label="Papers and mails",
        permission="sales.manage",
        href=setting_routes.HOME,
        icon="quote",
        keywords=("logo", "letterhead", "PDF", "IBAN", "invoice"),
    ),
)
SELF_CHECKS = (PAPERS,)
