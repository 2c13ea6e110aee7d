"""Bring the schema up to date: each app's migrations in order, each in one transaction, on either engine."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from confida_core.clock import now
from confida_core.storage.database import Database
from confida_core.storage.engine import DATA

if TYPE_CHECKING:
    from confida_core.declarations import PiccoloApp

# Piccolo looks its engine up by the module named here; set once, before any migration is imported.
os.environ["PICCOLO_CONF"] = "confida_core.storage.piccolo_conf"

LEDGER = """CREATE TABLE IF NOT EXISTS migration (
    app_name VARCHAR(200) NOT NULL, name VARCHAR(200) NOT NULL, ran_on VARCHAR(40) NOT NULL, PRIMARY KEY (app_name, name))"""
MIGRATION_LOCK = 0x636F6E67


class MigrationError(RuntimeError):
    """The schema could not be brought up to date; names app and migration."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PendingMigration:
    app_name: str
    name: str
    path: Path


async def applied(database: Database) -> set[tuple[str, str]]:
    """(app, migration) pairs that ran on this database."""
    async with database.transaction():
        await wait_for_others(database)
        await database.fetch(LEDGER)
    return {(row["app_name"], row["name"]) for row in await database.fetch("SELECT app_name, name FROM migration")}


def known(app: PiccoloApp) -> list[PendingMigration]:
    """All migrations an app ships, oldest first. Raises MigrationError for a file not named after its app."""
    folder = app.migrations
    found = []
    for path in sorted(folder.glob("*.py")):
        if path.stem.startswith("_"):
            continue
        if not path.stem.startswith(f"{app.name}_"):
            # Two apps with a file of the same name would run the same migration twice.
            raise MigrationError(f"migration {path.name} of {app.name} must begin with {app.name}_")
        found.append(PendingMigration(app_name=app.name, name=path.stem, path=path))
    return found


def load(path: Path) -> ModuleType:
    """Import one migration under a name nothing else can have."""
    name = f"confida_migrations.{path.stem}"
    specification = importlib.util.spec_from_file_location(name, path)
    if specification is None or specification.loader is None:
        raise MigrationError(f"migration {path.name} cannot be loaded")
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    specification.loader.exec_module(module)
    return module


async def migrate(apps: Sequence[PiccoloApp], database: Database) -> list[str]:
    """Run what has not run; returns the names of what ran. `DATA` must be bound to `database`.

    Raises MigrationError if the database holds a migration this program does not know: a newer program wrote it.
    """
    if DATA.database is not database:
        raise MigrationError("the tables are bound to another database")
    done = await applied(database)
    ships = [migration for app in apps for migration in known(app)]
    names = {app.name for app in apps}
    unknown = {pair for pair in done if pair[0] in names} - {(step.app_name, step.name) for step in ships}
    if unknown:
        raise MigrationError(
            "the database was written by a newer version: " + ", ".join(sorted(map("/".join, unknown)))
        )
    waiting = [step for step in ships if (step.app_name, step.name) not in done]
    return [f"{step.app_name}/{step.name}" for step in waiting if await run(step, database)]


async def run(step: PendingMigration, database: Database) -> bool:
    """One migration and its entry in the ledger, all or nothing; false if another process has run it meanwhile."""
    async with database.transaction():
        await wait_for_others(database)
        query = "SELECT name FROM migration WHERE app_name = ? AND name = ?"
        if await database.fetch(query, step.app_name, step.name):
            return False
        manager = await load(step.path).forwards()
        # Piccolo's manager prints its progress; a server's output must stay machine readable.
        with contextlib.redirect_stdout(io.StringIO()):
            await manager.run()
        await database.fetch(
            "INSERT INTO migration (app_name, name, ran_on) VALUES (?, ?, ?)",
            step.app_name,
            step.name,
            now().isoformat(),
        )
    return True


async def wait_for_others(database: Database) -> None:
    """Until this transaction ends nobody else migrates; on SQLite whoever may write is alone already."""
    if database.engine == "postgres":
        await database.fetch("SELECT pg_advisory_xact_lock(?)", MIGRATION_LOCK)
