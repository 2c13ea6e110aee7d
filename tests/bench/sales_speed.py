"""Prints what sales takes: `python -m tests.bench.sales_speed [sqlite|postgres] [opportunities lines]`; `make bench` does too.

100,000 opportunities and 500,000 lines of invoices unless told otherwise.
"""

from __future__ import annotations

import asyncio
import csv
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta

from confida_consent.content import Evidence
from confida_consent.events import Indication, record_events
from confida_consent.vocabulary import Channel, Kind, Method
from confida_core.accounts.roles import permissions_of
from confida_core.installation import Installation, open_installation
from confida_core.settings import Settings
from confida_core.setup import upgrade
from confida_core.vault.access import Access, Actor, system_access
from confida_sales.bought.computing import progress_of
from confida_sales.bought.customer_value.bg_nbd import Customer, fit
from confida_sales.bought.suggesting import compute_rules
from confida_sales.bought.valuing import compute_values
from confida_web.app import load_everything
from tests.bench.figures import Figures
from tests.bench.load import Outcome
from tests.bench.sales_data import fill_sales
from tests.bench.server import Server, serving
from tests.bench.stores import STORES_BY_NAME
from tests.bench.visits import know
from tests.shared_data import SHARED_DATA

OPPORTUNITIES, LINES = 100_000, 500_000
OBJECTORS = 200
EACH = 60
LONGEST_WAIT, IDLE = 300, 0.05
PLACES = {
    "board": "/x/sales/board",
    "forecast": "/x/sales/forecast",
    "revenue": "/x/sales/reports/revenue",
    "products": "/x/sales/reports/products",
    "owners": "/x/sales/reports/owners",
    "receivables": "/x/sales/reports/receivables",
    "pipeline": "/x/sales/reports/pipeline",
    "funnel": "/x/sales/reports/funnel",
    "win-rate": "/x/sales/reports/win-rate",
    "invoices": "/x/sales/invoices",
    "customers": "/x/sales/customers",
}
PutLoad = Callable[[Server, list[list[bytes]], float], Outcome]


def measure_sales(settings: Settings, figures: Figures, put_load: PutLoad, sizes: tuple[int, int]) -> None:
    """sizes: opportunities and lines. Jobs; pages as one person asks for them, then eight at once; the model of published data."""
    known = asyncio.run(know(settings))
    config = settings.home / "config.toml"
    before = config.read_text() if config.exists() else ""
    config.write_text(f'plugins = ["sales"]\n{before}')
    enabled = settings.model_copy(update={"plugins": ("sales",)})
    try:
        asyncio.run(fill_and_compute(enabled, figures, *sizes))
        with serving(settings) as server:
            server.seconds_until("/x/sales/reports", known.visitors[0].cookie)
            wait_until_idle(server)
            for name, place in PLACES.items():
                if not server.get(place, known.visitors[0].cookie).startswith(b"HTTP/1.1 200"):
                    print(f"  {place}: NOT ANSWERED", flush=True)
                    continue
                for people, key in ((1, f"sales.{name}"), (8, f"sales.{name}.eight")):
                    plans = [[one.get(each) for each in addresses(place)] for one in known.visitors[:people]]
                    note_pages(figures, key, put_load(server, plans, 5))
    finally:
        config.write_text(before)
    figures.note("sales.bgnbd", seconds_of_model())


async def fill_and_compute(settings: Settings, figures: Figures, opportunities: int, lines: int) -> None:
    async with open_installation(settings, load_everything(settings)) as crm:
        await upgrade(crm)
        owners = [row["id"] for row in await crm.data.fetch("SELECT id FROM account ORDER BY id")]
        actor = Actor(id=owners[0], permissions=permissions_of(crm.registry, "owner"))
        access = Access(actor=actor, purpose="relationship", where="bench")
        started = time.perf_counter()
        await fill_sales(crm, access, opportunities, lines, owners)
        print(f"  sales department after {time.perf_counter() - started:.0f} s", flush=True)
        await let_object(crm)
        figures.note("sales.rules", await seconds_of(crm, compute_rules))
        found = await progress_of(crm, "rules")
        print(f"  {found}", flush=True)
        figures.note("sales.value", await seconds_of(crm, compute_values))
        figures.note("sales.value_again", await seconds_of(crm, compute_values))


async def let_object(crm: Installation) -> None:
    """Some say no to conclusions, so that the gate has something to leave out."""
    rows = await crm.data.fetch("SELECT DISTINCT contact_id FROM sales_invoice ORDER BY contact_id LIMIT ?", OBJECTORS)
    said = [
        Indication(
            subject_id=row["contact_id"],
            purpose="profiling",
            channel=Channel.PROFILING,
            kind=Kind.OBJECTED,
            method=Method.IN_PERSON,
            evidence=Evidence(detail="bench"),
        )
        for row in rows
    ]
    await record_events(crm, system_access("bench", "consent"), said)


async def seconds_of(crm: Installation, job: Callable[..., object]) -> float:
    started = time.perf_counter()
    await job(crm, {})  # type: ignore[misc]  # Jobs are coroutines.
    return time.perf_counter() - started


def wait_until_idle(server: Server) -> None:
    """A new server does at once what is due every night; nobody promises how fast pages are meanwhile."""
    for _ in range(LONGEST_WAIT):
        before = server.cpu_seconds()
        time.sleep(1)
        if server.cpu_seconds() - before < IDLE:
            return


def note_pages(figures: Figures, key: str, outcome: Outcome) -> None:
    if outcome.refused or not outcome.milliseconds:
        print(f"  {key}: NOT ANSWERED AS EXPECTED: {outcome.refused}", flush=True)
    else:
        print(f"  {key}: median {outcome.at(0.5):.1f} ms of {len(outcome.milliseconds)}", flush=True)
        figures.note(f"{key}.p95", outcome.at(0.95))


def addresses(place: str) -> list[str]:
    """Reports are asked for other periods each time; the usual one, twelve months, most often."""
    if "/reports/" not in place:
        return [place]
    today = date.today()  # noqa: DTZ011 -- As a browser would send it.
    own = [
        f"{place}?period=own&from={today - timedelta(days=365 + number)}&to={today - timedelta(days=number)}"
        for number in range(EACH)
    ]
    return [*own, *[place] * EACH]


def seconds_of_model() -> float:
    """The parameters of CDNOW, which are published."""
    with (SHARED_DATA / "rfm/cdnow/cdnow_customers_summary.csv").open(encoding="utf-8", newline="") as file:
        people = [
            Customer(int(row["frequency"]), float(row["recency"]), float(row["T"])) for row in csv.DictReader(file)
        ]
    started = time.perf_counter()
    found = fit(people)
    took = time.perf_counter() - started
    if (round(found.r, 3), round(found.alpha, 3), round(found.a, 3), round(found.b, 3)) != (0.243, 4.414, 0.793, 2.426):
        raise RuntimeError(f"not the published parameters: {found}")
    return took


def alone(engine: str, sizes: tuple[int, int]) -> None:
    """Without the other parts of the bench."""
    from tests.bench.__main__ import put_load  # It imports this module.

    store = STORES_BY_NAME[engine](40_000, 100)
    with store.prepared() as settings:
        measure_sales(settings, Figures(store.name), put_load, sizes)


if __name__ == "__main__":
    engine, *given = sys.argv[1:] or ["sqlite"]
    alone(engine, (int(given[0]), int(given[1])) if given else (OPPORTUNITIES, LINES))
