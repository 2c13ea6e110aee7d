"""People who have asked, made before the server starts: `python -m tests.browser.portal_requesters HOME` prints where.

A process of its own, because the browser's driver occupies the event loop of the tests.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from uuid import UUID

from confida_consent.controller import Controller, save_controller
from confida_consent.rights.erasure import erase_person
from confida_consent.rights.package import assemble_package
from confida_consent.rights.package_review import release_package
from confida_consent.rights.requests import NewRequest, open_request
from confida_consent.rights.requests_deciding import ask, extend
from confida_consent.rights.steps import INSIDE
from confida_consent.tokens import make_token
from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress, PostalAddress
from confida_core.contacts.people import create_contact
from confida_core.installation import Installation, open_installation
from confida_core.settings import read_settings
from confida_core.vault.access import Access, Actor, system_access
from confida_web.app import load_everything

ACCESS = system_access("test")


async def make_requesters(home: Path) -> dict[str, str]:
    """By use and language: addresses below the server's own, and the secret of a session."""
    settings = read_settings(home=home, region="DE")
    found = {}
    async with open_installation(settings, load_everything(settings)) as crm:
        await save_controller(crm, ACCESS, Controller(name="Example House", country="DE"))
        for language in ("en", "de", "axe"):
            ada = await person(crm, f"{language}@example.org")
            found[f"{language} session"] = await make_token(crm, ada, "session")
            found |= {f"{language} {name}": path for name, path in (await requests_of(crm, ada, language)).items()}
    return found


async def person(crm: Installation, address: str) -> UUID:
    content = ContactContent(
        display_name="Ada Lovelace",
        emails=[EmailAddress(address=address)],
        addresses=[PostalAddress(street="1 Low Street", postal_code="10115", locality="Berlin", country="DE")],
    )
    return await create_contact(crm, ACCESS, ContactKind.PERSON, content)


async def requests_of(crm: Installation, ada: UUID, language: str) -> dict[str, str]:
    """One whose answer lies ready, one for erasure, one that waits for a reply, and one of somebody who is erased."""
    ready = await asked(crm, ada, "access", language)
    await assemble_package(crm, ready)
    await release_package(crm, INSIDE, ready)
    erasure = await asked(crm, ada, "erasure", language)
    question = await asked(crm, ada, "portability", language)
    await extend(crm, INSIDE, question, "There are four archives to search.")
    await ask(crm, INSIDE, question, "Which of the two accounts?", needed=True)
    gone = await person(crm, f"gone.{language}@example.org")
    erased = await asked(crm, gone, "erasure", language)
    await erase_person(crm, INSIDE, gone, request_id=erased)
    requests = {"ready": ready, "erasure": erasure, "question": question, "erased": erased}
    return {name: await known_page(crm, request_id) for name, request_id in requests.items()}


async def asked(crm: Installation, who: UUID, kind: str, language: str) -> UUID:
    access = Access(actor=Actor(id=who, kind="subject"), purpose="data_subject_rights", where="test")
    spoken = language if language == "de" else "en"
    new = NewRequest(kind=kind, language=spoken, contact_id=who, proved=True)
    return (await open_request(crm, access, new)).id


async def known_page(crm: Installation, request_id: UUID) -> str:
    return f"/my/requests/{await make_token(crm, request_id, 'status', purpose='known')}"


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(make_requesters(Path(sys.argv[1])))))
