"""A plugin's life: enabled, upgraded, disabled; and what may stop each of them."""

from __future__ import annotations

from typing import Any

import pytest

from confida_core.accounts.audit import list_events
from confida_core.loaded_plugin import PluginError
from confida_core.plugin_list import all_plugins
from confida_core.plugins.config_file import configured_plugins
from confida_core.plugins.enabling import NotPossible, disable_plugin, enable_plugin, look_before, upgrade_plugin
from confida_core.plugins.footprints import footprint
from confida_core.plugins.migrating import standing
from confida_core.setup import upgrade
from confida_core.vault.access import Access, Actor, Forbidden, NotFound, system_access
from tests.core.plugins.conftest import Opening
from tests.core.plugins.fake import FakePlugins
from tests.core.plugins.people import add_contact, add_member, module_of

pytestmark = pytest.mark.anyio
SYSTEM = system_access("tests")


async def listed(crm: Any, key: str = "membership") -> tuple[str, str]:
    return next((one.state, one.pending) for one in await all_plugins(crm) if one.key == key)


async def tables_of(crm: Any) -> list[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'membership%'"
    if crm.data.engine == "postgres":
        query = "SELECT tablename AS name FROM pg_tables WHERE tablename LIKE 'membership%'"
    return sorted(row["name"] for row in await crm.data.fetch(query))


async def test_plugin_is_enabled_from_the_next_start_on(opening: Opening, plugins: FakePlugins, olga: Access) -> None:
    plugins.install()
    async with opening() as crm:
        assert await listed(crm) == ("installed", "")
        done = await enable_plugin(crm, olga, "membership")
        assert done.ran == ("membership/membership_2026_03_01_step",)
        assert await tables_of(crm) == ["membership_meeting", "membership_member", "membership_rate"]
        assert await listed(crm) == ("installed", "enable")
        assert [plugin.info.key for plugin in crm.registry.plugins if not plugin.built_in] == [], "not before the start"
        assert (await enable_plugin(crm, olga, "membership")).ran == (), "repeatable"
        events = [(event.kind, event.target_kind) for event in await list_events(crm, SYSTEM, kind="plugin")]
        assert events == [("plugin.enabled", "membership")]
    async with opening() as crm:
        await upgrade(crm, plugins=False)
        assert await listed(crm) == ("enabled", "")
        assert await crm.door.open(SYSTEM, module_of(crm).MEMBER, []) == []


async def test_what_it_would_be_allowed_is_known_before_it_is_imported_here(
    opening: Opening, plugins: FakePlugins, olga: Access
) -> None:
    import sys

    plugins.install(more="print('noise on standard output')\n")
    async with opening() as crm:
        facts = await look_before(crm, olga, "membership")
    assert "confida_membership" not in sys.modules
    assert (facts.name, facts.distribution, facts.version) == ("Membership", "confida-membership", "1.0")
    assert [one.key for one in facts.permissions] == ["membership.read"]
    assert [one.key for one in facts.purposes] == ["membership.service"]
    assert [one.key for one in facts.jobs] == ["membership.remind"]
    assert [(one.name, one.personal) for one in facts.keeps.tables] == [
        ("membership_meeting", True), ("membership_member", True), ("membership_rate", False),
    ]  # fmt: skip
    assert facts.hooks == ("jobs", "permissions", "piccolo_apps", "plugin_info", "purposes", "records", "tables")


@pytest.mark.parametrize("work", [enable_plugin, disable_plugin, upgrade_plugin, look_before])
async def test_permission_is_needed_and_a_part_of_confida_stays(
    opening: Opening, plugins: FakePlugins, olga: Access, work: Any
) -> None:
    plugins.install()
    mats = Access(actor=Actor(id=olga.actor.id), purpose="operation", where="test")
    async with opening() as crm:
        with pytest.raises(Forbidden):
            await work(crm, mats, "membership")
        with pytest.raises(NotPossible, match="part of Confida"):
            await work(crm, olga, "core")
        with pytest.raises(NotFound):
            await work(crm, olga, "nowhere")
        assert configured_plugins(crm.settings) == ()


async def test_plugin_that_cannot_be_loaded_is_not_half_enabled(
    opening: Opening, plugins: FakePlugins, olga: Access
) -> None:
    plugins.install(more="raise ImportError('a library is missing')\n")
    async with opening() as crm:
        with pytest.raises(PluginError, match=r"confida-membership 1\.0 \(plugin membership\) cannot be imported"):
            await enable_plugin(crm, olga, "membership")
        assert (configured_plugins(crm.settings), await tables_of(crm)) == ((), [])
        assert await footprint(crm.data, "membership") is None
        assert await list_events(crm, SYSTEM, kind="plugin") == []


async def test_new_version_stops_the_start_until_it_is_upgraded(
    opening: Opening, plugins: FakePlugins, olga: Access
) -> None:
    plugins.install()
    async with opening() as crm:
        await enable_plugin(crm, olga, "membership")
    plugins.install(version="2.0", migrations=2)
    async with opening() as crm:
        message = (
            r"confida-membership 2\.0 .* membership_2026_04_01_step has not run.*confida plugins upgrade membership"
        )
        with pytest.raises(PluginError, match=message):
            await upgrade(crm, plugins=False)
        done = await upgrade_plugin(crm, olga, "membership")
        assert done.ran == ("membership/membership_2026_04_01_step",)
        await upgrade(crm, plugins=False)
        found = await footprint(crm.data, "membership")
        assert found is not None
        assert found.version == "2.0"


async def test_migrate_brings_plugins_up_to_date_too(opening: Opening, plugins: FakePlugins, olga: Access) -> None:
    plugins.install()
    async with opening() as crm:
        await enable_plugin(crm, olga, "membership")
    plugins.install(version="2.0", migrations=2)
    async with opening() as crm:
        assert await upgrade(crm) == ["membership/membership_2026_04_01_step"]


async def test_version_that_is_older_than_its_tables_is_refused(
    opening: Opening, plugins: FakePlugins, olga: Access
) -> None:
    plugins.install(version="2.0", migrations=2)
    async with opening() as crm:
        await enable_plugin(crm, olga, "membership")
    plugins.install(version="1.0", migrations=1)
    message = r"confida-membership 1\.0 .* older than its tables, which confida-membership 2\.0 made"
    async with opening() as crm:
        for work in (upgrade(crm), upgrade(crm, plugins=False), upgrade_plugin(crm, olga, "membership")):
            with pytest.raises(PluginError, match=message):
                await work
        found = await footprint(crm.data, "membership")
        assert found is not None
        assert found.version == "2.0"


async def test_disabled_plugin_without_data_is_not_loaded(opening: Opening, plugins: FakePlugins, olga: Access) -> None:
    plugins.install()
    async with opening() as crm:
        await enable_plugin(crm, olga, "membership")
    async with opening() as crm:
        assert await disable_plugin(crm, olga, "membership") is False
        assert await listed(crm) == ("enabled", "disable")
        with pytest.raises(NotFound):
            await disable_plugin(crm, olga, "membership")
    async with opening() as crm:
        assert await listed(crm) == ("installed", "")


async def test_environment_that_decides_is_refused_before_a_table_is_made(
    opening: Opening, plugins: FakePlugins, olga: Access, monkeypatch: pytest.MonkeyPatch
) -> None:
    from confida_core.plugins.config_file import DecidedElsewhere

    plugins.install()
    monkeypatch.setenv("CONFIDA_PLUGINS", "[]")
    async with opening() as crm:
        with pytest.raises(DecidedElsewhere, match="CONFIDA_PLUGINS"):
            await enable_plugin(crm, olga, "membership")
        assert await tables_of(crm) == []


async def test_enabled_plugin_works_with_its_records(opening: Opening, plugins: FakePlugins, olga: Access) -> None:
    plugins.install()
    async with opening() as crm:
        await enable_plugin(crm, olga, "membership")
    async with opening() as crm:
        module = module_of(crm)
        ada = await add_contact(crm, "Ada")
        record_id = await add_member(crm, ada, module)
        rows = await crm.data.fetch("SELECT * FROM membership_member")
        opened = await crm.door.open(SYSTEM, module.MEMBER, rows)
        assert [(item.row["id"], item.people) for item in opened] == [(record_id, (ada,))]
        app = [item.value for item in crm.registry.with_owner("piccolo_apps") if item.value.name == "membership"]
        assert await standing(crm.data, app) == type(await standing(crm.data, app))()
