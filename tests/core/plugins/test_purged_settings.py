"""What was chosen for a plugin on its page goes when the plugin is purged; a password may be among it."""

from __future__ import annotations

import pytest

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
