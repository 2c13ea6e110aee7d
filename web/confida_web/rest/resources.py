"""All resources of an installation: where each one stands, and whether what it declares fits together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from msgspec.structs import fields

from confida_core.registry import Declared, PluginError, Registry
from confida_web.rest.declarations import ApiResource, Entity
from confida_web.rest.handlers import handlers_of
from confida_web.rest.problems import DOCUMENT, ROOT
from confida_web.rest.queries import GENERAL

_KEY = re.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Served:
    """A resource and its address. plugin: the key of the plugin it comes from, "" for ours."""

    path: str
    resource: ApiResource
    plugin: str


@lru_cache(maxsize=8)
def served_resources(registry: Registry) -> tuple[Served, ...]:
    """In the order of their addresses, ours before the plugins'. Raises PluginError for what does not fit together."""
    found: dict[str, Served] = {}
    for item in registry.with_owner("api_resources"):
        check_resource(item, registry)
        own = item.plugin.built_in
        prefix = ROOT if own else f"{ROOT}/x/{item.plugin.info.key}"
        served = Served(f"{prefix}/{item.value.key}", item.value, "" if own else item.plugin.info.key)
        if served.path in found:
            raise PluginError(f"{item.plugin}: two resources stand at {served.path}")
        found[served.path] = served
    return tuple(sorted(found.values(), key=lambda served: (served.plugin, served.path)))


def api_handlers(registry: Registry) -> list[Any]:
    """The routes of all resources. Raises PluginError."""
    return [handler for served in served_resources(registry) for handler in handlers_of(served.path, served.resource)]


def allowed_at(registry: Registry, path: str) -> str:
    """The methods of this address, for the header `Allow`; "" for an address at which there is nothing."""
    for served in served_resources(registry):
        if path == served.path:
            return methods_of(served, served.path)
        if path.rpartition("/")[0] == served.path:
            return methods_of(served, served.path + "/{item_id:uuid}")
    return "GET, HEAD" if path == DOCUMENT else ""


def methods_of(served: Served, template: str) -> str:
    handlers = [one for one in handlers_of(served.path, served.resource) if template in one.paths]
    methods = {str(method) for handler in handlers for method in handler.http_methods}
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))


def check_resource(item: Declared, registry: Registry) -> None:
    resource = item.value
    if not isinstance(resource, ApiResource):
        raise PluginError(f"{item.plugin}: api_resources must return ApiResource")
    for complaint in complaints(resource, registry):
        raise PluginError(f"{item.plugin}: API resource {resource.key!r} {complaint}")


def complaints(resource: ApiResource, registry: Registry) -> Iterator[str]:
    """What does not fit together, in words that follow the resource's name."""
    if not _KEY.fullmatch(resource.key) or resource.key == "x":
        yield "has a key that is not words of a to z and 0 to 9, joined by hyphens"
    if not issubclass(resource.shape, Entity):
        yield "has a shape that does not derive from Entity"
    if resource.list_items is None and resource.get_item is None:
        yield "can neither be listed nor read"
    yield from complaints_about_changes(resource)
    needed = {"read": resource.read}
    if resource.create_item or resource.change_item:
        needed["write"] = resource.write
    if resource.delete_item:
        needed["delete"] = resource.delete
    yield from (
        f"names no declared permission to {verb}: {key!r}"
        for verb, key in needed.items()
        if key not in registry.permissions
    )
    yield from (
        f"names a purpose nobody declares: {key!r}" for key in resource.purposes if key not in registry.purposes
    )
    asked = bool(resource.filter_fields or resource.words or resource.sorts or resource.parameters)
    if asked and resource.list_items is None:
        yield "has parameters of a list, but no list"
    yield from (
        f"has a parameter of a name that is taken: {one.name!r}" for one in resource.parameters if one.name in GENERAL
    )


def complaints_about_changes(resource: ApiResource) -> Iterator[str]:
    if (resource.create_item is None) != (resource.new_shape is None):
        yield "needs create_item and new_shape together"
    if (resource.change_item is None) != (resource.change_shape is None):
        yield "needs change_item and change_shape together"
    if resource.get_item is None and (resource.create_item or resource.change_item or resource.delete_item):
        yield "can be written but not read"
    if resource.change_shape is None:
        return
    for one in fields(resource.change_shape):
        if one.name not in resource.shape.__struct_fields__:
            yield f"can change {one.name!r}, which is not shown"
