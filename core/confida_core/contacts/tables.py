"""Tables of contacts. Whatever tells something about a person is in `sealed`; the other columns are operational."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Bytea, Date, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.storage.engine import DATA


class Contact(Table, tablename="contact", db=DATA):
    """A person or an organisation; the contact is its own subject. deleted_at: in the trash since."""

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    kind = Varchar(length=20)
    owner_id = UUID(null=True, default=None, index=True)
    team_id = UUID(null=True, default=None, index=True)
    archived_at = Timestamptz(null=True, default=None)
    deleted_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    created_by = UUID()
    updated_at = Timestamptz()
    touched_at = Timestamptz(null=True, default=None)


class ContactChange(Table, tablename="contact_change", db=DATA):
    """Who did what to a contact. contact_version: the contact's afterwards. operation_id: what was done in one go."""

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    subject_id = UUID()
    record_id = UUID()
    at = Timestamptz()
    actor_id = UUID()
    kind = Varchar(length=20)
    contact_version = Integer()
    operation_id = UUID(null=True, default=None, index=True)


class Relationship(Table, tablename="relationship", db=DATA):
    """What two contacts are to each other; read forwards from the first to the second."""

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    type_id = UUID()
    from_id = UUID(index=True)
    to_id = UUID(index=True)
    started_on = Date(null=True, default=None)
    ended_on = Date(null=True, default=None)
    created_at = Timestamptz()


class RelationshipType(Table, tablename="relationship_type", db=DATA):
    """An own kind of relationship, beside those that come with the program."""

    id = UUID(primary_key=True)
    key = Varchar(length=64, unique=True)
    forward = Varchar(length=80)
    backward = Varchar(length=80)
    retired_at = Timestamptz(null=True, default=None)


class CustomField(Table, tablename="custom_field", db=DATA):
    """A field that an administrator defined. applies_to: person, organisation or "" for both. choices: JSON list."""

    id = UUID(primary_key=True)
    key = Varchar(length=64, unique=True)
    label = Varchar(length=80)
    field_type = Varchar(length=10)
    choices = Text()
    hint = Varchar(length=200)
    applies_to = Varchar(length=20)
    position = Integer()
    retired_at = Timestamptz(null=True, default=None)


class SavedView(Table, tablename="saved_view", db=DATA):
    """A list that somebody gave a name; sealed for the organisation, because a condition may hold names."""

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    owner_id = UUID(index=True)
    shared = Boolean(default=False)
    created_at = Timestamptz()


class Team(Table, tablename="team", db=DATA):
    """A group of colleagues who look after contacts together."""

    id = UUID(primary_key=True)
    name = Varchar(length=80, unique=True)


class TeamMember(Table, tablename="team_member", db=DATA):
    """An account in a team."""

    id = UUID(primary_key=True)
    team_id = UUID(index=True)
    account_id = UUID(index=True)
