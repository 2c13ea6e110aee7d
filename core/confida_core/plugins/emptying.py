"""The rows and tables of a plugin that is purged, known by its footprint alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from confida_core.contacts.erasing import StoreFailed
from confida_core.declarations import StoreDeclaration
from confida_core.installation import Installation
from confida_core.plugins.footprints import TABLE, Footprint, TableFacts, present_tables, set_state

BATCH = 500


async def people_of(crm: Installation, tables: Iterable[TableFacts]) -> set[UUID]:
    """Every contact that has something in these tables."""
    people: set[UUID] = set()
    for table in tables:
        if table.subject:
            query = f'SELECT DISTINCT "{table.subject}" AS person FROM "{table.name}"'
        elif table.sealed:
            query = f'SELECT DISTINCT subject_id AS person FROM shared_key WHERE record_id IN (SELECT id FROM "{table.name}")'
        else:
            continue
        people |= {row["person"] for row in await crm.data.fetch(query) if row["person"] is not None}
    return people - {crm.keyring.installation_id}


async def erase_its_stores(crm: Installation, found: Footprint) -> None:
    """Let the plugin remove what it keeps beside its tables, person by person. Raises StoreFailed; to be repeated then."""
    # Not those that stand for it in safe mode: they refuse everything.
    stores: list[StoreDeclaration] = [
        item.value
        for item in crm.registry.with_owner("stores")
        if item.plugin.info.key == found.key and item.plugin in crm.registry.plugins
    ]
    last = UUID(int=0)
    while stores and (
        rows := await crm.data.fetch("SELECT id FROM contact WHERE id > ? ORDER BY id LIMIT ?", last, BATCH)
    ):
        for store in stores:
            await erase_of(crm, store, [row["id"] for row in rows])
        last = rows[-1]["id"]


async def erase_of(crm: Installation, store: StoreDeclaration, people: Sequence[UUID]) -> None:
    for person in people:
        try:
            await store.erase(crm, person)
        except Exception as error:
            # Not with its cause, whose text may name the person and would end in a log.
            raise StoreFailed(store, error) from None


async def empty_tables(crm: Installation, found: Footprint) -> None:
    """Remove all rows, the keys that they were wrapped with, waiting jobs and chosen settings, in one transaction."""
    tables = await present_tables(crm.data, found)
    async with crm.data.transaction():
        await relax_references(crm)
        for table in tables:
            if table.sealed and not table.subject:
                await crm.data.fetch(f'DELETE FROM shared_key WHERE record_id IN (SELECT id FROM "{table.name}")')
        await remove_rows(crm, [table.name for table in tables])
        prefix = f"{found.key}."
        # Not LIKE, for which the "_" in a key is any character.
        await crm.data.fetch("DELETE FROM job WHERE substr(key, 1, ?) = ?", len(prefix), prefix)
        await forget_settings(crm, found.key)
        await set_state(crm.data, found.key, "emptied")


async def relax_references(crm: Installation) -> None:
    """Tables may point to each other in any direction; at the end of the transaction none of them has a row."""
    if crm.data.engine == "sqlite":
        await crm.data.fetch("PRAGMA defer_foreign_keys=ON")


async def remove_rows(crm: Installation, names: Sequence[str]) -> None:
    if crm.data.engine == "postgres" and names:
        quoted = ", ".join(f'"{name}"' for name in names)
        # All at once, because they may point to each other; and at once gone from the disk.
        await crm.data.fetch(f"TRUNCATE {quoted}")
        return
    for name in names:
        await crm.data.fetch(f'DELETE FROM "{name}"')


async def forget_settings(crm: Installation, key: str) -> None:
    """What was chosen for it on the page."""
    await crm.data.fetch(
        "DELETE FROM shared_key WHERE record_id IN (SELECT id FROM plugin_setting WHERE plugin = ?)", key
    )
    await crm.data.fetch("DELETE FROM plugin_setting WHERE plugin = ?", key)


async def drop_tables(crm: Installation, found: Footprint) -> None:
    """In the running transaction: the tables, what is known of their migrations, and the footprint."""
    await relax_references(crm)
    names = [f'"{table.name}"' for table in await present_tables(crm.data, found)]
    if crm.data.engine == "postgres" and names:
        await crm.data.fetch(f"DROP TABLE {', '.join(names)}")
    elif names:
        for name in names:
            await crm.data.fetch(f"DROP TABLE {name}")
    await crm.data.fetch("DELETE FROM migration WHERE app_name = ?", found.key)
    await crm.data.fetch(f"DELETE FROM {TABLE} WHERE key = ?", found.key)
