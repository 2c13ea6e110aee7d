"""Webhooks from the command line: listed without their secrets, and sent again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_core.clock import now
from confida_core.events.declarations import Event
from confida_core.ids import new_id
from confida_core.outbound.webhooks.endpoints import EndpointDraft, create_endpoint
from confida_core.outbound.webhooks.queueing import insert_delivery
from tests.core.cli.conftest import Shell
from tests.core.cli.test_looking_after import ACCESS, inside

URL = "https://shop.example.org/CANARYPATH"


async def dead_letters(crm: Any) -> tuple[UUID, str]:
    """A webhook with a dead letter of now and one of last week."""
    draft = EndpointDraft(
        name="Shop", url=URL, recipient="Shop Ltd", purpose="newsletter", channel="email", kinds={"contact.erased": []}
    )
    endpoint_id, secret = await create_endpoint(crm, ACCESS, draft)
    for at in (now(), now() - timedelta(days=7)):
        event = Event(id=new_id(), kind="contact.erased", record_id=new_id(), people=(), position=1, at=at)
        await insert_delivery(crm, endpoint_id, event)
    await crm.data.fetch("UPDATE webhook_delivery SET state = 'dead', reason = 'status', code = 500, attempts = 10")
    return endpoint_id, secret


def test_webhooks_are_listed_without_address_and_secret(shell: Shell) -> None:
    endpoint_id, secret = inside(shell, dead_letters)
    [one] = shell.json("webhooks", "list")
    assert (one["id"], one["name"], one["recipient"], one["state"], one["kinds"]) == (
        str(endpoint_id), "Shop", "Shop Ltd", "active", ["contact.erased"],
    )  # fmt: skip
    printed = shell("webhooks", "list").stdout + repr(one)
    assert [word in printed for word in ("Shop Ltd", "CANARYPATH", secret)] == [True, False, False]


def test_dead_letters_of_some_days_are_sent_again(shell: Shell) -> None:
    endpoint_id, _ = inside(shell, dead_letters)
    here = str(endpoint_id)
    assert [one["code"] for one in shell.json("webhooks", "deliveries", here, "--state", "dead")] == [500, 500]
    since = f"{now() - timedelta(days=1):%Y-%m-%d}"
    assert shell("webhooks", "replay", here, "--since", since).stdout == "Queued: 1\n"
    assert [one["state"] for one in shell.json("webhooks", "deliveries", here)] == ["dead", "waiting"]
    assert shell("webhooks", "deliveries", here).stdout.count("contact.erased") == 2
    until = f"{now() - timedelta(days=2):%Y-%m-%dT%H:%M}"
    again = shell("webhooks", "replay", here, "--since", "2020-01-01", "--until", until, "--delivered")
    assert again.stdout == "Queued: 1\n"


@pytest.mark.parametrize("words", [("replay", str(new_id()), "--since", "2026-01-01")])
def test_unknown_webhook_is_said_to_be_unknown(shell: Shell, words: tuple[str, ...]) -> None:
    assert "Traceback" not in shell("webhooks", *words, code=1).output
