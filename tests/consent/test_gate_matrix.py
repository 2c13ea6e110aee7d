"""CF-8: no way out skips the gate. Every channel by every path, with a withdrawn purpose: nothing leaves, one refusal is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from confida_consent import hooks as consent_hooks
from confida_consent.events import record_event
from confida_consent.hookspecs import ConsentHooks
from confida_consent.proof import telephone_list
from confida_core import hooks as core_hooks
from confida_core.hookspecs import CoreHooks
from confida_core.installation import open_installation
from confida_core.outbound.content import OutboundMessage
from confida_core.outbound.sender import permitted, send
from confida_core.registry import load_registry
from confida_core.vault.access import system_access
from confida_core.vault.suppressions import suppress
from tests.consent.gate_cast import make_contact
from tests.consent.people import LETTER, person, says, staff
from tests.core.outbound.house import Mailbox, Pigeons, access_of, mail_settings, plugin, serving, work

pytestmark = pytest.mark.anyio
CHANNELS = ("email", "phone", "sms", "post", "messenger")
LISTS = ("telephone", "letters", "export", "webhook")
PEOPLE = (access_of(), system_access("plugin.campaign"))


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def pigeons() -> Pigeons:
    return Pigeons()


@pytest.fixture
async def crm(settings: Any, mailbox: Mailbox, pigeons: Pigeons) -> AsyncIterator[Any]:
    """With a mail server and a plugin's own way out, and no gate but consent's."""
    registry = load_registry(
        (),
        built_in=[core_hooks, consent_hooks, plugin([], [pigeons.declared()])],
        specifications=(CoreHooks, ConsentHooks),
    )
    async with serving(mailbox) as port:
        more = {**mail_settings(port), "public_url": "https://crm.example.org"}
        async with open_installation(settings.model_copy(update=more), registry) as installation:
            yield installation


async def withdrawn_ada(crm: Any, channel: str) -> tuple[UUID, UUID]:
    """Ada, who consented and withdrew on this channel, and the event of her withdrawal."""
    ada = await make_contact(crm, number="+4930123456")
    given = says(ada, "given", channel=channel, method="paper", evidence=LETTER)
    await record_event(crm, staff(), given)
    return ada, (await record_event(crm, person(ada), says(ada, "withdrawn", channel=channel))).id


async def kept(crm: Any) -> list[tuple[str, str, UUID | None]]:
    rows = await crm.data.fetch("SELECT state, reason, event_id FROM outbound_message ORDER BY id")
    return [(row["state"], row["reason"], row["event_id"]) for row in rows]


@pytest.mark.parametrize("channel", CHANNELS)
async def test_cf8_withdrawn_purpose_leaves_by_no_message(
    crm: Any, mailbox: Mailbox, pigeons: Pigeons, channel: str
) -> None:
    ada, event_id = await withdrawn_ada(crm, channel)
    ways = [(access, path) for access in PEOPLE for path in ("email", "pigeon")]
    for number, (access, path) in enumerate(ways, 1):
        message = OutboundMessage(
            contact_id=ada, purpose="newsletter", channel=channel, path=path, subject="S", text="T"
        )
        assert not (await send(crm, access, message)).allowed
        await work(crm)
        assert await kept(crm) == [("refused", "withdrawn", event_id)] * number
    assert (mailbox.letters, pigeons.taken) == ([], [])


@pytest.mark.parametrize("channel", CHANNELS)
async def test_cf8_withdrawn_purpose_leaves_on_no_list(crm: Any, channel: str) -> None:
    ada, event_id = await withdrawn_ada(crm, channel)
    for number, path in enumerate(LISTS, 1):
        found = await permitted(
            crm, access_of(), [ada], purpose="newsletter", channel=channel, path=path, recipient="A printer"
        )
        assert (found.allowed, [verdict.event_id for verdict in found.refused.values()]) == ([], [event_id])
        assert await kept(crm) == [("refused", "withdrawn", event_id)] * number
    assert await crm.data.fetch("SELECT id FROM disclosure") == []


async def test_cf5_message_that_waits_is_asked_about_again_when_it_leaves(crm: Any, mailbox: Mailbox) -> None:
    ada = await make_contact(crm)
    given = await record_event(crm, person(ada), says(ada, "given"))
    message = OutboundMessage(contact_id=ada, purpose="newsletter", subject="S", text="T")
    assert (await send(crm, access_of(), message)).allowed
    assert await kept(crm) == [("queued", "", given.id)]
    withdrawn = await record_event(crm, person(ada), says(ada, "withdrawn"))
    await work(crm)
    assert mailbox.letters == []
    assert await kept(crm) == [("refused", "withdrawn", withdrawn.id)]


async def test_transactional_purpose_is_no_way_round_a_withdrawn_one(crm: Any, mailbox: Mailbox) -> None:
    ada, _ = await withdrawn_ada(crm, "email")
    for purpose, allowed in (("agreement", True), ("newsletter.transactional", False), ("operation", False)):
        message = OutboundMessage(contact_id=ada, purpose=purpose, subject="S", text="T")
        assert (await send(crm, access_of(), message)).allowed is allowed
    await work(crm)
    assert len(mailbox.letters) == 1


async def test_newsletter_says_how_to_stop_it_and_a_letter_of_duty_does_not(crm: Any, mailbox: Mailbox) -> None:
    ada = await make_contact(crm)
    await record_event(crm, person(ada), says(ada, "given"))
    for purpose in ("newsletter", "agreement"):
        await send(crm, access_of(), OutboundMessage(contact_id=ada, purpose=purpose, subject=purpose, text="T"))
    await work(crm)
    newsletter, agreement = (
        letter.data for letter in sorted(mailbox.letters, key=lambda each: b"agreement" in each.data)
    )
    assert b"List-Unsubscribe: <https://crm.example.org/my/unsubscribe/" in newsletter
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in newsletter
    assert b"List-Unsubscribe" not in agreement


async def test_telephone_list_holds_whoever_consented_to_calls(crm: Any) -> None:
    ada, zoe = await make_contact(crm), await make_contact(crm, "Zoe", email="zoe@example.org")
    await record_event(crm, staff(), says(ada, "given", channel="phone", method="paper", evidence=LETTER))
    await record_event(crm, person(zoe), says(zoe, "given"))
    found = await telephone_list(crm, access_of(), [ada, zoe], "newsletter")
    assert (found.allowed, list(found.refused)) == ([ada], [zoe])


async def test_message_to_another_address_than_the_contacts_own_meets_the_suppression_list(
    crm: Any, mailbox: Mailbox
) -> None:
    ada = await make_contact(crm)
    await record_event(crm, person(ada), says(ada, "given"))
    await suppress(crm, "email", "Zoe@Example.org")
    message = OutboundMessage(contact_id=ada, purpose="newsletter", to="zoe@example.org", subject="S", text="T")
    assert (await send(crm, access_of(), message)).reason == "suppressed"
    waiting = OutboundMessage(contact_id=ada, purpose="newsletter", to="mats@example.org", subject="S", text="T")
    assert (await send(crm, access_of(), waiting)).allowed
    await suppress(crm, "email", "mats@example.org")
    await work(crm)
    assert mailbox.letters == []
    assert [(state, reason) for state, reason, _ in await kept(crm)] == [("refused", "suppressed")] * 2


async def test_consent_to_one_channel_is_no_way_out_by_another(crm: Any, mailbox: Mailbox) -> None:
    """CR-8: consent is per channel, and what goes by mail is mail, whatever it calls itself."""
    ada = await make_contact(crm)
    await record_event(crm, person(ada), says(ada, "given", channel="post"))
    await record_event(crm, person(ada), says(ada, "withdrawn", channel="email"))
    message = OutboundMessage(contact_id=ada, purpose="newsletter", channel="post", path="email", subject="S", text="T")
    assert (await send(crm, access_of(), message)).reason == "wrong_way"
    await work(crm)
    assert mailbox.letters == []
