"""What the job queue declares: its table, and the housekeeping that belongs to no other area."""

from __future__ import annotations

from confida_core.declarations import (
    TableDeclaration,
)
from confida_core.jobs.declarations import JobDeclaration
from confida_core.jobs.tables import Job
from confida_core.jobs.upkeep import (
    distribute_reads,
    empty_write_ahead_logs,
    keep_ballast,
    prune_changes,
    prune_finished_jobs,
)

TABLES = (
    TableDeclaration(
        table=Job,
        subject_free="Random ids and registered keys only, checked when queued; finished rows go after a week.",
        clear={
            "key": "Key of a declared job.",
            "arguments": "Ids and keys only; anything else is refused when it is queued.",
            "state": "Waiting, running, done or dead.",
            "error": "Name of an exception class, never its text.",
            "idempotency_key": "Made of ids and keys; its form is checked when queued.",
        },
    ),
)

JOBS = (
    JobDeclaration(key="core.distribute_reads", run=distribute_reads, label="Sort the read log by person", every=60),
    JobDeclaration(
        key="core.empty_write_ahead_logs", run=empty_write_ahead_logs, label="Empty write-ahead logs", every=300
    ),
    JobDeclaration(key="core.keep_ballast", run=keep_ballast, label="Reserve room on the disk", every=3600),
    JobDeclaration(key="core.prune_changes", run=prune_changes, label="Forget old change entries", every=3600),
    JobDeclaration(
        key="core.prune_finished_jobs", run=prune_finished_jobs, label="Forget finished jobs", every=24 * 3600
    ),
)
