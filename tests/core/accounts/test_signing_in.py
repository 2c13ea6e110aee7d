"""Every way to a session: set-up link, invitation, log-in; and how often somebody may try."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from confida_core.accounts import attempts
from confida_core.accounts.attempts import TooManyAttempts
from confida_core.accounts.audit import list_events
from confida_core.accounts.links import LinkSpent
from confida_core.accounts.passwords import hash_password, verify_password
from confida_core.accounts.sessions import find_session, start_session
from confida_core.accounts.signing_in import (
    WrongCredentials,
    accept_invitation,
    change_password,
    create_owner,
    log_in,
    make_setup_link,
)
from confida_core.accounts.staff import InvalidAccount, disable_account, find_account, invite_person, start_reset
from confida_core.accounts.stored_settings import ORGANISATION_NAME, read_stored
from confida_core.clock import now
from confida_core.ids import new_id
from tests.core.accounts.cast import PASSWORD, access_of, account_of

pytestmark = pytest.mark.anyio


async def setup_secret(crm: Any) -> str:
    link = await make_setup_link(crm)
    assert link is not None
    return link.rsplit("/", 1)[-1]


async def make_owner(crm: Any, secret: str, **changes: Any) -> Any:
    given = {
        "display_name": "Olga",
        "email": "olga@example.org",
        "password": PASSWORD,
        "password_again": PASSWORD,
        "organisation_name": "Haus am See",
    }
    return await create_owner(crm, secret, **{**given, **changes})


async def test_setup_link_makes_the_owner_once(crm: Any) -> None:
    secret = await setup_secret(crm)
    olga = await make_owner(crm, secret)
    account = await find_account(crm, olga)
    assert (account.name, account.role, account.state) == ("Olga", "owner", "active")
    assert await read_stored(crm, ORGANISATION_NAME) == "Haus am See"
    assert await make_setup_link(crm) is None
    with pytest.raises(LinkSpent):
        await make_owner(crm, secret, email="zoe@example.org")


async def test_two_at_once_with_one_setup_link_make_one_owner(crm: Any) -> None:
    secret = await setup_secret(crm)
    results = await asyncio.gather(
        *(make_owner(crm, secret, email=f"zoe{number}@example.org") for number in range(4)), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["LinkSpent", "LinkSpent", "LinkSpent", "UUID"]
    assert len(await crm.data.fetch("SELECT id FROM account")) == 1


async def test_newer_setup_link_voids_the_older_and_a_day_voids_both(crm: Any) -> None:
    older, newer = await setup_secret(crm), await setup_secret(crm)
    with pytest.raises(LinkSpent):
        await make_owner(crm, older)
    await crm.data.fetch("UPDATE one_time_link SET expires_at = ?", now() - timedelta(seconds=1))
    with pytest.raises(LinkSpent):
        await make_owner(crm, newer)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password": "short", "password_again": "short"}, "password"),
        ({"password_again": "another"}, "password_again"),
        ({"email": "olga"}, "email"),
        ({"email": "olga@example.org\x00"}, "email"),
        ({"display_name": " "}, "display_name"),
        ({"display_name": "\ud800"}, "display_name"),
        ({"organisation_name": "\x00"}, "organisation_name"),
    ],
)
async def test_invalid_owner_is_told_the_field_and_the_link_stays_good(
    crm: Any, changes: dict[str, str], field: str
) -> None:
    secret = await setup_secret(crm)
    with pytest.raises(InvalidAccount) as invalid:
        await make_owner(crm, secret, **changes)
    assert list(invalid.value.errors) == [field]
    await make_owner(crm, secret)


async def test_log_in_is_found_by_any_way_of_writing_the_address(crm: Any) -> None:
    olga = await make_owner(crm, await setup_secret(crm))
    secret = await log_in(crm, email=" OLGA@Example.org ", password=PASSWORD, address="203.0.113.7")
    found = await find_session(crm, secret)
    assert found is not None
    assert found.actor.id == olga


async def test_address_of_an_account_stands_nowhere_in_its_row(crm: Any) -> None:
    await make_owner(crm, await setup_secret(crm))
    row = (await crm.data.fetch("SELECT * FROM account"))[0]
    stored = b" ".join(value if isinstance(value, bytes) else str(value).encode() for value in row.values())
    assert (b"olga" in stored.lower(), PASSWORD.encode() in stored) == (False, False)


@pytest.mark.parametrize("who", ["unknown", "wrong password", "disabled", "invited"])
async def test_every_refused_log_in_takes_the_same_path(crm: Any, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    olga = await make_owner(crm, await setup_secret(crm))
    access, email = access_of(crm, olga, "owner"), "mats@example.org"
    if who == "wrong password":
        email = "olga@example.org"
    elif who == "disabled":
        mats = await account_of(crm, "Mats", "staff", await hash_password(PASSWORD))
        await disable_account(crm, access, mats)
    elif who == "invited":
        await invite_person(crm, access, display_name="Mats", email=email, role="staff")
    compared: list[bool] = []

    async def watched(stored: str | None, password: str) -> bool:
        compared.append(stored is None)
        return await verify_password(stored, password)

    monkeypatch.setattr("confida_core.accounts.signing_in.verify_password", watched)
    password = "not this one either" if who == "wrong password" else PASSWORD
    with pytest.raises(WrongCredentials):
        await log_in(crm, email=email, password=password, address="203.0.113.7")
    assert compared == [who != "wrong password"]
    assert len(await crm.data.fetch("SELECT id FROM login_attempt")) == 1


async def test_eleventh_failure_in_a_quarter_of_an_hour_waits_and_the_wait_doubles(crm: Any) -> None:
    await make_owner(crm, await setup_secret(crm))

    async def fail(address: str) -> None:
        await attempts.begin_attempt(crm, "olga@example.org", address)

    for number in range(10):
        await fail(f"203.0.113.{number}")
    waits = []
    for number in range(3):
        with pytest.raises(TooManyAttempts) as refused:
            await log_in(crm, email="olga@example.org", password=PASSWORD, address="198.51.100.1")
        waits.append(refused.value.retry_seconds)
        await crm.data.fetch("UPDATE login_attempt SET at = ?", now() - timedelta(seconds=waits[-1] + 2))
        await fail(f"198.51.100.{number}")
    assert [round(wait, -1) for wait in waits] == [30, 60, 120]


async def test_limit_holds_for_accounts_that_do_not_exist(crm: Any) -> None:
    for number in range(10):
        await attempts.begin_attempt(crm, "nobody@example.org", f"203.0.113.{number}")
    with pytest.raises(TooManyAttempts):
        await log_in(crm, email="nobody@example.org", password=PASSWORD, address="198.51.100.1")


async def test_limit_per_address_spares_other_addresses(crm: Any) -> None:
    for number in range(30):
        await attempts.begin_attempt(crm, f"person{number}@example.org", "203.0.113.7")
    with pytest.raises(TooManyAttempts):
        await attempts.begin_attempt(crm, "mats@example.org", "203.0.113.7")
    await attempts.begin_attempt(crm, "mats@example.org", "203.0.113.8")


def test_addresses_of_one_ipv6_network_count_as_one() -> None:
    found = {
        address: attempts.network_of(address) for address in ("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1")
    }
    assert list(found.values()) == ["2001:db8::/64", "2001:db8::/64", "2001:db8:0:1::/64"]
    given = ("203.0.113.7", "::ffff:203.0.113.7", "", "unix socket")
    assert [attempts.network_of(address) for address in given] == ["203.0.113.7", "203.0.113.7", "", "unix socket"]


async def test_installation_under_fire_still_lets_a_first_try_pass(crm: Any) -> None:
    rows = [(new_id(), now(), number.to_bytes(32, "big"), number.to_bytes(32, "big")) for number in range(1001)]
    await crm.data.execute_many(
        "INSERT INTO login_attempt (id, at, account_mark, address_mark) VALUES (?, ?, ?, ?)", rows
    )
    for _ in range(3):
        await attempts.begin_attempt(crm, "olga@example.org", "203.0.113.7")
    with pytest.raises(TooManyAttempts):
        await attempts.begin_attempt(crm, "olga@example.org", "203.0.113.8")
    await attempts.begin_attempt(crm, "mats@example.org", "203.0.113.9")


async def test_many_attempts_at_once_count_like_many_in_a_row(crm: Any) -> None:
    results = await asyncio.gather(
        *(attempts.begin_attempt(crm, "olga@example.org", f"203.0.113.{number}") for number in range(40)),
        return_exceptions=True,
    )
    passed = [result for result in results if not isinstance(result, BaseException)]
    assert {type(result) for result in results if isinstance(result, BaseException)} == {TooManyAttempts}
    assert len(passed) <= 10


async def test_success_clears_the_account_and_is_written_down(crm: Any) -> None:
    olga = await make_owner(crm, await setup_secret(crm))
    for _ in range(3):
        with pytest.raises(WrongCredentials):
            await log_in(crm, email="olga@example.org", password="wrong", address="203.0.113.7")
    await log_in(crm, email="olga@example.org", password=PASSWORD, address="203.0.113.7")
    assert await crm.data.fetch("SELECT id FROM login_attempt") == []
    kinds = [event.kind for event in await list_events(crm, access_of(crm, olga, "owner"), kind="session")]
    assert kinds == ["session.started", "session.refused", "session.refused", "session.refused"]


async def test_old_parameters_are_replaced_at_log_in(crm: Any) -> None:
    from argon2 import PasswordHasher

    old = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    await account_of(crm, "Olga", "owner", old)
    await log_in(crm, email="olga@example.org", password=PASSWORD, address="203.0.113.7")
    stored = (await crm.data.fetch("SELECT password_hash FROM account"))[0]["password_hash"]
    assert stored.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    await log_in(crm, email="olga@example.org", password=PASSWORD, address="203.0.113.7")


async def test_invitation_is_accepted_once_and_gives_the_role_it_was_made_for(crm: Any) -> None:
    olga = await make_owner(crm, await setup_secret(crm))
    mats, secret = await invite_person(
        crm, access_of(crm, olga, "owner"), display_name="Mats", email="mats@example.org", role="staff"
    )
    given = {
        "display_name": "Mats M.",
        "password": "Regen auf dem Blechdach",
        "password_again": "Regen auf dem Blechdach",
    }
    assert await accept_invitation(crm, secret, **given) == mats
    account = await find_account(crm, mats)
    assert (account.name, account.role, account.state) == ("Mats M.", "staff", "active")
    with pytest.raises(LinkSpent):
        await accept_invitation(crm, secret, **given)


async def test_forgotten_password_is_chosen_anew_by_its_owner_and_ends_the_sessions(crm: Any) -> None:
    olga = await make_owner(crm, await setup_secret(crm))
    mats = await account_of(crm, "Mats", "staff", await hash_password(PASSWORD))
    session, fresh = await start_session(crm, mats), "Regen auf dem Blechdach"
    secret = await start_reset(crm, access_of(crm, olga, "owner"), mats)
    assert await find_session(crm, session) is not None
    assert await accept_invitation(crm, secret, display_name="Mats", password=fresh, password_again=fresh) == mats
    assert await find_session(crm, session) is None
    await log_in(crm, email="mats@example.org", password=fresh, address="203.0.113.7")
    with pytest.raises(LinkSpent):
        await accept_invitation(crm, secret, display_name="Mats", password=PASSWORD, password_again=PASSWORD)
    secret = await start_reset(crm, access_of(crm, olga, "owner"), mats)
    await disable_account(crm, access_of(crm, olga, "owner"), mats)
    with pytest.raises(LinkSpent):
        await accept_invitation(crm, secret, display_name="Mats", password=PASSWORD, password_again=PASSWORD)


async def test_link_of_one_kind_is_no_link_of_the_other(crm: Any) -> None:
    setup = await setup_secret(crm)
    with pytest.raises(LinkSpent):
        await accept_invitation(crm, setup, display_name="Zoe", password=PASSWORD, password_again=PASSWORD)


async def test_new_password_ends_the_other_sessions_and_the_old_password(crm: Any) -> None:
    olga = await make_owner(crm, await setup_secret(crm))
    other, own = await start_session(crm, olga), await start_session(crm, olga)
    found = await find_session(crm, own)
    assert found is not None
    given = {"account_id": olga, "session_id": found.session_id, "address": "203.0.113.7"}
    fresh = "Regen auf dem Blechdach"
    with pytest.raises(WrongCredentials):
        await change_password(crm, current="wrong", password=fresh, again=fresh, **given)
    renewed = await change_password(crm, current=PASSWORD, password=fresh, again=fresh, **given)
    assert [await find_session(crm, secret) is None for secret in (other, own, renewed)] == [True, True, False]
    with pytest.raises(WrongCredentials):
        await log_in(crm, email="olga@example.org", password=PASSWORD, address="203.0.113.7")
    await log_in(crm, email="olga@example.org", password=fresh, address="203.0.113.7")
