"""Which plugins are installed, and what they declare."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from confida_core.plugin_list import InstalledPlugin, installed_plugins
from confida_web.page import page
from confida_web.plugins.pages import PluginRow, PluginsPage


@get("/settings/plugins", permission="system.manage")
async def plugins(request: Request[Any, Any, Any]) -> Response[Any]:
    crm = request.state.crm
    return page(request, PluginsPage(plugins=tuple(plugin_row(one) for one in installed_plugins(crm.registry))))


def plugin_row(plugin: InstalledPlugin) -> PluginRow:
    return PluginRow(
        key=plugin.key,
        name=plugin.name,
        version=plugin.version,
        distribution=plugin.distribution,
        summary=plugin.summary,
        hooks=plugin.hooks,
        permissions=plugin.permissions,
        enabled=plugin.state != "installed",
        builtin=plugin.state == "built in",
    )


ROUTES = (plugins,)
