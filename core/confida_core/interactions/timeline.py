"""A contact's timeline: what all sources know, merged by time, newest first, paged by cursor."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from confida_core.contacts.people import display_names
from confida_core.declarations import TimelineSource
from confida_core.index.cursors import InvalidCursor
from confida_core.installation import Installation
from confida_core.interactions.content import SOME_DAY, Attachment, InteractionContent
from confida_core.interactions.interactions import INTERACTION
from confida_core.isolation.breakers import Origin
from confida_core.isolation.running import Call, Fault
from confida_core.isolation.shapes import (
    Rubbish,
    listed,
    require_ids,
    require_instant,
    require_path,
    require_plain,
    require_type,
)
from confida_core.loaded_plugin import Declared
from confida_core.vault.access import Access
from confida_core.vault.door import Opened, PurposeRefused

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_ITEMS = 100
TEXTS = ("kind", "subject", "body", "outcome", "direction", "state", "kind_label", "icon")


class Place(NamedTuple):
    """A point of the timeline; ids are unique over all sources, so two things of one instant have an order too."""

    at: datetime
    id: UUID


@dataclass(frozen=True, kw_only=True, slots=True)
class TimelineItem:
    """One thing that happened, or is planned, from any source. Its texts are personal: it was opened through the door.

    kind: of the source's own words; kind_label, icon, href: for kinds that core does not know, "" for core's own.
    body: Markdown. people: everybody it is about. created_by: an account, or None. due_on, due_at, state, outcome and
    attachments: as of an interaction; the defaults for what has none.
    """

    id: UUID
    at: datetime
    kind: str
    subject: str = ""
    body: str = ""
    outcome: str = ""
    direction: str = ""
    duration_minutes: int | None = None
    people: tuple[UUID, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    created_by: UUID | None = None
    state: str = "done"
    due_on: date | None = None
    due_at: datetime | None = None
    was_planned: bool = False
    edited: bool = False
    version: int = 0
    href: str = ""
    kind_label: str = ""
    icon: str = ""

    @property
    def place(self) -> Place:
        return Place(self.at, self.id)


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """items: newest first. names: of the people this access may see. failed: label and fault of each source
    that could not be read.
    """

    items: tuple[TimelineItem, ...]
    names: Mapping[UUID, str]
    next_cursor: str | None
    failed: tuple[tuple[str, Fault], ...]


async def read_timeline(
    crm: Installation,
    access: Access,
    contact_id: UUID,
    *,
    kinds: frozenset[str] = frozenset(),
    cursor: str | None = None,
    limit: int = 20,
) -> TimelinePage:
    """One page of everything that the sources know of a contact. The caller has passed the gate to the contact.

    kinds: only these; empty for all. Raises InvalidCursor, PurposeRefused, and Forbidden without `interactions.read`.
    A source that raises, hangs, or returns something else is left out of the page and named in `failed`; the others are
    asked at the same time. Four queries for core's own source.
    """
    access.actor.require("interactions.read")
    if access.purpose not in crm.registry.purposes:
        raise PurposeRefused(access.purpose)
    before, limit = read_cursor(cursor), min(max(limit, 1), MOST_ITEMS)
    asked = {"kinds": kinds, "before": before, "limit": limit + 1}
    sources = crm.registry.with_owner("timeline_sources")
    calls = [call_of(crm, item, contact_id, asked) for item in sources]
    found: list[TimelineItem] = []
    failed = []
    results = await crm.isolation.run_all(crm, access, calls)
    for item, result in zip(sources, results, strict=True):
        if isinstance(result, Fault):
            failed.append((item.value.label, result))
        else:
            found += result
    found.sort(key=lambda item: item.place, reverse=True)
    shown = found[:limit]
    others = dict.fromkeys(person for item in shown for person in item.people if person != contact_id)
    names = await display_names(crm, access, list(others)) if others else {}
    return TimelinePage(
        tuple(shown), names, write_cursor(shown[-1].place) if len(found) > limit else None, tuple(failed)
    )


def call_of(
    crm: Installation, item: Declared, contact_id: UUID, asked: Mapping[str, Any]
) -> Call[Sequence[TimelineItem]]:
    """One source's part of a page."""
    source: TimelineSource = item.value
    return Call(
        Origin(item.plugin, "timeline_sources", source.key),
        lambda own: source.entries(crm, own, contact_id, **asked),
        lambda found: checked_items(found, asked["before"], asked["limit"]),
    )


def checked_items(found: Any, before: Place | None, limit: int) -> Sequence[TimelineItem]:
    """What a source returned, if it is what `TimelineSource` promises; one wrong entry spoils all. Raises Rubbish."""
    items = listed(found, TimelineItem, limit)
    for item in items:
        require_item(item)
        if before is not None and item.place >= before:
            raise Rubbish("an entry is not older than the page before")
    return items


def require_item(item: TimelineItem) -> None:
    """Everything that is sorted, looked up or shown is of its promised type. Raises Rubbish."""
    require_ids((item.id,))
    require_ids(item.people)
    require_instant(item.at)
    if item.due_at is not None:
        require_instant(item.due_at)
    require_plain(item, *TEXTS)
    if item.href:
        require_path(item.href)
    if item.created_by is not None:
        require_ids((item.created_by,))
    require_type(item, "due_on", date, type(None))
    require_type(item, "duration_minutes", int, type(None))
    require_type(item, "version", int)
    for one in listed(item.attachments, Attachment, MOST_ITEMS):
        require_plain(one, "name")


async def interaction_items(
    crm: Installation,
    access: Access,
    contact_id: UUID,
    *,
    kinds: frozenset[str],
    before: Place | None,
    limit: int,
) -> list[TimelineItem]:
    """Core's own source: interactions and tasks, out of the trash. One walk of an index, one read by ids, one opening."""
    where, args = "", list[object]()
    if kinds:
        where += f" AND kind IN ({', '.join('?' * len(kinds))})"
        args += sorted(kinds)
    if before is not None:
        where += " AND (at, interaction_id) < (?, ?)"
        args += before
    links = await crm.data.fetch(
        f"SELECT interaction_id FROM interaction_participant WHERE contact_id = ?{where} AND state <> ? "
        "ORDER BY at DESC, interaction_id DESC LIMIT ?",
        contact_id, *args, "trash", limit,
    )  # fmt: skip
    rows = await crm.records.rows(INTERACTION, [link["interaction_id"] for link in links])
    return [item_of(opened) for opened in await crm.door.open(access, INTERACTION, rows)]


def item_of(opened: Opened[InteractionContent]) -> TimelineItem:
    row, content = opened.row, opened.content
    return TimelineItem(
        id=row["id"],
        at=row["at"],
        kind=row["kind"],
        subject=content.subject,
        body=content.body,
        outcome=content.outcome,
        direction=row["direction"],
        duration_minutes=row["duration_minutes"],
        people=opened.people,
        attachments=tuple(content.attachments),
        created_by=row["created_by"],
        state=row["state"],
        due_on=row["due_on"] if row["due_on"] != SOME_DAY else None,
        due_at=row["due_at"],
        was_planned=row["state"] == "planned" or row["done_at"] is not None,
        edited=row["edited"],
        version=row["version"],
    )


def write_cursor(place: Place) -> str:
    """URL-safe text: 8 bytes of microseconds since 1970, 16 of the id; nothing personal is in it."""
    microseconds = (place.at - EPOCH) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(microseconds.to_bytes(8, "big", signed=True) + place.id.bytes).decode()


def read_cursor(cursor: str | None) -> Place | None:
    """Raises InvalidCursor for any text that `write_cursor` cannot have returned."""
    if not cursor:
        return None
    try:
        raw = base64.b64decode(cursor.encode("ascii"), b"-_", validate=True)
        if len(raw) != 24:
            raise InvalidCursor("the cursor was not made here")
        at = EPOCH + timedelta(microseconds=int.from_bytes(raw[:8], "big", signed=True))
        return Place(at, UUID(bytes=raw[8:]))
    except (ValueError, OverflowError):
        raise InvalidCursor("the cursor was not made here") from None
