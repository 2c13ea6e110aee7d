"""What other systems are told of consents and requests: a withdrawal reaches those who had the data, and nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from confida_consent.events import record_event
from confida_consent.rights.registers.processing import processing_register
from confida_core.events.following import ensure_cursors
from confida_core.installation import open_installation
from confida_core.outbound.webhooks.content import EndpointState
from confida_core.outbound.webhooks.endpoints import set_state
from tests.conftest import own_registry
from tests.consent.people import SYSTEM, add_contact, says
from tests.consent.rights.requests_cast import asks
from tests.core.outbound.webhooks.receiver import PRIVATE, Receiver, listening, log, subscribe, work

pytestmark = pytest.mark.anyio
FIELDS = ["purpose", "channel", "kind"]


@pytest.fixture
async def crm(settings: Any) -> AsyncIterator[Any]:
    given = settings.model_copy(update={"webhook_private_addresses": PRIVATE})
    async with open_installation(given, own_registry()) as installation:
        await ensure_cursors(installation)
        yield installation


@pytest.fixture
async def shop() -> AsyncIterator[Receiver]:
    async with listening(Receiver()) as receiver:
        yield receiver


def told(shop: Receiver) -> list[tuple[str, str]]:
    return [(one.json["type"], one.json["data"].get("kind", "")) for one in shop.received]


async def test_withdrawal_is_told_to_whoever_was_told_of_the_person(crm: Any, shop: Receiver) -> None:
    ada = await add_contact(crm)
    await subscribe(crm, shop.url, {"consent.changed": FIELDS})
    await record_event(crm, SYSTEM, says(ada, "given"))
    await work(crm)
    await record_event(crm, SYSTEM, says(ada, "withdrawn"))
    await work(crm)
    assert told(shop) == [("consent.changed", "given"), ("consent.changed", "withdrawn")]
    assert shop.received[1].json["data"]["people"] == [str(ada)]
    assert set(shop.received[1].json["data"]) == {"id", "people", *FIELDS}


async def test_withdrawal_is_not_told_to_whoever_never_heard_of_the_person(crm: Any, shop: Receiver) -> None:
    ada = await add_contact(crm)
    await record_event(crm, SYSTEM, says(ada, "given"))
    await subscribe(crm, shop.url, {"consent.changed": FIELDS})
    await record_event(crm, SYSTEM, says(ada, "withdrawn"))
    await work(crm)
    assert (shop.received, await log(crm)) == ([], [("refused", "refused", 0, None)])


async def test_consent_for_another_purpose_is_nobody_elses_business(crm: Any, shop: Receiver) -> None:
    ada = await add_contact(crm)
    await record_event(crm, SYSTEM, says(ada, "given"))
    await subscribe(crm, shop.url, {"consent.changed": FIELDS})
    await record_event(crm, SYSTEM, says(ada, "objected", purpose="profiling", channel="profiling"))
    await work(crm)
    assert (shop.received, await log(crm)) == ([], [("gone", "other_purpose", 0, None)])


async def test_contact_without_consent_is_not_sent(crm: Any, shop: Receiver) -> None:
    await subscribe(crm, shop.url, {"contact.created": ["display_name"]})
    await add_contact(crm)
    await work(crm)
    assert (shop.received, await log(crm)) == ([], [("refused", "refused", 0, None)])


async def test_recipient_stands_in_the_register_of_processing(crm: Any, shop: Receiver) -> None:
    async def named() -> list[str]:
        register = await processing_register(crm, SYSTEM)
        return [one.key for one in register.activities if "Example Shop Ltd" in one.recipients]

    before = await named()
    endpoint_id, _ = await subscribe(crm, shop.url, {"consent.changed": FIELDS})
    during = await named()
    await set_state(crm, SYSTEM, endpoint_id, EndpointState.DISABLED)
    assert (before, during, await named()) == ([], ["newsletter"], [])


async def test_request_is_told_without_anything_that_names_a_person(crm: Any, shop: Receiver) -> None:
    ada = await add_contact(crm)
    await subscribe(crm, shop.url, {"request.opened": ["due_on"]})
    request = await asks(crm, contact_id=ada, proved=True)
    await work(crm)
    assert [one.json["data"] for one in shop.received] == [
        {"id": str(request.id), "due_on": request.due_on.isoformat()}
    ]
