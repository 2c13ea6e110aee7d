"""An import step by step: the file comes, its columns are matched, somebody looks at the preview, and it starts."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from confida_core.accounts.audit import record_event
from confida_core.clock import now
from confida_core.contacts.text import clean_line, storable
from confida_core.contacts.validation import MOST_TAGS
from confida_core.exchange.csv_reader import CSVTable
from confida_core.exchange.imports_file import FileShape, shape_of, stored_bytes, suggested
from confida_core.exchange.imports_opening import INSIDE
from confida_core.exchange.imports_records import (
    LARGEST_IMPORT,
    MAPPING,
    RUN,
    Duplicates,
    MappingContent,
    RunContent,
    RunState,
)
from confida_core.exchange.mapping import ColumnMapping
from confida_core.exchange.reading import count_items
from confida_core.ids import new_id
from confida_core.installation import Installation
from confida_core.jobs.queue import enqueue
from confida_core.storage.sealed_files import ReceivedFile, discard_files, keep_files, largest, receive_file
from confida_core.vault.access import Access, NotFound
from confida_core.vault.door import Opened

ORIGINS = {
    "themselves": "They gave it to us themselves",
    "other_system": "It comes from another program of ours",
    "other_organisation": "Another organisation gave it to us",
    "public": "It was published",
    "other": "Something else",
}
_PAGE = 50


class NotNow(Exception):
    """The import is not at a step where this can be done; nothing changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What is said along with a file. format: key of an importer, "csv", or "" to find out. origin: a key of ORIGINS.

    region: ISO 3166-1 alpha-2 for phone numbers without country code, or "". tags: for everybody who comes in.
    """

    origin: str
    origin_note: str = ""
    region: str = ""
    format: str = ""
    tags: Sequence[str] = ()
    duplicates: Duplicates = Duplicates.SKIP


async def receive_import(
    crm: Installation, access: Access, name: str, pieces: AsyncIterator[bytes], options: ImportOptions
) -> UUID:
    """Seal a file and note it as an import that has not started; returns its id.

    Raises Forbidden, UnreadableFile (the message is for the person), TooLarge, StorageFull; then nothing stays.
    """
    access.actor.require("exchange.import")
    return await begin_import(crm, access, await receive_file(crm, name, pieces, limit=largest_import(crm)), options)


def largest_import(crm: Installation) -> int:
    """The largest file that is taken, in bytes."""
    return min(LARGEST_IMPORT, largest(crm))


async def begin_import(crm: Installation, access: Access, file: ReceivedFile, options: ImportOptions) -> UUID:
    """The same for a file that has arrived already; if this raises, the file is gone."""
    try:
        access.actor.require("exchange.import")
        data = await stored_bytes(crm, file.id, file.content)
        shape = await asyncio.to_thread(shape_of, crm.registry.importers, file.content.name, data, options.format)
        total = await asyncio.to_thread(count_items, shape.importer, data)
        mapping, known = await _first_mapping(crm, shape)
        content = run_content(file.content.name, options, shape, mapping)
        ready = shape.table is None or known
        return await _insert_run(crm, access, options, content, file=file, kind=shape.format, total=total, ready=ready)
    except BaseException:
        await discard_files(crm, [file])
        raise


async def _first_mapping(crm: Installation, shape: FileShape) -> tuple[ColumnMapping | None, bool]:
    """The remembered mapping of this header, else a suggestion; and whether it was remembered."""
    if shape.table is None:
        return None, False
    remembered = await remembered_mapping(crm, shape.table.header)
    return (remembered or suggested(shape.table)), remembered is not None


def run_content(name: str, options: ImportOptions, shape: FileShape, mapping: ColumnMapping | None) -> RunContent:
    table: CSVTable | None = shape.table
    tags = [tag for tag in (clean_line(storable(tag))[:200] for tag in options.tags) if tag]
    return RunContent(
        file_name=name,
        origin=options.origin if options.origin in ORIGINS else "other",
        origin_note=clean_line(storable(options.origin_note))[:500],
        region=options.region.strip().upper()[:2],
        tags=sorted(dict.fromkeys(tags))[:MOST_TAGS],
        header=list(table.header) if table else [],
        delimiter=table.delimiter if table else "",
        charset=table.charset if table else "",
        mapping=mapping,
    )


async def _insert_run(
    crm: Installation,
    access: Access,
    options: ImportOptions,
    content: RunContent,
    *,
    file: ReceivedFile,
    kind: str,
    total: int,
    ready: bool,
) -> UUID:
    run_id, moment = new_id(), now()
    columns: dict[str, Any] = {
        "id": run_id,
        "file_id": file.id,
        "format": kind,
        "state": (RunState.MAPPED if ready else RunState.UPLOADED).value,
        "duplicates": options.duplicates.value,
        "total": total,
        "created_by": access.actor.id,
        "created_at": moment,
        "touched_at": moment,
        **dict.fromkeys(COUNTERS, 0),
    }
    # The file is sealed under a key of its own, so that deleting it works in old backups too.
    await crm.keyring.ensure([file.id, crm.keyring.installation_id], RUN.retention_class)
    async with crm.data.transaction():
        await crm.records.insert(RUN, columns, content)
        await keep_files(crm, [file], owner_id=run_id, people=[file.id], permission="exchange.import")
    return run_id


COUNTERS = (
    "position",
    "created_count",
    "updated_count",
    "duplicate_count",
    "invalid_count",
    "group_count",
    "undone_count",
    "kept_count",
)


async def visible_run(crm: Installation, access: Access, run_id: UUID) -> Opened[RunContent]:
    """The gate to one import. Raises Forbidden, NotFound."""
    access.actor.require("exchange.import")
    rows = await crm.records.rows(RUN, [run_id])
    opened = await crm.door.open_one(access, RUN, rows[0]) if rows else None
    if opened is None:
        raise NotFound("import")
    return opened


async def list_runs(
    crm: Installation, access: Access, *, before: UUID | None = None, limit: int = _PAGE
) -> list[Opened[RunContent]]:
    """Newest first, older than `before`. Raises Forbidden."""
    access.actor.require("exchange.import")
    rows = await crm.data.fetch(
        "SELECT * FROM import_run WHERE id < ? ORDER BY id DESC LIMIT ?", before or UUID(int=2**128 - 1), limit
    )
    return await crm.door.open(access, RUN, rows)


def fingerprint(crm: Installation, header: Sequence[str]) -> bytes:
    """The keyed hash under which the mapping of a header is remembered."""
    text = "\x1f".join(header).casefold().encode("utf-8", "replace")
    return hmac.new(crm.keyring.hashing_key("import header"), text, "sha256").digest()


async def remembered_mapping(crm: Installation, header: Sequence[str]) -> ColumnMapping | None:
    """How a table with this header was matched the last time, if it still can be."""
    rows = await crm.data.fetch("SELECT * FROM import_mapping WHERE fingerprint = ?", fingerprint(crm, header))
    opened = await crm.door.open_one(INSIDE, MAPPING, rows[0]) if rows else None
    if opened is None or tuple(opened.content.mapping.header) != tuple(header):
        return None
    found: ColumnMapping = opened.content.mapping
    return found


async def set_mapping(crm: Installation, access: Access, run_id: UUID, targets: Sequence[str]) -> None:
    """Match the columns of a table, and remember it for the next file of this kind.

    Raises NotNow once the import has started, InvalidMapping for a target that does not exist, NotFound, Forbidden.
    """
    run = await visible_run(crm, access, run_id)
    if run.row["state"] not in BEFORE_START or run.row["format"] != "csv":
        raise NotNow
    old = run.content.mapping
    mapping = ColumnMapping(
        header=tuple(run.content.header), targets=tuple(targets), date_order=old.date_order if old else ""
    )
    content = msgspec.structs.replace(run.content, mapping=mapping, preview=None)
    columns = {"id": run_id, "state": RunState.MAPPED.value, "touched_at": now()}
    async with crm.data.transaction():
        await crm.records.update(RUN, columns, content, seen=run.row["version"])
        await _remember(crm, mapping)


BEFORE_START = (RunState.UPLOADED.value, RunState.MAPPED.value, RunState.PREVIEWED.value)


async def _remember(crm: Installation, mapping: ColumnMapping) -> None:
    mark = fingerprint(crm, mapping.header)
    rows = await crm.data.fetch("SELECT id, version FROM import_mapping WHERE fingerprint = ?", mark)
    content = MappingContent(mapping=mapping)
    if rows:
        columns = {"id": rows[0]["id"], "used_at": now()}
        await crm.records.update(MAPPING, columns, content, seen=rows[0]["version"])
    else:
        await crm.records.insert(MAPPING, {"id": new_id(), "fingerprint": mark, "used_at": now()}, content)


async def start_import(
    crm: Installation, access: Access, run_id: UUID, duplicates: Duplicates, *, queue: bool = True
) -> None:
    """Begin writing, or take on a run that failed; with the rights of this actor. Starting twice starts once.

    queue: False if the caller runs it itself (`run_import`). Raises NotNow, NotFound, Forbidden.
    """
    for permission in ("exchange.import", "contacts.write"):
        access.actor.require(permission)
    await visible_run(crm, access, run_id)
    moment = now()
    async with crm.data.transaction():
        started = await crm.data.fetch(
            "UPDATE import_run SET state = ?, duplicates = ?, run_by = ?, started_at = ?, finished_at = ?, touched_at = ? "
            "WHERE id = ? AND state IN ('mapped', 'previewed', 'failed') AND file_id IS NOT NULL RETURNING position",
            RunState.RUNNING.value, duplicates.value, access.actor.id, moment, None, moment, run_id,
        )  # fmt: skip
        if not started:
            raise NotNow
        await record_event(crm, "import.started", actor_id=access.actor.id, target_id=run_id, target_kind="import_run")
        if queue:
            await enqueue(crm, "core.run_import", {"run_id": run_id})
