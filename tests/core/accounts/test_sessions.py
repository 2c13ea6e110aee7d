"""Sessions: a new id each time, found by its hash only, ended by time, by hand, and with the account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from confida_core.accounts.content import SessionContent
from confida_core.accounts.sessions import (
    csrf_token_of,
    end_session,
    end_sessions_of,
    find_session,
    list_sessions,
    remove_old_sessions,
    renew_session,
    start_session,
)
from confida_core.accounts.staff import change_role, disable_account
from confida_core.clock import now
from tests.core.accounts.cast import access_of, account_of

pytestmark = pytest.mark.anyio


async def test_session_is_found_by_its_secret_and_says_who_may_do_what(crm: Any) -> None:
    olga = await account_of(crm, "Olga", "readonly")
    found = await find_session(crm, await start_session(crm, olga))
    assert found is not None
    assert (found.actor.id, found.role, found.account.display_name, found.fresh) == (olga, "readonly", "Olga", True)
    assert found.actor.permissions == {
        key for key, item in crm.registry.permissions.items() if "readonly" in item.roles
    }


async def test_the_secret_itself_is_stored_nowhere(crm: Any) -> None:
    secret = await start_session(crm, await account_of(crm, "Olga", "owner"), SessionContent(address="203.0.113.7"))
    row = (await crm.data.fetch("SELECT * FROM session"))[0]
    assert len(bytes(row["secret_hash"])) == 32
    stored = b" ".join(value if isinstance(value, bytes) else str(value).encode() for value in row.values())
    assert secret.encode() not in stored
    assert b"203.0.113.7" not in stored


async def test_secrets_never_repeat_and_hold_256_bits(crm: Any) -> None:
    olga = await account_of(crm, "Olga", "owner")
    secrets = [await start_session(crm, olga) for _ in range(5)]
    assert [len(set(secrets)), {len(secret) for secret in secrets}] == [5, {43}]


async def test_chosen_id_opens_nothing(crm: Any) -> None:
    await start_session(crm, await account_of(crm, "Olga", "owner"))
    chosen = ["", "A" * 43, "x" * 5000, "\x00", "ümlaut", "' OR 1=1 --"]
    assert [one for one in chosen if await find_session(crm, one) is not None] == []


@pytest.mark.parametrize(("column", "minutes"), [("seen_at", 31), ("created_at", 12 * 60 + 1)])
async def test_session_ends_when_idle_or_too_old(crm: Any, column: str, minutes: int) -> None:
    secret = await start_session(crm, await account_of(crm, "Olga", "owner"))
    assert await find_session(crm, secret) is not None
    await crm.data.fetch(f"UPDATE session SET {column} = ?", now() - timedelta(minutes=minutes))
    assert await find_session(crm, secret) is None
    assert await remove_old_sessions(crm) == 1


async def test_visit_is_noted_at_most_once_a_minute(crm: Any) -> None:
    secret = await start_session(crm, await account_of(crm, "Olga", "owner"))
    earlier = now() - timedelta(seconds=50)
    await crm.data.fetch("UPDATE session SET seen_at = ?", earlier)
    await find_session(crm, secret)
    assert (await crm.data.fetch("SELECT seen_at FROM session"))[0]["seen_at"] == earlier
    await crm.data.fetch("UPDATE session SET seen_at = ?", now() - timedelta(seconds=70))
    await find_session(crm, secret)
    assert now() - (await crm.data.fetch("SELECT seen_at FROM session"))[0]["seen_at"] < timedelta(seconds=5)


async def test_look_up_costs_one_query(crm: Any) -> None:
    secret = await start_session(crm, await account_of(crm, "Olga", "owner"))
    await find_session(crm, secret)
    seen: list[str] = []
    crm.data.observers.append(seen.append)
    await find_session(crm, secret)
    crm.data.observers.clear()
    assert len(seen) == 1


async def test_renewed_session_has_a_new_id_and_token_and_the_old_ones_are_void(crm: Any) -> None:
    old = await start_session(crm, await account_of(crm, "Olga", "owner"))
    await crm.data.fetch("UPDATE session SET fresh_at = ?", now() - timedelta(minutes=6))
    before = await find_session(crm, old)
    assert before is not None
    assert before.fresh is False
    new = await renew_session(crm, before.session_id)
    after = await find_session(crm, new)
    assert after is not None
    assert (await find_session(crm, old), after.session_id, after.fresh) == (None, before.session_id, True)
    assert csrf_token_of(crm, old) != after.csrf_token == csrf_token_of(crm, new)


async def test_change_of_role_and_disabling_end_every_session_at_once(crm: Any) -> None:
    olga, mats = await account_of(crm, "Olga", "owner"), await account_of(crm, "Mats", "staff")
    access = access_of(crm, olga, "owner")
    secret = await start_session(crm, mats)
    await change_role(crm, access, mats, "readonly")
    assert await find_session(crm, secret) is None
    secret = await start_session(crm, mats)
    await disable_account(crm, access, mats)
    assert await find_session(crm, secret) is None
    assert await find_session(crm, await start_session(crm, mats)) is None


async def test_own_sessions_are_listed_and_ended_but_never_others(crm: Any) -> None:
    olga, mats = await account_of(crm, "Olga", "owner"), await account_of(crm, "Mats", "staff")
    await start_session(crm, olga, SessionContent(device="Firefox on Linux", address="203.0.113.7"))
    await start_session(crm, olga, SessionContent(device="Safari on iPhone", address="203.0.113.8"))
    await start_session(crm, mats)
    lines = await list_sessions(crm, olga)
    assert [(line.device, line.address) for line in lines] == [
        ("Safari on iPhone", "203.0.113.8"),
        ("Firefox on Linux", "203.0.113.7"),
    ]
    assert await end_session(crm, lines[0].id, mats) is False
    assert await end_session(crm, lines[0].id, olga) is True
    assert await end_sessions_of(crm, olga, but=lines[1].id) == 0
    assert [len(await list_sessions(crm, person)) for person in (olga, mats)] == [1, 1]
