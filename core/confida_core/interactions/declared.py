"""What interactions declare."""

from __future__ import annotations

from confida_core.declarations import (
    PermissionDeclaration,
    TableDeclaration,
    TimelineSource,
)
from confida_core.interactions import counted
from confida_core.interactions.interactions import INTERACTION
from confida_core.interactions.tables import InteractionParticipant
from confida_core.interactions.timeline import interaction_items
from confida_core.interactions.upkeep import empty_trash
from confida_core.jobs.declarations import JobDeclaration

RECORDS = (INTERACTION,)
INDEX_FIELDS = counted.INDEX_FIELDS

TABLES = (
    TableDeclaration(
        table=InteractionParticipant,
        subject="contact_id",
        subject_free="Ids, a time and states; erasing a person removes the rows that name them.",
        clear={"kind": "One of the declared kinds.", "state": "Planned, done, cancelled or trash."},
    ),
)

_EVERYONE = frozenset({"owner", "administrator", "staff", "readonly", "privacy_officer"})

PERMISSIONS = (
    PermissionDeclaration(key="interactions.read", label="See interactions, tasks and their files", roles=_EVERYONE),
    PermissionDeclaration(
        key="interactions.write",
        label="Write down, plan and change interactions",
        roles=frozenset({"owner", "administrator", "staff"}),
    ),
)

TIMELINE_SOURCES = (TimelineSource(key="core.interactions", label="Interactions", entries=interaction_items),)

JOBS = (
    JobDeclaration(
        key="core.empty_interaction_trash",
        run=empty_trash,
        label="Destroy interactions that have been in the trash for 30 days",
        every=6 * 60 * 60,
        seconds=1800,
    ),
)
