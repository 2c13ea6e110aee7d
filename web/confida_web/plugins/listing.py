"""From what core knows of a plugin to what its pages show."""

from __future__ import annotations

from typing import Any

from litestar import Request

from confida_core.plugin_list import InstalledPlugin, all_plugins
from confida_core.plugin_settings.model import models
from confida_core.plugins.looking import PluginFacts
from confida_core.vault.access import NotFound
from confida_web.plugins.faults import fault_rows
from confida_web.plugins.pages import DeclaredGroup, PluginRow, PluginsPage


def plugin_row(plugin: InstalledPlugin, settings: bool = False) -> PluginRow:
    built_in = plugin.state == "built in"
    return PluginRow(
        key=plugin.key,
        name=plugin.name,
        version=plugin.version,
        distribution=plugin.distribution,
        summary=plugin.summary,
        hooks=plugin.hooks,
        permissions=plugin.permissions,
        enabled=plugin.state in {"built in", "enabled"},
        builtin=built_in,
        bundled=plugin.bundled,
        parked=plugin.state == "parked",
        missing=plugin.state == "missing",
        keeps_data=plugin.keeps_data,
        pending=plugin.pending,
        problem=plugin.problem,
        settings_href=f"/settings/plugins/{plugin.key}" if settings else None,
        about_href=None if built_in else f"/settings/plugins/{plugin.key}/about",
    )


async def plugins_page(request: Request[Any, Any, Any]) -> PluginsPage:
    crm = request.state.crm
    with_settings = models(crm.registry)
    rows = tuple(plugin_row(one, one.key in with_settings) for one in await all_plugins(crm))
    return PluginsPage(
        plugins=rows,
        faults=await fault_rows(crm),
        others=sum(not row.builtin for row in rows),
        restart=any(row.pending for row in rows),
        safe_mode=crm.settings.no_plugins,
    )


async def found_plugin(request: Request[Any, Any, Any], key: str) -> InstalledPlugin:
    """Raises NotFound, also for a part of Confida itself."""
    for plugin in await all_plugins(request.state.crm):
        if plugin.key == key and plugin.state != "built in":
            return plugin
    raise NotFound


def groups_of(facts: PluginFacts) -> tuple[DeclaredGroup, ...]:
    """What it may do, the weightiest first; empty kinds too, because that is worth knowing."""
    routes = tuple((one.path, one.permission or "everybody") for one in facts.routes)
    return (
        DeclaredGroup(title="Permissions", items=tuple((one.key, one.label) for one in facts.permissions)),
        DeclaredGroup(title="Purposes", items=tuple((one.key, one.label) for one in facts.purposes)),
        DeclaredGroup(title="Ways out of the house", items=tuple((one, "") for one in facts.transports)),
        DeclaredGroup(title="Pages", items=routes),
        DeclaredGroup(title="Work of its own", items=tuple((one.key, one.label) for one in facts.jobs)),
        DeclaredGroup(title="Hooks", items=tuple((one, "") for one in facts.hooks)),
    )
