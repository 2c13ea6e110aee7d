"""Tokens of the API: shown once, narrower than their maker, ended by time, by hand, and with the account."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_core.accounts.api_tokens import (
    INWARD_SCOPES,
    MOST_TOKENS,
    InvalidToken,
    NewToken,
    all_tokens,
    list_tokens,
    looks_like_a_token,
    make_token,
    new_secret,
    purposes_for,
    remove_old_tokens,
    revoke_token,
    scopes_for,
    token_grant,
)
from confida_core.accounts.staff import change_role, disable_account, enable_account
from confida_core.clock import now
from confida_core.vault.access import SYSTEM, Forbidden, NotFound
from tests.cases import in_one_installation
from tests.core.accounts.cast import access_of, account_of

pytestmark = pytest.mark.anyio

WANTED = NewToken(label="Newsletter", purpose="relationship", scopes=["contacts.read", "contacts.write"])


@pytest.fixture
async def mats(crm: Any) -> UUID:
    return await account_of(crm, "Mats", "staff")


async def token_of(crm: Any, account_id: UUID, role: str, wanted: NewToken = WANTED) -> tuple[UUID, str]:
    return await make_token(crm, access_of(crm, account_id, role), wanted)


async def test_token_acts_as_its_maker_with_the_chosen_scopes_only(crm: Any) -> None:
    mats = await account_of(crm, "Mats", "staff")
    token_id, secret = await token_of(crm, mats, "staff")
    grant = await token_grant(crm, secret)
    assert grant is not None
    assert (grant.token_id, grant.actor.id, grant.actor.kind, grant.purpose) == (
        token_id,
        mats,
        "staff",
        "relationship",
    )
    assert grant.actor.permissions == grant.scopes == {"contacts.read", "contacts.write"}


async def test_the_secret_and_its_label_are_stored_nowhere_in_the_clear(crm: Any) -> None:
    _, secret = await token_of(crm, await account_of(crm, "Mats", "staff"), "staff")
    row = (await crm.data.fetch("SELECT * FROM api_token"))[0]
    stored = b" ".join(bytes(value) if isinstance(value, bytes) else str(value).encode() for value in row.values())
    assert len(bytes(row["secret_mark"])) == 32
    assert [part in stored for part in (secret.encode(), secret[4:-6].encode(), b"Newsletter")] == [False, False, False]


async def test_secrets_have_the_shape_that_scanners_look_for_and_never_repeat() -> None:
    made = [new_secret() for _ in range(20)]
    assert {(secret[:4], len(secret), looks_like_a_token(secret)) for secret in made} == {("cfd_", 53, True)}
    assert len(set(made)) == 20


@in_one_installation("change", [lambda s: s[:-1], lambda s: s + "a", lambda s: s.swapcase(), lambda s: " " + s])
async def test_mistyped_token_is_refused_without_a_query(crm: Any, mats: UUID, change: Any) -> None:
    _, secret = await token_of(crm, mats, "staff")
    seen: list[str] = []
    crm.data.observers.append(seen.append)
    assert await token_grant(crm, change(secret)) is None
    crm.data.observers.clear()
    assert seen == []


@in_one_installation("bearer", ["", "cfd_", "x" * 100_000, "cfd_ümlaut", "\x00", "' OR 1=1 --"])
async def test_rubbish_opens_nothing(crm: Any, mats: UUID, bearer: str) -> None:
    await token_of(crm, mats, "staff")
    assert await token_grant(crm, bearer) is None


async def test_well_made_token_of_somewhere_else_opens_nothing(crm: Any) -> None:
    await token_of(crm, await account_of(crm, "Mats", "staff"), "staff")
    assert await token_grant(crm, new_secret()) is None


async def test_role_change_counts_at_once(crm: Any) -> None:
    olga, mats = await account_of(crm, "Olga", "owner"), await account_of(crm, "Mats", "staff")
    _, secret = await token_of(crm, mats, "staff")
    await change_role(crm, access_of(crm, olga, "owner"), mats, "readonly")
    grant = await token_grant(crm, secret)
    assert grant is not None
    assert grant.actor.permissions == {"contacts.read"}
    assert grant.scopes == {"contacts.read", "contacts.write"}


async def test_purpose_that_the_role_may_no_longer_use_ends_the_token(crm: Any) -> None:
    olga, mats = await account_of(crm, "Olga", "owner"), await account_of(crm, "Mats", "privacy_officer")
    wanted = NewToken(label="Requests", purpose="data_subject_rights", scopes=["contacts.read"])
    _, secret = await token_of(crm, mats, "privacy_officer", wanted)
    assert await token_grant(crm, secret) is not None
    await change_role(crm, access_of(crm, olga, "owner"), mats, "staff")
    assert await token_grant(crm, secret) is None


async def test_disabled_account_loses_its_tokens_for_good(crm: Any) -> None:
    olga, mats = await account_of(crm, "Olga", "owner"), await account_of(crm, "Mats", "staff")
    _, secret = await token_of(crm, mats, "staff")
    await disable_account(crm, access_of(crm, olga, "owner"), mats)
    assert await token_grant(crm, secret) is None
    await enable_account(crm, access_of(crm, olga, "owner"), mats)
    assert await token_grant(crm, secret) is None


async def test_older_copy_of_the_data_brings_no_revoked_token_back(crm: Any) -> None:
    olga, mats = await account_of(crm, "Olga", "owner"), await account_of(crm, "Mats", "staff")
    made = [await token_of(crm, one, role) for one, role in ((mats, "staff"), (olga, "owner"), (olga, "owner"))]
    rows = await crm.data.fetch("SELECT * FROM api_token")
    await disable_account(crm, access_of(crm, olga, "owner"), mats)
    await revoke_token(crm, access_of(crm, olga, "owner"), made[1][0])
    await crm.data.fetch("DELETE FROM api_token")
    await crm.data.fetch("UPDATE account SET state = 'active'")
    for row in rows:
        marks = ", ".join("?" * len(row))
        await crm.data.fetch(f"INSERT INTO api_token ({', '.join(row)}) VALUES ({marks})", *row.values())
    assert [await token_grant(crm, secret) is None for _, secret in made] == [False, False, False]
    await crm.registry.jobs["accounts.end_revoked_tokens"].run(crm, {})
    assert [await token_grant(crm, secret) is None for _, secret in made] == [True, True, False]


async def test_state_alone_stops_a_token(crm: Any) -> None:
    """Whoever restores an older account table must not bring tokens back to life."""
    _, secret = await token_of(crm, await account_of(crm, "Mats", "staff"), "staff")
    await crm.data.fetch("UPDATE account SET state = 'disabled'")
    assert await token_grant(crm, secret) is None


async def test_token_runs_out_and_is_forgotten_a_month_later(crm: Any) -> None:
    _, secret = await token_of(crm, await account_of(crm, "Mats", "staff"), "staff")
    row = (await crm.data.fetch("SELECT created_at, expires_at FROM api_token"))[0]
    assert row["expires_at"] - row["created_at"] == timedelta(days=90)
    await crm.data.fetch("UPDATE api_token SET expires_at = ?", now() - timedelta(seconds=1))
    assert await token_grant(crm, secret) is None
    assert await remove_old_tokens(crm) == 0
    await crm.data.fetch("UPDATE api_token SET expires_at = ?", now() - timedelta(days=31))
    assert await remove_old_tokens(crm) == 1


async def test_revoked_token_stops_at_once_and_both_are_in_the_audit_trail(crm: Any) -> None:
    mats = await account_of(crm, "Mats", "staff")
    token_id, secret = await token_of(crm, mats, "staff")
    await revoke_token(crm, access_of(crm, mats, "staff"), token_id)
    assert await token_grant(crm, secret) is None
    events = await crm.data.fetch(
        "SELECT kind, actor_id, target_id FROM audit_event WHERE kind LIKE 'token.%' ORDER BY id"
    )
    assert [tuple(event.values()) for event in events] == [
        ("token.made", mats, token_id),
        ("token.revoked", mats, token_id),
    ]


async def test_colleague_cannot_revoke_and_administrator_can(crm: Any) -> None:
    mats, zoe = await account_of(crm, "Mats", "staff"), await account_of(crm, "Zoe", "staff")
    token_id, secret = await token_of(crm, mats, "staff")
    with pytest.raises(NotFound):
        await revoke_token(crm, access_of(crm, zoe, "staff"), token_id)
    assert await token_grant(crm, secret) is not None
    await revoke_token(crm, access_of(crm, await account_of(crm, "Olga", "owner"), "owner"), token_id)
    assert await token_grant(crm, secret) is None


async def test_lists_show_ones_own_or_all(crm: Any) -> None:
    mats, zoe = await account_of(crm, "Mats", "staff"), await account_of(crm, "Zoe", "staff")
    first, second = (await token_of(crm, mats, "staff"))[0], (await token_of(crm, zoe, "staff"))[0]
    [line] = await list_tokens(crm, mats)
    assert (line.id, line.label, line.purpose, line.scopes) == (
        first, "Newsletter", "relationship", ("contacts.read", "contacts.write"),
    )  # fmt: skip
    assert [line.id for line in await all_tokens(crm, access_of(crm, zoe, "owner"))] == [second, first]
    with pytest.raises(Forbidden):
        await all_tokens(crm, access_of(crm, zoe, "staff"))


async def test_day_of_use_is_noted_once_a_day(crm: Any) -> None:
    mats = await account_of(crm, "Mats", "staff")
    _, secret = await token_of(crm, mats, "staff")
    assert (await list_tokens(crm, mats))[0].last_used_on is None
    await token_grant(crm, secret)
    assert (await list_tokens(crm, mats))[0].last_used_on == now().date()
    seen: list[str] = []
    crm.data.observers.append(seen.append)
    await token_grant(crm, secret)
    crm.data.observers.clear()
    assert len(seen) == 1


@in_one_installation(
    ("changes", "field"),
    [
        ({"label": ""}, "label"),
        ({"label": " \t "}, "label"),
        ({"label": "x" * 101}, "label"),
        ({"label": "a\x00b"}, "label"),
        ({"purpose": "fun"}, "purpose"),
        ({"purpose": "operation"}, "purpose"),
        ({"purpose": "security"}, "purpose"),
        ({"purpose": "data_subject_rights"}, "purpose"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["contacts.restrict"]}, "scopes"),
        ({"scopes": ["contacts.read", "nothing.known"]}, "scopes"),
        ({"scopes": ["account.own"]}, "scopes"),
        ({"days": 0}, "days"),
        ({"days": 366}, "days"),
    ],
)
async def test_what_staff_cannot_make(crm: Any, mats: UUID, changes: dict[str, Any], field: str) -> None:
    given = {"label": "x", "purpose": "relationship", "scopes": ["contacts.read"], "days": 1, **changes}
    with pytest.raises(InvalidToken) as refused:
        await token_of(crm, mats, "staff", NewToken(**given))
    assert list(refused.value.errors) == [field]
    assert await list_tokens(crm, mats) == []


async def test_nobody_makes_more_than_they_may_have(crm: Any) -> None:
    mats = await account_of(crm, "Mats", "staff")
    for _ in range(MOST_TOKENS):
        await token_of(crm, mats, "staff")
    with pytest.raises(InvalidToken):
        await token_of(crm, mats, "staff")


async def test_purposes_that_show_restricted_people_are_for_those_who_restrict(crm: Any) -> None:
    staff, officer = access_of(crm, UUID(int=1), "staff").actor, access_of(crm, UUID(int=1), "privacy_officer").actor
    assert set(purposes_for(crm, staff)) == {
        key for key, item in crm.registry.purposes.items() if not item.allowed_when_restricted
    }
    assert set(purposes_for(crm, officer)) == set(crm.registry.purposes) - {"operation", "security"}
    assert set(scopes_for(crm, SYSTEM)) == set(crm.registry.permissions) - INWARD_SCOPES


async def test_token_is_checked_within_a_third_of_a_millisecond(crm: Any) -> None:
    _, secret = await token_of(crm, await account_of(crm, "Mats", "staff"), "staff")
    await token_grant(crm, secret)
    times = []
    for _ in range(200):
        start = time.perf_counter()
        await token_grant(crm, secret)
        times.append(time.perf_counter() - start)
    print(f"token_grant on {crm.data.engine}: {sorted(times)[100] * 1000:.3f} ms (median)")
    # The promise is 0.3 ms on a quiet machine; this only finds a way that is slower by an order, whatever else is going on.
    assert sorted(times)[20] < 0.003
