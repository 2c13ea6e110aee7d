"""The one table of the job queue."""

from __future__ import annotations

from piccolo.columns import UUID, Boolean, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.storage.engine import DATA


class Job(Table, tablename="job", db=DATA):
    """One piece of work.

    state: waiting, running, done or dead. arguments: a JSON object of ids, numbers, yes/no and registered keys.
    lease_id, lease_until: who runs it, and until when that is believed. error: the type of the last failure.
    """

    id = UUID(primary_key=True)
    key = Varchar(length=80)
    arguments = Text()
    state = Varchar(length=10)
    periodic = Boolean(default=False)
    queued_at = Timestamptz()
    due_at = Timestamptz()
    attempts = Integer(default=0)
    max_attempts = Integer(default=5)
    lease_id = UUID(null=True, default=None)
    lease_until = Timestamptz(null=True, default=None)
    finished_at = Timestamptz(null=True, default=None)
    error = Varchar(length=120)
    idempotency_key = Varchar(length=200, null=True, default=None, unique=True)
