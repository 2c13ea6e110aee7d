"""What the invented people of `confida demo` said: enough for every page of consent to have something to show."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from confida_consent.content import Evidence
from confida_consent.erasing import erase_evidence
from confida_consent.events import Indication, record_event, record_events
from confida_consent.vocabulary import Channel, Kind, Method
from confida_core.clock import now
from confida_core.demo.declarations import DemoData
from confida_core.installation import Installation
from confida_core.vault.access import Access, Actor, system_access

SEED = 1953
# Two years is how long a consent to the newsletter lasts; some of these end soon, none has ended.
OLDEST_DAYS = 724
WAYS = (
    (Method.PAPER, "Sign-up sheet at the summer fair"),
    (Method.WEB_FORM, "Form on our old website"),
    (Method.IN_PERSON, "Said so at the counter"),
)


async def load(crm: Installation, _: Access, people: Sequence[UUID]) -> None:
    """First what was said long ago, then, by the people themselves, what ended some of it."""
    chance = random.Random(SEED)  # noqa: S311 -- Invented data; nothing secret depends on it.
    access = system_access("demo load", "consent")
    await record_events(crm, access, list(said(chance, people, now())))
    for person in chance.sample(list(people), len(people) // 12):
        await record_event(crm, own_access(person), second_thoughts(person, chance))


def own_access(person: UUID) -> Access:
    return Access(actor=Actor(id=person, kind="subject"), purpose="consent", where="demo load")


def said(chance: random.Random, people: Sequence[UUID], moment: datetime) -> Iterator[Indication]:
    for person in people:
        at = moment - timedelta(days=int(chance.triangular(3, OLDEST_DAYS, 300)), minutes=chance.randint(0, 600))
        method, detail = chance.choice(WAYS)
        for channel, kind in answers(chance):
            yield Indication(
                subject_id=person,
                purpose="newsletter",
                channel=channel,
                kind=kind,
                method=method,
                evidence=Evidence(detail=detail),
                indicated_at=at,
                language="en",
            )


def answers(chance: random.Random) -> Iterator[tuple[Channel, Kind]]:
    """What one person said about the newsletter; a quarter of them nothing."""
    lot = chance.random()
    if lot < 0.58:
        yield Channel.EMAIL, Kind.GIVEN
        if chance.random() < 0.3:
            yield Channel.POST, Kind.GIVEN
        if chance.random() < 0.08:
            yield Channel.PHONE, Kind.GIVEN
    elif lot < 0.68:
        yield Channel.EMAIL, Kind.REFUSED
    elif lot < 0.74:
        yield Channel.EMAIL, Kind.REQUESTED


def second_thoughts(person: UUID, chance: random.Random) -> Indication:
    if chance.random() < 0.4:
        return Indication(
            subject_id=person,
            purpose="customer_offers",
            channel=Channel.EMAIL,
            kind=Kind.OBJECTED,
            method=Method.ONE_CLICK,
        )
    return Indication(
        subject_id=person, purpose="newsletter", channel=Channel.EMAIL, kind=Kind.WITHDRAWN, method=Method.ONE_CLICK
    )


async def remove(crm: Installation, _: Access, people: Sequence[UUID]) -> None:
    """The proof outlives a person elsewhere; of people who never were there is nothing to prove."""
    await erase_evidence(crm, people)


DEMO = DemoData(key="consent", load=load, remove=remove)
