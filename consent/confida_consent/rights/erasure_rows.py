"""The rows of erasures: one per person, with how far it has come; what is written in them is durable before the next stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from confida_consent.rights.content import ErasureNote
from confida_consent.rights.declared import ERASURE
from confida_consent.rights.erasure_plan import INSIDE
from confida_consent.rights.vocabulary import ErasureStage
from confida_core.installation import Installation
from confida_core.vault.access import Access, NotFound
from confida_core.vault.door import Opened

COLUMNS = (
    "id", "contact_id", "request_id", "started_at", "started_by", "finished_at", "epoch", "rows", "files", "ledger_index",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRow:
    """One erasure. contact_id: leads nowhere once it is done. epoch: of the keys of the person's bucket, from then on.

    rows, files: how many went. ledger_index: position of its entry. goes, stays: what was shown before it was confirmed.
    faults: what stopped it for a while, in words without names.
    """

    id: UUID
    contact_id: UUID
    request_id: UUID | None
    stage: ErasureStage
    started_at: datetime
    started_by: UUID
    finished_at: datetime | None
    epoch: int | None
    rows: int
    files: int
    ledger_index: int | None
    goes: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def done(self) -> bool:
        return self.stage is ErasureStage.DONE


Found = Opened[ErasureNote]


def erasure_row(found: Found) -> ErasureRow:
    """The row as others may see it: no salts and no certificate."""
    note = found.content
    return ErasureRow(
        **{name: found.row[name] for name in COLUMNS},
        stage=ErasureStage(found.row["stage"]),
        goes=tuple(note.goes),
        stays=tuple(note.stays),
        recipients=tuple(note.recipients),
        faults=tuple(note.faults),
    )


async def read(crm: Installation, erasure_id: UUID) -> Found:
    """Opened by the program itself. Raises NotFound."""
    rows = await crm.data.fetch("SELECT * FROM rights_erasure WHERE id = ?", erasure_id)
    opened = await crm.door.open(INSIDE, ERASURE, rows)
    if not opened:
        raise NotFound
    found: Found = opened[0]
    return found


async def unfinished(crm: Installation, contact_id: UUID) -> UUID | None:
    """The erasure of this contact that is under way."""
    rows = await crm.data.fetch(
        "SELECT id FROM rights_erasure WHERE contact_id = ? AND stage <> ? ORDER BY id LIMIT 1",
        contact_id, ErasureStage.DONE.value,
    )  # fmt: skip
    return rows[0]["id"] if rows else None


async def write(crm: Installation, found: Found, note: Mapping[str, Any] | None = None, **columns: Any) -> None:
    """Change columns and fields of the note of the row as it was read. Raises VersionConflict if somebody else was faster."""
    content = msgspec.structs.replace(found.content, **(note or {}))
    await crm.records.update(ERASURE, {"id": found.row["id"], **columns}, content, seen=found.row["version"])


async def advance(
    crm: Installation, found: Found, stage: ErasureStage, note: Mapping[str, Any] | None = None, **columns: Any
) -> None:
    """The same, with the stage that is now durable; to be called in the transaction of what it stands for, if that is one."""
    await write(crm, found, note, stage=stage.value, **columns)


async def erasure_of(crm: Installation, access: Access, erasure_id: UUID) -> ErasureRow:
    """One erasure, for whoever may see requests. Raises Forbidden without `requests.read`, NotFound."""
    access.actor.require("requests.read")
    return erasure_row(await read(crm, erasure_id))


async def erasures(
    crm: Installation, access: Access, *, request_id: UUID | None = None, limit: int = 100
) -> list[ErasureRow]:
    """The newest erasures, or those of one request. Raises Forbidden without `requests.read`."""
    access.actor.require("requests.read")
    condition, args = ("WHERE request_id = ?", [request_id]) if request_id else ("", [])
    rows = await crm.data.fetch(f"SELECT * FROM rights_erasure {condition} ORDER BY id DESC LIMIT ?", *args, limit)
    return [erasure_row(found) for found in await crm.door.open(INSIDE, ERASURE, rows)]
