"""Customers with tickets and articles to read, made before the server starts, where service is enabled by `PLUGINS`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from confida_consent.tokens import make_token
from confida_core.clock import now
from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress
from confida_core.contacts.people import create_contact
from confida_core.installation import open_installation
from confida_core.plugin_settings.reading import save_plugin_settings
from confida_core.settings import read_settings
from confida_core.setup import upgrade
from confida_core.vault.access import system_access
from confida_service.content import MessageContent
from confida_service.knowledge.articles import ArticleDraft, create_article, set_state
from confida_service.tickets.messages import MessageDraft, add_message
from confida_service.tickets.tickets import TicketChange, TicketDraft, change_ticket, open_ticket
from confida_web.app import load_everything

PLUGINS = {"CONFIDA_PLUGINS": '["service"]'}
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
            done = await open_ticket(
                crm, ACCESS, ada, TicketDraft(subject="A loose screw", channel="web", kind="fault")
            )
            await change_ticket(crm, ACCESS, done, TicketChange(state="solved"), seen=1)
    return found
