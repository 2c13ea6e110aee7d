"""What all enabled plugins declare, collected once at start, checked, and frozen.

Every error names the distribution and its version: whoever reads it must know whom to ask.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from importlib import metadata
from types import MappingProxyType
from typing import Any

import pluggy
import structlog

from confida_core.declarations import API, PiccoloApp, PluginInfo, RecordDeclaration
from confida_core.declared_schema import check_schema, check_twice
from confida_core.declared_shape import collect, misspelt, where, with_parts
from confida_core.hookspecs import PROJECT, CoreHooks
from confida_core.loaded_plugin import Declared, LoadedPlugin, Loading, NotInstalled, PluginError

ENTRY_POINTS = "confida.plugins"
Points = Mapping[str, Sequence[metadata.EntryPoint]]
log = structlog.get_logger("confida.plugins")


class Registry:
    """All declarations, by hook name. Nothing is called on it during a request but look-ups.

    unreachable: keys of plugins whose tables hold data that nothing here declares, in safe mode only.
    """

    def __init__(
        self,
        plugins: Sequence[LoadedPlugin],
        declared: Mapping[str, tuple[Declared, ...]],
        loading: Loading | None = None,
        unreachable: Sequence[str] = (),
    ) -> None:
        self.plugins = tuple(plugins)
        self.loading, self.unreachable = loading or Loading(), tuple(unreachable)
        self._declared = MappingProxyType(dict(declared))
        self.records: Mapping[str, RecordDeclaration] = self._by_key("records", lambda record: record.name)
        self.stores = self._by_key("stores", lambda store: store.key)
        self.trash_guards = self._by_key("trash_guards", lambda guard: guard.key)
        self.purposes = self._by_key("purposes", lambda purpose: purpose.key)
        self.permissions = self._by_key("permissions", lambda permission: permission.key)
        self.jobs = self._by_key("jobs", lambda job: job.key)
        self.listeners = self._by_key("listeners", lambda listener: listener.key)
        self.index_fields = self._by_key("index_fields", lambda field: field.key)
        self.timeline_sources = self._by_key("timeline_sources", lambda source: source.key)
        self.importers = self._by_key("importers", lambda importer: importer.key)
        self.exporters = self._by_key("exporters", lambda exporter: exporter.key)
        self.sending_gates = self._by_key("sending_gates", lambda gate: gate.key)
        self.transports = self._by_key("transports", lambda transport: transport.path)
        self.event_kinds = self._by_key("event_kinds", lambda kind: kind.key)
        self.inbound_webhooks = self._by_key("inbound_webhooks", lambda hook: hook.key)
        self.event_handlers = self._by_key("event_handlers", lambda handler: handler.key)

    def all(self, hook: str) -> list[Any]:
        """Every declaration of a hook, flat, in the order of the plugins' keys."""
        return [item.value for item in self._declared.get(hook, ())]

    @property
    def hooks(self) -> tuple[str, ...]:
        """Names of all hooks that were called."""
        return tuple(self._declared)

    def with_owner(self, hook: str) -> tuple[Declared, ...]:
        """The same, each with the plugin that declared it."""
        return self._declared.get(hook, ())

    @property
    def apps(self) -> list[PiccoloApp]:
        return self.all("piccolo_apps")

    def _by_key(self, hook: str, key: Callable[[Any], str]) -> Mapping[str, Any]:
        found: dict[str, Declared] = {}
        for item in self._declared.get(hook, ()):
            name = key(item.value)
            if name in found:
                raise PluginError(f"{item.plugin} and {found[name].plugin} both declare {hook} {name!r}")
            found[name] = item
        return MappingProxyType({name: item.value for name, item in found.items()})


def load_registry(
    enabled: Sequence[str],
    *,
    built_in: Iterable[Any],
    specifications: Iterable[Any] = (CoreHooks,),
    parked: Sequence[str] = (),
) -> Registry:
    """Load the named plugins and our own modules, call each hook once, check everything.

    built_in: modules of our own that declare like any plugin. specifications: classes of hookspecs; one with `_checks`,
    callables that take the registry, has what its hooks return checked by them. parked: disabled plugins; of their hooks
    only those are called that a specification lists in `_parked`. Raises PluginError.
    """
    manager = pluggy.PluginManager(PROJECT)
    loading = Loading(tuple(enabled), tuple(built_in), tuple(specifications))
    hooks, kept = [], set[str]()
    for specification in loading.specifications:
        manager.add_hookspecs(specification)
        hooks += [name for name in vars(specification) if not name.startswith("_")]
        kept.update(getattr(specification, "_parked", ()))
    plugins = [
        replace(register(manager, module, "confida", own_version()), built_in=True) for module in loading.built_in
    ]
    points = plugin_points() if enabled or parked else {}
    plugins += [register_named(manager, name, points) for name in enabled]
    plugins += [replace(register_named(manager, name, points), parked=True) for name in parked]
    check_misspelt(manager, plugins, hooks)
    plugins = [with_parts(manager.hook.parts, plugin, hooks) for plugin in plugins]
    ordered = sorted(plugins, key=lambda plugin: (not plugin.built_in, plugin.info.key))
    check_keys(ordered)
    active = [plugin for plugin in ordered if not plugin.parked]
    declared = {
        name: tuple(collect(getattr(manager.hook, name), ordered if name in kept else active))
        for name in hooks
        if name != "parts"
    }
    check_twice(declared)
    check_schema(declared)
    registry = Registry(ordered, declared, loading)
    for specification in specifications:
        for check in getattr(specification, "_checks", ()):
            check(registry)
    return registry


def own_version() -> str:
    return metadata.version("confida")


def installed(name: str, points: Points | None = None) -> tuple[Any, str, str]:
    """Module, distribution and version of an entry point. Only what is enabled is ever imported."""
    point = entry_point(name, points)
    distribution, version = origin_of(point)
    try:
        return point.load(), distribution, version
    except Exception as error:
        raise PluginError(f"{distribution} {version} (plugin {name}) cannot be imported: {error!r}") from error


def plugin_points() -> Points:
    """Every installed plugin's entry points, by name. Reads something of every distribution that is installed, 4 ms and
    more: whoever asks for several plugins asks once. Never kept, because another one may be installed meanwhile.
    """
    found: dict[str, list[metadata.EntryPoint]] = {}
    for point in metadata.entry_points(group=ENTRY_POINTS):
        found.setdefault(point.name, []).append(point)
    return found


def entry_point(name: str, points: Points | None = None) -> metadata.EntryPoint:
    """Where a plugin is installed. points: those of `plugin_points`, if they are at hand.

    Raises NotInstalled, and PluginError if it is in two distributions.
    """
    found = (plugin_points() if points is None else points).get(name, ())
    if not found:
        raise NotInstalled(
            f"plugin {name} is enabled but not installed: install it, or run `confida plugins disable {name}`"
        )
    if len(found) > 1:
        both = " and ".join(sorted(" ".join(origin_of(point)) for point in found))
        raise PluginError(f"plugin {name} is installed twice, by {both}: uninstall one of them")
    return found[0]


def origin_of(point: metadata.EntryPoint) -> tuple[str, str]:
    """Distribution and version of an entry point."""
    return (point.dist.name, point.dist.version) if point.dist else (point.value, "?")


def register_named(manager: pluggy.PluginManager, name: str, points: Points) -> LoadedPlugin:
    """An installed plugin; its key is the name of its entry point, which is what settings and commands know it by."""
    plugin = register(manager, *installed(name, points))
    if plugin.info.key != name:
        raise PluginError(f"{plugin}: its entry point is named {name}, and must be named {plugin.info.key} as its key")
    return plugin


def register(manager: pluggy.PluginManager, module: Any, distribution: str, version: str) -> LoadedPlugin:
    """The plugin that this module is. What it uses of the past is said with its name. Raises PluginError."""
    place = f"{distribution} {version} ({getattr(module, '__file__', None) or module})"
    try:
        with warnings.catch_warnings(record=True) as old:
            warnings.simplefilter("always")
            manager.register(module)
        info = module.plugin_info()
    except AttributeError:
        raise PluginError(f"{place} has no hook plugin_info, which says who it is: every plugin needs it") from None
    except Exception as error:
        raise PluginError(f"{place} cannot be registered: {error}") from error
    if not isinstance(info, PluginInfo):
        raise PluginError(f"{place}: hook plugin_info must return one PluginInfo")
    if info.api != API:
        raise PluginError(
            f"{place}: plugin {info.key} was made for api {info.api}, this Confida has api {API}: "
            f"install the release of {distribution} for it, or run `confida plugins disable {info.key}`"
        )
    plugin = LoadedPlugin(info, distribution, version, module)
    for one in old:
        warn(plugin, one)
    return plugin


def warn(plugin: LoadedPlugin, old: warnings.WarningMessage) -> None:
    """For whoever runs the plugin's tests, and for whoever reads the log of the installation."""
    text = f"{plugin}: {old.message}"
    log.warning("plugin_uses_the_past", plugin=str(plugin), file=old.filename, line=old.lineno, advice=str(old.message))
    warnings.warn_explicit(text, old.category, old.filename, old.lineno)


def check_misspelt(manager: pluggy.PluginManager, plugins: Sequence[LoadedPlugin], hooks: Sequence[str]) -> None:
    for plugin in plugins:
        for caller in manager.get_hookcallers(plugin.module) or ():
            if not caller.has_spec():
                (function,) = (one.function for one in caller.get_hookimpls() if one.plugin is plugin.module)
                raise misspelt(caller.name, f"{plugin} ({where(function)})", hooks)


def check_keys(plugins: Sequence[LoadedPlugin]) -> None:
    seen: dict[str, LoadedPlugin] = {}
    for plugin in plugins:
        other = seen.setdefault(plugin.info.key, plugin)
        if other is not plugin:
            raise PluginError(f"{plugin} and {other} use the same key")


__all__ = ["Declared", "LoadedPlugin", "PluginError", "Registry", "installed", "load_registry", "own_version"]
