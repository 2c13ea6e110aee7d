"""From what core knows of interactions to what templates show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from itertools import groupby
from uuid import UUID

from confida_core.interactions.content import Attachment as StoredAttachment
from confida_core.interactions.tasks import Task
from confida_core.interactions.timeline import TimelineItem
from confida_web.display import PersonRef, TaskRow
from confida_web.formatting import Formatter
from confida_web.interactions.entries import KINDS, Attachment, TimelineDay, TimelineEntry
from confida_web.interactions.markdown import rendered, rendered_if_marked

PREVIEW = 600
NOBODY = UUID(int=0)


def entry_of(
    item: TimelineItem, names: Mapping[UUID, str], writers: Mapping[UUID, str], f: Formatter, *, whole: bool = False
) -> TimelineEntry:
    """names: of contacts this reader may see; others are not mentioned. writers: of accounts. whole: the body in full."""
    planned = item.state == "planned"
    body = item.body if whole else shortened(item.body)
    return TimelineEntry(
        id=str(item.id),
        kind=item.kind,
        at=item.at,
        href=item.href or f"/interactions/{item.id}",
        subject=item.subject,
        body=body,
        body_html=rendered(body) if whole else rendered_if_marked(body),
        who=writers.get(item.created_by or NOBODY, ""),
        direction=item.direction,
        duration_minutes=item.duration_minutes,
        outcome=item.outcome,
        participants=tuple(person_of(person, names) for person in item.people if person in names),
        attachments=tuple(map(attachment_of, item.attachments)),
        icon=item.icon,
        kind_label=item.kind_label,
        all_day=planned and item.due_on is not None and item.due_at is None,
        open_task=planned,
        done=item.was_planned and item.state == "done",
        due_at=item.due_at or midday(item.due_on, f) if item.was_planned else None,
        overdue=planned and is_overdue(item.due_on, item.due_at, f),
        edited=item.edited,
    )


def shortened(text: str) -> str:
    """The beginning of a long text, cut between words where there are any."""
    if len(text) <= PREVIEW:
        return text
    cut = text[:PREVIEW]
    return (cut.rpartition(" ")[0] if " " in cut[PREVIEW // 2 :] else cut) + " …"


def person_of(contact_id: UUID, names: Mapping[UUID, str]) -> PersonRef:
    return PersonRef(name=names.get(contact_id, ""), href=f"/contacts/{contact_id}")


def attachment_of(file: StoredAttachment) -> Attachment:
    return Attachment(name=file.name, href=f"/files/{file.id}", size_bytes=file.size)


def midday(day: date | None, f: Formatter) -> datetime | None:
    """An instant within a day that has no time, such that it is shown as that very day in the reader's zone."""
    return datetime.combine(day, time(12), f.zone).astimezone(UTC) if day else None


def is_overdue(due_on: date | None, due_at: datetime | None, f: Formatter) -> bool:
    if due_on is None:
        return False
    return due_on < f.today() or (due_at is not None and due_at < datetime.now(UTC))


def days_of(
    items: Iterable[TimelineItem], names: Mapping[UUID, str], writers: Mapping[UUID, str], f: Formatter
) -> tuple[TimelineDay, ...]:
    """Entries under their local day, in the order given."""
    entries = [entry_of(item, names, writers, f) for item in items]
    grouped = groupby(entries, key=lambda entry: f.local(entry.at).date())
    return tuple(TimelineDay(day=day, entries=tuple(of_day)) for day, of_day in grouped)


def task_row(task: Task, f: Formatter, *, may_edit: bool, assignees: Mapping[UUID, str] | None = None) -> TaskRow:
    """assignees: names of accounts, where they are to be shown."""
    first = task.people[0] if task.people else None
    return TaskRow(
        id=str(task.id),
        subject=task.subject,
        kind=task.kind,
        due_at=task.due_at or midday(task.due_on, f),
        all_day=task.due_at is None,
        overdue=task.overdue(f.today()),
        done=task.state == "done",
        done_at=task.done_at,
        contact=PersonRef(name=first[1], href=f"/contacts/{first[0]}") if first else None,
        assignee=(assignees or {}).get(task.assignee_id or NOBODY, ""),
        may_edit=may_edit,
    )


def task_rows(
    tasks: Sequence[Task], f: Formatter, *, may_edit: bool, assignees: Mapping[UUID, str] | None = None
) -> tuple[TaskRow, ...]:
    return tuple(task_row(task, f, may_edit=may_edit, assignees=assignees) for task in tasks)


def said_of(kind: str, direction: str = "") -> str:
    """A few words for an entry without its content ("Call, outgoing")."""
    label = KINDS.get(kind, ("Entry", ""))[0]
    return label + {"in": ", incoming", "out": ", outgoing"}.get(direction, "")
