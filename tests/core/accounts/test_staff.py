"""Who may make, change and disable whom; and the recovery key."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from confida_core.accounts.audit import list_events
from confida_core.accounts.links import LinkSpent, find_link
from confida_core.accounts.recovery import confirm_stored, rotate_recovery_key
from confida_core.accounts.staff import (
    InvalidAccount,
    account_names,
    active_accounts,
    change_content,
    change_role,
    disable_account,
    enable_account,
    find_account,
    invite_again,
    invite_person,
    list_accounts,
    start_reset,
)
from confida_core.accounts.stored_settings import recovery_key_confirmed
from confida_core.ids import new_id
from confida_core.vault.access import Forbidden, NotFound
from confida_core.vault.unlock import Locked, recover
from tests.core.accounts.cast import access_of, account_of

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("role", ["staff", "readonly", "privacy_officer"])
async def test_accounts_are_managed_by_those_who_may(crm: Any, role: str) -> None:
    mats, zoe = await account_of(crm, "Mats", role), await account_of(crm, "Zoe", "staff")
    access = access_of(crm, mats, role)
    for attempt in (
        invite_person(crm, access, display_name="Ada", email="ada@example.org", role="staff"),
        change_role(crm, access, zoe, "owner"),
        disable_account(crm, access, zoe),
        enable_account(crm, access, zoe),
        list_accounts(crm, access),
    ):
        with pytest.raises(Forbidden):
            await attempt


async def test_administrator_neither_makes_nor_touches_owners(crm: Any) -> None:
    olga, mats = await account_of(crm, "Olga", "owner"), await account_of(crm, "Mats", "administrator")
    zoe = await account_of(crm, "Zoe", "staff")
    access = access_of(crm, mats, "administrator")
    for attempt in (
        change_role(crm, access, zoe, "owner"),
        change_role(crm, access, olga, "staff"),
        start_reset(crm, access, olga),
        disable_account(crm, access, olga),
        invite_person(crm, access, display_name="Ada", email="ada@example.org", role="owner"),
    ):
        with pytest.raises(Forbidden):
            await attempt
    assert (await find_account(crm, olga)).state == "active"
    await change_role(crm, access, zoe, "readonly")
    assert (await find_account(crm, zoe)).role == "readonly"


async def test_nobody_changes_their_own_rights(crm: Any) -> None:
    olga = await account_of(crm, "Olga", "owner")
    await account_of(crm, "Zoe", "owner")
    for attempt in (
        change_role(crm, access_of(crm, olga, "owner"), olga, "staff"),
        disable_account(crm, access_of(crm, olga, "owner"), olga),
    ):
        with pytest.raises(InvalidAccount):
            await attempt


async def test_two_owners_who_disable_each_other_at_once_leave_one(crm: Any) -> None:
    olga, zoe = await account_of(crm, "Olga", "owner"), await account_of(crm, "Zoe", "owner")
    await asyncio.gather(
        disable_account(crm, access_of(crm, olga, "owner"), zoe),
        disable_account(crm, access_of(crm, zoe, "owner"), olga),
        return_exceptions=True,
    )
    assert len(await crm.data.fetch("SELECT id FROM account WHERE state = 'active'")) == 1


async def test_unknown_role_and_account_are_refused(crm: Any) -> None:
    olga = await account_of(crm, "Olga", "owner")
    access = access_of(crm, olga, "owner")
    with pytest.raises(InvalidAccount):
        await change_role(crm, access, await account_of(crm, "Mats", "staff"), "emperor")
    with pytest.raises(NotFound):
        await disable_account(crm, access, new_id())


async def test_address_belongs_to_one_account(crm: Any) -> None:
    olga = await account_of(crm, "Olga", "owner")
    with pytest.raises(InvalidAccount) as invalid:
        await invite_person(
            crm, access_of(crm, olga, "owner"), display_name="Olga 2", email="OLGA@example.org", role="staff"
        )
    assert list(invalid.value.errors) == ["email"]
    assert len(await crm.data.fetch("SELECT id FROM one_time_link")) == 0


async def test_disabled_account_can_be_enabled_and_is_nobody_meanwhile(crm: Any) -> None:
    olga, mats = await account_of(crm, "Olga", "owner"), await account_of(crm, "Mats", "staff")
    access = access_of(crm, olga, "owner")
    await disable_account(crm, access, mats)
    assert [account.name for account in await active_accounts(crm)] == ["Olga"]
    await enable_account(crm, access, mats)
    assert [account.name for account in await active_accounts(crm)] == ["Mats", "Olga"]
    assert await account_names(crm, [mats, new_id(), olga]) == {mats: "Mats", olga: "Olga"}


async def test_each_change_of_rights_is_in_the_audit_trail_with_ids_only(crm: Any) -> None:
    olga, mats = await account_of(crm, "Olga", "owner"), await account_of(crm, "Mats", "staff")
    access = access_of(crm, olga, "owner")
    await change_role(crm, access, mats, "readonly")
    await disable_account(crm, access, mats)
    events = await list_events(crm, access)
    assert [(event.kind, event.actor_id, event.target_id, event.serious) for event in events] == [
        ("account.disabled", olga, mats, True),
        ("account.role_changed", olga, mats, True),
    ]
    older = await list_events(crm, access, before=events[0].id)
    assert [event.kind for event in older] == ["account.role_changed"]
    with pytest.raises(Forbidden):
        await list_events(crm, access_of(crm, mats, "staff"))


async def test_own_preferences_are_kept_sealed(crm: Any) -> None:
    olga = await account_of(crm, "Olga", "owner")
    await change_content(crm, olga, theme="dark", display_name="Olga Ö.")
    content = (await find_account(crm, olga)).content
    assert (content.theme, content.display_name, content.email) == ("dark", "Olga Ö.", "olga@example.org")


async def test_new_recovery_key_opens_and_the_old_one_no_longer_does(crm: Any) -> None:
    access = access_of(crm, await account_of(crm, "Olga", "owner"), "owner")
    first, second = await rotate_recovery_key(crm, access), await rotate_recovery_key(crm, access)
    assert await recovery_key_confirmed(crm) is False
    with pytest.raises(Locked):
        recover(crm.settings.key_places, first)
    await confirm_stored(crm, access)
    assert await recovery_key_confirmed(crm) is True
    assert len(recover(crm.settings.key_places, second)) == 32
    with pytest.raises(Forbidden):
        await rotate_recovery_key(crm, access_of(crm, access.actor.id, "staff"))


async def test_administrator_gets_no_link_to_the_account_of_an_owner(crm: Any) -> None:
    """Whoever has the link of an invitation chooses the password of the account."""
    olga, mats = await account_of(crm, "Olga", "owner"), await account_of(crm, "Mats", "administrator")
    owner, administrator = access_of(crm, olga, "owner"), access_of(crm, mats, "administrator")
    ada, secret = await invite_person(crm, owner, display_name="Ada", email="ada@example.org", role="owner")
    with pytest.raises(Forbidden):
        await invite_again(crm, administrator, ada)
    assert (await find_link(crm, secret)).account_id == ada


async def test_link_that_an_administrator_saw_is_spent_when_the_account_becomes_an_owners(crm: Any) -> None:
    olga, mats = await account_of(crm, "Olga", "owner"), await account_of(crm, "Mats", "administrator")
    owner, administrator = access_of(crm, olga, "owner"), access_of(crm, mats, "administrator")
    ada, secret = await invite_person(crm, administrator, display_name="Ada", email="ada@example.org", role="staff")
    await change_role(crm, owner, ada, "owner")
    with pytest.raises(LinkSpent):
        await find_link(crm, secret)
    assert (await find_link(crm, await invite_again(crm, owner, ada))).account_id == ada
