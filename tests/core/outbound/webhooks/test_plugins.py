"""Events of a plugin's own: told like ours, and a field that fails costs that plugin's deliveries alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from types import ModuleType
from typing import Any

import pytest
import structlog.testing

from confida_core.declarations import PluginInfo
from confida_core.events.declarations import EventField, EventKind
from confida_core.events.following import ensure_cursors
from confida_core.hookspecs import hookimpl
from tests.core.outbound.house import Guard, house, make_ada, plugin
from tests.core.outbound.webhooks.receiver import PRIVATE, Receiver, log, subscribe, work

pytestmark = pytest.mark.anyio


def initial(_: Mapping[str, Any], content: Any) -> str:
    return str(content.display_name[0])


def broken(_: Mapping[str, Any], content: Any) -> str:
    raise RuntimeError(content.display_name)


@pytest.fixture
def club() -> ModuleType:
    """A plugin that tells of contacts in its own words."""
    module: Any = ModuleType("confida_club")
    kind = EventKind(
        key="club.met",
        label="Somebody was met",
        table="contact",
        change="created",
        fields=(
            EventField(key="initial", label="Initial", value=initial),
            EventField(key="broken", label="Broken", value=broken),
        ),
    )

    def plugin_info() -> PluginInfo:
        return PluginInfo(key="club", name="Club", summary="Meets people.")

    def event_kinds() -> list[EventKind]:
        return [kind]

    module.plugin_info, module.event_kinds = hookimpl(plugin_info), hookimpl(event_kinds)
    return module  # type: ignore[no-any-return]


@pytest.fixture
async def crm(settings: Any, guard: Guard, club: ModuleType) -> AsyncIterator[Any]:
    async with house(settings, plugin([guard.declared()]), club, webhook_private_addresses=PRIVATE) as installation:
        await ensure_cursors(installation)
        yield installation


async def test_event_of_a_plugin_is_told(crm: Any, shop: Receiver) -> None:
    await subscribe(crm, shop.url, {"club.met": ["initial"]})
    ada = await make_ada(crm)
    await work(crm)
    assert [(one.json["type"], one.json["data"]) for one in shop.received] == [
        ("club.met", {"id": str(ada), "initial": "A"})
    ]


async def test_field_that_fails_says_nothing_personal_and_stops_no_other(crm: Any, shop: Receiver) -> None:
    await subscribe(crm, shop.url, {"club.met": ["broken"], "contact.created": ["display_name"]})
    with structlog.testing.capture_logs() as logged:
        await make_ada(crm)
        await work(crm)
    assert [one.json["type"] for one in shop.received] == ["contact.created"]
    assert sorted(await log(crm)) == [("delivered", "", 1, 204), ("waiting", "failed", 1, None)]
    assert [entry["error"] for entry in logged if entry["event"] == "webhook_failed"] == ["RuntimeError"]
    assert "Ada" not in repr(logged)
