"""What other plugins tell of money: no plugin is named here; an event that says how much came in is enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from confida_core.api import Event, EventHandler, EventKind, Installation
from confida_marketing.results.attribution import note_revenue

HANDLER = "marketing.revenue"
AMOUNT, CURRENCY = "revenue", "currency"


def tells_of_money(kind: EventKind) -> bool:
    """Whether it has the two fields, and both may be read without opening anything."""
    open_fields = {one.key for one in kind.fields if not one.sealed}
    return {AMOUNT, CURRENCY} <= open_fields and kind.change != "deleted"


def money_kinds(crm: Installation) -> dict[str, EventKind]:
    return {key: kind for key, kind in crm.registry.event_kinds.items() if tells_of_money(kind)}


async def note_events(crm: Installation, events: Sequence[Event]) -> None:
    """Once for each record, however often something is told of it; what is told last counts."""
    kinds = money_kinds(crm)
    for event in events:
        if event.kind in kinds and event.people:
            await note_event(crm, event, kinds[event.kind])


async def note_event(crm: Installation, event: Event, kind: EventKind) -> None:
    rows = await crm.records.rows(crm.registry.records[kind.record_table], [event.record_id])
    if not rows:
        return
    amount, currency = told(kind, rows[0], AMOUNT), told(kind, rows[0], CURRENCY)
    if isinstance(amount, int) and isinstance(currency, str):
        await note_revenue(crm, event.people[0], amount, currency, event.at, what=kind.key, occasion=event.record_id)


def told(kind: EventKind, row: Any, key: str) -> Any:
    return next(one.value(row, None) for one in kind.fields if one.key == key)


async def any_waits(crm: Installation) -> bool:
    """Whether one of their tables changed since it looked last, so that it need not read along while thousands of mails leave."""
    tables = sorted({kind.table for kind in money_kinds(crm).values()})
    if not tables:
        return False
    marks = ", ".join("?" * len(tables))
    return bool(
        await crm.data.fetch(
            f"SELECT c.position FROM change c JOIN event_cursor e ON e.handler = ? WHERE c.position > e.position "
            f"AND c.record_table IN ({marks}) LIMIT 1",
            HANDLER,
            *tables,
        )
    )


EVENT_HANDLERS = (
    EventHandler(key=HANDLER, label="Count what campaigns brought in", run=note_events, wanted=any_waits),
)
