"""A plugin that was loaded, one thing that it declares, and why it may be refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from confida_core.declarations import PluginInfo


class PluginError(RuntimeError):
    """A plugin cannot be loaded; the start stops, because its data would escape export and erasure."""


class NotInstalled(PluginError):
    """No distribution offers this plugin."""


@dataclass(frozen=True, slots=True)
class LoadedPlugin:
    """distribution, version: where it was installed from. built_in: one of our own layers, which nobody can switch off;
    a plugin that comes with our distribution is not. parked: disabled, and loaded for what its tables hold only.
    parts: modules whose lists count like what its hooks return.
    """

    info: PluginInfo
    distribution: str
    version: str
    module: Any
    built_in: bool = False
    parked: bool = False
    parts: tuple[ModuleType, ...] = ()

    def __str__(self) -> str:
        return f"{self.distribution} {self.version} (plugin {self.info.key})"


def listed(parts: Iterable[ModuleType], name: str) -> list[Any]:
    """What these modules list under a name, in their order: for places that a plugin offers to its own parts."""
    return [value for part in parts for value in getattr(part, name, ())]


@dataclass(frozen=True, slots=True)
class Loading:
    """What a registry was made from, so that it can be made again with more."""

    enabled: tuple[str, ...] = ()
    built_in: tuple[Any, ...] = ()
    specifications: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """One declaration and who made it."""

    plugin: LoadedPlugin
    value: Any
