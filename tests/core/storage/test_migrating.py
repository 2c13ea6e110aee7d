"""Several processes may start at once after an update: each migration runs once, and none of them fails."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from confida_core.storage.database import Busy
from confida_core.storage.migrations import PendingMigration, applied, run
from confida_core.storage.postgres import translated

pytestmark = pytest.mark.anyio

MIGRATION = """
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from confida_core.storage.engine import DATA

ID = "2026-12-01T00:00:00:000000"


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="letters", description="")

    async def run():
        await DATA.database.fetch("CREATE TABLE letter (id INTEGER PRIMARY KEY)")

    manager.add_raw(run)
    return manager
"""


async def test_migration_that_another_process_has_run_meanwhile_is_not_run_again(crm: Any, tmp_path: Path) -> None:
    path = tmp_path / "letters_first.py"
    path.write_text(MIGRATION)
    step = PendingMigration(app_name="letters", name=path.stem, path=path)
    await asyncio.gather(run(step, crm.data), run(step, crm.data))
    assert ("letters", "letters_first") in await applied(crm.data)


async def test_failed_migration_leaves_nothing_and_can_be_run_again(crm: Any, tmp_path: Path) -> None:
    path = tmp_path / "letters_first.py"
    path.write_text(
        MIGRATION.replace(
            "    manager.add_raw(run)\n    return manager",
            "    manager.add_raw(run)\n    manager.add_raw(fail)\n    return manager",
        ).replace("ID = ", "async def fail():\n    raise LookupError\n\n\nID = ")
    )
    step = PendingMigration(app_name="letters", name=path.stem, path=path)
    with pytest.raises(LookupError):
        await run(step, crm.data)
    path.write_text(MIGRATION)
    await run(step, crm.data)
    assert ("letters", "letters_first") in await applied(crm.data)


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.DeadlockDetectedError("x"),
        asyncpg.SerializationError("x"),
        asyncpg.AdminShutdownError("x"),
        asyncpg.CannotConnectNowError("x"),
        asyncpg.ConnectionDoesNotExistError("x"),
    ],
)
def test_what_passes_by_itself_is_called_busy(error: Exception) -> None:
    assert isinstance(translated(error), Busy)
