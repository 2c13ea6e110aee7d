"""What can happen to contacts, interactions and messages, and what may be told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from confida_core.contacts.content import ContactContent
from confida_core.contacts.records import CHANGE, CONTACT
from confida_core.events.declarations import EventField, EventKind
from confida_core.interactions.interactions import INTERACTION
from confida_core.outbound.content import OUTBOUND
from confida_core.outbound.returned import Returned

# Kinds of entries in a contact's history after which somebody else's copy of it may be stale.
CHANGED = frozenset({"changed", "updated", "merged", "tagged", "undone"})


def plain(name: str) -> Callable[[Mapping[str, Any], Any], Any]:
    """A field of the content as plain JSON."""

    def value(_: Mapping[str, Any], content: Any) -> Any:
        return msgspec.to_builtins(getattr(content, name))

    return value


def column(name: str) -> Callable[[Mapping[str, Any], Any], Any]:
    """An operational column as plain JSON; instants in UTC as RFC 3339."""

    def value(row: Mapping[str, Any], _: Any) -> Any:
        return msgspec.to_builtins(row[name])

    return value


def birthday(_: Mapping[str, Any], content: ContactContent) -> str | None:
    """As in vCard: 1815-12-10, or --12-10 where the year is not known."""
    day = content.birthday
    if day is None:
        return None
    return f"{day.year:04}-{day.month:02}-{day.day:02}" if day.year else f"--{day.month:02}-{day.day:02}"


CONTACT_FIELDS = (
    EventField(key="kind", label="Person or organisation", value=column("kind"), sealed=False),
    EventField(key="display_name", label="Name", value=plain("display_name")),
    EventField(key="name", label="Parts of the name", value=plain("name")),
    EventField(key="emails", label="E-mail addresses", value=plain("emails")),
    EventField(key="phones", label="Phone numbers", value=plain("phones")),
    EventField(key="addresses", label="Postal addresses", value=plain("addresses")),
    EventField(key="organisation", label="Organisation", value=plain("organisation")),
    EventField(key="job_title", label="Job title", value=plain("job_title")),
    EventField(key="department", label="Department", value=plain("department")),
    EventField(key="links", label="Links", value=plain("links")),
    EventField(key="birthday", label="Birthday", value=birthday),
    EventField(key="language", label="Language", value=plain("language")),
    EventField(key="tags", label="Tags", value=plain("tags")),
    EventField(key="custom", label="Custom fields", value=plain("custom")),
    EventField(key="note", label="Note", value=plain("note")),
    EventField(key="updated_at", label="When it was last changed", value=column("updated_at"), sealed=False),
)

INTERACTION_FIELDS = (
    EventField(key="kind", label="Kind, such as call or meeting", value=column("kind"), sealed=False),
    EventField(key="state", label="Planned, done or cancelled", value=column("state"), sealed=False),
    EventField(key="direction", label="Direction", value=column("direction"), sealed=False),
    EventField(key="at", label="When it happened or is due", value=column("at"), sealed=False),
    EventField(key="subject", label="Subject", value=plain("subject")),
    EventField(key="body", label="Text", value=plain("body")),
    EventField(key="outcome", label="Outcome", value=plain("outcome")),
    EventField(key="location", label="Place", value=plain("location")),
)

MESSAGE_FIELDS = (
    EventField(key="purpose", label="Purpose", value=column("purpose"), sealed=False),
    EventField(key="channel", label="Channel", value=column("channel"), sealed=False),
    EventField(
        key="returned", label="What came back: address, message or complaint", value=column("returned"), sealed=False
    ),
)


def returned_at(row: Mapping[str, Any]) -> datetime | None:
    at: datetime | None = row["returned_at"]
    return at


def is_done_task(row: Mapping[str, Any]) -> bool:
    return row["kind"] == "task" and row["state"] == "done" and row["deleted_at"] is None


def done_at(row: Mapping[str, Any]) -> datetime | None:
    at: datetime | None = row["done_at"]
    return at


def _history(*kinds: str) -> Callable[[Mapping[str, Any]], bool]:
    def told(row: Mapping[str, Any]) -> bool:
        return row["kind"] in kinds

    return told


CORE_KINDS = (
    EventKind(
        key="contact.created",
        label="A contact was made",
        table=CONTACT.name,
        change="created",
        fields=CONTACT_FIELDS,
    ),
    EventKind(
        key="contact.updated",
        label="A contact was changed",
        table=CHANGE.name,
        change="created",
        told=lambda row: row["kind"] in CHANGED and row["contact_version"] > 1,
        record="record_id",
        opened=CONTACT.name,
        fields=CONTACT_FIELDS,
    ),
    EventKind(
        key="contact.trashed",
        label="A contact was put into the trash",
        table=CHANGE.name,
        change="created",
        told=_history("trashed"),
        record="record_id",
        opened=CONTACT.name,
        goes="follows",
    ),
    EventKind(
        key="contact.restored",
        label="A contact was taken out of the trash",
        table=CHANGE.name,
        change="created",
        told=_history("restored"),
        record="record_id",
        opened=CONTACT.name,
        fields=CONTACT_FIELDS,
    ),
    EventKind(
        key="contact.erased",
        label="A contact was erased",
        table=CONTACT.name,
        change="deleted",
        goes="always",
    ),
    EventKind(
        key="interaction.created",
        label="Something was written down or planned",
        table=INTERACTION.name,
        change="created",
        fields=INTERACTION_FIELDS,
    ),
    EventKind(
        key="message.bounced",
        label="A message came back and will not be delivered",
        table=OUTBOUND.name,
        change="written",
        told=lambda row: row["returned"] in {Returned.ADDRESS, Returned.MESSAGE},
        happened=returned_at,
        fields=MESSAGE_FIELDS,
        purpose=lambda row: str(row["purpose"]),
    ),
    EventKind(
        key="message.complained",
        label="Somebody reported a message as unwanted",
        table=OUTBOUND.name,
        change="written",
        told=lambda row: row["returned"] == Returned.COMPLAINT,
        happened=returned_at,
        fields=MESSAGE_FIELDS,
        purpose=lambda row: str(row["purpose"]),
    ),
    EventKind(
        key="task.completed",
        label="A task was done",
        table=INTERACTION.name,
        change="written",
        told=is_done_task,
        happened=done_at,
        fields=INTERACTION_FIELDS,
    ),
)
