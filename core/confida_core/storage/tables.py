"""The table of sealed files; their bytes lie in the folder `files`."""

from __future__ import annotations

from piccolo.columns import UUID, Bytea, Integer, Timestamptz, Varchar
from piccolo.table import Table

from confida_core.storage.engine import DATA


class SealedFile(Table, tablename="sealed_file", db=DATA):
    """One file. owner_id: the record it belongs to. permission: what somebody needs to open it."""

    id = UUID(primary_key=True)
    version = Integer()
    sealed = Bytea()
    owner_id = UUID(index=True)
    permission = Varchar(length=80)
    created_at = Timestamptz()
