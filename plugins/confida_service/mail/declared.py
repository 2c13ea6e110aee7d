"""What mail declares; `plugin` gathers the lists of all parts by their names."""

from __future__ import annotations

from confida_core.api import EventHandler, JobDeclaration, Listener, TableDeclaration
from confida_service.mail import setting_routes
from confida_service.mail.content import MAIL_ACCOUNT
from confida_service.mail.fetching import fetch_all, watch_mailboxes
from confida_service.mail.returning import HANDLER, any_waits, reopen
from confida_service.mail.tables import TakenMail

ROUTES = setting_routes.ROUTES
TABLE_MODULES = ("confida_service.mail.tables",)
RECORDS = (MAIL_ACCOUNT,)
TABLES = (
    TableDeclaration(
        table=TakenMail,
        subject="contact_id",
        subject_free="That a mail came; rows go with their contact.",
        clear={"copy_hash": "a keyed hash"},
    ),
)
JOBS = (
    JobDeclaration(
        key="service.fetch_mail", run=fetch_all, label="Look into the mailboxes", attempts=1, seconds=600, every=300
    ),
)
EVENT_HANDLERS = (
    EventHandler(
        key=HANDLER,
        label="Open tickets again whose answer came back",
        run=reopen,
        kinds=("message.bounced",),
        wanted=any_waits,
    ),
)
LISTENERS = (Listener(key="service.mailboxes", label="Mailboxes that say when mail comes", run=watch_mailboxes),)
