"""What is checked of one declaration by itself: that a hook returns what its specification says, under the plugin's own key."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Sequence
from dataclasses import is_dataclass
from difflib import get_close_matches
from typing import Any

from pluggy import HookCaller

from confida_core.declarations import CLICommand
from confida_core.loaded_plugin import Declared, LoadedPlugin, PluginError

# Keys of these stand beside those of everybody else in lists that people choose from, so each says whose it is.
DOTTED = frozenset({"permissions", "jobs", "listeners", "index_fields", "purposes", "consent_purposes", "self_checks"})
# These have an address of their own below the plugin's, so that their keys stand in nobody's way.
APART = frozenset({"plugin_info", "api_resources"})


def collect(hook: HookCaller, plugins: Sequence[LoadedPlugin]) -> list[Declared]:
    """What these plugins return for one hook. Each is asked by itself, so that one that raises is named. Raises PluginError."""
    implementations = {implementation.plugin: implementation.function for implementation in hook.get_hookimpls()}
    expected = returned(hook)
    found = []
    for plugin in plugins:
        function = implementations.get(plugin.module)
        if function is not None:
            found += [Declared(plugin, value) for value in answers(plugin, hook.name, function, expected)]
    return found


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


def worded(expected: Any) -> str:
    arguments = typing.get_args(expected)
    return f"a list of {arguments[0].__name__}" if arguments else f"one {expected.__name__}"


def named(value: Any) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"
