"""Webhooks in: only from whom it is signed by, only once, and handed on to whoever declares that it listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

import pytest

from confida_core import hooks
from confida_core.clock import now
from confida_core.declarations import PluginInfo
from confida_core.hookspecs import hookimpl
from confida_core.ids import new_id
from confida_core.inbound.declarations import InboundRefused, InboundWebhook
from confida_core.inbound.hooks import list_inbound, rotate_inbound, switch_off, switch_on
from confida_core.inbound.receiving import MOST_A_MINUTE, forget_messages, receive_message
from confida_core.installation import open_installation
from confida_core.outbound.webhooks.signing import new_secret, sign
from confida_core.registry import PluginError, load_registry
from confida_core.vault.access import Access, Forbidden, NotFound, system_access
from tests.core.outbound.house import ZOE, access_of

pytestmark = pytest.mark.anyio
INSIDE = system_access("tests")
KEY, OPEN_KEY = "bank.payments", "bank.clicks"


@dataclass
class Bank:
    """A plugin that listens, and raises as often as somebody asked it to."""

    raises: list[Exception] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)
    purposes: set[str] = field(default_factory=set)

    async def receive(self, _: Any, access: Access, body: bytes, __: Mapping[str, str]) -> None:
        self.purposes.add(access.purpose)
        await asyncio.sleep(0)
        if self.raises:
            raise self.raises.pop()
        self.heard.append(body)


def plugin(*declared: InboundWebhook) -> ModuleType:
    module: Any = ModuleType("confida_bank")
    module.plugin_info = hookimpl(named("plugin_info", PluginInfo(key="bank", name="Bank", summary="Payments.")))
    module.inbound_webhooks = hookimpl(named("inbound_webhooks", declared))
    return module  # type: ignore[no-any-return]


def named(name: str, value: Any) -> Any:
    def implementation() -> Any:
        return value

    implementation.__name__ = name
    return implementation


@pytest.fixture
def bank() -> Bank:
    return Bank()


def webhook(bank: Bank, **more: Any) -> InboundWebhook:
    given = {
        "key": KEY,
        "label": "Payments",
        "summary": "Who paid.",
        "receive": bank.receive,
        "purpose": "relationship",
    }
    return InboundWebhook(**{**given, **more})


@pytest.fixture
async def crm(settings: Any, bank: Bank) -> AsyncIterator[Any]:
    declared = plugin(webhook(bank), webhook(bank, key=OPEN_KEY, signature="token", most_bytes=10))
    async with open_installation(settings, load_registry((), built_in=[hooks, declared])) as installation:
        yield installation


def signed(secret: str, body: bytes, name: str = "msg_1", ago: int = 0) -> dict[str, str]:
    moment = int(now().timestamp()) - ago
    return {"webhook-id": name, "webhook-timestamp": str(moment), "webhook-signature": sign(secret, name, moment, body)}


def token_of(path: str) -> str:
    return path.rpartition("/")[2]


async def test_signed_message_is_handed_on_once(crm: Any, bank: Bank) -> None:
    shown = await switch_on(crm, INSIDE, KEY)
    assert shown.path.startswith("/hooks/in/bank/payments/")
    for _ in range(3):
        assert await receive_message(crm, KEY, token_of(shown.path), signed(shown.secret, b"{}"), b"{}") == "accepted"
    assert (bank.heard, bank.purposes) == ([b"{}"], {"relationship"})


async def test_same_message_at_the_same_time_is_handed_on_once(crm: Any, bank: Bank) -> None:
    shown = await switch_on(crm, INSIDE, KEY)
    headers = signed(shown.secret, b"{}")
    replies = await asyncio.gather(*(receive_message(crm, KEY, token_of(shown.path), headers, b"{}") for _ in range(8)))
    assert (set(replies) <= {"accepted", "later"}, "accepted" in replies, bank.heard) == (True, True, [b"{}"])


async def test_whatever_is_wrong_is_answered_alike(crm: Any, bank: Bank) -> None:
    shown = await switch_on(crm, INSIDE, KEY)
    token, good = token_of(shown.path), signed(shown.secret, b"{}")
    tried = [
        (KEY, token, good, b"{} "),
        (KEY, token, signed(new_secret(), b"{}"), b"{}"),
        (KEY, token, signed(shown.secret, b"{}", ago=301), b"{}"),
        (KEY, token, {}, b"{}"),
        (KEY, token + "x", good, b"{}"),
        (KEY, "", good, b"{}"),
        ("bank.nothing", token, good, b"{}"),
        ("core.bounces", token, good, b"{}"),
        (OPEN_KEY, token, good, b"{}"),
        (KEY, token, signed(shown.secret, b"x" * 300_000), b"x" * 300_000),
    ]
    assert [await receive_message(crm, *one) for one in tried] == ["refused"] * len(tried)
    assert bank.heard == []


async def test_listener_that_fails_gets_it_again_and_one_that_refuses_does_not(crm: Any, bank: Bank) -> None:
    shown = await switch_on(crm, INSIDE, KEY)
    token = token_of(shown.path)
    bank.raises = [InboundRefused(), RuntimeError()]
    replies = [await receive_message(crm, KEY, token, signed(shown.secret, b"{}"), b"{}") for _ in range(3)]
    assert (replies, bank.heard) == (["later", "unfit", "accepted"], [b"{}"])


async def test_message_left_half_done_by_a_crash_is_taken_up_again(crm: Any, bank: Bank) -> None:
    shown = await switch_on(crm, INSIDE, KEY)
    headers = signed(shown.secret, b"{}")
    assert await receive_message(crm, KEY, token_of(shown.path), headers, b"{}") == "accepted"
    await crm.data.fetch("UPDATE inbound_message SET done = ?", False)
    assert await receive_message(crm, KEY, token_of(shown.path), headers, b"{}") == "later"
    await crm.data.fetch("UPDATE inbound_message SET at = ?", now() - timedelta(minutes=2))
    assert await receive_message(crm, KEY, token_of(shown.path), headers, b"{}") == "accepted"
    assert bank.heard == [b"{}"] * 2


async def test_too_many_are_asked_to_wait(crm: Any, bank: Bank) -> None:
    shown = await switch_on(crm, INSIDE, KEY)
    hook = (await crm.data.fetch("SELECT id FROM inbound_hook"))[0]["id"]
    rows = [(new_id(), hook, str(number).encode(), now(), True) for number in range(MOST_A_MINUTE)]
    await crm.data.execute_many(
        "INSERT INTO inbound_message (id, hook_id, message_hash, at, done) VALUES (?, ?, ?, ?, ?)", rows
    )
    assert await receive_message(crm, KEY, token_of(shown.path), signed(shown.secret, b"{}"), b"{}") == "too_many"
    await crm.data.fetch("UPDATE inbound_message SET at = ?", now() - timedelta(days=8))
    await forget_messages(crm, {})
    assert await crm.data.fetch("SELECT id FROM inbound_message") == []
    assert await receive_message(crm, KEY, token_of(shown.path), signed(shown.secret, b"{}"), b"{}") == "accepted"


async def test_one_that_cannot_sign_is_known_by_its_address(crm: Any, bank: Bank) -> None:
    shown = await switch_on(crm, INSIDE, OPEN_KEY)
    assert shown.secret == ""
    token = token_of(shown.path)
    given: list[tuple[dict[str, str], bytes]] = [
        ({}, b"a"), ({}, b"a"), ({}, b"b"), ({"webhook-id": "1"}, b"c"), ({"webhook-id": "1"}, b"d"), ({}, b"x" * 11),
    ]  # fmt: skip
    replies = [await receive_message(crm, OPEN_KEY, token, headers, body) for headers, body in given]
    assert (replies, bank.heard) == (["accepted"] * 5 + ["refused"], [b"a", b"b", b"c"])


async def test_secret_is_changed_with_a_day_of_both_and_switching_on_again_voids_all(crm: Any, bank: Bank) -> None:
    first = await switch_on(crm, INSIDE, KEY)
    second = await rotate_inbound(crm, INSIDE, KEY)
    token = token_of(first.path)
    assert (second.path, second.secret == first.secret) == ("", False)
    for number, secret in enumerate((first.secret, second.secret)):
        headers = signed(secret, b"{}", f"msg_{number}")
        assert await receive_message(crm, KEY, token, headers, b"{}") == "accepted"
    third = await switch_on(crm, INSIDE, KEY)
    for given_token, secret, reply in (
        (token, second.secret, "refused"), (token, third.secret, "refused"), (token_of(third.path), third.secret, "accepted"),
    ):  # fmt: skip
        assert await receive_message(crm, KEY, given_token, signed(secret, b"{}", "msg_9"), b"{}") == reply
    await switch_off(crm, INSIDE, KEY)
    assert await receive_message(crm, KEY, token_of(third.path), signed(third.secret, b"{}"), b"{}") == "refused"


async def test_list_says_what_is_on_and_when_something_came(crm: Any, bank: Bank) -> None:
    shown = await switch_on(crm, INSIDE, KEY)
    await receive_message(crm, KEY, token_of(shown.path), signed(shown.secret, b"{}"), b"{}")
    listed = {
        one.declared.key: (one.since is not None, isinstance(one.received_at, datetime))
        for one in await list_inbound(crm, INSIDE)
    }
    assert listed == {KEY: (True, True), OPEN_KEY: (False, False), "core.bounces": (False, False)}


async def test_secrets_and_tokens_are_not_kept_in_the_clear(crm: Any) -> None:
    shown = await switch_on(crm, INSIDE, KEY)
    text = repr([dict(row) for row in await crm.data.fetch("SELECT * FROM inbound_hook")])
    assert [word in text for word in (token_of(shown.path), shown.secret.removeprefix("whsec_"))] == [False, False]


async def test_outsiders_may_nothing(crm: Any) -> None:
    for asked in (
        list_inbound(crm, access_of(ZOE)),
        switch_on(crm, access_of(ZOE), KEY),
        switch_off(crm, access_of(ZOE), KEY),
    ):
        with pytest.raises(Forbidden):
            await asked
    with pytest.raises(NotFound):
        await rotate_inbound(crm, INSIDE, KEY)


@pytest.mark.parametrize(("more", "words"), [({"key": "core.payments"}, "bank.<name>"), ({"purpose": "x"}, "purpose")])
def test_registry_refuses_what_is_declared_wrongly(bank: Bank, more: dict[str, str], words: str) -> None:
    with pytest.raises(PluginError, match=words):
        load_registry((), built_in=[hooks, plugin(webhook(bank, **more))])


async def test_older_data_bring_no_secret_back_that_was_changed_or_switched_off(crm: Any, bank: Bank) -> None:
    for end in (switch_on, rotate_inbound, switch_off):
        shown = await switch_on(crm, INSIDE, KEY)
        saved = {table: await crm.data.fetch(f"SELECT * FROM {table}") for table in ("inbound_hook", "shared_key")}
        await end(crm, INSIDE, KEY)
        for table, rows in saved.items():
            await crm.data.fetch(f"DELETE FROM {table}")
            for row in rows:
                names, marks = ", ".join(row), ", ".join("?" * len(row))
                await crm.data.fetch(f"INSERT INTO {table} ({names}) VALUES ({marks})", *row.values())
        headers = signed(shown.secret, b"{}")
        assert await receive_message(crm, KEY, token_of(shown.path), headers, b"{}") == "refused"
    assert bank.heard == []
