"""Disabled plugins whose tables still hold something about people: parked.

They stay loaded for what they declare of their data, and nothing else of theirs runs. So their records still take part in
every answer, erasure, retention and restriction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, NoReturn

from confida_core.declarations import PluginInfo, StoreDeclaration
from confida_core.loaded_plugin import Declared, LoadedPlugin, NotInstalled, PluginError
from confida_core.plugins.footprints import Footprint, footprints, holds_data
from confida_core.plugins.purged import is_purged
from confida_core.registry import Points, Registry, entry_point, load_registry, plugin_points
from confida_core.storage.database import Database
from confida_core.vault.keyring import Keyring

WAYS_OUT = (
    "its tables still hold data that must take part in answers and erasures: install it again (pip install {requirement}), "
    "or remove what it keeps with `confida plugins purge {key}`; `--no-plugins` starts without it until then"
)


class OutOfReach(RuntimeError):
    """Safe mode: data of a plugin that nobody can read now would be missing; names the plugin."""


async def with_parked(registry: Registry, data: Database, keyring: Keyring, *, safe_mode: bool) -> Registry:
    """The registry, with every plugin that is not enabled and holds data parked in it.

    safe_mode: nothing of any plugin is imported; answers and erasures are refused instead, as long as it lasts.
    Raises PluginError, saying what to do, for a plugin that cannot be loaded.
    """
    held = await held_by_others(registry, data, keyring)
    if not held:
        return registry
    if safe_mode:
        return out_of_reach(registry, held)
    points = plugin_points()
    for found in held:
        check_installed(found, points)
    return park(registry, [found.key for found in held])


async def held_by_others(registry: Registry, data: Database, keyring: Keyring) -> list[Footprint]:
    """Footprints with data of plugins that are not loaded, in the order of their keys."""
    loaded = {plugin.info.key for plugin in registry.plugins}
    return [
        found
        for found in (await footprints(data)).values()
        if found.key not in loaded
        and found.state == "kept"
        and not await is_purged(keyring, found)
        and await holds_data(data, found)
    ]


def check_installed(found: Footprint, points: Points) -> None:
    """Raises PluginError."""
    try:
        entry_point(found.key, points)
    except NotInstalled:
        raise PluginError(
            f"plugin {found.key} of {found.origin} is not installed any more, and {ways_out(found)}"
        ) from None


def ways_out(found: Footprint) -> str:
    return WAYS_OUT.format(key=found.key, requirement=found.requirement)


def park(registry: Registry, keys: Sequence[str]) -> Registry:
    """The same registry with these plugins parked. Raises PluginError."""
    loading = registry.loading
    parked = sorted({*keys, *(plugin.info.key for plugin in registry.plugins if plugin.parked)})
    try:
        return load_registry(
            loading.enabled, built_in=loading.built_in, specifications=loading.specifications, parked=parked
        )
    except PluginError as error:
        raise PluginError(
            f"{error}. Disabled plugins are loaded for the data that they keep ({', '.join(parked)}): install a version "
            "that can be loaded, or remove what it keeps with `confida plugins purge`; `--no-plugins` starts without it"
        ) from error


def park_installed(registry: Registry, keys: Iterable[str]) -> Registry:
    """The same, but for those that are not installed: the next start asks for them. Raises PluginError."""
    found, points = [], plugin_points()
    for key in keys:
        with suppress(NotInstalled):
            entry_point(key, points)
            found.append(key)
    return park(registry, found) if found else registry


def out_of_reach(registry: Registry, held: Sequence[Footprint]) -> Registry:
    """The registry of safe mode: each of these plugins stands in it as a store that refuses."""
    declared = {hook: registry.with_owner(hook) for hook in registry.hooks}
    declared["stores"] = (*declared.get("stores", ()), *map(refusing_store, held))
    return Registry(registry.plugins, declared, registry.loading, [found.key for found in held])


def refusing_store(found: Footprint) -> Declared:
    info = PluginInfo(key=found.key, name=found.keeps.name, summary="")

    async def refuse(*_: Any) -> NoReturn:
        raise OutOfReach(f"safe mode: what plugin {found.key} keeps cannot be read now")

    store = StoreDeclaration(key=f"{found.key}.out_of_reach", label=found.keeps.name, collect=refuse, erase=refuse)
    return Declared(LoadedPlugin(info, found.distribution, found.version, None, parked=True), store)


def check_reach(registry: Registry) -> None:
    """Before anything that must reach everything of a person is begun. Raises OutOfReach."""
    if registry.unreachable:
        raise OutOfReach(
            f"safe mode: what {', '.join(registry.unreachable)} keep cannot be reached; start without --no-plugins"
        )


__all__ = ["OutOfReach", "check_reach", "held_by_others", "park", "park_installed", "ways_out", "with_parked"]
