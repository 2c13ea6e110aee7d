"""Prints what recording consents takes: `python -m tests.bench.consent_speed [contacts]`; `make bench` does too."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from uuid import UUID

from confida_consent.content import Evidence
from confida_consent.event_openings import read_openings
from confida_consent.events import Indication, record_event, record_events
from confida_core.installation import Installation, open_installation
from confida_core.settings import Settings
from confida_core.vault.access import system_access
from tests.bench.figures import Figures
from tests.bench.stores import SQLiteStore, registry_of

EVENTS = 10_000
SINGLES = 100
ACCESS = system_access("bench", "consent")


def indications(people: Sequence[UUID], count: int) -> list[Indication]:
    """A yes of each in turn, with the proof of a double opt-in."""
    proof = Evidence(address="ada@example.org", source="/my/subscribe", request_id="bench", token_hash="0" * 64)
    return [
        Indication(
            subject_id=people[number % len(people)],
            purpose="newsletter",
            channel="email",
            kind="given",
            method="web_form",
            evidence=proof,
        )
        for number in range(count)
    ]


async def measure_consent(settings: Settings, figures: Figures) -> None:
    """Appending many events, one, and opening them again for the audit; on a store that has contacts."""
    async with open_installation(settings, registry_of(settings)) as crm:
        rows = await crm.data.fetch("SELECT id FROM contact WHERE deleted_at IS NULL ORDER BY id LIMIT ?", EVENTS)
        people = [row["id"] for row in rows]
        started = time.perf_counter()
        recorded = await record_events(crm, ACCESS, indications(people, EVENTS))
        figures.note("consent.append", time.perf_counter() - started)
        started = time.perf_counter()
        await read_openings(crm, recorded[0].ledger_index, recorded[-1].ledger_index + 1)
        figures.note("consent.audit", time.perf_counter() - started)
        figures.note("consent.single.p50", (await singles(crm, people))[SINGLES // 2] * 1000)


async def singles(crm: Installation, people: Sequence[UUID]) -> list[float]:
    """Seconds of single events, each with its order, leaf and checkpoint: every other one is a withdrawal."""
    taken = []
    for number, said in enumerate(indications(people, SINGLES)):
        kind = "withdrawn" if number % 2 else "given"
        started = time.perf_counter()
        await record_event(
            crm,
            ACCESS,
            Indication(subject_id=said.subject_id, purpose="newsletter", channel="email", kind=kind, method="web_form"),
        )
        taken.append(time.perf_counter() - started)
    return sorted(taken)


def alone(contacts: int) -> None:
    """On SQLite, without the other parts of the bench."""
    store = SQLiteStore(contacts, 100)
    with store.prepared() as settings:
        asyncio.run(measure_consent(settings, Figures(store.name)))


if __name__ == "__main__":
    alone(int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS)
