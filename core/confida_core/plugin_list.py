"""What is installed, enabled or not, and what still keeps data: for the page and the command that list it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from confida_core.installation import Installation
from confida_core.loaded_plugin import PluginError
from confida_core.plugins.config_file import configured_plugins
from confida_core.plugins.footprints import Footprint, footprints, holds_data
from confida_core.registry import LoadedPlugin, Points, Registry, entry_point, origin_of, plugin_points

PluginState = Literal["built in", "enabled", "parked", "installed", "missing", "purged"]
Pending = Literal["", "enable", "disable", "drop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledPlugin:
    """state: built in; enabled; parked, which is disabled and loaded for the data it keeps; installed and nothing more;
    missing, if it keeps data and is installed no longer; purged, if only its empty tables are left.

    pending: what the next start will change. keeps_data: whether its tables or stores hold something about people.
    bundled: comes with Confida. hooks: the names it implements. permissions: the keys it declares. Both are known of
    loaded plugins only. problem: why it could not be loaded, "" if it could or need not be.
    """

    key: str
    name: str
    summary: str
    distribution: str
    version: str
    state: PluginState
    hooks: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()
    pending: Pending = ""
    keeps_data: bool = False
    bundled: bool = False
    problem: str = ""


def installed_plugins(registry: Registry) -> list[InstalledPlugin]:
    """Our own parts first, then what is enabled, then what is merely installed, which is not imported."""
    loaded = [described(registry, plugin) for plugin in registry.plugins]
    known = {plugin.key for plugin in loaded}
    points = plugin_points()
    return [*loaded, *(merely_installed(name, points) for name in sorted(points.keys() - known))]


def merely_installed(name: str, points: Points) -> InstalledPlugin:
    problem = ""
    try:
        distribution, version = origin_of(entry_point(name, points))
    except PluginError as error:
        distribution, version, problem = "", "", str(error)
    return InstalledPlugin(
        key=name, name=name, summary="", distribution=distribution, version=version, state="installed",
        bundled=distribution == "confida", problem=problem,
    )  # fmt: skip


def described(registry: Registry, plugin: LoadedPlugin) -> InstalledPlugin:
    hooks = tuple(
        sorted(name for name in registry.hooks if any(item.plugin is plugin for item in registry.with_owner(name)))
    )
    permissions = tuple(item.value.key for item in registry.with_owner("permissions") if item.plugin is plugin)
    return InstalledPlugin(
        key=plugin.info.key,
        name=plugin.info.name,
        summary=plugin.info.summary,
        distribution=plugin.distribution,
        version=plugin.version,
        state="built in" if plugin.built_in else "parked" if plugin.parked else "enabled",
        hooks=hooks,
        permissions=permissions,
        bundled=plugin.distribution == "confida" and not plugin.built_in,
    )


async def all_plugins(crm: Installation) -> list[InstalledPlugin]:
    """The same, with what the next start will change and with everything that keeps data here, installed or not.

    Raises DecidedElsewhere if config.toml cannot be read.
    """
    kept = await footprints(crm.data)
    holding = {key for key, found in kept.items() if await holds_data(crm.data, found)}
    found = [with_footprint(one, kept.get(one.key)) for one in installed_plugins(crm.registry)]
    known = {one.key for one in found}
    found += [missing(one) for key, one in kept.items() if key not in known]
    chosen = configured_plugins(crm.settings)
    found += [not_installed(name) for name in chosen if name not in known and name not in kept]
    return [
        replace(one, pending=pending_of(one, chosen, safe_mode=crm.settings.no_plugins), keeps_data=one.key in holding)
        for one in found
    ]


def with_footprint(plugin: InstalledPlugin, found: Footprint | None) -> InstalledPlugin:
    if found is None:
        return plugin
    if found.state != "kept":
        return replace(plugin, state="purged", name=found.keeps.name)
    return replace(plugin, name=found.keeps.name) if plugin.state == "installed" else plugin


def missing(found: Footprint) -> InstalledPlugin:
    return InstalledPlugin(
        key=found.key, name=found.keeps.name, summary="", distribution=found.distribution, version=found.version,
        state="missing" if found.state == "kept" else "purged",
    )  # fmt: skip


def not_installed(name: str) -> InstalledPlugin:
    problem = "It is enabled and not installed."
    return InstalledPlugin(
        key=name, name=name, summary="", distribution="", version="", state="missing", problem=problem
    )


def pending_of(plugin: InstalledPlugin, chosen: Iterable[str], *, safe_mode: bool) -> Pending:
    if plugin.state == "built in":
        return ""
    if plugin.state == "purged":
        return "drop"
    wanted, running = plugin.key in chosen, plugin.state == "enabled"
    if wanted and not running:
        return "" if safe_mode else "enable"
    return "disable" if running and not wanted else ""
