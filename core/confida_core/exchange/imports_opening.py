"""What a run needs before it can work: its record, the rights of whoever started it, its file, and who is here already."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from confida_core.accounts.roles import permissions_of
from confida_core.exchange.csv_reader import CSVTable
from confida_core.exchange.draft import ContactDraft
from confida_core.exchange.imports_file import DraftStream, Found, shape_of, stored_bytes
from confida_core.exchange.imports_matching import Match, find_matches
from confida_core.exchange.imports_records import RUN, RunContent
from confida_core.installation import Installation
from confida_core.storage.sealed_files import SEALED_FILE
from confida_core.vault.access import SYSTEM_ID, Access, Actor, NotFound, system_access
from confida_core.vault.door import Opened

INSIDE = system_access("imports")


async def opened_run(crm: Installation, run_id: UUID) -> Opened[RunContent]:
    """For the program itself. Raises NotFound."""
    rows = await crm.records.rows(RUN, [run_id])
    opened = await crm.door.open_one(INSIDE, RUN, rows[0]) if rows else None
    if opened is None:
        raise NotFound("import")
    return opened


async def access_of(crm: Installation, account_id: UUID) -> Access:
    """The rights of whoever started the run, as they are now. Raises Forbidden if they are gone.

    The operator's own runs are logged like anybody's and see no restricted people.
    """
    permissions = frozenset(crm.registry.permissions)
    if account_id != SYSTEM_ID:
        rows = await crm.data.fetch("SELECT role FROM account WHERE id = ? AND state = 'active'", account_id)
        permissions = permissions_of(crm.registry, rows[0]["role"]) if rows else frozenset()
    actor = Actor(id=account_id, permissions=permissions)
    for permission in ("exchange.import", "contacts.write"):
        actor.require(permission)
    return Access(actor=actor, purpose="import_export", where="import")


async def run_bytes(crm: Installation, run: Opened[RunContent]) -> bytes:
    """The uploaded file. Raises NotFound, SealBroken, FileNotFoundError."""
    rows = await crm.records.rows(SEALED_FILE, [run.row["file_id"]]) if run.row["file_id"] else []
    file = await crm.door.open_one(INSIDE, SEALED_FILE, rows[0]) if rows else None
    if file is None:
        raise NotFound("file")
    return await stored_bytes(crm, run.row["file_id"], file.content)


async def open_table_of(crm: Installation, run: Opened[RunContent]) -> CSVTable | None:
    """The table of a run with its first rows, for matching columns; None for other files. Raises as `run_bytes`."""
    data = await run_bytes(crm, run)
    shape = await asyncio.to_thread(shape_of, crm.registry.importers, run.content.file_name, data, run.row["format"])
    return shape.table


async def open_stream(crm: Installation, run: Opened[RunContent], *, position: int | None = None) -> DraftStream:
    """The file of a run from its cursor on. Raises UnreadableFile, and as `run_bytes`."""
    data = await run_bytes(crm, run)
    start = run.row["position"] if position is None else position
    return await DraftStream.open(crm.registry.importers, data, run.row["format"], run.content, position=start)


async def matches_for(crm: Installation, access: Access, found: Sequence[Found]) -> list[Match | None]:
    """One for each row; None for errors and groups."""
    drafts = [one for one in found if isinstance(one, ContactDraft) and not one.memberships]
    matched = iter(await find_matches(crm, access, drafts))
    return [next(matched) if isinstance(one, ContactDraft) and not one.memberships else None for one in found]
