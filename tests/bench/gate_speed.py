"""Prints what the gate takes: `python -m tests.bench.gate_speed [contacts]`; `make bench` does too."""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from confida_consent.gate import may, may_many
from confida_consent.suppression_lists import import_list
from confida_core.clock import now
from confida_core.contacts.indexing import ContactSource
from confida_core.ids import new_id
from confida_core.installation import Installation, open_installation
from confida_core.settings import Settings
from confida_core.storage.batches import batches
from confida_core.storage.sealed_files import only
from confida_core.vault.access import system_access
from tests.bench.figures import Figures
from tests.bench.stores import SQLiteStore, registry_of

SINGLES = 300
SUPPRESSED = 1_000
HISTORIES = ((), ("given",), ("given",), ("requested", "given"), ("given", "withdrawn"))
INSERT = (
    "INSERT INTO consent_event (id, version, sealed, subject_id, purpose, purpose_version, channel, kind, consent_type, "
    "legal_basis, language, indicated_at, recorded_at, valid_until, actor_kind, method, ledger_index) "
    "VALUES (?, 1, ?, ?, 'newsletter', 1, 'email', ?, 'expressed', 'consent', 'en', ?, ?, ?, 'subject', 'web_form', ?)"
)


async def measure_gate(settings: Settings, figures: Figures) -> None:
    """A recipient list of everybody, and single answers. It leaves events without leaves: measure the ledger before."""
    async with open_installation(settings, registry_of(settings)) as crm:
        rows = await crm.data.fetch("SELECT id FROM contact WHERE deleted_at IS NULL")
        people = [row["id"] for row in rows]
        await crm.index.ensure(ContactSource(crm))
        await fill(crm, people)
        random.Random(1).shuffle(people)
        figures.note("gate.list", await seconds_of_list(crm, people, "newsletter"))
        figures.note("gate.offers", await seconds_of_list(crm, people, "customer_offers"))
        figures.note("gate.single", await single(crm, people[:SINGLES]) * 1000)
        text = "".join(f"gone{number}@example.org\n" for number in range(SUPPRESSED))
        await import_list(crm, system_access("bench"), "list.csv", only(text.encode()), channel="email")
        figures.note("gate.suppressed", await seconds_of_list(crm, people, "newsletter"))


async def fill(crm: Installation, people: Sequence[UUID]) -> None:
    """The rows that the gate reads; their proof, which it never opens, is noise of the usual length."""
    moment, chance = now(), random.Random(2)
    found = await crm.data.fetch("SELECT coalesce(max(ledger_index), 0) AS newest FROM consent_event")
    index, rows = int(found[0]["newest"]), []
    for person in people:
        for kind in chance.choice(HISTORIES):
            index += 1
            at = moment - timedelta(days=300) + timedelta(seconds=index)
            until = at + timedelta(days=700) if kind == "given" else None
            rows.append((new_id(), os.urandom(600), person, kind, at, at, until, index))
    for batch in batches(rows, 10_000):
        await crm.data.execute_many(INSERT, batch)


async def seconds_of_list(crm: Installation, people: Sequence[UUID], purpose: str) -> float:
    """The better of two, because the first reads a cold file."""
    taken = []
    for _ in range(2):
        started = time.perf_counter()
        await may_many(crm, people, purpose, "email")
        taken.append(time.perf_counter() - started)
    return min(taken)


async def single(crm: Installation, people: Sequence[UUID]) -> float:
    """Seconds of one answer: the median."""
    taken = []
    for person in people:
        started = time.perf_counter()
        await may(crm, person, "newsletter", "email")
        taken.append(time.perf_counter() - started)
    return sorted(taken)[len(taken) // 2]


def alone(contacts: int) -> None:
    """On SQLite, without the other parts of the bench."""
    store = SQLiteStore(contacts, 100)
    with store.prepared() as settings:
        asyncio.run(measure_gate(settings, Figures(store.name)))


if __name__ == "__main__":
    alone(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
