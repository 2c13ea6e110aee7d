"""What was chosen for a plugin goes when the plugin is purged: its settings, and the addresses that take messages for it."""

from __future__ import annotations

import pytest

from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.inbound.hooks import HOOK, InboundContent
from confida_core.plugin_settings.reading import stored_values, write
from confida_core.plugins.purging import purge_plugin
from confida_core.vault.access import Access
from tests.core.plugins.conftest import Opening
from tests.core.plugins.fake import FakePlugins
from tests.core.plugins.test_purging import disabled

pytestmark = pytest.mark.anyio


async def test_settings_go_with_the_plugin_and_those_of_others_stay(
    opening: Opening, plugins: FakePlugins, olga: Access
) -> None:
    await disabled(opening, plugins, olga)
    async with opening() as crm:
        for key in ("membership", "consent"):
            await write(crm, olga, key, {"api_token": "t0ps3cret"}, None)
            assert await stored_values(crm, key) is not None
        await purge_plugin(crm, olga, "membership", exported=False)
        kept = [await stored_values(crm, key) for key in ("membership", "consent")]
        assert [one and one.content.values for one in kept] == [None, {"api_token": "t0ps3cret"}]


async def test_addresses_for_messages_go_with_the_plugin_and_those_of_others_stay(
    opening: Opening, plugins: FakePlugins, olga: Access
) -> None:
    await disabled(opening, plugins, olga)
    async with opening() as crm:
        for at, hook in enumerate(("membership.bank", "memberships.bank")):
            row = {"id": new_id(), "hook": hook, "token_hash": bytes([at]), "generation": 1, "created_at": now()}
            await crm.records.insert(HOOK, row | {"created_by": new_id()}, InboundContent())
        await purge_plugin(crm, olga, "membership", exported=False)
        assert await crm.data.fetch("SELECT hook FROM inbound_hook") == [{"hook": "memberships.bank"}]
