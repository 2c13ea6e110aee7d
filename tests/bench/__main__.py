"""`python -m tests.bench [--quick] [--engine sqlite|postgres] [--only PART ...]`: what Confida takes, beside its promises."""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import msgspec

from confida_core.settings import Settings
from tests.bench.answer_speed import measure_answers
from tests.bench.api_speed import requests_of_programs, without_limits
from tests.bench.backup_speed import measure_backup
from tests.bench.bring_in import seconds_of_import
from tests.bench.calls_speed import CALLS, measure_calls
from tests.bench.campaign_speed import measure_campaigns
from tests.bench.consent_speed import measure_consent
from tests.bench.erasure_speed import measure_erasure
from tests.bench.figures import Figures, missed, table
from tests.bench.gate_speed import measure_gate
from tests.bench.journey_speed import measure_journeys
from tests.bench.ledger_speed import measure_ledger
from tests.bench.load import Outcome, Plan
from tests.bench.mail_speed import MESSAGES, measure_mail
from tests.bench.sales_speed import LINES, OPPORTUNITIES, measure_sales
from tests.bench.segment_speed import measure_segments
from tests.bench.server import Machine, Server, command, cpu_seconds, environment, family, memory, serving
from tests.bench.stores import STORES_BY_NAME, Store
from tests.bench.tickets_speed import TICKETS, measure_tickets
from tests.bench.visit import first_visit
from tests.bench.visits import Known, creations, everybody, know
from tests.bench.with_plugins import measure_plugins

PARTS = (
    "start",
    "visit",
    "load",
    "create",
    "api",
    "workers",
    "reindex",
    "import",
    "consent",
    "ledger",
    "gate",
    "backup",
    "answer",
    "erasure",
    "plugins",
    "sales",
    "calls",
    "mail",
    "segments",
    "campaigns",
    "journeys",
)
STARTS = 3
BESIDE: dict[str, Callable[[Settings, Figures, int], Coroutine[Any, Any, None]]] = {
    "consent": lambda settings, figures, _: measure_consent(settings, figures),
    "ledger": lambda settings, figures, contacts: measure_ledger(settings, figures, 10 * contacts),
    "gate": lambda settings, figures, _: measure_gate(settings, figures),
    "backup": lambda settings, figures, _: measure_backup(settings, figures),
    "answer": lambda settings, figures, _: measure_answers(settings, figures),
    "campaigns": lambda settings, figures, contacts: measure_campaigns(settings, figures, contacts // 2),
    "segments": lambda settings, figures, _: measure_segments(settings, figures),
    "journeys": lambda settings, figures, _: measure_journeys(settings, figures),
    "erasure": lambda settings, figures, _: measure_erasure(settings, figures),
}
"""What is measured without a server: settings, figures, number of contacts."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10,000 contacts instead of 100,000, shorter loads")
    parser.add_argument("--engine", choices=list(STORES_BY_NAME), action="append", help="only this one")
    parser.add_argument("--only", choices=PARTS, action="append", help="only this part (repeat for several)")
    given = parser.parse_args()
    contacts, seconds = (10_000, 3.0) if given.quick else (100_000, 10.0)
    measured = []
    for engine in given.engine or STORES_BY_NAME:
        store = STORES_BY_NAME[engine](contacts, 3 * contacts)
        with store.prepared() as settings:
            print(f"{store.name}, {contacts:,} contacts, {3 * contacts:,} interactions", flush=True)
            measured.append(Figures(store.name))
            measure(store, settings, measured[-1], given.only or PARTS, seconds)
            if "api" in (given.only or PARTS):
                programs(settings, measured[-1], seconds)
            for part, figure in BESIDE.items():
                if part in (given.only or PARTS):
                    asyncio.run(figure(settings, measured[-1], contacts))
            if "plugins" in (given.only or PARTS):
                measure_plugins(settings, measured[-1], put_load, seconds)
            if "sales" in (given.only or PARTS):
                sizes = (10_000, 50_000) if given.quick else (OPPORTUNITIES, LINES)
                measure_sales(settings, measured[-1], put_load, sizes)
            if "tickets" in (given.only or PARTS):
                measure_tickets(settings, measured[-1], put_load, TICKETS // 10 if given.quick else TICKETS)
            if "mail" in (given.only or PARTS):
                measure_mail(settings, measured[-1], 2_000 if given.quick else MESSAGES)
            if "calls" in (given.only or PARTS):
                measure_calls(settings, measured[-1], 10 if given.quick else CALLS)
    print()
    print(table(measured))
    print(f"\n{missed(measured)} promises missed" if missed(measured) else "\nEvery promise is kept.")


def measure(store: Store, settings: Settings, figures: Figures, parts: Sequence[str], seconds: float) -> None:
    sizes = store.sizes(settings) | {"index": (settings.home / "index.db").resolve().stat().st_size}
    for name, size in sizes.items():
        figures.note(f"size.{name}", size)
    known = asyncio.run(know(settings))
    if "start" in parts:
        starts = [cold_start(settings, known) for _ in range(STARTS)]
        figures.note("start.login", sorted(login for login, _ in starts)[STARTS // 2])
        figures.note("start.list", sorted(shown for _, shown in starts)[STARTS // 2])
    with serving(settings) as server:
        server.seconds_until("/contacts", known.visitors[0].cookie)
        if "visit" in parts:
            visit = first_visit(server, "/contacts", known.visitors[0].cookie)
            figures.note("visit.compressed", visit.compressed)
            figures.note("visit.whole", visit.whole)
            figures.note("visit.hosts", len(visit.hosts))
        if "load" in parts:
            loads(store, server, known, figures, workers=1, seconds=seconds)
        if "create" in parts:
            outcome = put_load(server, creations(known), seconds, b"HTTP/1.1 303")
            note_load(figures, "create", outcome)
    if "workers" in parts:
        with serving(settings, 2) as server:
            server.seconds_until("/contacts", known.visitors[0].cookie)
            loads(store, server, known, figures, workers=2, seconds=seconds)
    for pid in store.server_processes():
        figures.note("memory.database", sum(map(memory, family(pid))))
    if "reindex" in parts:
        figures.note("reindex", seconds_of("reindex", settings))
    if "import" in parts:
        figures.note("import", asyncio.run(seconds_of_import(settings, 10_000)))


def programs(settings: Settings, figures: Figures, seconds: float) -> None:
    """Eight programs that read the list of contacts, a hundred at a time."""
    plans = requests_of_programs(settings)
    with serving(without_limits(settings)) as server:
        server.seconds_until("/readyz")
        before, machine = server.cpu_seconds(), Machine.now()
        outcome = put_load(server, plans, seconds)
        note_load(figures, "api", outcome)
        pages = len(outcome.milliseconds) * (1 + 0.5 / outcome.seconds)
        figures.note("api.cpu", (server.cpu_seconds() - before) * 1000 / max(pages, 1))
        figures.note("api.others", machine.taken_by_others(server.cpu_seconds() - before))


def cold_start(settings: Settings, known: Known) -> tuple[float, float]:
    """Seconds to the log-in page and to a list, from nothing."""
    with serving(settings) as server:
        login = server.seconds_until("/login")
        return login, server.seconds_until("/contacts", known.visitors[0].cookie)


def loads(store: Store, server: Server, known: Known, figures: Figures, *, workers: int, seconds: float) -> None:
    health = put_load(server, [[one.get("/healthz")] for one in known.visitors], seconds / 3)
    figures.note(f"health.{workers}", health.per_second)
    machine, ours = Machine.now(), worked(store, server)
    for kind in ("lists", "searches", "contacts", "mixed"):
        before = server.cpu_seconds()
        outcome = put_load(server, everybody(known, kind), seconds)
        note_load(figures, f"{kind}.{workers}", outcome)
        pages = len(outcome.milliseconds) * (1 + 0.5 / outcome.seconds)  # The pages that were not counted cost as well.
        figures.note(f"{kind}.{workers}.cpu", (server.cpu_seconds() - before) * 1000 / max(pages, 1))
    figures.note(f"others.{workers}", machine.taken_by_others(worked(store, server) - ours))
    figures.note(f"memory.{workers}", server.memory())


def worked(store: Store, server: Server) -> float:
    """Processor seconds of everything that we started: the server, the database server, and the loads."""
    here = os.times()
    database = sum(cpu_seconds(each) for root in store.server_processes() for each in family(root))
    return server.cpu_seconds() + database + here.user + here.system + here.children_user + here.children_system


def put_load(server: Server, users: list[list[bytes]], seconds: float, expect: bytes = b"HTTP/1.1 200") -> Outcome:
    """In a process of its own, which ends by itself."""
    plan = msgspec.msgpack.encode(Plan(server.port, users, seconds, expect=expect))
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.load"],
        input=plan,
        stdout=subprocess.PIPE,
        check=True,
        timeout=seconds + 60,
        cwd=Path(__file__).parents[2],
    )
    return msgspec.msgpack.decode(done.stdout, type=Outcome)


def note_load(figures: Figures, key: str, outcome: Outcome) -> None:
    if outcome.refused or not outcome.milliseconds:
        print(f"  {key}: NOT ANSWERED AS EXPECTED: {outcome.refused}", flush=True)
    if outcome.milliseconds:
        figures.note(f"{key}.p50", outcome.at(0.5))
        figures.note(f"{key}.p95", outcome.at(0.95))
        figures.note(f"{key}.rate", outcome.per_second)


def seconds_of(name: str, settings: Settings) -> float:
    """How long a command takes, its start included."""
    started = time.perf_counter()
    subprocess.run(command(name), env=environment(settings), check=True, capture_output=True, timeout=300)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
