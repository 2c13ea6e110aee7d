"""Everything a plugin keeps in its tables as one JSON Lines archive, opened through the door.

The first line says what it is, then one line for each row, and the last says how many there were: without it the archive
is not whole.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, cast
from uuid import UUID

import msgspec
from piccolo.table import create_table_class

from confida_core.accounts.audit import record_event
from confida_core.clock import now
from confida_core.declarations import RecordDeclaration
from confida_core.installation import Installation
from confida_core.plugins.footprints import TABLE, Footprint, TableFacts, footprint, present_tables
from confida_core.registry import own_version
from confida_core.storage.database import Row
from confida_core.vault.access import Access, NotFound

FORMAT = 1
BATCH = 500
PERMISSIONS = ("system.manage", "exchange.export")


def as_declaration(facts: TableFacts) -> RecordDeclaration:
    """What the door has to know of a record table; its content comes out as plain maps, whatever struct it was."""
    return RecordDeclaration(
        table=create_table_class("Kept", class_kwargs={"tablename": facts.name}),
        content=cast("type[msgspec.Struct]", dict),
        subject=facts.subject or None,
        retention_class=facts.retention_class,
        purpose=facts.purpose,
        label=facts.label,
    )


async def start_archive(crm: Installation, access: Access, key: str) -> AsyncIterator[bytes]:
    """Note who takes it out, then give the archive piece by piece; each piece only after it is written down who is in it.

    It works from what the plugin declared last, so the plugin need not be installed any more. What it keeps beside its
    tables is not in it. Raises Forbidden and NotFound before anything is opened.
    """
    for permission in PERMISSIONS:
        access.actor.require(permission)
    found = await footprint(crm.data, key)
    if found is None or found.state != "kept":
        raise NotFound
    await record_event(crm, "plugin.exported", actor_id=access.actor.id, target_kind=key[:40], serious=True)
    return lines(crm, Access(actor=access.actor, purpose="import_export", where=access.where), found)


async def lines(crm: Installation, access: Access, found: Footprint) -> AsyncIterator[bytes]:
    tables = await present_tables(crm.data, found)
    counts = {table.name: 0 for table in tables}
    unreadable, started = 0, now()
    yield line(
        {
            "format": FORMAT, "program": f"Confida {own_version()}", "plugin": found.key, "name": found.keeps.name,
            "distribution": found.distribution, "version": found.version, "made_at": started.isoformat(),
            "tables": msgspec.to_builtins(tables),
        }
    )  # fmt: skip
    for table in tables:
        async for rows in batches_of(crm, table.name):
            entries = await entries_of(crm, access, table, rows)
            await crm.door.read_log.settle(access)
            unreadable += len(rows) - len(entries)
            counts[table.name] += len(entries)
            yield b"".join(map(line, entries))
    await crm.data.fetch(f"UPDATE {TABLE} SET exported_at = ? WHERE key = ?", started, found.key)
    yield line({"end": True, "rows": counts, "without_key": unreadable})


async def batches_of(crm: Installation, table: str) -> AsyncIterator[list[Row]]:
    """Every row, some hundred at a time where the table has ids."""
    first = await crm.data.fetch(f'SELECT * FROM "{table}" LIMIT 1')
    if not first or not isinstance(first[0].get("id"), UUID):
        if first:
            yield await crm.data.fetch(f'SELECT * FROM "{table}"')
        return
    last = UUID(int=0)
    while rows := await crm.data.fetch(f'SELECT * FROM "{table}" WHERE id > ? ORDER BY id LIMIT {BATCH}', last):
        yield rows
        last = rows[-1]["id"]


async def entries_of(crm: Installation, access: Access, table: TableFacts, rows: list[Row]) -> list[dict[str, Any]]:
    if not table.sealed:
        return [{"table": table.name, "row": row} for row in rows]
    return [
        {
            "table": table.name,
            "row": {name: value for name, value in item.row.items() if name not in {"sealed", "version"}},
            "content": item.content,
            "people": item.people,
        }
        for item in await crm.door.open(access, as_declaration(table), rows)
    ]


def line(value: Any) -> bytes:
    return msgspec.json.encode(value, enc_hook=plain) + b"\n"


def plain(value: Any) -> str:
    """What the encoder has no form for, such as a driver's own class of ids."""
    return str(value)
