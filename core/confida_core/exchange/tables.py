"""Tables of imports. What came out of somebody's file is in `sealed`; the other columns are states, numbers and ids."""

from __future__ import annotations

from piccolo.columns import UUID, Bytea, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.storage.engine import DATA


class ImportRun(Table, tablename="import_run", db=DATA):
    """One file on its way in.

    file_id: the sealed file, None once it is deleted. position: how many rows of the file are dealt with; the cursor.
    touched_at: when it last moved. run_by: whose rights it runs with, None until it is started.
    undone_count, kept_count: contacts that an undo has dealt with, and those of them that it left alone.
    """

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    file_id = UUID(null=True, default=None)
    format = Varchar(length=60)
    state = Varchar(length=12, index=True)
    duplicates = Varchar(length=10)
    total = Integer(default=0)
    position = Integer(default=0)
    created_count = Integer(default=0)
    updated_count = Integer(default=0)
    duplicate_count = Integer(default=0)
    invalid_count = Integer(default=0)
    group_count = Integer(default=0)
    undone_count = Integer(default=0)
    kept_count = Integer(default=0)
    created_by = UUID()
    run_by = UUID(null=True, default=None)
    created_at = Timestamptz()
    started_at = Timestamptz(null=True, default=None)
    finished_at = Timestamptz(null=True, default=None)
    touched_at = Timestamptz()


class ImportItem(Table, tablename="import_item", db=DATA):
    """What became of one row of the file, and so what an undo has to take back.

    contact_id: None where no contact was touched, or it is gone. version_after: of that contact, directly after the row.
    """

    id = UUID(primary_key=True)
    run_id = UUID()
    row_number = Integer()
    contact_id = UUID(null=True, default=None, index=True)
    action = Varchar(length=10)
    version_after = Integer(default=0)


class ImportProblem(Table, tablename="import_problem", db=DATA):
    """A row that did not come in as it stood in the file.

    subject_id: the contact it is about, whose erasure it shares; else the import, whose own key ends with the report.
    """

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    subject_id = UUID(index=True)
    run_id = UUID()
    row_number = Integer()
    kind = Varchar(length=10)


class ImportMapping(Table, tablename="import_mapping", db=DATA):
    """How the columns of a table were matched the last time a table with this header came."""

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    fingerprint = Bytea(unique=True)
    used_at = Timestamptz()


class ExportRun(Table, tablename="export_run", db=DATA):
    """One time that contacts were taken out. finished_at: None if whoever asked did not wait for the end.

    left_out_count: whom a gate kept out of a file for somebody else.
    """

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    format = Varchar(length=60)
    contact_count = Integer(default=0)
    left_out_count = Integer(default=0)
    created_by = UUID()
    created_at = Timestamptz()
    finished_at = Timestamptz(null=True, default=None)
