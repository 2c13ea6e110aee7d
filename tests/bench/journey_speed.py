"""Prints what a tick of journeys takes: `python -m tests.bench.journey_speed [sqlite|postgres] [people]`; `make bench` does too.

10,000 people in one journey unless told otherwise, all of them due at the same moment, at each kind of step.
"""

from __future__ import annotations

import asyncio
import sys
import time
from uuid import UUID

from confida_consent.api import Controller
from confida_consent.controller import save_controller
from confida_core.contacts.indexing import ContactSource
from confida_core.installation import Installation, open_installation
from confida_core.settings import Settings
from confida_core.setup import upgrade
from confida_core.vault.access import system_access
from confida_marketing.content.email_content import Block, EmailContent
from confida_marketing.content.emails import create_email
from confida_marketing.journeys.content import JourneyContent
from confida_marketing.journeys.journeys import create_journey
from confida_marketing.journeys.plan import Plan, Step, Trigger
from confida_marketing.journeys.running import tend_journeys
from confida_marketing.journeys.states import switch_on
from confida_web.app import load_everything
from tests.bench import gate_speed
from tests.bench.figures import Figures, table
from tests.bench.stores import STORES_BY_NAME

PEOPLE, MOST_TICKS = 10_000, 200
INSIDE = system_access("bench")
LEIPZIG = '{"field": "city", "op": "is", "value": "Leipzig"}'
KNOWN = '{"field": "tags", "op": "has", "value": "journey done"}'


def plan(email_id: UUID) -> Plan:
    return Plan(
        purpose="newsletter",
        trigger=Trigger(kind="consent", value="newsletter:email:given", inside=True),
        goal=KNOWN,
        steps=(
            Step(key="s1", kind="wait", days=1),
            Step(key="s2", kind="branch", condition=LEIPZIG, then="s3", other="s4"),
            Step(key="s3", kind="task", text="Say hello"),
            Step(key="s4", kind="mail", email_id=email_id, refused="skip"),
            Step(key="s5", kind="split", then="s6", other="s7"),
            Step(key="s6", kind="tag", tag="journey a"),
            Step(key="s7", kind="wait", days=30),
        ),
    )


async def measure_journeys(settings: Settings, figures: Figures, people: int = PEOPLE) -> None:
    """Ticks until everybody has begun, then until everybody who is due has gone the whole way; the longest of each counts."""
    given = {
        "plugins": ("marketing",), "mail_from": "news@example.org", "smtp_host": "127.0.0.1", "smtp_port": 9,
        "plugin": {"marketing": {"quiet_from": 0, "quiet_until": 0, "most_a_week": 100}},
    }  # fmt: skip
    enabled = settings.model_copy(update=given)
    async with open_installation(enabled, load_everything(enabled)) as crm:
        await upgrade(crm)
        await let_consent(crm, people)
        email_id = await prepared(crm)
        made = await create_journey(crm, INSIDE, JourneyContent(name="Bench", plan=plan(email_id)))
        await switch_on(crm, INSIDE, made)
        entering = await ticks(crm, "SELECT count(*) AS number FROM marketing_journey_entry", people)
        print(f"  everybody began in {len(entering)} ticks of {max(entering):.2f} s at most", flush=True)
        figures.note("journeys.begin", max(entering))
        started = time.perf_counter()
        await tend_journeys(crm, {})
        figures.note("journeys.idle", time.perf_counter() - started)
        await crm.data.fetch("UPDATE marketing_journey_entry SET due_at = entered_at")
        moving = await ticks(
            crm,
            "SELECT count(*) AS number FROM marketing_journey_entry WHERE step = 's7' OR state <> 'waiting'",
            people,
        )
        print(f"  everybody went on in {len(moving)} ticks, {sum(moving):.1f} s in all", flush=True)
        figures.note("journeys.tick", max(moving))
        figures.note("journeys.whole", sum(moving))


async def ticks(crm: Installation, counted: str, wanted: int) -> list[float]:
    """Seconds of each, until so many are counted; what waits at core's door is taken as sent."""
    taken = []
    for number in range(MOST_TICKS):
        started = time.perf_counter()
        await tend_journeys(crm, {})
        taken.append(time.perf_counter() - started)
        await crm.data.fetch("UPDATE outbound_message SET state = 'sent' WHERE state = 'queued'")
        there = int((await crm.data.fetch(counted))[0]["number"])
        print(f"  tick {number + 1}: {taken[-1]:.2f} s, {there:,}", flush=True)
        if there >= wanted:
            return taken
    raise RuntimeError(f"after {MOST_TICKS} ticks {there:,} of {wanted:,}")


async def prepared(crm: Installation) -> UUID:
    house = Controller(
        name="Example House", street="1 Harbour Road", postal_code="10115", locality="Berlin", country="DE"
    )
    await save_controller(crm, INSIDE, house)
    blocks = (Block(kind="text", text="Dear {{first_name|friend}}, the harbour opens again in spring."),)
    return await create_email(crm, INSIDE, EmailContent(name="Bench", subject="Spring", blocks=blocks))


async def let_consent(crm: Installation, people: int) -> None:
    """So many agreed; then everybody's state is in the index."""
    rows = await crm.data.fetch("SELECT id FROM contact WHERE deleted_at IS NULL ORDER BY id LIMIT ?", people)
    gate_speed.HISTORIES = (("given",),)  # type: ignore[assignment]
    await gate_speed.fill(crm, [row["id"] for row in rows])
    started = time.perf_counter()
    await crm.index.rebuild(ContactSource(crm))
    print(f"  index anew after {time.perf_counter() - started:.1f} s", flush=True)


def alone(engine: str, people: int) -> None:
    """Without the other parts of the bench."""
    store = STORES_BY_NAME[engine](2 * people, 2 * people)
    with store.prepared() as settings:
        figures = Figures(store.name)
        asyncio.run(measure_journeys(settings, figures, people))
        print(table([figures]))


if __name__ == "__main__":
    engine, *given = sys.argv[1:] or ["sqlite"]
    alone(engine, int(given[0]) if given else PEOPLE)
