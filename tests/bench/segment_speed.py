"""Prints what segments take: `python -m tests.bench.segment_speed [sqlite|postgres] [contacts]`; `make bench` does too.

100,000 contacts unless told otherwise, with the consents of the bench of the gate.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable

from confida_consent.gate import may_many
from confida_core.contacts.custom_fields import custom_fields
from confida_core.contacts.indexing import ContactSource
from confida_core.contacts.lists import count_matching
from confida_core.index.plan import Scope
from confida_core.installation import Installation, open_installation
from confida_core.settings import Settings
from confida_core.setup import upgrade
from confida_core.vault.access import system_access
from confida_marketing.segments.members import count_of, everybody, holds, meant, members_of
from confida_marketing.segments.segments import SegmentDraft, save_segment, visible_segment
from confida_web.app import load_everything
from tests.bench.figures import Figures, table
from tests.bench.gate_speed import fill
from tests.bench.stores import STORES_BY_NAME

CONTACTS, ROUNDS, ASKED = 100_000, 40, 50_000
INSIDE = system_access("bench")
GIVEN = '{"field": "consent.state", "op": "has", "value": "newsletter:email:given"}'
# Each has five conditions; none of them is rare enough to be an answer by itself.
CONDITIONS = (
    '{"all": [' + GIVEN + ', {"field": "has_email", "op": "is", "value": true}, {"field": "kind", "op": "is", "value": "person"}, '
    '{"field": "touched", "op": "known"}, {"field": "country", "op": "is_not", "value": "US"}]}',
    '{"any": [' + GIVEN + ', {"field": "tags", "op": "has", "value": "member"}, {"field": "interactions", "op": ">=", "value": 3}, '
    '{"field": "created", "op": "within_last_days", "value": 30}, {"field": "city", "op": "starts_with", "value": "l"}]}',
    '{"all": [{"any": [{"field": "tags", "op": "has", "value": "member"}, {"field": "tags", "op": "has", "value": "volunteer"}]}, '
    '{"not": {"any": [{"field": "touched", "op": "within_last_days", "value": 90}, {"field": "city", "op": "is", "value": "Leipzig"}, '
    '{"field": "interactions", "op": ">", "value": 20}]}}]}',
)  # fmt: skip


async def measure_segments(settings: Settings, figures: Figures) -> None:
    """The count of five conditions, then what the gate adds, then whole lists and the few of a journey's tick."""
    enabled = settings.model_copy(update={"plugins": ("marketing",)})
    async with open_installation(enabled, load_everything(enabled)) as crm:
        await upgrade(crm)
        await let_consent(crm)
        segments = [
            await save_segment(
                crm, INSIDE, SegmentDraft(name=f"Segment {at}", condition=source, purpose="newsletter", channel="email")
            )
            for at, source in enumerate(CONDITIONS)
        ]
        taken = []
        for segment in segments:
            one = await meant(crm, await visible_segment(crm, INSIDE, segment))
            definitions = await custom_fields(crm)
            for _ in range(ROUNDS):
                started = time.perf_counter()
                number = await count_matching(crm, INSIDE, one.scope, definitions=definitions)
                taken.append(1000 * (time.perf_counter() - started))
            print(f"  {number:,} fit, {taken[-1]:.0f} ms", flush=True)
        figures.note("segments.count.p95", sorted(taken)[int(0.95 * len(taken))])
        ids = (await everybody(crm, Scope(restricted=None)))[:ASKED]
        figures.note("segments.gate", await seconds_of(lambda: may_many(crm, ids, "newsletter", "email")))
        found = await members_of(crm, INSIDE, segments[0])
        print(f"  {len(found):,} members of the first", flush=True)
        figures.note("segments.members", await seconds_of(lambda: members_of(crm, INSIDE, segments[0])))
        print(f"  {await count_of(crm, INSIDE, segments[1])}", flush=True)
        figures.note("segments.holds", await seconds_of(lambda: holds(crm, segments[0], ids[:10_000])))


async def let_consent(crm: Installation) -> None:
    """Events as the bench of the gate makes them; then everybody's state is in the index."""
    rows = await crm.data.fetch("SELECT id FROM contact WHERE deleted_at IS NULL")
    if not await crm.data.fetch("SELECT id FROM consent_event WHERE purpose = 'newsletter' LIMIT 1"):
        await fill(crm, [row["id"] for row in rows])
    started = time.perf_counter()
    await crm.index.rebuild(ContactSource(crm))
    print(f"  index anew after {time.perf_counter() - started:.1f} s", flush=True)


async def seconds_of(work: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started


def alone(engine: str, contacts: int) -> None:
    """Without the other parts of the bench."""
    store = STORES_BY_NAME[engine](contacts, 3 * contacts)
    with store.prepared() as settings:
        figures = Figures(store.name)
        asyncio.run(measure_segments(settings, figures))
        print(table([figures]))


if __name__ == "__main__":
    engine, *given = sys.argv[1:] or ["sqlite"]
    alone(engine, int(given[0]) if given else CONTACTS)
