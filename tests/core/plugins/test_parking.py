"""A disabled plugin's data are never nobody's: they take part in erasure and answers, or the start is refused."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from confida_consent.rights.collecting import collect
from confida_core.contacts.erasing import StoreFailed, erase_stores, erased_classes, remove_rows
from confida_core.contacts.shared_erasing import redact_shared
from confida_core.loaded_plugin import PluginError
from confida_core.plugin_list import all_plugins
from confida_core.plugins.enabling import NotPossible, disable_plugin, enable_plugin
from confida_core.plugins.parking import OutOfReach
from confida_core.setup import upgrade
from confida_core.vault.access import Access, system_access
from tests.core.plugins.conftest import Opening
from tests.core.plugins.fake import STORE, FakePlugins
from tests.core.plugins.people import NOTE, SUBJECT, add_contact, add_meeting, add_member, module_of

pytestmark = pytest.mark.anyio
SYSTEM = system_access("tests")


async def with_member(opening: Opening, plugins: FakePlugins, olga: Access, **install: Any) -> tuple[UUID, UUID]:
    """Ada is a member and meets with Mats; then the plugin is disabled. Ada's id and Mats's."""
    plugins.install(**install)
    async with opening() as crm:
        await enable_plugin(crm, olga, "membership")
    async with opening() as crm:
        ada, mats = await add_contact(crm, "Ada"), await add_contact(crm, "Mats")
        await add_member(crm, ada, module_of(crm))
        await add_meeting(crm, [ada, mats], module_of(crm))
        assert await disable_plugin(crm, olga, "membership") is True
    return ada, mats


async def test_parked_plugin_declares_its_data_and_nothing_else(
    opening: Opening, plugins: FakePlugins, olga: Access
) -> None:
    ada, _ = await with_member(opening, plugins, olga)
    async with opening() as crm:
        await upgrade(crm, plugins=False)
        listed = [(one.state, one.pending, one.keeps_data) for one in await all_plugins(crm) if one.key == "membership"]
        assert listed == [("parked", "", True)]
        mine = {hook for hook in crm.registry.hooks if any(i.plugin.parked for i in crm.registry.with_owner(hook))}
        assert mine == {"plugin_info", "piccolo_apps", "records", "tables", "purposes", "permissions"}
        assert "membership.remind" not in crm.registry.jobs
        rows = await crm.data.fetch("SELECT * FROM membership_member WHERE contact_id = ?", ada)
        opened = await crm.door.open(SYSTEM, crm.registry.records["membership_member"], rows)
        assert [type(item.content).__name__ for item in opened] == ["Member"]


async def test_records_of_a_parked_plugin_are_in_the_answer_and_go_with_the_person(
    opening: Opening, plugins: FakePlugins, olga: Access
) -> None:
    ada, mats = await with_member(opening, plugins, olga)
    async with opening() as crm:
        answer = repr([part async for part in collect(crm, SYSTEM, ada)])
        assert NOTE in answer
        assert SUBJECT in answer
        classes = erased_classes(crm.registry.records.values())
        assert "membership" in classes
        assert await redact_shared(crm, ada, classes) == 1
        await crm.keyring.destroy(ada, classes)
        async with crm.data.transaction():
            await remove_rows(crm, ada)
        assert await crm.data.fetch("SELECT id FROM membership_member") == []
        left = await crm.data.fetch("SELECT * FROM membership_meeting")
        opened = await crm.door.open(SYSTEM, crm.registry.records["membership_meeting"], left)
        assert [(item.people, "Ada" in item.content.subject) for item in opened] == [((mats,), False)]


async def test_plugin_that_is_gone_stops_the_start_and_says_the_ways_out(
    opening: Opening, plugins: FakePlugins, olga: Access
) -> None:
    await with_member(opening, plugins, olga)
    plugins.uninstall("confida-membership")
    with pytest.raises(PluginError) as refused:
        async with opening():
            pass
    text = str(refused.value)
    assert "plugin membership of confida-membership 1.0 is not installed any more" in text
    for way_out in ("pip install confida-membership==1.0", "confida plugins purge membership", "--no-plugins"):
        assert way_out in text
    plugins.install()
    async with opening() as crm:
        assert "membership_member" in crm.registry.records


async def test_plugin_that_broke_stops_the_start_with_its_reason(
    opening: Opening, plugins: FakePlugins, olga: Access
) -> None:
    import sys

    await with_member(opening, plugins, olga)
    plugins.install(version="1.1", more="raise ImportError('a library is missing')\n")
    del sys.modules["confida_membership"]
    with pytest.raises(PluginError, match=r"confida-membership 1\.1 .*a library is missing.*confida plugins purge"):
        async with opening():
            pass


async def test_safe_mode_imports_nothing_and_refuses_what_it_could_not_do_whole(
    opening: Opening, plugins: FakePlugins, olga: Access
) -> None:
    import sys

    ada, _ = await with_member(opening, plugins, olga)
    plugins.uninstall("confida-membership")
    sys.modules.pop("confida_membership", None)
    async with opening(no_plugins=True) as crm:
        await upgrade(crm, plugins=False)
        assert (crm.registry.unreachable, "confida_membership" in sys.modules) == (("membership",), False)
        with pytest.raises(OutOfReach, match="membership"):
            await redact_shared(crm, ada, ["relationship"])
        with pytest.raises(StoreFailed, match="membership"):
            await erase_stores(crm, ada)
        for store in crm.registry.stores.values():
            if store.key.startswith("membership"):
                with pytest.raises(OutOfReach):
                    await store.collect(crm, SYSTEM, ada)
        assert len(await crm.data.fetch("SELECT id FROM membership_member")) == 1


async def test_safe_mode_leaves_out_what_is_enabled(opening: Opening, plugins: FakePlugins, olga: Access) -> None:
    plugins.install()
    async with opening() as crm:
        await enable_plugin(crm, olga, "membership")
    async with opening(no_plugins=True) as crm:
        assert [plugin for plugin in crm.registry.plugins if not plugin.built_in] == []
        assert crm.registry.unreachable == ()
        listed = [(one.state, one.pending) for one in await all_plugins(crm) if one.key == "membership"]
        assert listed == [("installed", "")], "enabled as before, after the next ordinary start"


async def test_plugin_whose_data_would_be_out_of_reach_is_not_disabled(
    opening: Opening, plugins: FakePlugins, olga: Access
) -> None:
    plugins.install()
    async with opening() as crm:
        await enable_plugin(crm, olga, "membership")
    async with opening() as crm:
        await add_member(crm, await add_contact(crm, "Ada"), module_of(crm))
        plugins.uninstall("confida-membership")
        with pytest.raises(NotPossible, match="membership cannot be disabled, because its tables still hold data"):
            await disable_plugin(crm, olga, "membership")
        assert "membership" in (crm.settings.home / "config.toml").read_text()


async def test_store_beside_the_tables_is_asked_even_without_a_row(
    opening: Opening, plugins: FakePlugins, olga: Access
) -> None:
    package = plugins.install(more=STORE)
    async with opening() as crm:
        await enable_plugin(crm, olga, "membership")
    async with opening() as crm:
        assert await disable_plugin(crm, olga, "membership") is True
    async with opening() as crm:
        ada = await add_contact(crm, "Ada")
        assert await erase_stores(crm, ada) >= 1
        assert (package / "erased.txt").read_text() == f"{ada}\n"
