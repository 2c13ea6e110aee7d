"""Tables, permissions and purposes of service, beside the records in `content`."""

from __future__ import annotations

from confida_consent.api import ConsentPurpose, Wording
from confida_core.api import ADMINISTRATORS, EVERYBODY, WORKERS, PermissionDeclaration, TableDeclaration
from confida_service.tables import Queue, QueueMember, TicketEvent, TicketLink, TicketNumber

TABLE_MODULES = ("confida_service.tables",)
ABOUT_WORK = "How the organisation works, and nothing about who asks."
TABLES = (
    TableDeclaration(
        table=Queue, subject_free=ABOUT_WORK, clear={"name": ABOUT_WORK, "assignment": "one of three words"}
    ),
    TableDeclaration(
        table=QueueMember, subject_free="Which colleagues work where.", clear={"skills": "keys of skills"}
    ),
    TableDeclaration(
        table=TicketEvent,
        subject="contact_id",
        subject_free="Ids, times and keys; rows go with their contact.",
        clear={"what": "one of a few words", "before": "a key or an id", "after": "a key or an id"},
    ),
    TableDeclaration(
        table=TicketLink,
        subject="contact_id",
        subject_free="Ids of two tickets; rows go with the first one's contact.",
        clear={"kind": "one of three words"},
    ),
    TableDeclaration(table=TicketNumber, subject_free="A counter."),
)
PERMISSIONS = (
    PermissionDeclaration(key="service.read", label="See tickets and what was said in them", roles=EVERYBODY),
    PermissionDeclaration(key="service.write", label="Open, answer and change tickets", roles=WORKERS),
    PermissionDeclaration(
        key="service.manage", label="Set up mail, queues, rules, service levels and articles", roles=ADMINISTRATORS
    ),
    PermissionDeclaration(
        key="service.performance",
        label="See figures of every colleague; everybody sees their own",
        roles=ADMINISTRATORS,
    ),
)
CONSENT_PURPOSES = (
    ConsentPurpose(
        key="service.answers",
        version=1,
        texts={
            "en": Wording(
                title="Answers to what you ask", description="We answer what you ask, report or complain about."
            ),
            "de": Wording(
                title="Antworten auf Ihre Anfragen",
                description="Wir antworten auf das, was Sie fragen, melden oder beanstanden.",
            ),
        },
        basis="contract",
        channels=("email", "phone", "post", "sms"),
        category="service",
        retention="As long as we keep what you asked us.",
    ),
)
