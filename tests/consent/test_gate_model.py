"""The gate against a slow and plain reading of the rules, over random events, orders, suppressions, versions and times."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_consent.gate import may, may_many
from confida_consent.purposes import save_purpose
from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.vault.suppressions import EVERYTHING, MARKETING, suppress
from tests.consent.gate_cast import MANAGER, make_contact, own_purpose

pytestmark = pytest.mark.anyio

CONTACTS = 40
KINDS = [
    "requested",
    "deferred",
    "given",
    "given",
    "given",
    "renewed",
    "refused",
    "withdrawn",
    "expired",
    "revoked",
    "invalidated",
    "objected",
    "objection_ended",
    "ground_noted",
]
# "press": version 3 covers 2, and 2 does not cover 1. "gifts": a legitimate interest that is no marketing.
HOLDS_FROM, CURRENT = 2, 3
INSERT = (
    "INSERT INTO consent_event (id, version, sealed, subject_id, purpose, purpose_version, channel, kind, consent_type, "
    "legal_basis, language, indicated_at, recorded_at, valid_until, actor_kind, method, supersedes, ledger_index) "
    "VALUES (?, 1, ?, ?, ?, ?, ?, ?, '', '', 'en', ?, ?, ?, 'subject', 'paper', ?, ?)"
)


@dataclass
class Told:
    """One event as the model knows it."""

    id: UUID
    purpose: str
    channel: str
    kind: str
    at: datetime
    index: int
    version: int
    until: datetime | None
    supersedes: UUID | None


@dataclass
class Somebody:
    id: UUID
    address: str
    trashed: bool = False
    restricted: bool = False
    denied: list[tuple[str, str]] = field(default_factory=list)
    suppressed: list[str] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)


def model_allows(one: Somebody, purpose: str, channel: str, moment: datetime, basis: str) -> bool:
    """In the words of the rules, one after the other."""
    if one.trashed or one.restricted:
        return False
    for about, way in one.denied:
        if about in ("", purpose) and way in ("", channel):
            return False
    # A list of addresses is kept per channel; here only e-mail has entries. All three purposes are chosen by the person.
    if channel == "email" and any(scope in (EVERYTHING, MARKETING, purpose) for scope in one.suppressed):
        return False
    told = [event for event in one.told if (event.purpose, event.channel) == (purpose, channel)]
    last = None
    for event in sorted(told, key=lambda event: (event.at, event.index)):
        corrected = any(other.supersedes == event.id for other in told)
        if not corrected and event.kind not in ("requested", "deferred", "ground_noted"):
            last = event
    if basis == "consent":
        if last is None or last.kind not in ("given", "renewed"):
            return False
        if last.until is not None and last.until <= moment:
            return False
        return HOLDS_FROM <= last.version <= CURRENT
    return last is None or last.kind not in ("objected", "refused", "withdrawn", "revoked", "invalidated")


async def someone(crm: Any, chance: random.Random, number: int) -> Somebody:
    address = f"p{number}@example.org"
    return Somebody(await make_contact(crm, f"P{number}", email=address), address)


def random_events(chance: random.Random, one: Somebody, start: datetime, indexes: list[int]) -> None:
    for _ in range(chance.choice((0, 1, 1, 2, 3, 5))):
        earlier = chance.choice(one.told) if one.told and chance.random() < 0.2 else None
        kind = chance.choice(KINDS)
        one.told.append(
            Told(
                id=new_id(),
                purpose=chance.choice(("press", "press", "gifts")),
                channel=chance.choice(("email", "email", "phone")),
                kind=kind,
                # Few different instants, so that the ledger must decide between equal ones.
                at=start + timedelta(days=chance.randrange(6)),
                index=indexes.pop(),
                version=chance.choice((0, 1, 2, 3, 3, 4)),
                until=start + timedelta(days=chance.randrange(3, 12)) if chance.random() < 0.5 else None,
                supersedes=earlier.id if earlier else None,
            )
        )


async def store(crm: Any, people: list[Somebody]) -> None:
    rows = [
        (event.id, b"sealed", one.id, event.purpose, event.version, event.channel, event.kind, event.at, now(), event.until,
         event.supersedes, event.index)
        for one in people
        for event in one.told
    ]  # fmt: skip
    await crm.data.execute_many(INSERT, rows)


async def random_orders(crm: Any, chance: random.Random, one: Somebody) -> None:
    if chance.random() < 0.1:
        one.restricted = True
        await crm.orders.give("restriction", one.id)
    if chance.random() < 0.3:
        about, way = chance.choice(("", "press", "gifts")), chance.choice(("", "email", "phone"))
        one.denied.append((about, way))
        await crm.orders.give(chance.choice(("withdrawal", "objection")), one.id, purpose=about, channel=way)
    if chance.random() < 0.2:
        scope = chance.choice((MARKETING, EVERYTHING, "press", "newsletter"))
        one.suppressed.append(scope)
        await suppress(crm, "email", one.address.upper(), scope)
    if chance.random() < 0.1:
        one.trashed = True
        async with crm.data.transaction():
            await crm.data.fetch("UPDATE contact SET deleted_at = ? WHERE id = ?", now(), one.id)
            crm.feed.append("contact", one.id, one.id)


async def make_purposes(crm: Any) -> None:
    for version in (1, 2, 3):
        press = own_purpose("press", version=version, compatible=version != HOLDS_FROM, channels=("email", "phone"))
        await save_purpose(crm, MANAGER, press)
    note = "Givers expect thanks."
    basis = "legitimate_interest"
    gifts = own_purpose("gifts", basis=basis, channels=("email", "phone"), balancing_note=note, category="service")
    await save_purpose(crm, MANAGER, gifts)


@pytest.mark.parametrize("seed", range(4))
async def test_gate_equals_the_plain_reading_of_the_rules(crm: Any, seed: int) -> None:
    chance = random.Random(seed)
    await make_purposes(crm)
    start = now() - timedelta(days=8)
    indexes = list(range(1000))
    chance.shuffle(indexes)
    people = [await someone(crm, chance, number) for number in range(CONTACTS)]
    for one in people:
        random_events(chance, one, start, indexes)
        await random_orders(crm, chance, one)
    await store(crm, people)
    for purpose, basis in (("press", "consent"), ("gifts", "legitimate_interest")):
        for channel in ("email", "phone"):
            for later in (0, 3):
                at = None if not later else now() + timedelta(days=later)
                expected = [model_allows(one, purpose, channel, at or now(), basis) for one in people]
                answers = await may_many(crm, [one.id for one in people], purpose, channel, at)
                assert [answers[one.id].allowed for one in people] == expected
                single = [(await may(crm, one.id, purpose, channel, at)).allowed for one in people[:5]]
                assert single == expected[:5]


def test_model_sees_both_answers_on_every_road() -> None:
    """The test above would say nothing if all its contacts were refused for the same reason."""
    chance = random.Random(0)
    start, indexes = now() - timedelta(days=8), list(range(1000))
    people = [Somebody(new_id(), "") for _ in range(400)]
    for one in people:
        random_events(chance, one, start, indexes)
    for purpose, basis in (("press", "consent"), ("gifts", "legitimate_interest")):
        allowed = [model_allows(one, purpose, "email", now(), basis) for one in people]
        assert 10 < sum(allowed) < 390
