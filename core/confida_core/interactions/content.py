"""What is said of an interaction: the sealed content, the words for its kinds, and the check before it is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from msgspec import Meta

from confida_core.clock import now
from confida_core.contacts.content import LongText, Sealed, ShortText
from confida_core.contacts.text import UnstorableText, clean_line, clean_text, limits_of
from confida_core.contacts.validation import InvalidContent

KINDS: Final[Mapping[str, str]] = {
    "note": "Note",
    "call": "Call",
    "meeting": "Meeting",
    "email": "E-mail",
    "letter": "Letter",
    "chat": "Chat",
    "event": "Event",
    "task": "Task",
}
DIRECTIONS = ("", "in", "out")
MOST_PEOPLE = 200
MOST_FILES = 50
LONGEST_MINUTES = 60 * 24 * 31
SOME_DAY = date(9999, 12, 31)
EARLIEST = datetime(1800, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


class Attachment(Sealed, frozen=True):
    """A file that belongs to the interaction. Name, type and size are repeated here, so that a timeline opens no files."""

    id: UUID
    name: ShortText = ""
    media_type: Annotated[str, Meta(max_length=127)] = ""
    size: int = 0


class InteractionContent(Sealed, frozen=True):
    """subject: one line. body: Markdown. outcome: what came of it, in the user's words. location: where, in words."""

    subject: ShortText = ""
    body: LongText = ""
    outcome: ShortText = ""
    location: ShortText = ""
    attachments: list[Attachment] = []


@dataclass(frozen=True, kw_only=True, slots=True)
class InteractionDraft:
    """An interaction as a form or an import gives it.

    people: whom it is about; nobody is allowed (a task of our own). at: aware; None means now.
    planned: still to be done; due_on, due_at, remind_at and assignee_id count only then. due_at: aware, within due_on
    as the planner sees it. duration_minutes: None where it is not known.
    """

    kind: str
    people: tuple[UUID, ...] = ()
    subject: str = ""
    body: str = ""
    outcome: str = ""
    location: str = ""
    direction: str = ""
    at: datetime | None = None
    duration_minutes: int | None = None
    planned: bool = False
    due_on: date | None = None
    due_at: datetime | None = None
    remind_at: datetime | None = None
    assignee_id: UUID | None = None


def checked(draft: InteractionDraft, attachments: Sequence[Attachment] = ()) -> InteractionContent:
    """The content as it may be stored. Raises InvalidContent naming every field that is wrong, never repeating a value."""
    errors: dict[str, str] = {}
    texts = {name: text_of(draft, name, errors) for name in ("subject", "body", "outcome", "location")}
    rules = (
        ("kind", draft.kind in KINDS, "choose one of the kinds"),
        ("direction", draft.direction in DIRECTIONS, "choose one of the directions"),
        ("duration_minutes", draft.duration_minutes is None or 0 <= draft.duration_minutes <= LONGEST_MINUTES,
         "must be between 0 and 44,640 minutes"),
        ("at", within(draft.at) and not (draft.at and not draft.planned and draft.at > now() + timedelta(days=366)),
         "must be a day between 1800 and a year from now"),
        ("due_on", draft.due_on is None or EARLIEST.date() <= draft.due_on <= LATEST.date(), "must be before 2200"),
        ("due_time", within(draft.due_at), "must be before 2200"),
        ("remind_minutes", within(draft.remind_at), "must be before 2200"),
        ("participants", len(set(draft.people)) <= MOST_PEOPLE, f"at most {MOST_PEOPLE} people"),
        ("attachments", len(attachments) <= MOST_FILES, f"at most {MOST_FILES} files"),
        ("body", bool(errors) or any(texts.values()) or bool(attachments), "write at least a subject or a text"),
    )  # fmt: skip
    errors |= {name: message for name, sound, message in rules if not sound and name not in errors}
    if errors:
        raise InvalidContent(errors)
    return InteractionContent(**texts, attachments=list(attachments))


def text_of(draft: InteractionDraft, name: str, errors: dict[str, str]) -> str:
    try:
        text = (clean_text if name == "body" else clean_line)(getattr(draft, name))
    except UnstorableText as error:
        errors[name] = str(error)
        return ""
    longest = limits_of(InteractionContent)[name]
    if len(text) > longest:
        errors[name] = f"may have at most {longest} characters"
        return ""
    return text


def within(moment: datetime | None) -> bool:
    return moment is None or EARLIEST <= moment <= LATEST


def columns_of(draft: InteractionDraft) -> dict[str, Any]:
    """The operational columns that a form decides."""
    moment = now()
    planned = draft.planned
    at = (due_instant(draft.due_on, draft.due_at) or moment) if planned else (draft.at or moment)
    return {
        "kind": draft.kind,
        "state": "planned" if planned else "done",
        "direction": draft.direction,
        "at": at,
        "duration_minutes": draft.duration_minutes,
        "due_on": (draft.due_on if planned else None) or SOME_DAY,
        "due_at": draft.due_at if planned else None,
        "remind_at": draft.remind_at if planned else None,
        "assignee_id": draft.assignee_id if planned else None,
        "done_at": None,
        "deleted_at": None,
    }


def due_instant(due_on: date | None, due_at: datetime | None) -> datetime | None:
    """Where a planned one stands on the timeline: at its time, else at noon (UTC) of its day, which is that day everywhere."""
    if due_at is not None or due_on is None or due_on == SOME_DAY:
        return due_at
    return datetime.combine(due_on, time(12), UTC)
