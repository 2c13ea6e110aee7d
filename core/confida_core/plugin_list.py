"""What is installed, enabled or not: for the page and the command that list it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata
from typing import Literal

from confida_core.registry import ENTRY_POINTS, LoadedPlugin, Registry

PluginState = Literal["built in", "enabled", "installed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledPlugin:
    """hooks: the names it implements. permissions: the keys it declares. Both are known of loaded plugins only."""

    key: str
    name: str
    summary: str
    distribution: str
    version: str
    state: PluginState
    hooks: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()


def installed_plugins(registry: Registry) -> list[InstalledPlugin]:
    """Our own parts first, then what is enabled, then what is merely installed, which is not imported."""
    loaded = [described(registry, plugin) for plugin in registry.plugins]
    known = {(plugin.distribution, plugin.key) for plugin in loaded}
    rest = []
    for point in sorted(metadata.entry_points(group=ENTRY_POINTS)):
        distribution = point.dist.name if point.dist else point.value
        if (distribution, point.name) not in known:
            version = point.dist.version if point.dist else "?"
            rest.append(
                InstalledPlugin(
                    key=point.name, name=point.name, summary="", distribution=distribution, version=version,
                    state="installed",
                )
            )  # fmt: skip
    return [*loaded, *rest]


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
        state="built in" if plugin.distribution == "confida" else "enabled",
        hooks=hooks,
        permissions=permissions,
    )
