"""The page of one plugin: what it declares, and enabling, disabling and upgrading it."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.loaded_plugin import PluginError
from confida_core.plugin_list import InstalledPlugin
from confida_core.plugin_settings.model import models
from confida_core.plugins.config_file import DecidedElsewhere, check_writable, configured_plugins
from confida_core.plugins.enabling import NotPossible, disable_plugin, enable_plugin, upgrade_plugin
from confida_core.plugins.footprints import Keeps, count_rows, footprint
from confida_core.plugins.looking import PluginFacts, facts_of, look_at
from confida_core.plugins.migrating import standing
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.plugins.listing import found_plugin, groups_of, plugin_row
from confida_web.plugins.pages import PluginPage, TableRow
from confida_web.redirect import redirect
from confida_web.security.access import access_for

REFUSED = (PluginError, NotPossible, DecidedElsewhere)


@get("/settings/plugins/{key:str}/about", permission="system.manage", fresh=True)
async def about(request: Request[Any, Any, Any], key: FromPath[str]) -> Response[Any]:
    """Whoever only looks has the plugin loaded apart, without keys and data; that runs its code, hence the fresh log-in."""
    return page(request, await plugin_page(request, key))


async def plugin_page(request: Request[Any, Any, Any], key: str, error: str = "") -> PluginPage:
    crm, plugin = request.state.crm, await found_plugin(request, key)
    facts, problem = await declared_by(request, plugin)
    kept = await footprint(crm.data, key)
    keeps = facts.keeps if facts else kept.keeps if kept else Keeps(name=plugin.name)
    waiting = (await standing(crm.data, facts.apps)).pending if facts else ()
    wanted = key in configured_plugins(crm.settings)
    return PluginPage(
        plugin=plugin_row(plugin, key in models(crm.registry)),
        groups=groups_of(facts) if facts else (),
        tables=await table_rows(request, keeps),
        stores=keeps.stores,
        waiting=waiting,
        may_enable=facts is not None and not wanted and plugin.state != "purged",
        may_disable=wanted,
        may_upgrade=bool(waiting) and (wanted or kept is not None),
        may_purge=kept is not None and kept.state == "kept" and not wanted,
        fixed=fixed_by(request),
        error=error or problem or plugin.problem,
    )


async def declared_by(request: Request[Any, Any, Any], plugin: InstalledPlugin) -> tuple[PluginFacts | None, str]:
    """What it declares, or why that is not known. A running one is asked here, any other in a process of its own."""
    registry = request.state.crm.registry
    for loaded in registry.plugins:
        if loaded.info.key == plugin.key and not loaded.parked:
            return facts_of(registry, loaded), ""
    if plugin.state in {"missing", "purged"} or plugin.problem:
        return None, ""
    try:
        return await look_at(registry, plugin.key, enabled=configured_plugins(request.state.crm.settings)), ""
    except PluginError as error:
        return None, str(error)


async def table_rows(request: Request[Any, Any, Any], keeps: Keeps) -> tuple[TableRow, ...]:
    counts = await count_rows(request.state.crm.data, keeps.tables)
    return tuple(
        TableRow(
            name=table.name, label=table.label, ends=table.retention_class, purpose=table.purpose,
            count=counts.get(table.name),
        )
        for table in keeps.tables
    )  # fmt: skip


def fixed_by(request: Request[Any, Any, Any]) -> str:
    try:
        check_writable(request.state.crm.settings, "change the list")
    except DecidedElsewhere as error:
        return str(error)
    return ""


@post("/settings/plugins/{key:str}/enable", permission="system.manage", fresh=True, status_code=200)
async def enable(request: Request[Any, Any, Any], key: FromPath[str]) -> Response[Any]:
    return await changed(request, key, enable_plugin, "It is enabled from the next start of the server on.")


@post("/settings/plugins/{key:str}/upgrade", permission="system.manage", fresh=True, status_code=200)
async def upgrade(request: Request[Any, Any, Any], key: FromPath[str]) -> Response[Any]:
    return await changed(request, key, upgrade_plugin, "Its tables are up to date. Start the server again.")


@post("/settings/plugins/{key:str}/disable", permission="system.manage", fresh=True, status_code=200)
async def disable(request: Request[Any, Any, Any], key: FromPath[str]) -> Response[Any]:
    return await changed(request, key, disable_plugin, "It is disabled from the next start of the server on.")


async def changed(request: Request[Any, Any, Any], key: str, work: Any, message: str) -> Response[Any]:
    """Done, and back to the page; or the page with the reason why not."""
    await found_plugin(request, key)
    try:
        await work(request.state.crm, access_for(request, "operation"), key)
    except REFUSED as error:
        return page(request, await plugin_page(request, key, str(error)), block="actions", status=422)
    return redirect(request, f"/settings/plugins/{key}/about", Toast(message=message))


ABOUT_ROUTES = (about, enable, upgrade, disable)
