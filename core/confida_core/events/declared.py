"""What events declare: their one table, the job that tells them, and core's own kinds."""

from __future__ import annotations

from confida_core.declarations import (
    TableDeclaration,
)
from confida_core.events.checking import SELF_CHECKS
from confida_core.events.following import HANDLE, handle
from confida_core.events.kinds import CORE_KINDS
from confida_core.events.tables import EventCursor
from confida_core.jobs.declarations import JobDeclaration

TABLES = (
    TableDeclaration(
        table=EventCursor,
        subject_free="Keys of handlers and positions in the change feed.",
        clear={"handler": "Key of a declared handler of events."},
    ),
)

JOBS = (JobDeclaration(key=HANDLE, run=handle, label="Tell what happened to those who want to know", seconds=60),)

EVENT_KINDS = CORE_KINDS

__all__ = ["EVENT_KINDS", "JOBS", "SELF_CHECKS", "TABLES"]
