"""Prints how soon a call is on the screen: `python -m tests.bench.calls_speed [sqlite|postgres] [calls]`; `make bench` does too.

Fifty calls a minute, three signed steps each, told to one of two server processes, while eight colleagues listen on both.
"""

from __future__ import annotations

import asyncio
import html
import itertools
import json
import sys
import time
from dataclasses import dataclass
from uuid import uuid4

import httpx

from confida_core.accounts.roles import permissions_of
from confida_core.inbound.hooks import switch_on
from confida_core.installation import open_installation
from confida_core.outbound.webhooks.signing import sign
from confida_core.settings import Settings
from confida_core.setup import upgrade
from confida_core.vault.access import Access, Actor
from confida_service.telephone.phones import save_phone
from confida_web.app import load_everything
from tests.bench.figures import Figures
from tests.bench.sales_speed import wait_until_idle
from tests.bench.server import Server, serving
from tests.bench.stores import STORES_BY_NAME
from tests.bench.visits import Known, know

CALLS = 50
EVERY_SECONDS = 60 / 50
QUIET_SECONDS = 10
PATIENCE = 30.0


@dataclass(frozen=True)
class Prepared:
    """hook: path and secret. people: numbers and names of contacts."""

    hook: tuple[str, str]
    people: list[tuple[str, str]]


def measure_calls(settings: Settings, figures: Figures, calls: int = CALLS) -> None:
    known = asyncio.run(know(settings))
    config = settings.home / "config.toml"
    before = config.read_text() if config.exists() else ""
    config.write_text(f'plugins = ["service"]\n{before}')
    try:
        prepared = asyncio.run(prepare(settings.model_copy(update={"plugins": ("service",)}), calls))
        with serving(settings, 2) as server:
            server.seconds_until("/x/service/calls", known.visitors[0].cookie)
            asyncio.run(hear_calls(server, known, prepared, figures, calls))
    finally:
        config.write_text(before)


async def prepare(settings: Settings, calls: int) -> Prepared:
    """Everybody who is signed in has an extension, and there are numbers of people to call from."""
    async with open_installation(settings, load_everything(settings)) as crm:
        await upgrade(crm)
        accounts = await crm.data.fetch("SELECT id FROM account WHERE state = 'active' ORDER BY id LIMIT 8")
        for place, row in enumerate(accounts):
            actor = Actor(id=row["id"], permissions=permissions_of(crm.registry, "owner"))
            await save_phone(crm, Access(actor=actor, purpose="relationship", where="bench"), f"1{place}", active=True)
            if place == 0:
                access = Access(actor=actor, purpose="operation", where="bench")
        shown = await switch_on(crm, access, "service.calls")
        found = crm.index.connection().execute(
            "SELECT s.key, c.display FROM same AS s JOIN contact AS c ON c.row = s.row WHERE s.key LIKE 'phone:%' "
            "GROUP BY s.key HAVING count(*) = 1 LIMIT ?",
            (calls,),
        )
        people = [(f"+{key.removeprefix('phone:')}", name) for key, name in found]
        return Prepared((shown.path, shown.secret), people)


async def hear_calls(server: Server, known: Known, prepared: Prepared, figures: Figures, calls: int) -> None:
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=100)
    async with httpx.AsyncClient(
        base_url=f"http://localhost:{server.port}", timeout=httpx.Timeout(PATIENCE, read=None), limits=limits
    ) as client:
        await asyncio.to_thread(wait_until_idle, server)
        idle = await worked(server)
        desks = [Desk(client, one.cookie) for one in known.visitors]
        listening = [asyncio.create_task(desk.listen()) for desk in desks]
        await asyncio.gather(*(desk.ready.wait() for desk in desks))
        figures.note("calls.quiet", await worked(server) - idle)
        begun = time.perf_counter()
        for number, (phone, name) in zip(range(calls), itertools.cycle(prepared.people)):
            desk = desks[number % len(desks)]
            await asyncio.sleep(max(0.0, begun + number * EVERY_SECONDS - time.perf_counter()))
            desk.expect(name)
            await tell(client, prepared.hook, phone, f"1{number % len(desks)}", number)
        await asyncio.sleep(2)
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
    took = sorted(itertools.chain.from_iterable(desk.took for desk in desks))
    if len(took) < calls:
        print(f"  calls: ONLY {len(took)} OF {calls} WERE SHOWN", flush=True)
    if took:
        figures.note("calls.p50", took[len(took) // 2] * 1_000)
        figures.note("calls.p95", took[int(len(took) * 0.95)] * 1_000)
        figures.note("calls.max", took[-1] * 1_000)


async def worked(server: Server) -> float:
    """Which share of one processor it takes while nothing happens."""
    before = server.cpu_seconds()
    await asyncio.sleep(QUIET_SECONDS)
    return (server.cpu_seconds() - before) / QUIET_SECONDS


class Desk:
    """A colleague's window: it hears that something is new, asks for the card, and looks for the name."""

    def __init__(self, client: httpx.AsyncClient, cookie: str) -> None:
        self.client, self.headers = client, {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"}
        self.ready = asyncio.Event()
        self.took: list[float] = []
        self._expected: dict[str, float] = {}

    def expect(self, name: str) -> None:
        self._expected[name] = time.perf_counter()

    async def listen(self) -> None:
        async with self.client.stream("GET", "/x/service/calls/stream", headers=self.headers) as stream:
            async for line in stream.aiter_lines():
                if line == "event: ready":
                    self.ready.set()
                elif line == "event: call":
                    await self.look()

    async def look(self) -> None:
        answer = await self.client.get("/x/service/calls/now", headers=self.headers | {"HX-Request": "true"})
        for name in [one for one in self._expected if one in html.unescape(answer.text)]:
            self.took.append(time.perf_counter() - self._expected.pop(name))


async def tell(client: httpx.AsyncClient, hook: tuple[str, str], phone: str, extension: str, number: int) -> None:
    """It rings, is taken and ends."""
    path, secret = hook
    for state in ("ringing", "answered", "ended"):
        body = json.dumps({"call_id": str(number), "state": state, "from": phone, "extension": extension}).encode()
        name, moment = uuid4().hex, int(time.time())
        headers = {
            "webhook-id": name, "webhook-timestamp": str(moment), "webhook-signature": sign(secret, name, moment, body),
        }  # fmt: skip
        answer = await client.post(path, content=body, headers=headers)
        if answer.status_code != 202:
            print(f"  calls: NOT TAKEN: {answer.status_code}", flush=True)
        await asyncio.sleep(0.3)


def alone(engine: str, calls: int) -> None:
    """Without the other parts of the bench."""
    store = STORES_BY_NAME[engine](100_000, 100)
    figures = Figures(store.name)
    with store.prepared() as settings:
        measure_calls(settings, figures, calls)


if __name__ == "__main__":
    given = sys.argv[1:] or ["sqlite"]
    alone(given[0], int(given[1]) if given[1:] else CALLS)
