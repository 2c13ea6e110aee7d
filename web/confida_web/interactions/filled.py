"""The composer filled with what is stored."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from litestar import Request

from confida_core.contacts.people import display_names
from confida_core.interactions.content import SOME_DAY, InteractionContent
from confida_core.vault.door import Opened
from confida_web.display import Option
from confida_web.formatting import Formatter, formatter_of
from confida_web.interactions.entries import Composer
from confida_web.interactions.reading import DAY_STARTS
from confida_web.interactions.story import staff_options
from confida_web.interactions.words import attachment_of
from confida_web.security.access import access_for


async def filled_composer(request: Request[Any, Any, Any], opened: Opened[InteractionContent]) -> Composer:
    """The form that edits one; times in the reader's time zone, people as far as the reader may see them."""
    row, content, f = opened.row, opened.content, formatter_of(request)
    people = opened.people
    names = await display_names(request.state.crm, access_for(request, "relationship"), people) if people else {}
    assignee = str(row["assignee_id"])
    was_planned = row["state"] == "planned" or row["done_at"] is not None
    return Composer(
        action=f"/interactions/{row['id']}/edit",
        kind="task" if was_planned else row["kind"],
        subject=content.subject,
        body=content.body,
        direction=row["direction"],
        at="" if was_planned else local_text(row["at"], f),
        duration_minutes=str(row["duration_minutes"] or ""),
        outcome=content.outcome,
        due_on=row["due_on"].isoformat() if row["due_on"] != SOME_DAY else "",
        due_time=f.local(row["due_at"]).strftime("%H:%M") if row["due_at"] else "",
        remind_minutes=reminder_text(opened, f),
        people=tuple(Option(value=str(one), label=name, chosen=True) for one, name in names.items()),
        assignees=tuple(
            Option(value=one.value, label=one.label, chosen=one.value == assignee)
            for one in await staff_options(request)
        ),
        attachments=tuple(map(attachment_of, content.attachments)),
        version=row["version"],
    )


def local_text(moment: datetime, f: Formatter) -> str:
    """An instant as a field of type `datetime-local` wants it."""
    return f.local(moment).strftime("%Y-%m-%dT%H:%M")


def reminder_text(opened: Opened[InteractionContent], f: Formatter) -> str:
    """Minutes between the reminder and when it is due; a day without a time begins at nine."""
    row = opened.row
    if row["remind_at"] is None or row["due_on"] == SOME_DAY:
        return ""
    due = row["due_at"] or datetime.combine(row["due_on"], DAY_STARTS, f.zone)
    return str(max(0, (due - row["remind_at"]) // timedelta(minutes=1)))
