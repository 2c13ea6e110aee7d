"""What is sealed beside the contact itself, and how each table of contacts is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from confida_core.contacts.content import ContactContent, LongText, Sealed, ShortText
from confida_core.contacts.tables import Contact, ContactChange, Relationship, SavedView
from confida_core.declarations import InAnswer, RecordDeclaration


class FieldChange(Sealed, frozen=True):
    """field: path in the content ("emails", "name.given", "custom.<key>"). before, after: as plain values."""

    field: str
    before: Any = None
    after: Any = None


class ChangeContent(Sealed, frozen=True):
    """What a change did; empty for a state such as archived. detail: the other contact's id, a tag, a file's id."""

    changes: list[FieldChange] = []
    detail: ShortText = ""


class RelationshipContent(Sealed, frozen=True):
    """role: as what ("treasurer"). note: anything else worth knowing."""

    role: ShortText = ""
    note: LongText = ""


class ViewContent(Sealed, frozen=True):
    """condition: JSON of the condition language, "" for everyone. columns: keys in the order shown, empty for the usual."""

    name: Annotated[str, Meta(max_length=80)]
    condition: str = ""
    text: ShortText = ""
    sort: str = "name"
    descending: bool = False
    archived: bool = False
    columns: list[str] = []


# A note and tags are what we wrote, and a field of our own may be either.
PROVIDED = frozenset({"display_name", "name", "nickname", "organisation", "job_title", "department", "emails", "phones",
                      "addresses", "links", "birthday", "language"})  # fmt: skip


def provided_of_contact(_: Mapping[str, Any], content: ContactContent) -> dict[str, Any]:
    """What people tell of themselves, as plain values (GDPR Art. 20)."""
    return {name: value for name, value in msgspec.to_builtins(content).items() if name in PROVIDED}


CONTACT = RecordDeclaration(
    table=Contact,
    content=ContactContent,
    subject="id",
    retention_class="relationship",
    purpose="relationship",
    label="Contacts",
    clear={"kind": "Person or organisation."},
    answer=InAnswer(
        category="Who you are and how you can be reached",
        source="You told us, or somebody wrote it down for you.",
        provided=provided_of_contact,
    ),
)

CHANGE = RecordDeclaration(
    table=ContactChange,
    content=ChangeContent,
    subject="subject_id",
    retention_class="relationship",
    purpose="relationship",
    label="Change history of contacts",
    clear={"kind": "What was done: created, changed, archived and the like."},
    answer=InAnswer(category="What was changed about you, and when", source="The program notes each change."),
)

RELATIONSHIP = RecordDeclaration(
    table=Relationship,
    content=RelationshipContent,
    subject=None,
    retention_class="relationship",
    purpose="relationship",
    label="Relationships between contacts",
    answer=InAnswer(category="How you are connected with others", source="Somebody who works for us wrote it down."),
)

VIEW = RecordDeclaration(
    table=SavedView,
    content=ViewContent,
    subject=None,
    retention_class="relationship",
    purpose="relationship",
    label="Saved views",
    answer=InAnswer(category="Lists that somebody keeps"),
)
