"""Prints what the ledger takes at 1,000,000 leaves: `python -m tests.bench.ledger_speed [leaves]`; `make bench` does too."""

from __future__ import annotations

import asyncio
import hashlib
import resource
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta

from confida_consent.ledger.audit import verify_stored
from confida_consent.ledger.log import LeafEntry, append, checkpoint, inclusion
from confida_core.installation import Installation, open_installation
from confida_core.settings import Settings
from tests.bench.figures import Figures
from tests.bench.stores import SQLiteStore, registry_of

LEAVES = 1_000_000
AT_ONCE = 10_000
PROOFS = 200
START = datetime(2026, 1, 1, tzinfo=UTC)


def leaves(first: int, last: int) -> list[LeafEntry]:
    return [
        LeafEntry("bench", START + timedelta(seconds=number), hashlib.sha256(number.to_bytes(8, "big")).digest())
        for number in range(first, last)
    ]


async def grow(crm: Installation, size: int) -> list[float]:
    """A ledger of this size, with a checkpoint after each batch; how many seconds each batch took."""
    taken = []
    for first in range(0, size, AT_ONCE):
        batch = leaves(first, min(first + AT_ONCE, size))
        started = time.perf_counter()
        async with crm.data.transaction():
            await append(crm, batch)
        await checkpoint(crm)
        taken.append(time.perf_counter() - started)
    return taken


async def proofs(crm: Installation, size: int) -> list[float]:
    """Seconds of proofs from all over the ledger."""
    taken = []
    for number in range(PROOFS):
        position = number * 7_368_787 % size
        started = time.perf_counter()
        await inclusion(crm, position)
        taken.append(time.perf_counter() - started)
    return sorted(taken)


async def singles(crm: Installation) -> list[float]:
    """Seconds of single entries, each with its checkpoint, as a click in the preference centre makes them."""
    taken = []
    for entry in leaves(10**9, 10**9 + 100):
        started = time.perf_counter()
        async with crm.data.transaction():
            await append(crm, [entry])
        await checkpoint(crm)
        taken.append(time.perf_counter() - started)
    return sorted(taken)


async def measure_ledger(settings: Settings, figures: Figures, size: int = LEAVES) -> None:
    """What is promised of the ledger, on a store of its own; the openings of its leaves are not part of it."""
    async with open_installation(settings, registry_of(settings)) as crm:
        taken = await grow(crm, size)
        figures.note("ledger.append", statistics.median(taken))
        found = await proofs(crm, size)
        figures.note("ledger.proof.p50", found[PROOFS // 2] * 1000)
        figures.note("ledger.proof.p95", found[PROOFS * 95 // 100] * 1000)
        started = time.perf_counter()
        report = await verify_stored(crm)
        figures.note("ledger.verify", time.perf_counter() - started)
        if not report.sound or report.size != size:
            print(f"  ledger: NOT SOUND: {report.lines()[:3]}", flush=True)
        figures.note("ledger.single.p50", (await singles(crm))[50] * 1000)


def alone(size: int) -> None:
    """On SQLite, without the other parts of the bench."""
    store = SQLiteStore(100, 100)
    with store.prepared() as settings:
        asyncio.run(measure_ledger(settings, Figures(store.name), size))
    print(f"  memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    alone(int(sys.argv[1]) if len(sys.argv) > 1 else LEAVES)
