"""Tables, permissions and purposes of sales, beside the records in `content`."""

from __future__ import annotations

from confida_consent.api import ConsentPurpose, Wording
from confida_core.api import (
    ADMINISTRATORS,
    EVERYBODY,
    WORKERS,
    PermissionDeclaration,
    PurposeDeclaration,
    TableDeclaration,
)
from confida_sales.billing.tables import InvoiceLine, ReminderStep, Series, SeriesPast
from confida_sales.catalogue.tables import BundleItem, Price, PriceList, Product
from confida_sales.opportunities.tables import Pipeline, Stage, StageChange
from confida_sales.targets.tables import CommissionRule, Target

ABOUT_GOODS = "It describes what is sold, and nobody who buys."
TABLES = (
    TableDeclaration(table=Pipeline, subject_free="How the organisation sells.", clear={"name": ABOUT_GOODS}),
    TableDeclaration(
        table=Stage,
        subject_free="How the organisation sells.",
        clear={"name": ABOUT_GOODS, "outcome": "one of three words", "required": "keys of fields"},
    ),
    TableDeclaration(
        table=StageChange, subject="contact_id", subject_free="Ids and times; rows go with their contact."
    ),
    TableDeclaration(table=Target, subject_free="What colleagues are to win.", clear={"currency": "an ISO 4217 code"}),
    TableDeclaration(
        table=Product,
        subject_free=ABOUT_GOODS,
        clear={
            "sku": ABOUT_GOODS,
            "name": ABOUT_GOODS,
            "description": ABOUT_GOODS,
            "unit": ABOUT_GOODS,
            "tax_category": "a code of UNCL 5305",
        },
    ),
    TableDeclaration(table=BundleItem, subject_free=ABOUT_GOODS),
    TableDeclaration(
        table=PriceList, subject_free=ABOUT_GOODS, clear={"name": ABOUT_GOODS, "currency": "an ISO 4217 code"}
    ),
    TableDeclaration(table=Price, subject_free=ABOUT_GOODS),
    TableDeclaration(
        table=Series,
        subject_free="How papers are counted.",
        clear={"kind": "which papers", "pattern": "how their numbers are written"},
    ),
    TableDeclaration(
        table=SeriesPast,
        subject_free="How papers were counted.",
        clear={"kind": "which papers", "pattern": "how their numbers were written"},
    ),
    TableDeclaration(
        table=ReminderStep,
        subject_free="What the organisation writes to everybody who is late.",
        clear={
            "name": "of the step, not of anybody",
            "fee_currency": "an ISO 4217 code",
            "channel": "one word, such as email",
            "subject": "the same for everybody",
            "text": "the same for everybody",
        },
    ),
    TableDeclaration(
        table=InvoiceLine,
        subject_free="Amounts of an invoice, which the law has us keep; they lead to a person only through it.",
        clear={"currency": "an ISO 4217 code"},
    ),
    TableDeclaration(table=CommissionRule, subject_free="What colleagues get of what they win."),
)
PERMISSIONS = (
    PermissionDeclaration(
        key="sales.read", label="See leads, opportunities, quotes, orders and invoices", roles=EVERYBODY
    ),
    PermissionDeclaration(key="sales.write", label="Work on leads, opportunities, quotes and orders", roles=WORKERS),
    PermissionDeclaration(
        key="sales.bill", label="Issue invoices, credit notes and reminders, and enter payments", roles=WORKERS
    ),
    PermissionDeclaration(
        key="sales.manage", label="Set up products, prices, pipelines, targets and commissions", roles=ADMINISTRATORS
    ),
    PermissionDeclaration(
        key="sales.performance", label="See figures of every colleague; everybody sees their own", roles=ADMINISTRATORS
    ),
)
PURPOSES = (
    PurposeDeclaration(
        key="sales.bookkeeping", label="Bookkeeping", basis="legal_obligation", allowed_when_restricted=True
    ),
)
CONSENT_PURPOSES = (
    ConsentPurpose(
        key="sales.billing",
        version=1,
        texts={
            "en": Wording(
                title="Quotes, orders and invoices",
                description="We write to you about what you asked us to offer, ordered, or have to pay.",
            ),
            "de": Wording(
                title="Angebote, Aufträge und Rechnungen",
                description="Wir schreiben Ihnen zu dem, was wir Ihnen anbieten sollen, was Sie bestellt haben oder zu zahlen haben.",
            ),
        },
        basis="contract",
        channels=("email", "post"),
        category="service",
        retention="As long as the law asks us to keep invoices.",
    ),
)
