"""The suppression list: an address is on it however it is written, and the list itself tells nobody an address."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confida_core.contacts.channels import normal_email, normal_phone
from confida_core.identifiers import normalised
from confida_core.vault.keyring import Keyring
from confida_core.vault.orders import StandingOrders
from confida_core.vault.suppressions import (
    EVERYTHING,
    SuppressionCount,
    all_marks,
    lift_suppression,
    mark_of,
    rotate_key,
    suppress,
    suppressed,
    suppressed_many,
    suppression_list,
    suppressions_of,
)


@pytest.mark.parametrize(
    ("channel", "one", "other"),
    [
        ("email", "Ada.Love@Example.ORG", " ada.love@example.org "),
        ("email", "mu\u0308ller@example.org", "MÜLLER@example.org"),
        ("email", "ada@bücher.example.org", "ada@xn--bcher-kva.example.org"),
        ("phone", "+49 30 123456", "030/123456"),
        ("phone", "0049 30 123456", "tel:+4930123456"),
        ("sms", "+44 20 7946 0018 ext. 5", "+442079460018"),
        ("messenger", "+49 (30) 123456", "030 123456"),
        ("messenger", "@Ada", "ada"),
        ("post", "Ada Love\nMain St. 1\n12345 Town", "ada love, MAIN ST 1, 12345  Town"),
    ],
)
def test_same_address_in_two_spellings(channel: str, one: str, other: str) -> None:
    assert normalised(channel, one, "DE") == normalised(channel, other, "DE")


@given(st.text(max_size=80))
def test_folded_spelling_does_not_change_a_second_time(text: str) -> None:
    once = normalised("post", text)
    assert normalised("post", once) == once


@given(st.from_regex(r"(\+|00)?[0-9][0-9 ()/-]{5,18}", fullmatch=True))
def test_number_from_a_contact_is_spelled_like_the_same_number_typed(typed: str) -> None:
    kept = normal_phone(typed, "DE")
    assert normalised("phone", kept, "DE", stored=True) == normalised("phone", typed, "DE")


@given(st.emails(), st.booleans())
def test_mail_address_from_a_contact_is_spelled_like_the_same_address_typed(typed: str, upper: bool) -> None:
    kept = normal_email(typed) or typed
    assert normalised("email", kept) == normalised("email", typed.upper() if upper else typed)


@pytest.mark.anyio
async def test_suppressed_address_is_found_however_it_is_written(crm: Any) -> None:
    await suppress(crm, "email", "Ada@Example.org")
    assert await suppressed(crm, "email", "ada@example.ORG") is True
    assert await suppressed(crm, "email", "ada@example.org", "newsletter") is True
    assert await suppressed(crm, "email", "ada@example.org", "invoices", marketing=False) is False
    assert await suppressed(crm, "phone", "ada@example.org") is False
    assert await suppressed_many(crm, "email", ["zoe@example.org", "ADA@example.org"]) == {"ADA@example.org"}


@pytest.mark.anyio
async def test_scopes_of_a_suppression(crm: Any) -> None:
    await suppress(crm, "phone", "030 123456", "newsletter")
    await suppress(crm, "sms", "030 123456", EVERYTHING)
    answers = {
        (channel, purpose): await suppressed(crm, channel, "+4930123456", purpose, marketing=marketing)
        for channel in ("phone", "sms")
        for purpose, marketing in (("newsletter", True), ("events", True), ("invoices", False))
    }
    assert answers == {
        ("phone", "newsletter"): True, ("phone", "events"): False, ("phone", "invoices"): False,
        ("sms", "newsletter"): True, ("sms", "events"): True, ("sms", "invoices"): True,
    }  # fmt: skip


@pytest.mark.anyio
async def test_suppressing_twice_is_one_entry_and_lifting_ends_it(crm: Any) -> None:
    first = await suppress(crm, "email", "ada@example.org")
    assert await suppress(crm, "email", "ADA@example.org") == first
    await suppress(crm, "email", "ada@example.org", "newsletter")
    assert await lift_suppression(crm, "email", "Ada@example.org", "") == 1
    assert [order.purpose for order in await suppressions_of(crm, "email", "ada@example.org")] == ["newsletter"]
    assert await lift_suppression(crm, "email", "ada@example.org") == 1
    assert await lift_suppression(crm, "email", "ada@example.org") == 0
    assert await all_marks(crm, "email") == set()


@pytest.mark.anyio
async def test_old_entries_hold_after_the_hashing_key_was_rotated(crm: Any) -> None:
    await suppress(crm, "email", "ada@example.org")
    assert await rotate_key(crm) == 2
    await suppress(crm, "email", "zoe@example.org")
    assert await suppress(crm, "email", "ada@example.org") is not None
    found = await suppressed_many(crm, "email", ["ada@example.org", "zoe@example.org", "mats@example.org"])
    assert found == {"ada@example.org", "zoe@example.org"}
    assert sorted(mark[0] for mark in await all_marks(crm, "email")) == [1, 2]


@pytest.mark.anyio
async def test_list_tells_no_address(crm: Any) -> None:
    for address in ("ada@example.org", "zoe@example.org"):
        await suppress(crm, "email", address)
    await suppress(crm, "post", "Ada, Main St. 1", "newsletter")
    day = (await suppressions_of(crm, "email", "ada@example.org"))[0].given_at.date()
    assert await suppression_list(crm) == [
        SuppressionCount(channel="email", purpose="", day=day, count=2),
        SuppressionCount(channel="post", purpose="newsletter", day=day, count=1),
    ]
    stored = repr(await crm.keyring.database.fetch("SELECT * FROM standing_order"))
    # No hexadecimal digits of an id spell these.
    assert [word for word in ("ada@", "zoe@", "example", "Main St") if word in stored] == []


@pytest.mark.anyio
async def test_mark_depends_on_installation_channel_and_version(crm: Any) -> None:
    other = Keyring(crm.keyring.database, bytes(32))
    marks = {
        mark_of(crm.keyring, "email", "ada@example.org"),
        mark_of(other, "email", "ada@example.org"),
        mark_of(crm.keyring, "post", "ada@example.org"),
        mark_of(crm.keyring, "email", "ada@example.org", version=2),
    }
    assert len(marks) == 4


@pytest.mark.anyio
async def test_lifted_suppression_is_gone_for_the_other_process_and_leaves_no_hash(crm: Any) -> None:
    keyring = Keyring(crm.keyring.database, crm.keyring._root)
    await keyring.prepare()
    theirs = StandingOrders(keyring)
    await suppress(crm, "email", "ada@example.org")
    await theirs.refresh()
    assert len(theirs.marks("email")) == 1
    await lift_suppression(crm, "email", "ada@example.org")
    await theirs.refresh()
    assert theirs.marks("email") == frozenset()
    mark = mark_of(crm.keyring, "email", "ada@example.org")
    assert mark.hex() not in repr(await crm.keyring.database.fetch("SELECT * FROM lifted_order"))


@pytest.mark.anyio
async def test_scope_may_name_many_purposes(crm: Any) -> None:
    """A later consent takes its purpose out of an entry about all marketing, and there may be many such."""
    scope = "-" + ",".join(f"purpose-{number}" for number in range(100))
    await suppress(crm, "email", "ada@example.org", scope)
    assert [order.purpose for order in await suppressions_of(crm, "email", "ada@example.org")] == [scope]
