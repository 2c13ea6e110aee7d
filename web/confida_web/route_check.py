"""What plugins' handlers must be like, checked when they are loaded: so one that must not run is not even enabled."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from confida_core.loaded_plugin import LoadedPlugin, PluginError
from confida_core.registry import Registry


def plugin_routes(registry: Registry) -> None:
    """Raises PluginError for whatever of a plugin's pages would stop the start of a server: a handler that nobody guards, that
    cannot be called, that stands elsewhere, or in another's place; a resource of the API or a command that does not fit.
    """
    for plugin in registry.plugins:
        if not plugin.built_in and not plugin.parked:
            check_plugin(registry, plugin)


def check_plugin(registry: Registry, plugin: LoadedPlugin) -> None:
    # Only now: commands load this module, and need no web framework where no plugin has pages.
    from confida_web.routing import PREFIXES, check_portal_routes, check_prefixes
    from confida_web.security.guard import UnguardedRoute, check_routes

    mine = {hook: [item for item in registry.with_owner(hook) if item.plugin == plugin] for hook in PREFIXES}
    try:
        check_routes([item.value for item in mine["routes"]], registry.permissions)
        check_portal_routes([item.value for item in mine["portal_routes"]])
        for hook, prefix in PREFIXES.items():
            check_prefixes(mine[hook], prefix)
    except UnguardedRoute as error:
        text = str(error)
        raise PluginError(text if text.startswith(str(plugin)) else f"{plugin}: {text}") from error
    for hook in PREFIXES:
        check_places(registry, hook)
    check_signatures(plugin, [item.value for hook in PREFIXES for item in mine[hook]])
    check_declared(registry, plugin)


def check_signatures(plugin: LoadedPlugin, handlers: Sequence[Any]) -> None:
    """What a handler takes is read when an application is made of it, and not before."""
    try:
        if handlers:
            read_signatures(tuple(handlers))
    except Exception as error:
        raise PluginError(f"{plugin}: a route cannot be called: {error}") from error


@lru_cache(maxsize=8)
def read_signatures(handlers: tuple[Any, ...]) -> None:
    """Raises whatever the framework says. Done once for the same handlers: it takes a millisecond for each of them."""
    from litestar import Litestar

    Litestar(route_handlers=handlers, openapi_config=None, logging_config=None)


def check_declared(registry: Registry, plugin: LoadedPlugin) -> None:
    """Resources of the API, commands and list actions."""
    commands = [item for item in registry.with_owner("commands") if item.plugin == plugin]
    actions = [item for item in registry.with_owner("list_actions") if item.plugin == plugin]
    if commands or actions:
        from confida_web.search.commands import check_commands, check_list_actions

        check_commands(commands)
        check_list_actions(actions)
    if any(item.plugin == plugin for item in registry.with_owner("api_resources")):
        from confida_web.rest.resources import served_resources

        served_resources(registry)


def check_places(registry: Registry, hook: str) -> None:
    """One place answers in one way."""
    seen: dict[str, tuple[Any, LoadedPlugin]] = {}
    for item in registry.with_owner(hook):
        for path in getattr(item.value, "paths", ()):
            for method in getattr(item.value, "http_methods", ()):
                place = f"{method} {path}"
                handler, other = seen.setdefault(place, (item.value, item.plugin))
                if handler is not item.value and not (other.built_in and item.plugin.built_in):
                    raise PluginError(f"{other} and {item.plugin} both declare {hook} {place!r}")
