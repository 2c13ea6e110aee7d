"""Ada, and what stands between her and her own pages."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress
from confida_core.contacts.people import create_contact
from confida_core.vault.access import SYSTEM, Access

FORM = re.compile(r'<form method="post" action="([^"]*consents)">(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'name="(\w+)" value="([^"]*)"')
ADDRESS = "ada@example.org"


async def make_person(crm: Any, name: str = "Ada Lovelace", address: str = ADDRESS, language: str = "") -> UUID:
    access = Access(actor=SYSTEM, purpose="operation", where="test")
    content = ContactContent(display_name=name, emails=[EmailAddress(address=address)], language=language)
    return await create_contact(crm, access, ContactKind.PERSON, content)


async def session_of(crm: Any, contact_id: UUID) -> dict[str, str]:
    """The header of a browser in which this person is in."""
    from confida_consent.tokens import make_token

    return {"cookie": f"__Host-my={await make_token(crm, contact_id, 'session')}"}


async def event_count(crm: Any) -> int:
    rows = await crm.data.fetch("SELECT count(*) AS events FROM consent_event")
    return int(rows[0]["events"])


async def newest_mail(crm: Any) -> Any:
    """The content of the message that was queued last, whatever the gates said to it; None if there is none."""
    from confida_core.outbound.content import OUTBOUND
    from confida_core.vault.access import system_access

    rows = await crm.data.fetch("SELECT * FROM outbound_message ORDER BY created_at DESC, id DESC LIMIT 1")
    found = await crm.door.open(system_access("test"), OUTBOUND, rows)
    return found[0].content if found else None


async def work_off(crm: Any) -> None:
    """Until nothing is due any more."""
    from confida_core.jobs.worker import run_next

    while await run_next(crm):
        pass


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


async def let_pass(crm: Any, time: timedelta) -> None:
    """As if so much time had gone by for every secret that was handed out."""
    for row in await crm.data.fetch("SELECT id, created_at, expires_at FROM consent_token"):
        await crm.data.fetch(
            "UPDATE consent_token SET created_at = ?, expires_at = ? WHERE id = ?",
            row["created_at"] - time, row["expires_at"] - time, row["id"],
        )  # fmt: skip


def buttons(page: str) -> dict[tuple[str, str], tuple[str, dict[str, str]]]:
    """(purpose, channel) -> where its form goes, and what it sends."""
    found = {}
    for action, body in FORM.findall(page):
        fields = {name: html.unescape(value) for name, value in FIELD.findall(body)}
        found[fields["purpose"], fields["channel"]] = (action, fields)
    return found


async def press(browser: Any, headers: dict[str, str], purpose: str, channel: str, base: str = "/my") -> str:
    """Open the page, press the button, follow; the page that comes then."""
    page = (await browser.get(f"{base}/consents", headers=headers)).text
    action, fields = buttons(page)[purpose, channel]
    answer = await browser.post(action, data=fields, headers=headers)
    assert answer.status_code == 303
    return str((await browser.get(answer.headers["location"], headers=headers)).text)
