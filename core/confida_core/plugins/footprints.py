"""What each plugin keeps here: written before its first table is made, forgotten when its last one is dropped.

A plugin that is disabled, or not even installed any more, is known by its footprint; so its data are never nobody's.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

import msgspec

from confida_core.clock import now
from confida_core.declarations import PiccoloApp, RecordDeclaration, TableDeclaration
from confida_core.registry import LoadedPlugin, Registry
from confida_core.storage.database import Database, Row

TABLE = "plugin_footprint"
FootprintState = Literal["kept", "purging", "emptied"]


class TableFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One table. sealed: a record with personal content. subject: the column that leads to a contact, "" if none does.

    retention_class, purpose, erasure: of a record; "" for a table without personal content.
    """

    name: str
    label: str = ""
    sealed: bool = False
    subject: str = ""
    retention_class: str = ""
    purpose: str = ""
    erasure: str = ""

    @property
    def personal(self) -> bool:
        return self.sealed or self.subject != ""


class Keeps(msgspec.Struct, frozen=True, kw_only=True):
    """What a plugin keeps, as it declared it last. stores: labels of its places beside the tables."""

    name: str
    tables: tuple[TableFacts, ...] = ()
    stores: tuple[str, ...] = ()


class Footprint(msgspec.Struct, frozen=True, kw_only=True):
    """state: kept; purging, once somebody has ordered that it goes; emptied, when only empty tables are left.

    made_at: when its first table was made. exported_at: when an archive of its data was last made.
    """

    key: str
    distribution: str
    version: str
    keeps: Keeps
    state: FootprintState = "kept"
    made_at: datetime
    exported_at: datetime | None = None

    @property
    def origin(self) -> str:
        return f"{self.distribution} {self.version}"

    @property
    def requirement(self) -> str:
        """What pip is to install to have it back."""
        return f"{self.distribution}=={self.version}"


def keeps_of(registry: Registry, plugin: LoadedPlugin) -> Keeps:
    """What a loaded plugin declares of its tables and stores."""
    apps: list[PiccoloApp] = [item.value for item in registry.with_owner("piccolo_apps") if item.plugin == plugin]
    declared: dict[str, RecordDeclaration | TableDeclaration] = {
        item.value.table._meta.tablename: item.value
        for hook in ("records", "tables")
        for item in registry.with_owner(hook)
        if item.plugin == plugin
    }
    names = sorted({table._meta.tablename for app in apps for table in app.tables} & declared.keys())
    return Keeps(
        name=plugin.info.name,
        tables=tuple(facts_of(name, declared[name]) for name in names),
        stores=tuple(item.value.label for item in registry.with_owner("stores") if item.plugin == plugin),
    )


def facts_of(name: str, declaration: RecordDeclaration | TableDeclaration) -> TableFacts:
    if isinstance(declaration, TableDeclaration):
        return TableFacts(name=name, label=declaration.subject_free, subject=declaration.subject)
    return TableFacts(
        name=name,
        label=declaration.label,
        sealed=True,
        subject=declaration.subject or "",
        retention_class=declaration.retention_class,
        purpose=declaration.purpose,
        erasure=declaration.erasure,
    )


async def table_names(data: Database) -> set[str]:
    catalogue = "SELECT name FROM sqlite_master WHERE type = 'table'"
    if data.engine == "postgres":
        catalogue = (
            "SELECT relname::text AS name FROM pg_class "
            "WHERE relkind IN ('r', 'p') AND relnamespace = to_regnamespace(current_schema())"
        )
    return {row["name"] for row in await data.fetch(catalogue)}


async def footprints(data: Database) -> dict[str, Footprint]:
    """By key of the plugin; none in a database that is older than this table."""
    if TABLE not in await table_names(data):
        return {}
    return {row["key"]: footprint_of(row) for row in await data.fetch(f"SELECT * FROM {TABLE} ORDER BY key")}


async def footprint(data: Database, key: str) -> Footprint | None:
    return (await footprints(data)).get(key)


def footprint_of(row: Row) -> Footprint:
    return Footprint(
        key=row["key"],
        distribution=row["distribution"],
        version=row["version"],
        keeps=msgspec.json.decode(row["declared"], type=Keeps),
        state=row["state"],
        made_at=row["made_at"],
        exported_at=row["exported_at"],
    )


async def leave_footprint(data: Database, key: str, distribution: str, version: str, keeps: Keeps) -> None:
    """Remember what a plugin keeps, instead of what it kept; a plugin without tables and stores leaves none."""
    if not keeps.tables and not keeps.stores:
        return
    await data.fetch(
        f"INSERT INTO {TABLE} (key, distribution, version, declared, state, made_at) VALUES (?, ?, ?, ?, 'kept', ?) "
        "ON CONFLICT (key) DO UPDATE SET distribution = excluded.distribution, version = excluded.version, "
        "declared = excluded.declared",
        key, distribution, version, msgspec.json.encode(keeps).decode(), now(),
    )  # fmt: skip


async def set_state(data: Database, key: str, state: FootprintState) -> None:
    await data.fetch(f"UPDATE {TABLE} SET state = ? WHERE key = ?", state, key)


async def present_tables(data: Database, found: Footprint) -> list[TableFacts]:
    """Its tables that are really there: those of a migration that has not run yet are not."""
    there = await table_names(data)
    return [table for table in found.keeps.tables if table.name in there]


async def holds_data(data: Database, found: Footprint) -> bool:
    """Whether something of a person may be there: a row that leads to somebody, or a place beside the tables."""
    if found.keeps.stores:
        return True
    return any([await has_rows(data, table.name) for table in await present_tables(data, found) if table.personal])


async def has_rows(data: Database, table: str) -> bool:
    return bool(await data.fetch(f'SELECT 1 AS row FROM "{table}" LIMIT 1'))


async def count_rows(data: Database, tables: Iterable[TableFacts]) -> dict[str, int]:
    """Table -> how many rows, of those that are there."""
    there = await table_names(data)
    counts = {}
    for name in sorted({table.name for table in tables} & there):
        counts[name] = int((await data.fetch(f'SELECT count(*) AS rows FROM "{name}"'))[0]["rows"])
    return counts
