"""Which events the change feed holds: told from its entries and the operational columns of the rows they name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from confida_core.clock import now
from confida_core.events.declarations import Event, EventKind
from confida_core.installation import Installation
from confida_core.outbound.states import restores_of
from confida_core.storage.batches import batches
from confida_core.storage.changes import Change, ChangeKind
from confida_core.storage.database import Row

BATCH = 500
# Some events are known by a row that may be written again much later; nobody wants to hear of them anew then.
OLDEST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Told:
    """events: in the order of the feed. position: up to where the feed was read. more: whether there may be more."""

    events: tuple[Event, ...]
    position: int
    more: bool


@dataclass(slots=True)
class _Group:
    """What one part of the feed says of one row; a shared row has an entry for each of its people."""

    table: str
    row_id: UUID
    change: ChangeKind
    position: int
    people: list[UUID]


async def events_after(crm: Installation, position: int, limit: int = BATCH) -> Told:
    """The events of the next changes after this position. Opens nothing sealed."""
    changes = await crm.feed.after(position, limit + 1)
    more = len(changes) > limit
    if more:
        changes = _whole(changes[:limit])
    if not changes:
        return Told((), position, False)
    kinds = _kinds_by_place(crm)
    groups = [one for one in _grouped(changes) if (one.table, one.change) in kinds]
    rows = await _rows(crm, groups)
    restores = await restores_of(crm)
    events = [
        event
        for group in groups
        for kind in kinds[group.table, group.change]
        if (event := _event(crm, kind, group, rows.get((group.table, group.row_id)), restores)) is not None
    ]
    return Told(tuple(events), changes[-1].position, more)


def _whole(changes: Sequence[Change]) -> list[Change]:
    """Without the last row's entries, of which some may follow; unless there is no other."""
    last = changes[-1]
    kept = [one for one in changes if (one.record_table, one.record_id) != (last.record_table, last.record_id)]
    whole = [one for one in changes if kept and one.position <= kept[-1].position]
    return whole or list(changes)


def _kinds_by_place(crm: Installation) -> dict[tuple[str, ChangeKind], list[EventKind]]:
    found: dict[tuple[str, ChangeKind], list[EventKind]] = {}
    for kind in crm.registry.event_kinds.values():
        found.setdefault((kind.table, kind.change), []).append(kind)
    return found


def _grouped(changes: Iterable[Change]) -> list[_Group]:
    groups: dict[tuple[str, UUID, ChangeKind], _Group] = {}
    for one in changes:
        place = (one.record_table, one.record_id, one.kind)
        group = groups.setdefault(place, _Group(*place, one.position, []))
        if one.subject_id is not None and one.subject_id not in group.people:
            group.people.append(one.subject_id)
    return list(groups.values())


async def _rows(crm: Installation, groups: Iterable[_Group]) -> dict[tuple[str, UUID], Row]:
    """Operational columns of the rows that are still there."""
    wanted: dict[str, list[UUID]] = {}
    for group in groups:
        if group.change != "deleted":
            wanted.setdefault(group.table, []).append(group.row_id)
    found: dict[tuple[str, UUID], Row] = {}
    for table, ids in wanted.items():
        columns = crm.registry.records[table].table._meta.columns
        names = ", ".join(f'"{column._meta.name}"' for column in columns if column._meta.name != "sealed")
        for batch in batches(list(dict.fromkeys(ids))):
            marks = ", ".join("?" * len(batch))
            rows = await crm.data.fetch(f"SELECT {names} FROM {table} WHERE id IN ({marks})", *batch)
            found |= {(table, row["id"]): row for row in rows}
    return found


def _event(crm: Installation, kind: EventKind, group: _Group, row: Row | None, restores: int) -> Event | None:
    if kind.change == "deleted":
        return _made(crm, kind, group, {}, "")
    if row is None or not kind.told(row):
        return None
    if kind.change == "created":
        return _made(crm, kind, group, row, "")
    happened = kind.happened(row) if kind.happened else None
    if happened is not None and now() - happened > OLDEST:
        return None
    # A restored backup has positions that were given before; what happens at them now is something else.
    return _made(crm, kind, group, row, happened.isoformat() if happened else f"{restores}/{group.position}")


def _made(crm: Installation, kind: EventKind, group: _Group, row: Mapping[str, Any], mark: str) -> Event:
    happened = kind.happened(row) if kind.happened and row else None
    return Event(
        id=uuid5(crm.keyring.installation_id, f"{kind.key} {group.row_id} {mark}"),
        kind=kind.key,
        record_id=row[kind.record] if row else group.row_id,
        people=tuple(group.people),
        position=group.position,
        at=happened or now(),
    )
