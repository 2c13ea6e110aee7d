"""The page of a person asks for everything at once, and gets what asking one by one would give."""

from __future__ import annotations

from typing import Any

import pytest

from confida_consent.content import Evidence
from confida_consent.events import record_events
from confida_consent.gate import may
from confida_consent.gate_person import may_all
from confida_consent.indications import Indication
from confida_consent.purposes import all_purposes, retire_purpose
from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress, PostalAddress
from confida_core.contacts.people import create_contact
from confida_core.contacts.states import restrict_contact
from confida_core.contacts.trash import trash_contact
from confida_core.ids import new_id
from confida_core.vault.access import system_access
from confida_core.vault.suppressions import suppress

pytestmark = pytest.mark.anyio
ACCESS = system_access("test", "consent")


async def ada(crm: Any) -> Any:
    content = ContactContent(
        display_name="Ada",
        emails=[EmailAddress(address="ada@example.org")],
        addresses=[PostalAddress(street="Lindenstraße 1", locality="Leipzig", country="DE")],
    )
    return await create_contact(crm, system_access("test"), ContactKind.PERSON, content)


def said(subject: Any, purpose: str, channel: str, kind: str) -> Indication:
    return Indication(
        subject_id=subject, purpose=purpose, channel=channel, kind=kind, method="paper", evidence=Evidence(detail="x")
    )


@pytest.mark.parametrize("case", ["nothing", "said", "suppressed", "restricted", "trash", "nobody", "retired"])
async def test_everything_at_once_is_what_each_answer_is(crm: Any, case: str) -> None:
    subject = new_id() if case == "nobody" else await ada(crm)
    if case in {"said", "suppressed", "retired"}:
        events = [
            ("newsletter", "email", "given"),
            ("newsletter", "phone", "refused"),
            ("customer_offers", "sms", "objected"),
        ]
        await record_events(crm, ACCESS, [said(subject, *one) for one in events])
    if case == "suppressed":
        await suppress(crm, "email", "ada@example.org")
    if case == "restricted":
        await restrict_contact(crm, system_access("test"), subject)
    if case == "trash":
        await trash_contact(crm, system_access("test"), subject)
    if case == "retired":
        await retire_purpose(crm, ACCESS, "newsletter")
    found = await may_all(crm, subject)
    channels = {key: one.declared.channels for key, one in (await all_purposes(crm)).items()}
    one_by_one = {key: {each: await may(crm, subject, key, each) for each in used} for key, used in channels.items()}
    assert found == one_by_one


async def test_everything_at_once_costs_four_questions(crm: Any) -> None:
    subject = await ada(crm)
    await record_events(crm, ACCESS, [said(subject, "newsletter", "email", "given")])
    await may_all(crm, subject)
    seen: list[str] = []
    crm.data.observers.append(seen.append)
    await may_all(crm, subject)
    crm.data.observers.clear()
    # Purposes, the contact, the events, and what changed since the index was last asked.
    assert len(seen) == 4
