"""What is declared of events: what can happen, and who is told of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from confida_core.storage.changes import ChangeKind

if TYPE_CHECKING:
    from confida_core.installation import Installation
    from confida_core.registry import Registry

Goes = Literal["permitted", "follows", "always"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One thing that happened: ids only, never personal data. Whoever needs more opens it through the door when handling it.

    id: the same however often it is told. record_id: of what it happened to. people: contacts it is about, as far as the
    feed knows. position: in the change feed. at: when it happened, or where that is not kept, when it was noticed.
    """

    id: UUID
    kind: str
    record_id: UUID
    people: tuple[UUID, ...]
    position: int
    at: datetime


def always(_: Mapping[str, Any]) -> bool:
    """Every entry of the feed counts."""
    return True


@dataclass(frozen=True, kw_only=True, slots=True)
class EventField:
    """One thing that may be told of an event, if somebody chooses it.

    value: from the operational columns and the opened content to plain JSON (text, numbers, yes/no, null, lists, objects).
    sealed: it comes from the content, so that it leaves only if everybody whose record it is may be told of.
    """

    key: str
    label: str
    value: Callable[[Mapping[str, Any], Any], Any]
    sealed: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class EventKind:
    """One kind of thing that happens, and how it is told from the change feed.

    key: `<area>.<past participle>`; a plugin's begins with its own key. table, change: the entries of the feed that may be
    it: a declared record's table; made, written or deleted. told: whether a row of that table is one, by its operational
    columns; not asked of deleted ones. happened: when, by the same row; two writings with the same time are one event.
    record: the column with the id of what it happened to. opened: the record table that id is of, if it is another one.
    fields: what may be chosen to be told. goes: to whom it may be handed outside of the house: to those whom the gates
    permit each person for; or, as an end of something does, also to those who were told of that person before; or to
    everybody, for what names nobody. purpose: the one that a row is about; who gets data for another one is not told.
    """

    key: str
    label: str
    table: str
    change: ChangeKind
    told: Callable[[Mapping[str, Any]], bool] = always
    happened: Callable[[Mapping[str, Any]], datetime | None] | None = None
    record: str = "id"
    opened: str = ""
    fields: tuple[EventField, ...] = ()
    goes: Goes = "permitted"
    purpose: Callable[[Mapping[str, Any]], str] | None = None

    @property
    def record_table(self) -> str:
        """The table of what it happened to."""
        return self.opened or self.table


async def _always_wanted(_: Installation) -> bool:
    return True


@dataclass(frozen=True, kw_only=True, slots=True)
class EventHandler:
    """Somebody who is told of events after the commit, in the order of the feed, at least once.

    kinds: keys of the event kinds; () for all. kinds_elsewhere: those of other plugins, which need not be there: as long as
    nobody declares them, nothing is told of them; with some of them, no kinds means none.
    run: gets the next ones, at most some hundred; what it raises has them told again later, and nothing after them before.
    It runs as a job: what it does must be repeatable, and ids are equal.
    wanted: whether there is anything to do at present; while it says no, events may be passed over.
    """

    key: str
    label: str
    run: Callable[[Installation, Sequence[Event]], Awaitable[None]]
    kinds: tuple[str, ...] = ()
    kinds_elsewhere: tuple[str, ...] = ()
    wanted: Callable[[Installation], Awaitable[bool]] = _always_wanted

    def takes(self, kind: str) -> bool:
        """Whether it is told of events of this kind."""
        asked = (*self.kinds, *self.kinds_elsewhere)
        return not asked or kind in asked


def check_events(registry: Registry) -> None:
    """Kinds are of declared records, and handlers of declared kinds. Raises PluginError."""
    from confida_core.registry import PluginError

    for item in registry.with_owner("event_kinds"):
        kind: EventKind = item.value
        for table in {kind.table, kind.record_table} - set(registry.records):
            raise PluginError(f"{item.plugin}: event kind {kind.key!r} names {table!r}, which is no declared record")
        if item.plugin.distribution != "confida" and not kind.key.startswith(f"{item.plugin.info.key}."):
            raise PluginError(f"{item.plugin}: event kind {kind.key!r} must begin with {item.plugin.info.key}.")
    for item in registry.with_owner("event_handlers"):
        for unknown in sorted(set(item.value.kinds) - set(registry.event_kinds)):
            raise PluginError(
                f"{item.plugin}: event handler {item.value.key!r} wants {unknown!r}, which nobody declares"
            )
