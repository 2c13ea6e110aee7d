"""Tables of the vault in the data store; the keys themselves are elsewhere."""

from __future__ import annotations

from piccolo.columns import UUID, BigSerial, Boolean, Bytea, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.storage.engine import DATA


class SharedKey(Table, tablename="shared_key", db=DATA):
    """The key of a record about several people, wrapped once under each person's own key."""

    id = UUID(primary_key=True)
    key_id = UUID(index=True)
    subject_id = UUID(index=True)
    record_id = UUID(index=True)
    wrapped = Bytea()


class ReadEntry(Table, tablename="read_entry", db=DATA):
    """One look at personal data: who, when, why, where, and at whom (16 bytes per subject)."""

    id = UUID(primary_key=True)
    at = Timestamptz(index=True)
    actor_id = UUID()
    purpose = Varchar(length=80)
    place = Varchar(length=200)
    subjects = Bytea()
    spread = Boolean(default=False, index=True)


class ReadSubject(Table, tablename="read_subject", db=DATA):
    """Which entries of the read log concern a subject; filled by a job, so that a page costs one row, not fifty."""

    id = BigSerial(primary_key=True)
    subject_id = UUID(index=True)
    read_id = UUID()


class Change(Table, tablename="change", db=DATA):
    """The change feed: what was written, in the order in which it was committed."""

    position = BigSerial(primary_key=True)
    subject_id = UUID(null=True, default=None)
    record_id = UUID()
    record_table = Varchar(length=80)
    kind = Varchar(length=10)
