"""What is checked of one declaration by itself: that a hook returns what its specification says, under the plugin's own key."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Sequence
from dataclasses import is_dataclass, replace
from difflib import get_close_matches
from types import ModuleType
from typing import Any

from pluggy import HookCaller

from confida_core.declarations import CLICommand
from confida_core.loaded_plugin import Declared, LoadedPlugin, PluginError

# Keys of these stand beside those of everybody else in lists that people choose from, so each says whose it is.
DOTTED = frozenset({"permissions", "jobs", "listeners", "index_fields", "purposes", "consent_purposes", "self_checks"})
# These have an address of their own below the plugin's, so that their keys stand in nobody's way.
APART = frozenset({"plugin_info", "api_resources"})
# How alike two names are of which one is probably meant to be the other, from 0 to 1: NAV_ITEM and NAV_ITEMS are.
NEARLY = 0.85


def collect(hook: HookCaller, plugins: Sequence[LoadedPlugin]) -> list[Declared]:
    """What these plugins return for one hook. Each is asked by itself, so that one that raises is named. Raises PluginError."""
    implementations = {implementation.plugin: implementation.function for implementation in hook.get_hookimpls()}
    expected = returned(hook)
    found = []
    for plugin in plugins:
        function = implementations.get(plugin.module)
        values = answers(plugin, hook.name, function, expected) if function is not None else []
        if typing.get_args(expected):
            values += [value for part in plugin.parts for value in listed_in(plugin, part, hook.name, expected)]
        found += [Declared(plugin, value) for value in values]
    return found


def with_parts(hook: HookCaller, plugin: LoadedPlugin, hooks: Sequence[str]) -> LoadedPlugin:
    """The plugin with the modules that its hook `parts` returns. hooks: all there are. Raises PluginError."""
    parts = tuple(one.value for one in collect(hook, [plugin]))
    for part in parts:
        check_names(plugin, part, hooks)
    return replace(plugin, parts=parts)


def listed_in(plugin: LoadedPlugin, part: ModuleType, hook: str, expected: Any) -> list[Any]:
    """What a part lists under the hook's name in capitals, checked as if the hook had returned it."""
    result = getattr(part, hook.upper(), ())
    return checked(f"{plugin}: {hook.upper()} in {file_of(part)}", plugin, hook, (result, expected))


def check_names(plugin: LoadedPlugin, part: ModuleType, hooks: Sequence[str]) -> None:
    """A list whose name is nearly that of a hook would be passed over in silence."""
    known = [hook.upper() for hook in hooks]
    for name, value in vars(part).items():
        if name.isupper() and isinstance(value, list | tuple) and name not in known:
            near = get_close_matches(name, known, 1, NEARLY)
            if near:
                raise PluginError(f"{plugin}: {name} in {file_of(part)} is no hook; did you mean {near[0]}?")


def returned(hook: HookCaller) -> Any:
    """The type that the hook's specification names."""
    assert hook.spec is not None  # noqa: S101 -- Every hook of a specification has one; an unknown hook was refused before.
    return typing.get_type_hints(hook.spec.function)["return"]


def answers(plugin: LoadedPlugin, hook: str, function: Callable[[], Any], expected: Any) -> list[Any]:
    """Calls the hook, once, and gives what it declares one by one. Raises PluginError."""
    place = f"{plugin}: hook {hook} ({where(function)})"
    if inspect.iscoroutinefunction(function):
        raise PluginError(f"{place} is `async`: hooks only declare, make it a plain `def`")
    try:
        result = function()
    except Exception as error:
        advice = "" if plugin.built_in else f"; mend it, or run `confida plugins disable {plugin.info.key}`"
        raise PluginError(f"{place} failed: {error!r}{advice}") from error
    return checked(place, plugin, hook, (result, expected))


def checked(place: str, plugin: LoadedPlugin, hook: str, answer: tuple[Any, Any]) -> list[Any]:
    """One by one what was declared at this place. answer: what it is, and the type it should have. Raises PluginError."""
    result, expected = answer
    values = [result] if typing.get_origin(expected) is None else result
    if not isinstance(values, list | tuple):
        raise PluginError(f"{place} must return {worded(expected)}, and returned {named(result)}")
    item = typing.get_args(expected)[0] if typing.get_args(expected) else expected
    for value in values:
        check_type(place, value, item, expected)
        check_prefix(place, plugin, hook, value)
    return list(values)


def check_type(place: str, value: Any, item: Any, expected: Any) -> None:
    if item is not Any and not isinstance(value, item):
        raise PluginError(f"{place} must return {worded(expected)}, and there was {named(value)} in it")
    parameters = getattr(type(value), "__dataclass_params__", None)
    if is_dataclass(value) and parameters is not None and not parameters.frozen:
        raise PluginError(
            f"{place} returned a {type(value).__name__} that is not frozen: what is declared never changes"
        )


def check_prefix(place: str, plugin: LoadedPlugin, hook: str, value: Any) -> None:
    """Nothing of a plugin can be taken for another's, or for ours."""
    own, command = plugin.info.key, isinstance(value, CLICommand)
    key = value.name if command else getattr(value, "key", None)
    if plugin.built_in or hook in APART or not isinstance(key, str):
        return
    if (key.startswith(f"{own}.") and not command) or (key == own and hook not in DOTTED):
        return
    wanted = own if command else f"{own}.{key.rpartition('.')[2]}"
    raise PluginError(f"{place}: {key!r} must begin with the plugin's own key: name it {wanted!r}")


def misspelt(hook: str, place: str, known: Sequence[str]) -> PluginError:
    """The error for a hook that nobody calls, with the hook that was probably meant."""
    near = get_close_matches(hook, known, 1)
    meant = f"did you mean {near[0]}?" if near else "docs/plugins/hooks.md lists those there are"
    return PluginError(f"{place} implements a hook that does not exist: {hook}; {meant}")


def where(function: Callable[..., Any]) -> str:
    """File and line, so that nobody has to search for it."""
    code: Any = getattr(inspect.unwrap(function), "__code__", None)
    return f"{code.co_filename}:{code.co_firstlineno}" if code else "no file"


def file_of(part: ModuleType) -> str:
    return getattr(part, "__file__", None) or part.__name__


def worded(expected: Any) -> str:
    arguments = typing.get_args(expected)
    return f"a list of {arguments[0].__name__}" if arguments else f"one {expected.__name__}"


def named(value: Any) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"
