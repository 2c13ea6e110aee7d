"""A backup that holds the tables of a plugin which is disabled now."""

from __future__ import annotations

from typing import Any

import pytest

from confida_core.backup.archive import back_up
from confida_core.backup.restore import restore
from confida_core.contacts.erasing import erased_classes, remove_rows
from confida_core.plugins.enabling import disable_plugin, enable_plugin
from confida_core.settings import read_settings
from confida_core.setup import upgrade
from confida_core.vault.access import Access
from tests.core.plugins.conftest import Opening, registry_of
from tests.core.plugins.fake import FakePlugins
from tests.core.plugins.people import NOTE, add_contact, add_member, module_of

pytestmark = pytest.mark.anyio


async def test_person_who_was_erased_stays_erased_in_a_parked_plugin(
    opening: Opening, plugins: FakePlugins, olga: Access, home: Any
) -> None:
    plugins.install()
    async with opening() as crm:
        await enable_plugin(crm, olga, "membership")
    async with opening() as crm:
        await upgrade(crm, plugins=False)
        ada, mats = await add_contact(crm, "Ada"), await add_contact(crm, "Mats")
        for person in (ada, mats):
            await add_member(crm, person, module_of(crm))
        await disable_plugin(crm, olga, "membership")
        backup = await back_up(crm)
    async with opening() as crm:
        await crm.keyring.destroy(ada, erased_classes(crm.registry.records.values()))
        async with crm.data.transaction():
            await remove_rows(crm, ada)
    settings = read_settings(home=home)
    await restore(settings, registry_of(settings), backup.folder)
    async with opening() as crm:
        await upgrade(crm, plugins=False)
        rows = await crm.data.fetch("SELECT * FROM membership_member")
        assert [row["contact_id"] for row in rows] == [mats]
        opened = await crm.door.open(olga, crm.registry.records["membership_member"], rows)
        assert [item.content.note for item in opened] == [NOTE]
