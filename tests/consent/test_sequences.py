"""Whatever happens in whatever order: the ledger stays whole, a no is never lost, and the state is the latest decision's."""

from __future__ import annotations

import asyncio
import os
import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_consent.erasing import erase_evidence
from confida_consent.events import ImportRefused, RecordedEvent, record_event, states_of
from confida_consent.expiry import expire_consents
from confida_consent.ledger.audit import verify_stored
from confida_consent.merging import merge_consents
from confida_consent.tables import ConsentEvent
from confida_core.clock import now
from confida_core.contacts.trash import purge_contact
from tests.consent.people import LETTER, MANAGING, SYSTEM, add_contact, person, says, staff

pytestmark = pytest.mark.anyio
NO = {"refused", "withdrawn", "revoked", "invalidated"}
SAID = {"give": "given", "renew": "renewed", "refuse": "refused", "defer": "deferred", "ask": "requested",
        "withdraw": "withdrawn", "revoke": "revoked", "invalidate": "invalidated"}  # fmt: skip
CHANNELS = ("email", "phone")
SEEDS = [int(seed) for seed in os.environ.get("CONFIDA_TEST_SEEDS", "1 2 3").split()]


class World:
    """The program beside a model that is as simple as can be: per person and channel the last decision."""

    def __init__(self, crm: Any, chance: random.Random) -> None:
        self.crm, self.chance = crm, chance
        self.people: list[UUID] = []
        self.decided: dict[tuple[UUID, str], str] = {}
        self.erased = 0

    async def step(self) -> None:
        what = self.chance.choice([*SAID] * 3 + ["lapse", "expire", "bring_in", "merge", "erase", "join"] * 2)
        if what == "join" or len(self.people) < 2:
            self.people.append(await add_contact(self.crm, "Ada", f"a{len(self.people)}@example.org"))
            return
        who, channel = self.chance.choice(self.people), self.chance.choice(CHANNELS)
        await getattr(self, what, self.say)(who, channel, what)

    async def say(self, who: UUID, channel: str, what: str) -> None:
        kind = SAID[what]
        access = SYSTEM if kind in {"revoked", "invalidated"} else person(who)
        await record_event(self.crm, access, says(who, kind, channel=channel))
        before = self.decided.get((who, channel))
        if kind not in {"deferred", "requested"} or before in {None, "deferred", "requested"}:
            self.decided[who, channel] = kind

    async def lapse(self, who: UUID, channel: str, _: str) -> None:
        """A consent whose time is over as soon as it is recorded."""
        begun = now()
        ends = begun + timedelta(microseconds=1)
        await record_event(self.crm, SYSTEM, says(who, "given", channel=channel, indicated_at=begun, valid_until=ends))
        self.decided[who, channel] = "expired"

    async def expire(self, *_: Any) -> None:
        await expire_consents(self.crm, {})

    async def bring_in(self, who: UUID, channel: str, _: str) -> None:
        brought = says(who, "given", channel=channel, method="import", actor_kind="import", evidence=LETTER)
        before = self.decided.get((who, channel))
        denied = self.crm.orders.denies(who, "newsletter", channel) is not None
        if before in NO or denied:
            with pytest.raises(ImportRefused):
                await record_event(self.crm, staff(MANAGING), brought)
        else:
            await record_event(self.crm, staff(MANAGING), brought)
            self.decided[who, channel] = "given"

    async def merge(self, loser: UUID, _: str, __: str) -> None:
        winner = self.chance.choice([each for each in self.people if each != loser])
        await merge_consents(self.crm, staff(MANAGING), loser, winner)
        for channel in CHANNELS:
            theirs, ours = self.decided.get((loser, channel)), self.decided.get((winner, channel))
            undecided = ours in {None, "deferred", "requested"}
            if (theirs in NO and ours not in NO) or (theirs in {"given", "renewed", "expired"} and undecided):
                self.decided[winner, channel] = await self.carried(winner, channel, str(theirs))
        await self.gone(loser)

    async def carried(self, winner: UUID, channel: str, theirs: str) -> str:
        """An expired consent is carried over only as long as nobody has said aloud that it ended."""
        if theirs != "expired":
            return theirs
        state = (await states_of(self.crm, winner)).get(("newsletter", channel))
        assert state is None or state.state in {"expired", "deferred", "requested"}
        return state.state if state else ""

    async def erase(self, who: UUID, _: str, __: str) -> None:
        await self.gone(who)

    async def gone(self, who: UUID) -> None:
        await purge_contact(self.crm, who)
        self.erased += (await erase_evidence(self.crm, [who])).events
        self.people.remove(who)
        self.decided = {key: state for key, state in self.decided.items() if key[0] != who}

    async def check(self) -> None:
        for who in self.people:
            states = await states_of(self.crm, who)
            for channel in CHANNELS:
                wanted = self.decided.get((who, channel)) or None
                found = states.get(("newsletter", channel))
                assert (found.state if found else None) == wanted
                denied = self.crm.orders.denies(who, "newsletter", channel) is not None
                assert denied == (wanted in NO)


@pytest.mark.parametrize("seed", SEEDS)
async def test_cr4_any_sequence_leaves_state_orders_and_ledger_right(crm: Any, seed: int) -> None:
    world = World(crm, random.Random(seed))
    for _ in range(60):
        await world.step()
        await world.check()

    report = await verify_stored(crm)
    consents = await ConsentEvent.count()
    assert (report.faults, report.erased, report.kinds["consent"]) == ([], world.erased, world.erased + consents)


async def test_many_at_once_leave_no_gap_and_lose_no_withdrawal(crm: Any) -> None:
    people = [await add_contact(crm, f"P{n}", f"p{n}@example.org") for n in range(6)]

    async def visit(who: UUID, seed: int) -> list[RecordedEvent]:
        chance = random.Random(seed)
        return [
            await record_event(
                crm, person(who), says(who, chance.choice(["given", "withdrawn", "deferred", "refused"]))
            )
            for _ in range(4)
        ]

    recorded = await asyncio.gather(*(visit(who, seed) for seed, who in enumerate(people * 3)))

    events = sorted((event for events in recorded for event in events), key=lambda event: event.ledger_index)
    assert [event.ledger_index for event in events] == list(range(72))
    for who in people:
        last = next(event for event in reversed(events) if event.subject_id == who and event.kind != "deferred")
        assert (await states_of(crm, who))["newsletter", "email"].state == last.kind
        assert (crm.orders.denies(who, "newsletter", "email") is not None) >= (last.kind != "given")
    assert (await verify_stored(crm)).faults == []
