"""The doctor says whether mail can leave, and what did not."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from confida_core.doctor import check_mail
from confida_core.outbound.content import OutboundMessage
from confida_core.outbound.sender import send
from tests.core.outbound.house import access_of, house, make_ada

pytestmark = pytest.mark.anyio


def short(findings: list[Any]) -> list[tuple[str, str, str]]:
    return [(finding.name, finding.state, finding.text) for finding in findings]


async def test_installation_that_can_send_is_sound(crm: Any) -> None:
    assert short(await check_mail(crm)) == [("Mail", "good", "It goes through 127.0.0.1.")]


async def test_what_is_missing_is_named(settings: Any) -> None:
    async with house(settings) as crm:
        assert short(await check_mail(crm)) == [
            ("Mail", "warning", "No mail server is set up."),
            ("Sending", "warning", "Nothing leaves, because no plugin that asks for consent is enabled."),
        ]


async def test_unencrypted_mail_to_another_machine_is_named(crm: Any) -> None:
    far = dataclasses.replace(crm, settings=crm.settings.model_copy(update={"smtp_host": "mail.example.org"}))
    assert short(await check_mail(far)) == [("Mail", "warning", "Mail goes unencrypted to mail.example.org.")]


async def test_failed_messages_are_counted(crm: Any) -> None:
    ada = await make_ada(crm)
    await send(
        crm,
        access_of(),
        OutboundMessage(contact_id=ada, purpose="newsletter", subject="S", text="T", path="telex", to="1"),
    )
    assert short(await check_mail(crm))[1:] == [("Messages", "warning", "1 failed within 7 days.")]
