"""Any sequence of orders, liftings, suppressions and restores against a plain list of what was said; two processes agree on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st

from confida_core.backup.archive import back_up
from confida_core.backup.restore import restore
from confida_core.ids import new_id
from confida_core.installation import open_installation
from confida_core.vault.orders import NewOrder, OrderKind
from confida_core.vault.suppressions import EVERYTHING, lift_suppression, suppress, suppressed_many
from tests.conftest import own_registry

KINDS: tuple[OrderKind, ...] = ("withdrawal", "objection", "restriction", "hold")
PURPOSES = ("", "news", "events")
CHANNELS = ("", "email", "sms")
PEOPLE = 2
ADDRESSES = 2

purposes, channels = st.sampled_from(PURPOSES), st.sampled_from(CHANNELS)
kinds, people = st.sampled_from(KINDS), st.integers(0, PEOPLE - 1)
addresses, scopes = st.integers(0, ADDRESSES - 1), st.sampled_from(("", "news", EVERYTHING))
processes = st.integers(0, 1)
steps = st.one_of(
    st.tuples(st.just("give"), processes, kinds, people, purposes, channels),
    st.tuples(st.just("give two"), processes, kinds, people, purposes, channels),
    st.tuples(st.just("lift"), processes, kinds, people, st.none() | purposes, st.none() | channels),
    st.tuples(st.just("suppress"), processes, addresses, scopes),
    st.tuples(st.just("take off"), processes, addresses, st.none() | scopes),
)


@dataclass
class Said:
    """What was said and not taken back. orders: (kind, person, purpose, channel); listed: (address, scope)."""

    people: list[UUID] = field(default_factory=lambda: [new_id() for _ in range(PEOPLE)])
    mails: list[str] = field(default_factory=lambda: [f"{new_id().hex}@example.org" for _ in range(ADDRESSES)])
    orders: list[tuple[str, int, str, str]] = field(default_factory=list)
    listed: set[tuple[int, str]] = field(default_factory=set)

    def denied(self, purpose: str, channel: str) -> set[UUID]:
        return {
            self.people[person]
            for kind, person, about, way in self.orders
            if kind in ("withdrawal", "objection") and about in ("", purpose) and way in ("", channel)
        }

    def under(self, wanted: str) -> set[UUID]:
        return {self.people[person] for kind, person, _, _ in self.orders if kind == wanted}

    def suppressed(self, purpose: str, marketing: bool) -> set[str]:
        covering = {purpose, EVERYTHING} | ({""} if marketing else set())
        return {self.mails[number] for number, scope in self.listed if scope in covering}


async def do(crm: Any, said: Said, what: str, *about: Any) -> None:
    if what in ("give", "give two"):
        kind, person, purpose, channel = about
        new = NewOrder(kind=kind, subject_id=said.people[person], purpose=purpose, channel=channel, event_id=new_id())
        count = 2 if what == "give two" else 1
        await crm.orders.give_many([new] * count)
        said.orders += [about] * count
    elif what == "lift":
        kind, person, purpose, channel = about
        kept = [
            order
            for order in said.orders
            if order[:2] != (kind, person) or purpose not in (None, order[2]) or channel not in (None, order[3])
        ]
        lifted = await crm.orders.lift(kind, said.people[person], purpose, channel)
        assert lifted == len(said.orders) - len(kept)
        said.orders = kept
    elif what == "suppress":
        await suppress(crm, "email", said.mails[about[0]].upper(), about[1])
        said.listed.add(about)
    else:
        await lift_suppression(crm, "email", said.mails[about[0]], about[1])
        said.listed = {one for one in said.listed if one[0] != about[0] or about[1] not in (None, one[1])}


async def check(crm: Any, said: Said) -> None:
    await crm.orders.refresh()
    own = set(said.people)
    for purpose in PURPOSES:
        for channel in CHANNELS:
            denied = said.denied(purpose, channel)
            assert crm.orders.denied_subjects(purpose, channel) & own == denied
            assert {one for one in own if crm.orders.denies(one, purpose, channel)} == denied
    assert crm.orders.restricted_subjects() & own == said.under("restriction")
    assert {one for one in own if crm.orders.held(one)} == said.under("hold")
    assert sorted(len(crm.orders.of(one)) for one in own) == sorted(
        sum(order[1] == person for order in said.orders) for person in range(PEOPLE)
    )
    for purpose, marketing in (("news", True), ("events", True), ("invoices", False)):
        found = await suppressed_many(crm, "email", said.mails, purpose, marketing=marketing)
        assert found == said.suppressed(purpose, marketing)


@asynccontextmanager
async def two_processes(place: Any) -> AsyncIterator[list[Any]]:
    registry = own_registry()
    async with open_installation(place, registry) as one, open_installation(place, registry) as other:
        yield [one, other]


async def follow(place: Any, sequence: list[tuple[Any, ...]], restores: set[int]) -> None:
    """Do the steps; at some of them a backup made at the beginning is put in place."""
    said, folder = Said(), None
    if restores:
        async with open_installation(place, own_registry()) as crm:
            folder = (await back_up(crm)).folder
    position = 0
    while position < len(sequence):
        async with two_processes(place) as both:
            for what, who, *about in sequence[position:]:
                await do(both[who], said, what, *(tuple(about)))
                position += 1
                for each in both:
                    await check(each, said)
                if position in restores:
                    break
        if position in restores and folder is not None:
            await restore(place, own_registry(), folder)
    async with two_processes(place) as both:
        for each in both:
            await check(each, said)


OPTIONS: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


@pytest.fixture
def place(settings: Any) -> Any:
    """Settings of an installation; a name that does not hide hypothesis' own."""
    return settings


@tried(max_examples=12, **OPTIONS)
@given(sequence=st.lists(steps, min_size=1, max_size=12))
def test_two_processes_know_what_was_said(place: Any, sequence: list[tuple[Any, ...]]) -> None:
    asyncio.run(follow(place, sequence, set()))


@tried(max_examples=4, **OPTIONS)
@given(sequence=st.lists(steps, min_size=2, max_size=6), restores=st.sets(st.integers(1, 5), min_size=1, max_size=2))
def test_restoring_an_old_backup_changes_nothing_of_it(
    place: Any, sequence: list[tuple[Any, ...]], restores: set[int]
) -> None:
    asyncio.run(follow(place, sequence, restores))


class Killed(BaseException):
    """As if the process had died there."""


@pytest.mark.anyio
@pytest.mark.parametrize("act", ["give", "lift"])
@pytest.mark.parametrize("statement", range(1, 5))
async def test_killed_while_ordering_leaves_all_or_nothing(
    crm: Any, monkeypatch: pytest.MonkeyPatch, act: str, statement: int
) -> None:
    said = Said()
    await do(crm, said, "give two", "withdrawal", 0, "news", "email")
    store, left = crm.keyring.database, [statement]

    def mortal(work: Any) -> Any:
        async def run(*args: Any) -> Any:
            if store.current() is not None:
                left[0] -= 1
                if left[0] == 0:
                    raise Killed
            return await work(*args)

        return run

    with monkeypatch.context() as patched:
        patched.setattr(store, "fetch", mortal(store.fetch))
        patched.setattr(store, "execute_many", mortal(store.execute_many))
        tried = Said(people=said.people, mails=said.mails, orders=list(said.orders))
        try:
            if act == "give":
                await do(crm, tried, "give two", "objection", 1, "", "")
            else:
                await do(crm, tried, "lift", "withdrawal", 0, None, None)
            said = tried
        except Killed:
            pass
    async with open_installation(crm.settings, own_registry()) as other:
        await check(other, said)
    await check(crm, said)


@pytest.mark.anyio
async def test_process_that_slept_through_many_changes_reads_everything_again(
    crm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("confida_core.vault.orders.LIFTED_KEPT", 4)
    said = Said()
    async with open_installation(crm.settings, own_registry()) as other:
        for _ in range(3):
            await do(crm, said, "give", "withdrawal", 0, "news", "email")
            await check(other, said)
            for _ in range(4):
                await do(crm, said, "lift", "withdrawal", 0, None, None)
                await do(crm, said, "give", "objection", 1, "", "sms")
                await do(crm, said, "lift", "objection", 1, None, None)
            await check(other, said)
    rows = await crm.keyring.database.fetch("SELECT count(*) AS kept FROM lifted_order")
    assert rows[0]["kept"] <= 6
