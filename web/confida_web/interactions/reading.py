"""From the composer's form to a draft; what cannot be read is said field by field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request

from confida_core.contacts.validation import InvalidContent
from confida_core.interactions.content import InteractionDraft
from confida_core.storage.sealed_files import ReceivedFile, discard_files, receive_file
from confida_web.formatting import formatter
from confida_web.forms import FormData, UploadedFile, parse_form

LONGEST_REMINDER = 60 * 24 * 365
DAY_STARTS = time(9)


@dataclass(frozen=True, slots=True)
class PostedInteraction:
    """files: received and sealed; whoever does not hand them on must discard them."""

    form: FormData
    files: tuple[ReceivedFile, ...]


async def read_posted(request: Request[Any, Any, Any]) -> PostedInteraction:
    """The form, its files sealed as they arrived. Raises BadBody, TooLarge, StorageFull; then no file stays."""
    crm, received = request.state.crm, list[ReceivedFile]()

    async def save(upload: UploadedFile) -> ReceivedFile:
        file = await receive_file(crm, upload.filename, upload.pieces)
        received.append(file)
        return file

    try:
        request.state.actor.require("interactions.write")
        form = await parse_form(request, save)
    except BaseException:
        await discard_files(crm, received)
        raise
    # A form without a chosen file may still send an empty one under a name.
    return PostedInteraction(form, tuple(received))


def read_draft(
    request: Request[Any, Any, Any], form: FormData, *, people: Sequence[UUID] = (), assignees: Sequence[UUID] = ()
) -> InteractionDraft:
    """people: who takes part whatever the form says. assignees: who may be given work.

    Dates and times are read in the time zone of the reader's pages. Raises InvalidContent.
    """
    read = _Reading(form, formatter(request.state.frame.lang, request.state.frame.time_zone).zone)
    kind, planned = form.get("kind", "note"), form.get("kind") == "task"
    due_on, due_time = read.day("due_on"), read.clock("due_time")
    due_at = read.instant(due_on, due_time, "due_time") if due_on and due_time else None
    draft = InteractionDraft(
        kind=kind,
        people=tuple(dict.fromkeys([*people, *read.ids("participants")])),
        subject=form.get("subject"),
        body=form.get("body"),
        outcome="" if planned else form.get("outcome"),
        direction="" if planned else form.get("direction"),
        at=None if planned else read.moment("at"),
        duration_minutes=None if planned else read.number("duration_minutes"),
        planned=planned,
        due_on=due_on,
        due_at=due_at,
        remind_at=read.reminder(due_on, due_at),
        assignee_id=read.assignee(assignees, request.state.actor.id) if planned else None,
    )
    if read.errors:
        raise InvalidContent(read.errors)
    return draft


class _Reading:
    """Collects what is wrong while the values are read."""

    def __init__(self, form: FormData, zone: ZoneInfo) -> None:
        self._form, self._zone, self.errors = form, zone, dict[str, str]()

    def day(self, name: str) -> date | None:
        text = self._form.get(name).strip()
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.errors[name] = "write the day as 2026-11-22"
            return None

    def clock(self, name: str) -> time | None:
        text = self._form.get(name).strip()
        try:
            return time.fromisoformat(text).replace(tzinfo=None) if text else None
        except ValueError:
            self.errors[name] = "write the time as 14:30"
            return None

    def moment(self, name: str) -> datetime | None:
        """A local day and time; an hour that the clock skips counts as the one after it."""
        text = self._form.get(name).strip()
        try:
            local = datetime.fromisoformat(text) if text else None
        except ValueError:
            self.errors[name] = "write day and time as 2026-11-22T14:30"
            return None
        return self.instant(local.date(), local.time(), name) if local else None

    def instant(self, day: date, at: time, name: str) -> datetime | None:
        try:
            return datetime.combine(day, at.replace(tzinfo=None), self._zone).astimezone(UTC)
        except (ValueError, OverflowError):
            self.errors[name] = "must be a day between 1800 and 2200"
            return None

    def number(self, name: str) -> int | None:
        text = self._form.get(name).strip()
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 6):
            self.errors[name] = "must be a whole number of minutes"
            return None
        return int(text)

    def ids(self, name: str) -> list[UUID]:
        try:
            return [UUID(text) for text in self._form.all(name) if text]
        except ValueError:
            self.errors[name] = "choose people from the list"
            return []

    def reminder(self, due_on: date | None, due_at: datetime | None) -> datetime | None:
        """So many minutes before it is due; a day without a time begins at nine."""
        minutes = self.number("remind_minutes")
        if minutes is None or due_on is None:
            return None
        due = due_at or self.instant(due_on, DAY_STARTS, "due_on")
        if minutes > LONGEST_REMINDER:
            self.errors["remind_minutes"] = "at most a year before"
            return None
        return due - timedelta(minutes=minutes) if due else None

    def assignee(self, allowed: Sequence[UUID], own: UUID) -> UUID | None:
        """Whoever plans it does it, unless the form names somebody who works here."""
        text = self._form.get("assignee").strip()
        if not text:
            return own
        try:
            chosen = UUID(text)
        except ValueError:
            chosen = None
        if chosen not in allowed:
            self.errors["assignee"] = "choose somebody from the list"
            return None
        return chosen
