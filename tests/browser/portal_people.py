"""People with links of their own, made before the server starts: `python -m tests.browser.portal_people HOME` prints them.

A process of its own, because the browser's driver occupies the event loop of the tests.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from uuid import UUID

from confida_consent.notices import current_notice
from confida_consent.signing_up.asking import accept_sign_up, ask_to_confirm
from confida_consent.signing_up.declared import SignUp
from confida_consent.tokens import make_token
from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress
from confida_core.contacts.people import create_contact
from confida_core.installation import Installation, open_installation
from confida_core.settings import read_settings
from confida_core.vault.access import system_access
from confida_web.app import load_everything

ACCESS = system_access("test")


async def make_people(home: Path) -> dict[str, str]:
    """By use and language: addresses below the server's own."""
    settings = read_settings(home=home, region="DE")
    found = {}
    async with open_installation(settings, load_everything(settings)) as crm:
        for name in ("en", "de", "axe"):
            ada = await make_person(crm, f"{name}@example.org")
            found[name] = f"/my/p/{await make_token(crm, ada, 'preferences')}"
            found[f"{name} unsubscribe"] = (
                f"/my/unsubscribe/{await make_token(crm, ada, 'unsubscribe', purpose='newsletter', channel='email')}"
            )
            found[f"{name} confirm"] = f"/my/confirm/{await asked(crm, f'{name}@example.org', name)}"
    return found


async def make_person(crm: Installation, address: str) -> UUID:
    content = ContactContent(display_name="Ada Lovelace", emails=[EmailAddress(address=address)])
    return await create_contact(crm, ACCESS, ContactKind.PERSON, content)


async def asked(crm: Installation, address: str, language: str) -> str:
    """The secret part of the page that asks this person to confirm the newsletter."""
    notice = await current_notice(crm, "newsletter", language)
    sign_up = SignUp(email=address, language=language, purposes=[("newsletter", notice.id)])
    questions = await ask_to_confirm(crm, await accept_sign_up(crm, sign_up))
    return questions.questions[0].token if questions else ""


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(make_people(Path(sys.argv[1])))))
