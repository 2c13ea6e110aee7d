"""A backup of an older version: its rows come back, and the schema is that of today."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from confida_consent import hooks as consent_hooks
from confida_consent.hookspecs import ConsentHooks
from confida_core import hooks as core_hooks
from confida_core.backup.archive import back_up
from confida_core.backup.restore import RestoreRefused, restore
from confida_core.clock import now
from confida_core.declarations import (
    PiccoloApp,
    PluginInfo,
)
from confida_core.hookspecs import CoreHooks, hookimpl
from confida_core.installation import open_installation
from confida_core.jobs.declarations import JobDeclaration
from confida_core.jobs.schedule import ensure_periodic
from confida_core.registry import load_registry
from confida_core.setup import upgrade
from confida_core.storage.migrations import applied
from tests.conftest import own_registry
from tests.core.interactions.cast import make

pytestmark = pytest.mark.anyio
FIRST, SECOND = "postbox_2020_01_01_first", "postbox_2021_01_01_second"
MIGRATION = """
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from confida_core.storage.engine import DATA

ID = "{name}"
VERSION = "1.38.0"

async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="postbox", description="")
    async def work():
        for statement in {statements!r}:
            await DATA.database.fetch(statement)
    manager.add_raw(work)
    return manager
"""


class Postbox:
    """An app of which this version knows these migrations."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @hookimpl
    def plugin_info(self) -> PluginInfo:
        return PluginInfo(key="postbox", name="Postbox", summary="Letters.")

    @hookimpl
    def piccolo_apps(self) -> list[PiccoloApp]:
        return [PiccoloApp(name="postbox", tables=(), migrations=self.folder)]


def registry_with(folder: Path, *names: str) -> Any:
    statements = {
        FIRST: ["CREATE TABLE letterbox (id INTEGER PRIMARY KEY, colour INTEGER)", "CREATE TABLE stamp (id INTEGER)"],
        SECOND: ["ALTER TABLE letterbox ADD COLUMN height INTEGER DEFAULT 7", "DROP TABLE stamp"],
    }
    folder = folder / f"v{len(names)}"
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / f"{name}.py").write_text(MIGRATION.format(name=name, statements=statements[name]))
    built_in = [core_hooks, consent_hooks, Postbox(folder)]
    return load_registry((), built_in=built_in, specifications=(CoreHooks, ConsentHooks))


@asynccontextmanager
async def opened(settings: Any, registry: Any) -> AsyncIterator[Any]:
    async with open_installation(settings, registry) as crm:
        await upgrade(crm)
        yield crm


async def test_backup_of_an_older_version_is_brought_up_to_date(settings: Any, tmp_path: Path) -> None:
    old, new = registry_with(tmp_path, FIRST), registry_with(tmp_path, FIRST, SECOND)
    async with opened(settings, old) as crm:
        ada = await make(crm, "Ada")
        await crm.data.fetch("INSERT INTO letterbox (id, colour) VALUES (1, 3)")
        backup = await back_up(crm)
    async with opened(settings, new) as crm:
        await crm.data.fetch("INSERT INTO letterbox (id, colour, height) VALUES (2, 4, 9)")
        mats = await make(crm, "Mats")
    await restore(settings, new, backup.folder)
    async with open_installation(settings, new) as crm:
        assert await crm.data.fetch("SELECT id, colour, height FROM letterbox") == [{"id": 1, "colour": 3, "height": 7}]
        assert {row["id"] for row in await crm.data.fetch("SELECT id FROM contact")} == {ada} != {mats}
        assert ("postbox", SECOND) in await applied(crm.data)
        await make(crm, "Zoe")


async def test_backup_of_a_newer_version_is_refused_and_nothing_changes(settings: Any, tmp_path: Path) -> None:
    old, new = registry_with(tmp_path, FIRST), registry_with(tmp_path, FIRST, SECOND)
    async with opened(settings, new) as crm:
        await crm.data.fetch("INSERT INTO letterbox (id, colour) VALUES (1, 3)")
        backup = await back_up(crm)
    with pytest.raises(RestoreRefused, match="newer program"):
        await restore(settings, old, backup.folder)
    async with opened(settings, new) as crm:
        assert len(await crm.data.fetch("SELECT id FROM letterbox")) == 1


async def test_jobs_that_follow_a_restore_are_due_at_the_first_start(settings: Any) -> None:
    registry = own_registry()

    async def nothing(crm: Any, arguments: Any) -> None:
        pass

    once = JobDeclaration(key="core.once", run=nothing, label="Once", after_restore=True)
    registry.jobs = {**registry.jobs, "core.once": once}
    following = {key for key, job in registry.jobs.items() if job.after_restore}
    assert {"consent.retire_evidence", "consent.reconcile_orders", "core.once"} <= following
    async with opened(settings, registry) as crm:
        await ensure_periodic(crm)
        await crm.data.fetch("UPDATE job SET due_at = ?", now() + timedelta(hours=20))
        backup = await back_up(crm)
    await restore(settings, registry, backup.folder)
    async with opened(settings, registry) as crm:
        due = await crm.data.fetch("SELECT key FROM job WHERE state = 'waiting' AND due_at <= ?", now())
    assert {row["key"] for row in due} == following
