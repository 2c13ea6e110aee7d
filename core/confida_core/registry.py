"""What all enabled plugins declare, collected once at start, checked, and frozen.

Every error names the distribution and its version: whoever reads it must know whom to ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from types import MappingProxyType
from typing import Any

import pluggy
from piccolo.columns import JSON, JSONB, Bytea, Text, Varchar
from piccolo.table import Table

from confida_core.declarations import API, PiccoloApp, PluginInfo, RecordDeclaration, TableDeclaration
from confida_core.hookspecs import PROJECT, CoreHooks

ENTRY_POINTS = "confida.plugins"
LEAKY = (Varchar, Text, JSON, JSONB, Bytea)


class PluginError(RuntimeError):
    """A plugin cannot be loaded; the start stops, because its data would escape export and erasure."""


@dataclass(frozen=True, slots=True)
class LoadedPlugin:
    """distribution, version: where it was installed from."""

    info: PluginInfo
    distribution: str
    version: str
    module: Any

    def __str__(self) -> str:
        return f"{self.distribution} {self.version} (plugin {self.info.key})"


@dataclass(frozen=True, slots=True)
class Declared:
    """One declaration and who made it."""

    plugin: LoadedPlugin
    value: Any


class Registry:
    """All declarations, by hook name. Nothing is called on it during a request but look-ups."""

    def __init__(self, plugins: Sequence[LoadedPlugin], declared: Mapping[str, tuple[Declared, ...]]) -> None:
        self.plugins = tuple(plugins)
        self._declared = MappingProxyType(dict(declared))
        self.records: Mapping[str, RecordDeclaration] = self._by_key("records", lambda record: record.name)
        self.stores = self._by_key("stores", lambda store: store.key)
        self.trash_guards = self._by_key("trash_guards", lambda guard: guard.key)
        self.purposes = self._by_key("purposes", lambda purpose: purpose.key)
        self.permissions = self._by_key("permissions", lambda permission: permission.key)
        self.jobs = self._by_key("jobs", lambda job: job.key)
        self.index_fields = self._by_key("index_fields", lambda field: field.key)
        self.timeline_sources = self._by_key("timeline_sources", lambda source: source.key)
        self.importers = self._by_key("importers", lambda importer: importer.key)
        self.exporters = self._by_key("exporters", lambda exporter: exporter.key)
        self.sending_gates = self._by_key("sending_gates", lambda gate: gate.key)
        self.transports = self._by_key("transports", lambda transport: transport.path)

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
    enabled: Sequence[str], *, built_in: Iterable[Any], specifications: Iterable[Any] = (CoreHooks,)
) -> Registry:
    """Load the named plugins and our own modules, call each hook once, check everything.

    built_in: modules of our own that declare like any plugin. specifications: classes of hookspecs; one with `_checks`,
    callables that take the registry, has what its hooks return checked by them. Raises PluginError.
    """
    manager = pluggy.PluginManager(PROJECT)
    hooks, specifications = [], tuple(specifications)
    for specification in specifications:
        manager.add_hookspecs(specification)
        hooks += [name for name in vars(specification) if not name.startswith("_")]
    plugins = [register(manager, module, "confida", own_version()) for module in built_in]
    plugins += [register(manager, *installed(name)) for name in enabled]
    check_misspelt(manager)
    ordered = sorted(plugins, key=lambda plugin: (plugin.distribution != "confida", plugin.info.key))
    check_keys(ordered)
    declared = {name: tuple(collect(manager, ordered, name)) for name in hooks}
    check_schema(declared)
    registry = Registry(ordered, declared)
    for specification in specifications:
        for check in getattr(specification, "_checks", ()):
            check(registry)
    return registry


def own_version() -> str:
    return metadata.version("confida")


def installed(name: str) -> tuple[Any, str, str]:
    """Module, distribution and version of an entry point. Only what is enabled is ever imported."""
    for point in metadata.entry_points(group=ENTRY_POINTS):
        if point.name == name:
            distribution = point.dist.name if point.dist else point.value
            version = point.dist.version if point.dist else "?"
            try:
                return point.load(), distribution, version
            except Exception as error:
                raise PluginError(f"{distribution} {version} (plugin {name}) cannot be imported: {error!r}") from error
    raise PluginError(f"plugin {name} is enabled but not installed: install it, or take it off the list of plugins")


def register(manager: pluggy.PluginManager, module: Any, distribution: str, version: str) -> LoadedPlugin:
    try:
        manager.register(module)
        info = module.plugin_info()
    except Exception as error:
        raise PluginError(f"{distribution} {version} cannot be registered: {error}") from error
    if not isinstance(info, PluginInfo):
        raise PluginError(f"{distribution} {version}: plugin_info must return a PluginInfo")
    if info.api != API:
        raise PluginError(
            f"{distribution} {version} (plugin {info.key}) was made for api {info.api}, this Confida has api {API}: "
            f"install the release of {distribution} for it, or take {info.key} off the list of plugins"
        )
    return LoadedPlugin(info, distribution, version, module)


def check_misspelt(manager: pluggy.PluginManager) -> None:
    try:
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise PluginError(f"a plugin implements a hook that does not exist: {error}") from error


def check_keys(plugins: Sequence[LoadedPlugin]) -> None:
    seen: dict[str, LoadedPlugin] = {}
    for plugin in plugins:
        other = seen.setdefault(plugin.info.key, plugin)
        if other is not plugin:
            raise PluginError(f"{plugin} and {other} use the same key")


def collect(manager: pluggy.PluginManager, plugins: Sequence[LoadedPlugin], hook: str) -> Iterable[Declared]:
    """Each implementation by itself, so that one that raises is named instead of aborting all."""
    implementations = {
        implementation.plugin: implementation for implementation in getattr(manager.hook, hook).get_hookimpls()
    }
    for plugin in plugins:
        implementation = implementations.get(plugin.module)
        if implementation is None:
            continue
        try:
            result = implementation.function()
        except Exception as error:
            raise PluginError(f"{plugin}: hook {hook} failed: {error!r}") from error
        for value in [result] if isinstance(result, PluginInfo) else result:
            yield Declared(plugin, value)


def check_schema(declared: Mapping[str, tuple[Declared, ...]]) -> None:
    """No column can leak: text, JSON and binary columns are sealed or stand on their table's clear list with a reason."""
    described: dict[type[Table], RecordDeclaration | TableDeclaration] = {}
    for hook in ("records", "tables"):
        for item in declared.get(hook, ()):
            described[item.value.table] = item.value
    for item in declared.get("piccolo_apps", ()):
        for table in item.value.tables:
            declaration = described.get(table)
            if declaration is None:
                raise PluginError(
                    f"{item.plugin}: table {table._meta.tablename} does not say what happens on export, erasure and retention"
                )
            check_table(item.plugin, table, declaration)
    check_classes(declared.get("records", ()))


def check_classes(declared: Sequence[Declared]) -> None:
    """A class ends as a whole, with its key: what outlasts an erasure cannot be under the same key as what does not."""
    ending = {item.value.retention_class: item for item in declared if item.value.erasure != "keep"}
    for item in declared:
        other = ending.get(item.value.retention_class)
        if item.value.erasure == "keep" and other is not None:
            raise PluginError(
                f"{item.plugin}: {item.value.name} is kept on erasure, and {other.value.name} of the same retention class "
                f"{item.value.retention_class!r} is not: what is kept needs a class of its own"
            )


def check_table(plugin: LoadedPlugin, table: type[Table], declaration: RecordDeclaration | TableDeclaration) -> None:
    name = table._meta.tablename
    if plugin.distribution != "confida" and not name.startswith(f"{plugin.info.key}_"):
        raise PluginError(f"{plugin}: the name of table {name} must begin with {plugin.info.key}_")
    columns = {column._meta.name: column for column in table._meta.columns}
    if isinstance(declaration, RecordDeclaration):
        missing = {"id", "version", "sealed"} - set(columns)
        if declaration.subject is not None:
            missing |= {declaration.subject} - set(columns)
        if missing:
            raise PluginError(f"{plugin}: record table {name} lacks {', '.join(sorted(missing))}")
        if declaration.erasure == "keep" and not declaration.keeps:
            raise PluginError(f"{plugin}: record table {name} is kept on erasure without a reason")
    for column_name, column in columns.items():
        if isinstance(column, LEAKY) and column_name != "sealed" and not declaration.clear.get(column_name):
            raise PluginError(
                f"{plugin}: column {name}.{column_name} could hold personal data in the clear: seal it, or give the reason in `clear`"
            )
