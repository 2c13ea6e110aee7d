"""Customers with tickets, a mail that wants to phone home, and articles: made before a server starts with `SETTINGS`."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from confida_consent.tokens import make_token
from confida_core.clock import now
from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress
from confida_core.contacts.people import create_contact
from confida_core.installation import Installation, open_installation
from confida_core.plugin_settings.reading import save_plugin_settings
from confida_core.settings import read_settings
from confida_core.setup import upgrade
from confida_core.vault.access import system_access
from confida_service.content import MessageContent
from confida_service.equipment.contracts import ContractDraft, add_contract
from confida_service.equipment.equipment import EquipmentDraft, add_equipment, today_of
from confida_service.knowledge.articles import ArticleDraft, create_article, set_state
from confida_service.mail.reading import read_mail
from confida_service.mail.recognising import sort_of
from confida_service.mail.taking_in import Arrival, take_in
from confida_service.queues.queues import first_queue
from confida_service.tickets.messages import MessageDraft, add_message
from confida_service.tickets.tickets import TicketChange, TicketDraft, change_ticket, open_ticket
from confida_web.app import load_everything

# A mail server that nobody asks within the half minute that an answer waits.
SETTINGS = {
    "CONFIDA_PLUGINS": '["service"]', "CONFIDA_MAIL_FROM": "help@example.org", "CONFIDA_SMTP_HOST": "localhost",
    "CONFIDA_SMTP_PORT": "1",
}  # fmt: skip
MAIL = (
    b"From: Ada <ada@example.org>\nSubject: The lamp\nMIME-Version: 1.0\nContent-Type: text/html\n\n"
    b'<body background="https://elsewhere.example.org/b.gif"><p id=said>It is dark.</p>'
    b'<img src="https://elsewhere.example.org/a.gif"><script>document.getElementById("said").remove()</script>'
    b'<style>@import url("https://elsewhere.example.org/c.css");</style>'
    b'<form action="https://elsewhere.example.org"><button>Log in</button></form></body>\n'
)
ACCESS = system_access("test", "relationship")
ARTICLES = (
    ArticleDraft(
        title="Change the bulb of a lamp", category="Light", audience="public", tags=("dark",),
        body="# Before you begin\n\n1. **Switch** it off.\n2. Wait.\n\n| Lamp | Bulb |\n|---|---|\n| A | E27 |\n\nSee [the list](https://example.org).",
    ),
    ArticleDraft(
        title="Eine Lampe wechseln", category="Licht", language="de", audience="public", tags=("dunkel",),
        body="**Schalten** Sie sie aus, und warten Sie, bis sie kalt ist.",
    ),
    ArticleDraft(title="Lamps in stock", audience="internal", body="Do not tell."),
)  # fmt: skip


async def make_customers(home: Path) -> dict[str, str]:
    """By language: the secret of a session, and the id of a ticket that waits for an answer."""
    settings = read_settings(home=home, region="DE", plugins=("service",))
    found: dict[str, str] = {}
    async with open_installation(settings, load_everything(settings)) as crm:
        await upgrade(crm)
        await take_mail_in(crm)
        await save_plugin_settings(crm, ACCESS, "service", {"public_help": "yes"})
        for draft in ARTICLES:
            article_id = await create_article(crm, ACCESS, draft)
            await set_state(crm, ACCESS, article_id, "published")
            found[draft.title] = str(article_id)
        for language in ("en", "de", "other"):
            content = ContactContent(
                display_name="Ada Lovelace", emails=[EmailAddress(address=f"{language}@example.org")]
            )
            ada = await create_contact(crm, ACCESS, ContactKind.PERSON, content)
            found[f"{language} session"] = await make_token(crm, ada, "session")
            ticket = await open_ticket(crm, ACCESS, ada, TicketDraft(subject="A broken switch", channel="email"))
            for text, direction, ago in (
                ("The switch is broken.\n\n> On again?", "in", 3),
                ("Hidden note", "note", 2),
                ("Please send it to us.", "out", 1),
            ):
                said = MessageDraft(
                    content=MessageContent(text=text),
                    direction=direction,
                    channel="email",
                    at=now() - timedelta(days=ago),
                )
                await add_message(crm, ACCESS, ticket, said)
            found[f"{language} ticket"] = str(ticket)
            switch = EquipmentDraft(product="Switch", serial="S-1", warranty_until=today_of(crm), service_months=12)
            piece = await add_equipment(crm, ACCESS, ada, switch)
            care = ContractDraft(name="Care of switches", starts_on=today_of(crm))
            await add_contract(crm, ACCESS, ada, care, [piece])
            done = await open_ticket(
                crm, ACCESS, ada, TicketDraft(subject="A loose screw", channel="web", kind="fault")
            )
            await change_ticket(crm, ACCESS, done, TicketChange(state="solved"), seen=1)
    return found


async def take_mail_in(crm: Installation) -> None:
    """One mail of Ada's, as from a mailbox."""
    mail = read_mail(MAIL)
    arrival = Arrival(
        account_id=UUID(int=1), queue_id=await first_queue(crm), raw=MAIL, mail=mail, arrived=now(),
        sort=sort_of(mail, frozenset()),
    )  # fmt: skip
    await take_in(crm, arrival)


def planted(home: Path) -> dict[str, str]:
    """In a thread of its own: the browser's driver occupies the event loop of this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, make_customers(home)).result()
