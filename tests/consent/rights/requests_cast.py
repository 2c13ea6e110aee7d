"""Ada asks, Olga and Paul answer, and the mail between them lies where it can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from confida_consent.controller import Controller, save_controller
from confida_consent.rights.requests import NewRequest, Request, open_request
from confida_consent.rights.steps import place_in_order
from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress
from confida_core.contacts.people import create_contact
from confida_core.ids import new_id
from confida_core.jobs.worker import run_next
from confida_core.outbound.content import OUTBOUND
from confida_core.vault.access import Access, Actor, system_access

INSIDE = system_access("tests", "data_subject_rights")
DECIDING = frozenset(
    {"requests.read", "requests.decide", "contacts.read", "contacts.restrict", "consents.read", "consents.record"}
)
ADDRESS = "ada@example.org"
_CODE = re.compile(r"\b(\d{4}) (\d{4})\b")


def officer(permissions: frozenset[str] = DECIDING) -> Access:
    """Somebody who decides; each call is another person."""
    return Access(actor=Actor(id=new_id(), permissions=permissions), purpose="data_subject_rights", where="tests")


def in_person(contact_id: UUID) -> Access:
    return Access(actor=Actor(id=contact_id, kind="subject"), purpose="data_subject_rights", where="tests")


def with_mail(crm: Any, **more: Any) -> None:
    """As if a mail server were set up; it is away, so that what was queued can be looked at."""
    mail = {"smtp_host": "127.0.0.1", "smtp_port": 9, "smtp_security": "none", "mail_from": "crm@example.org", **more}
    crm.settings = crm.settings.model_copy(update=mail)


async def name_authority(crm: Any) -> None:
    controller = Controller(
        name="Example House", country="DE", authority="Berlin Authority", authority_contact="b@example.org"
    )
    await save_controller(crm, system_access("tests"), controller)


async def make_ada(crm: Any, name: str = "Ada Lovelace", address: str = ADDRESS) -> UUID:
    emails = [EmailAddress(address=address)] if address else []
    content = ContactContent(display_name=name, emails=emails, language="en")
    return await create_contact(crm, system_access("tests"), ContactKind.PERSON, content)


async def asks(crm: Any, kind: str = "access", identifier: str = ADDRESS, **more: Any) -> Request:
    """A stranger asks at the portal."""
    return await open_request(crm, INSIDE, NewRequest(kind=kind, identifier=identifier, **more))


async def work(crm: Any) -> None:
    while await run_next(crm):
        pass


async def mails(crm: Any) -> list[Any]:
    """What was handed to the sending door, oldest first."""
    rows = await crm.data.fetch("SELECT * FROM outbound_message ORDER BY id")
    return [one.content for one in await crm.door.open(INSIDE, OUTBOUND, rows)]


async def newest_code(crm: Any) -> str:
    found = [_CODE.search(mail.text) for mail in await mails(crm)]
    return next(one[1] + one[2] for one in reversed(found) if one)


async def row_of(crm: Any, request_id: UUID) -> Any:
    return (await crm.data.fetch("SELECT * FROM rights_request WHERE id = ?", request_id))[0]


async def steps_of(crm: Any, request_id: UUID) -> list[str]:
    rows = await crm.data.fetch("SELECT step, at FROM rights_step WHERE request_id = ?", request_id)
    return [row["step"] for row in sorted(rows, key=place_in_order)]


@contextmanager
def counted(crm: Any) -> Iterator[list[str]]:
    """Every statement that the data are asked while the block lasts."""
    asked: list[str] = []
    fetch = crm.data.fetch

    async def count(statement: str, *values: Any) -> Any:
        asked.append(statement)
        return await fetch(statement, *values)

    crm.data.fetch = count
    try:
        yield asked
    finally:
        crm.data.fetch = fetch
