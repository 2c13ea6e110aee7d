"""Customers with quotes, made before the server starts, where sales are enabled by `PLUGINS`."""

from __future__ import annotations

from pathlib import Path

from confida_consent.tokens import make_token
from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress, PostalAddress
from confida_core.contacts.people import create_contact
from confida_core.installation import open_installation
from confida_core.settings import read_settings
from confida_core.setup import upgrade
from confida_core.vault.access import system_access
from confida_sales.content import PaperLine
from confida_sales.offers.offers import OfferTerms, create_quote
from confida_sales.offers.quotes import revise_quote, send_quote
from confida_sales.papers_form import addressed_to
from confida_web.app import load_everything

PLUGINS = {"CONFIDA_PLUGINS": '["sales"]'}
ACCESS = system_access("test", "relationship")
LINES = (
    PaperLine(name="Green tea, loose", unit="box", quantity=2_000, price=1_290, tax_rate=700),
    PaperLine(name="Care of the tea shelf", description="Once a week.", price=4_900, tax_rate=1_900, recurs_months=1),
)


async def make_customers(home: Path) -> dict[str, str]:
    """By language: the secret of a session, and ids of a quote that was replaced, of its revision, and of somebody else's."""
    settings = read_settings(home=home, region="DE", plugins=("sales",))
    found: dict[str, str] = {}
    async with open_installation(settings, load_everything(settings)) as crm:
        await upgrade(crm)
        for language in ("en", "de", "other"):
            content = ContactContent(
                display_name="Ada Lovelace",
                emails=[EmailAddress(address=f"{language}@example.org")],
                addresses=[PostalAddress(street="1 Low Street", postal_code="10115", locality="Berlin", country="DE")],
            )
            ada = await create_contact(crm, ACCESS, ContactKind.PERSON, content)
            paper = addressed_to(content)
            paper = type(paper)(name=paper.name, address=paper.address, lines=LINES, opening="Thank you for asking.")
            first = await create_quote(crm, ACCESS, ada, paper, OfferTerms(currency="EUR"))
            await send_quote(crm, ACCESS, first, seen=1)
            second = await revise_quote(crm, ACCESS, first, days=30)
            await send_quote(crm, ACCESS, second, seen=1)
            found[f"{language} session"] = await make_token(crm, ada, "session")
            found |= {f"{language} first": str(first), f"{language} second": str(second)}
    return found
