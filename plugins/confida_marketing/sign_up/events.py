"""Events: written, found by their address, put into the trash. Days and hours are typed and shown by the house's own clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    NotFound,
    Opened,
    clean_line,
    clean_text,
    new_id,
    now,
    system_access,
)
from confida_marketing.campaigns.limits import house_zone
from confida_marketing.sign_up.content import EVENT, EventContent
from confida_marketing.sign_up.forms import free_slug, made_slug
from confida_marketing.sign_up.public_pages import ShownEvent
from confida_web.api import mark

INSIDE = system_access("marketing events")
MOST_SEATS = 1_000_000
USUAL = timedelta(hours=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class EventDraft:
    """starts_at, ends_at: aware; ends_at None for two hours later. capacity: 0 for as many as like."""

    content: EventContent
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    capacity: int = 0
    waiting_list: bool = True
    active: bool = False
    slug: str = ""


async def list_events(
    crm: Installation, access: Access, *, over: bool = False, trashed: bool = False
) -> list[Opened[EventContent]]:
    """Those to come, the next first; or those that are over, the latest first. One query. Raises Forbidden."""
    access.actor.require("marketing.read")
    if trashed:
        rows = await crm.data.fetch(
            "SELECT * FROM marketing_event WHERE deleted_at IS NOT NULL ORDER BY id DESC LIMIT 500"
        )
    else:
        side, order = ("<", "DESC") if over else (">=", "ASC")
        rows = await crm.data.fetch(
            f"SELECT * FROM marketing_event WHERE deleted_at IS NULL AND ends_at {side} ? ORDER BY starts_at {order}, id LIMIT 500",
            now(),
        )
    return list(await crm.door.open(access, EVENT, rows))


async def visible_event(
    crm: Installation, access: Access, event_id: UUID, *, trashed: bool = False
) -> Opened[EventContent]:
    """The gate to one event. Raises Forbidden and NotFound."""
    access.actor.require("marketing.read")
    rows = await crm.data.fetch("SELECT * FROM marketing_event WHERE id = ?", event_id)
    shown = bool(rows) and (trashed or rows[0]["deleted_at"] is None)
    opened: Opened[EventContent] | None = await crm.door.open_one(access, EVENT, rows[0]) if shown else None
    if opened is None:
        raise NotFound
    return opened


async def public_event(crm: Installation, slug: str) -> Opened[EventContent]:
    """The one at this address, if it is on. Raises NotFound."""
    rows = await crm.data.fetch(
        "SELECT * FROM marketing_event WHERE slug = ? AND active = ? AND deleted_at IS NULL", slug[:60], True
    )
    opened: Opened[EventContent] | None = await crm.door.open_one(INSIDE, EVENT, rows[0]) if rows else None
    if opened is None:
        raise NotFound
    return opened


async def save_event(
    crm: Installation, access: Access, draft: EventDraft, event_id: UUID | None = None, *, seen: int = 0
) -> UUID:
    """Write it; event_id: None for a new one. Raises Forbidden, NotFound, VersionConflict, and InvalidContent by field."""
    access.actor.require("marketing.write")
    before = await visible_event(crm, access, event_id) if event_id else None
    content, starts_at, ends_at = checked(draft)
    slug = draft.slug or (before.row["slug"] if before else made_slug(content.title))
    columns: dict[str, Any] = {
        "slug": await free_slug(crm, "marketing_event", slug, event_id), "active": draft.active, "starts_at": starts_at,
        "ends_at": ends_at, "capacity": draft.capacity, "waiting_list": draft.waiting_list, "changed_at": now(),
    }  # fmt: skip
    if before is not None:
        await crm.records.update(EVENT, {"id": before.row["id"], **columns}, content, seen=seen)
        kept: UUID = before.row["id"]
        return kept
    made = new_id()
    own = {"id": made, "created_at": now(), "created_by": access.actor.id, "taken": 0, "deleted_at": None}
    await crm.records.insert(EVENT, {**own, **columns}, content)
    return made


def checked(draft: EventDraft) -> tuple[EventContent, datetime, datetime]:
    """As it may be kept. Raises InvalidContent."""
    content = EventContent(
        title=clean_line(draft.content.title)[:200],
        place=clean_line(draft.content.place)[:500],
        description=clean_text(draft.content.description)[:20_000],
        price=clean_line(draft.content.price)[:500],
    )
    errors = {}
    if not content.title:
        errors["title"] = mark("Please say what the event is called.")
    if not 0 <= draft.capacity <= MOST_SEATS:
        errors["capacity"] = mark("A whole number, or nothing for as many as like.")
    if draft.starts_at is None:
        errors["starts_at"] = mark("Please say when it begins.")
    elif draft.ends_at is not None and draft.ends_at <= draft.starts_at:
        errors["ends_at"] = mark("It must end after it began.")
    if errors or draft.starts_at is None:
        raise InvalidContent(errors)
    return content, draft.starts_at, draft.ends_at or draft.starts_at + USUAL


async def trash_event(crm: Installation, access: Access, event_id: UUID, *, trashed: bool = True) -> None:
    """Into the trash, where nobody finds it, or back. Raises Forbidden and NotFound."""
    access.actor.require("marketing.write")
    opened = await visible_event(crm, access, event_id, trashed=True)
    columns = {"id": event_id, "deleted_at": now() if trashed else None, "changed_at": now()}
    await crm.records.update(EVENT, columns, opened.content, seen=opened.row["version"])


def moment_typed(crm: Installation, text: str) -> datetime | None:
    """Of a box for a day and an hour, by the house's clock; None for nothing, or nothing of the kind."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if not 2000 <= moment.year <= 2200:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=house_zone(crm))).astimezone(UTC)


def as_typed(crm: Installation, moment: datetime | None) -> str:
    return moment.astimezone(house_zone(crm)).strftime("%Y-%m-%dT%H:%M") if moment else ""


def when_of(crm: Installation, row: Any, language: str) -> str:
    """In words: the house's own day and hours, with the name of its zone where the reader may live elsewhere."""
    from babel.dates import format_date, format_time

    zone = house_zone(crm)
    begins, ends = row["starts_at"].astimezone(zone), row["ends_at"].astimezone(zone)
    first = f"{format_date(begins, 'full', locale=language)}, {format_time(begins, 'short', locale=language)}"
    same = begins.date() == ends.date()
    last = format_time(ends, "short", locale=language)
    return f"{first} – {last if same else format_date(ends, 'long', locale=language) + ', ' + last} ({zone.key})"


def shown_event(crm: Installation, event: Opened[EventContent], language: str) -> ShownEvent:
    row, content = event.row, event.content
    return ShownEvent(
        title=content.title, place=content.place, description=content.description, price=content.price,
        starts_at=row["starts_at"], when=when_of(crm, row, language),
        left=max(row["capacity"] - row["taken"], 0) if row["capacity"] else None, waiting_list=row["waiting_list"],
        over=row["ends_at"] < now(),
    )  # fmt: skip
