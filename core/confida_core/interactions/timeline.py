"""A contact's timeline: what all sources know, merged by time, newest first, paged by cursor."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import structlog

from confida_core.contacts.people import display_names
from confida_core.declarations import TimelineSource
from confida_core.index.cursors import InvalidCursor
from confida_core.installation import Installation
from confida_core.interactions.content import SOME_DAY, Attachment, InteractionContent
from confida_core.interactions.interactions import INTERACTION
from confida_core.vault.access import Access
from confida_core.vault.door import Opened, PurposeRefused

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST_ITEMS = 100
log = structlog.get_logger()


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
    """items: newest first. names: of the people this access may see. failed: labels of sources that could not be read."""

    items: tuple[TimelineItem, ...]
    names: Mapping[UUID, str]
    next_cursor: str | None
    failed: tuple[str, ...]


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

    kinds: only these; empty for all. Raises InvalidCursor, Forbidden without `interactions.read`.
    A source that raises is left out of the page and named in `failed`. Four queries for core's own source.
    """
    access.actor.require("interactions.read")
    before, limit = read_cursor(cursor), min(max(limit, 1), MOST_ITEMS)
    found: list[TimelineItem] = []
    failed = []
    for source in crm.registry.timeline_sources.values():
        items = await items_of(crm, access, source, contact_id, kinds=kinds, before=before, limit=limit + 1)
        if items is None:
            failed.append(source.label)
        else:
            found += items
    found.sort(key=lambda item: item.place, reverse=True)
    shown = found[:limit]
    others = dict.fromkeys(person for item in shown for person in item.people if person != contact_id)
    names = await display_names(crm, access, list(others)) if others else {}
    return TimelinePage(
        tuple(shown), names, write_cursor(shown[-1].place) if len(found) > limit else None, tuple(failed)
    )


async def items_of(
    crm: Installation,
    access: Access,
    source: TimelineSource,
    contact_id: UUID,
    *,
    kinds: frozenset[str],
    before: Place | None,
    limit: int,
) -> list[TimelineItem] | None:
    """What one source knows, or None if it fails: a plugin's fault must not cost the page."""
    try:
        async with asyncio.timeout(5):
            return await source.entries(crm, access, contact_id, kinds=kinds, before=before, limit=limit)
    except PurposeRefused:
        raise
    except Exception as error:
        # Only the type: the text of somebody else's error may hold anything.
        log.error("timeline_source_failed", source=source.key, error=type(error).__name__)
        return None


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
