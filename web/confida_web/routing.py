"""Every handler that answers, and where those of plugins may stand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from litestar.handlers import HTTPRouteHandler

from confida_core.registry import Declared, Registry
from confida_web.rest.resources import api_handlers
from confida_web.security.guard import UnguardedRoute, check_routes

PREFIXES = {"routes": "/x/{key}", "portal_routes": "/my/x/{key}"}
"""Hook -> where a plugin's handlers begin, so that none can take the place of another's."""


def handlers_of(registry: Registry) -> list[Any]:
    """All handlers of all hooks that return some, and those of the API's resources. Raises PluginError."""
    return [*(handler for hook in PREFIXES for handler in registry.all(hook)), *api_handlers(registry)]


def check_handlers(registry: Registry) -> None:
    """Raises UnguardedRoute for a handler that nobody guards, or that stands in another's place."""
    check_routes(registry.all("routes"), registry.permissions)
    check_routes(api_handlers(registry), registry.permissions)
    check_portal_routes(registry.all("portal_routes"))
    for hook, prefix in PREFIXES.items():
        check_prefixes(registry.with_owner(hook), prefix)


def check_portal_routes(handlers: Iterable[Any]) -> None:
    """On the public side nobody has permissions: a page is for everybody or for the person who is signed in."""
    for handler in handlers:
        if not isinstance(handler, HTTPRouteHandler):
            raise UnguardedRoute(f"{handler!r} is not a handler of @get, @post, ...")
        if [handler.opt.get(who) is True for who in ("public", "person")].count(True) != 1:
            name = f"{handler.fn.__module__}.{handler.fn.__qualname__}"
            raise UnguardedRoute(f"{name} ({', '.join(sorted(handler.paths))}) must say public=True or person=True")


def check_prefixes(routes: Iterable[Declared], prefix: str) -> None:
    for item in routes:
        if item.plugin.built_in or not isinstance(item.value, HTTPRouteHandler):
            continue
        start = prefix.format(key=item.plugin.info.key)
        for path in item.value.paths:
            if path != start and not path.startswith(start + "/"):
                raise UnguardedRoute(f"{item.plugin}: route {path} must begin with {start}/")
