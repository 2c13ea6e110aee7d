"""An older backup on PostgreSQL: the tables as they were then, so that its rows fit; the migrations since then follow."""

from __future__ import annotations

from confida_core.backup.manifest import Manifest
from confida_core.backup.plan import Plan, RestoreRefused
from confida_core.backup.stores import connection_of, table_columns, table_names
from confida_core.storage.database import Database, Transaction
from confida_core.storage.migrations import applied, known, run

ASIDE = "confida_before_restore"
OUR_ROUTINES = (
    "SELECT p.oid::regprocedure::text AS name FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace "
    "AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY 1"
)


async def fit_schema(plan: Plan, data: Database, transaction: Transaction) -> None:
    """Empty tables with the columns that the backup has, in the running transaction; what was in there goes with it.

    Raises RestoreRefused if a table or column of the backup is nobody's.
    """
    done = await applied(data)
    if done == {(app, name) for app, name in plan.manifest.migrations}:
        everything = ", ".join(f'"{table}"' for table in sorted(await table_names(data)))
        await transaction.fetch(f"TRUNCATE {everything}", ())
    else:
        await rebuild(plan, data, transaction)
    await check_columns(plan.manifest, transaction)


async def rebuild(plan: Plan, data: Database, transaction: Transaction) -> None:
    plan.say("making the tables as they were")
    before = await table_names(data)
    await transaction.fetch(f"CREATE SCHEMA {ASIDE}", ())
    for table in sorted(before):
        await transaction.fetch(f'ALTER TABLE "{table}" SET SCHEMA {ASIDE}', ())
    # What triggers call; those of extensions are the server's.
    for row in await transaction.fetch(OUR_ROUTINES, ()):
        await transaction.fetch(f"ALTER ROUTINE {row['name']} SET SCHEMA {ASIDE}", ())
    await applied(data)
    theirs = {(app, name) for app, name in plan.manifest.migrations}
    for app in plan.registry.apps:
        for step in known(app):
            if (step.app_name, step.name) in theirs:
                await run(step, data)
    # Those of plugins that are not enabled now: nobody else knows how they look.
    for table in sorted((plan.manifest.tables.keys() & before) - await table_names(data)):
        await transaction.fetch(f'ALTER TABLE {ASIDE}."{table}" SET SCHEMA {await schema_of(data)}', ())
        await transaction.fetch(f'TRUNCATE "{table}"', ())
    await transaction.fetch(f"DROP SCHEMA {ASIDE} CASCADE", ())
    # The rows of the backup say themselves which migrations they had.
    await transaction.fetch("TRUNCATE migration", ())


async def schema_of(data: Database) -> str:
    return f'"{(await data.fetch("SELECT current_schema() AS name"))[0]["name"]}"'


async def check_columns(manifest: Manifest, transaction: Transaction) -> None:
    present = {
        table: {column["column_name"] for column in columns}
        for table, columns in (await table_columns(connection_of(transaction))).items()
    }
    missing = sorted(manifest.tables.keys() - present.keys())
    if missing:
        raise RestoreRefused(f"enable the plugins that own these tables first: {', '.join(missing)}")
    for table, stored in sorted(manifest.tables.items()):
        strange = sorted(set(stored.columns) - present[table])
        if strange:
            raise RestoreRefused(f"no version of {table} that is known here has the columns {', '.join(strange)}")
