"""CF-3: a token that is used up, too old, somebody else's or one letter off is like one that never was."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from confida_consent.tokens import find_token, make_token, remove_old_tokens, revoke_tokens, use_token
from confida_core.clock import now
from confida_core.contacts.trash import purge_contact
from tests.consent.people import add_contact

pytestmark = pytest.mark.anyio
Spoil = Callable[[Any, str], Awaitable[str]]


async def used(crm: Any, token: str) -> str:
    assert await use_token(crm, token, "confirm") is not None
    return token


async def expired(crm: Any, token: str) -> str:
    await crm.data.fetch("UPDATE consent_token SET expires_at = ?", now())
    return token


async def one_letter_off(_: Any, token: str) -> str:
    return token[:-1] + ("A" if token[-1] != "A" else "B")


async def erased(crm: Any, token: str) -> str:
    await purge_contact(crm, (await crm.data.fetch("SELECT subject_id FROM consent_token"))[0]["subject_id"])
    return token


async def unknown(*_: Any) -> str:
    return "n" * 43


async def empty(*_: Any) -> str:
    return ""


@pytest.mark.parametrize("spoil", [used, expired, one_letter_off, erased, empty])
async def test_cf3_spoilt_token_is_like_an_unknown_one(crm: Any, spoil: Spoil) -> None:
    ada = await add_contact(crm)
    token = await spoil(crm, await make_token(crm, ada, "confirm", purpose="newsletter", channel="email"))
    before = await crm.data.fetch("SELECT * FROM consent_token")
    seen: list[str] = []
    crm.data.observers.append(seen.append)

    answers = [await use_token(crm, each, "confirm") for each in (token, await unknown())]

    assert answers == [None, None]
    assert seen[0] == seen[1]
    assert len(seen) == 2
    assert await crm.data.fetch("SELECT * FROM consent_token") == before


async def test_cf3_token_is_bound_to_its_action_and_stored_as_a_hash(crm: Any) -> None:
    ada = await add_contact(crm)
    token = await make_token(crm, ada, "unsubscribe", purpose="newsletter", channel="email")

    grant = await find_token(crm, token, "unsubscribe")

    assert grant is not None
    assert (grant.subject_id, grant.purpose, grant.channel) == (ada, "newsletter", "email")
    assert grant.token_hash == hashlib.sha256(token.encode()).digest()
    assert [await find_token(crm, token, action) for action in ("confirm", "preferences", "session")] == [None] * 3
    assert token not in repr(await crm.data.fetch("SELECT * FROM consent_token"))
    assert len(token) == 43


async def test_cf3_of_many_who_use_a_token_at_once_one_succeeds(crm: Any) -> None:
    token = await make_token(crm, await add_contact(crm), "confirm", purpose="newsletter", channel="email")

    grants = await asyncio.gather(*(use_token(crm, token, "confirm") for _ in range(8)))

    assert [grant is not None for grant in grants].count(True) == 1


async def test_looking_uses_nothing_up_and_links_for_often_work_often(crm: Any) -> None:
    ada = await add_contact(crm)
    once, often = await make_token(crm, ada, "confirm"), await make_token(crm, ada, "preferences")

    looked = [await find_token(crm, once, "confirm") for _ in range(3)]
    used_often = [await use_token(crm, often, "preferences") for _ in range(3)]

    assert None not in looked + used_often
    assert await use_token(crm, once, "confirm") is not None


async def test_failure_of_what_it_allows_leaves_the_token_usable(crm: Any) -> None:
    token = await make_token(crm, await add_contact(crm), "confirm")

    async def fail() -> None:
        async with crm.data.transaction():
            assert await use_token(crm, token, "confirm") is not None
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await fail()

    assert await use_token(crm, token, "confirm") is not None


async def test_tokens_are_revoked_and_old_ones_removed(crm: Any) -> None:
    ada = await add_contact(crm)
    links = [await make_token(crm, ada, "preferences") for _ in range(2)]
    await make_token(crm, ada, "confirm", lasts=timedelta(days=-2))

    gone = await revoke_tokens(crm, ada, "preferences"), await remove_old_tokens(crm)

    assert gone == (2, 1)
    assert [await find_token(crm, link, "preferences") for link in links] == [None, None]
    assert await crm.data.fetch("SELECT id FROM consent_token") == []
