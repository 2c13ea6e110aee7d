"""What contacts declare."""

from __future__ import annotations

from confida_core.contacts.records import CHANGE, CONTACT, RELATIONSHIP, VIEW
from confida_core.contacts.tables import CustomField, RelationshipType, Team, TeamMember
from confida_core.contacts.trash import purge_trash
from confida_core.declarations import (
    PermissionDeclaration,
    TableDeclaration,
)
from confida_core.index.core_fields import contact_index_fields
from confida_core.jobs.declarations import JobDeclaration

RECORDS = (CONTACT, CHANGE, RELATIONSHIP, VIEW)

TABLES = (
    TableDeclaration(
        table=RelationshipType,
        subject_free="Names of roles, not people.",
        clear={
            "key": "Name of a role, made from its label.",
            "forward": "Name of a role, as an administrator chose it.",
            "backward": "Name of a role, as an administrator chose it.",
        },
    ),
    TableDeclaration(
        table=CustomField,
        subject_free="Names of fields, not what stands in them.",
        clear={
            "key": "Name of a field, made from its label.",
            "label": "Name of a field, as an administrator chose it.",
            "field_type": "One of six types.",
            "choices": "What a form offers to everybody, not who chose it.",
            "hint": "An explanation beside the field of a form.",
            "applies_to": "Person, organisation or both.",
        },
    ),
    TableDeclaration(
        table=Team,
        subject_free="Names of groups of colleagues.",
        clear={"name": "Name of a group of colleagues."},
    ),
    TableDeclaration(table=TeamMember, subject_free="Ids of accounts and teams; leaving the team removes the row."),
)

_EVERYONE = frozenset({"owner", "administrator", "staff", "readonly", "privacy_officer"})

PERMISSIONS = (
    PermissionDeclaration(key="contacts.read", label="See contacts", roles=_EVERYONE),
    PermissionDeclaration(
        key="contacts.write",
        label="Add and change contacts",
        roles=frozenset({"owner", "administrator", "staff"}),
    ),
    PermissionDeclaration(
        key="contacts.delete",
        label="Move contacts to the trash and take them out again",
        roles=frozenset({"owner", "administrator"}),
    ),
    PermissionDeclaration(
        key="contacts.restrict",
        label="Restrict the processing of a contact",
        roles=frozenset({"owner", "administrator", "privacy_officer"}),
    ),
)

JOBS = (
    JobDeclaration(
        key="core.purge_trash",
        run=purge_trash,
        label="Erase what has been in the trash for 30 days",
        every=6 * 60 * 60,
        seconds=1800,
    ),
)

INDEX_FIELDS = contact_index_fields()
