"""What a timeline and its composer are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from markupsafe import Markup

from confida_web.display import Errors, Option, PersonRef

KINDS: dict[str, tuple[str, str]] = {
    "note": ("Note", "note"),
    "call": ("Call", "phone"),
    "meeting": ("Meeting", "users"),
    "email": ("E-mail", "mail"),
    "letter": ("Letter", "letter"),
    "chat": ("Chat", "chat"),
    "event": ("Event", "calendar"),
    "task": ("Task", "task"),
}
"""Kind -> label in English and symbol of the icon sheet. Kinds of plugins show the entry's own label and icon."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """href: /files/{id}, served as a download."""

    name: str
    href: str
    size_bytes: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class TimelineEntry:
    """One thing that happened. href: its own page. body: plain text, shown with its line breaks.

    The caller shortens the body. body_html: the body rendered and sanitised, shown instead. direction: "in", "out" or "".
    icon, kind_label: "" takes those of the kind.
    all_day: planned for a day without a time. open_task: still to be done; `due_at` then counts.
    """

    id: str
    kind: str
    at: datetime
    href: str
    subject: str = ""
    body: str = ""
    body_html: Markup | None = None
    who: str = ""
    direction: str = ""
    duration_minutes: int | None = None
    outcome: str = ""
    participants: tuple[PersonRef, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    icon: str = ""
    kind_label: str = ""
    all_day: bool = False
    open_task: bool = False
    done: bool = False
    due_at: datetime | None = None
    overdue: bool = False
    edited: bool = False
    may_edit: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TimelineDay:
    """The entries of one local day, newest first."""

    day: date
    entries: tuple[TimelineEntry, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Composer:
    """The form that writes an interaction; as well the form that edits one.

    action: takes multipart. Posted names: kind, subject, body, direction (in, out, ""), at (datetime-local, in the time
    zone of the frame), duration_minutes, outcome, participants (repeated contact ids), attachments (files),
    due_on (date), due_time, remind_minutes, assignee, version, attachment-remove (repeated file ids).
    people: whom to offer as participants, chosen or not. enabled: False shows no composer.
    """

    action: str = ""
    kind: str = "note"
    subject: str = ""
    body: str = ""
    direction: str = ""
    at: str = ""
    duration_minutes: str = ""
    outcome: str = ""
    due_on: str = ""
    due_time: str = ""
    remind_minutes: str = ""
    people: tuple[Option, ...] = ()
    assignees: tuple[Option, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    errors: Errors = field(default_factory=dict)
    version: int = 0
    enabled: bool = True
