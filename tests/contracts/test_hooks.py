"""The contract with plugins: every hook documented, its example run, used by us; and the api modules, which hold it."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy
import pytest

from confida_consent import hooks as consent_hooks
from confida_consent.hookspecs import ConsentHooks
from confida_core import hooks as core_hooks
from confida_core.declarations import PluginInfo
from confida_core.hookspecs import PROJECT, CoreHooks, hookimpl, hookspec
from confida_core.registry import Registry, load_registry, register
from confida_web import hooks as web_hooks
from confida_web.hookspecs import WebHooks

ROOT = Path(__file__).resolve().parents[2]
API_MODULES = ("confida_core.api", "confida_consent.api", "confida_web.api")
BUILT_IN = (core_hooks, consent_hooks, web_hooks)
SPECIFICATIONS = (CoreHooks, ConsentHooks, WebHooks)
# Hook -> why none of our own layers implements it; a plugin of ours, which is tested like anybody's, does.
BY_PLUGINS = {
    "list_actions": "Core's own actions on ticked contacts answer the list itself; lists of people belong to marketing.",
    "listeners": "Core and web wait for nobody else; mailboxes and telephone exchanges belong to plugins.",
    "page_scripts": "What our own pages load stands in the layout; a call that follows from page to page is a plugin's.",
}


def reference() -> Any:
    """The script that writes the page, as a module."""
    specification = importlib.util.spec_from_file_location("hook_reference", ROOT / "scripts" / "hook_reference.py")
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    sys.modules["hook_reference"] = module
    specification.loader.exec_module(module)
    return module


REFERENCE = reference()
HOOKS = {hook.name: hook for hook in REFERENCE.hooks()}


@dataclass
class Point:
    """An entry point of an installed distribution, as importlib.metadata shows it."""

    module: ModuleType
    name: str = "membership"
    value: str = "confida_membership"

    @property
    def dist(self) -> Any:
        class Distribution:
            name, version = "confida-membership", "2.3"

        return Distribution

    def load(self) -> ModuleType:
        return self.module


@pytest.fixture
def module() -> Iterator[ModuleType]:
    """An empty plugin, which Piccolo and the annotations of handlers can find by its name."""
    made = ModuleType("confida_membership")
    sys.modules["confida_membership"] = made
    yield made
    del sys.modules["confida_membership"]


def load(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Everything of ours and this plugin, installed like anybody's."""
    if not hasattr(module, "plugin_info"):
        info = PluginInfo(key="membership", name="Membership", summary="")
        module.plugin_info = hookimpl(lambda: info)  # type: ignore[attr-defined]
    monkeypatch.setattr("confida_core.registry.metadata.entry_points", lambda group: [Point(module)])
    return load_registry(["membership"], built_in=BUILT_IN, specifications=SPECIFICATIONS)


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
def test_hook_is_documented(hook: Any) -> None:
    assert tuple(hook.parts) == ("Called", "Returns", "Failure")
    assert [key for key, words in hook.parts.items() if len(words) < 14] == []
    assert hook.summary.endswith(".")
    assert f"@hookimpl\ndef {hook.name}():\n" in hook.example


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
def test_example_of_a_hook_runs(hook: Any, module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a module of its own, loaded and checked like an installed plugin, up to the application that serves it."""
    from confida_web.app import routed
    from confida_web.routing import check_handlers, handlers_of
    from confida_web.search.commands import check_commands

    exec(compile(REFERENCE.PRELUDE + hook.example, f"example of {hook.name}", "exec"), module.__dict__)  # noqa: S102
    registry = load(module, monkeypatch)
    mine = [item.value for item in registry.with_owner(hook.name) if item.plugin.info.key == "membership"]
    divided = [plugin for plugin in registry.plugins if plugin.info.key == "membership" and plugin.parts]
    assert len(divided if hook.name == "parts" else mine) >= 1
    check_handlers(registry)
    check_commands(registry.with_owner("commands"))
    if hook.name in {"routes", "portal_routes", "api_resources"}:
        routed.__wrapped__(tuple(handlers_of(registry)))


@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
def test_hook_is_used_by_us(hook: Any) -> None:
    assert bool(hook.users) != (hook.name in BY_PLUGINS)


def test_what_a_hook_returns_can_be_imported_from_an_api_module() -> None:
    known = {name for module in map(importlib.import_module, API_MODULES) for name in module.__all__}
    assert {kind.__name__ for kind in REFERENCE.declarations(list(HOOKS.values()))} - known == set()


def test_nobody_implements_a_hook_that_does_not_exist() -> None:
    named = {name for module in BUILT_IN for name in vars(module) if hasattr(getattr(module, name), "confida_impl")}
    assert named - set(HOOKS) == set()


def test_page_of_the_hooks_is_what_the_script_writes() -> None:
    assert REFERENCE.PAGE.read_text() == REFERENCE.page(), "run python scripts/hook_reference.py"


@pytest.mark.parametrize("name", API_MODULES)
def test_api_module_only_names_what_lives_elsewhere(name: str) -> None:
    module = importlib.import_module(name)
    body = ast.parse(Path(str(module.__file__)).read_text()).body
    kinds = [type(node).__name__ for node in body]
    assert kinds == ["Expr", *["ImportFrom"] * (len(body) - 2), "Assign"]
    imported = [alias for node in body if isinstance(node, ast.ImportFrom) for alias in node.names]
    names = [alias.asname or alias.name for alias in imported if alias.name != "annotations"]
    assert module.__all__ == sorted(names, key=lambda one: (not one.isupper(), one.islower(), one))


@pytest.mark.parametrize("name", API_MODULES)
def test_every_name_of_an_api_module_is_documented(name: str) -> None:
    """By its own docstring; constants, aliases and what comes from libraries by that of the module."""
    module = importlib.import_module(name)
    silent = [one for one in module.__all__ if not has_words(module, one)]
    assert [one for one in silent if f"`{one}`" not in (module.__doc__ or "")] == []


def has_words(module: ModuleType, name: str) -> bool:
    """A docstring of its own: not that of the type of a constant, nor the one dataclasses write by themselves."""
    value = getattr(module, name)
    words = value.__doc__ or ""
    return (isinstance(value, type) or callable(value)) and bool(words) and not words.startswith(f"{name}(")


def test_no_name_means_two_things_in_the_api_modules() -> None:
    seen: dict[str, set[int]] = {}
    for module in map(importlib.import_module, API_MODULES):
        for name in module.__all__:
            seen.setdefault(name, set()).add(id(getattr(module, name)))
    assert {name for name, values in seen.items() if len(values) > 1} == set()


class OldHooks:
    """A specification with a hook of the past, and one with an argument of the past, as a later release could have them."""

    @hookspec(warn_on_impl=DeprecationWarning("boxes is called contact_panels since 1.4; it goes with api 2"))
    def boxes(self) -> list[Any]:  # type: ignore[empty-body]
        """Boxes on a contact's page."""

    @hookspec(warn_on_impl_args={"crm": DeprecationWarning("lists takes no installation any more; it goes with api 2")})
    def lists(self, crm: Any) -> list[Any]:  # type: ignore[empty-body]
        """Lists."""


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("@hookimpl\ndef boxes():\n    return []\n", "boxes is called contact_panels since 1.4; it goes with api 2"),
        ("@hookimpl\ndef lists(crm):\n    return []\n", "lists takes no installation any more; it goes with api 2"),
    ],
)
def test_hook_of_the_past_warns_with_the_name_of_the_plugin(code: str, advice: str, module: ModuleType) -> None:
    exec(compile(f"from confida_core.api import hookimpl\n{code}", "/plugins/membership.py", "exec"), module.__dict__)  # noqa: S102
    module.plugin_info = hookimpl(lambda: PluginInfo(key="membership", name="", summary=""))  # type: ignore[attr-defined]
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(CoreHooks)
    manager.add_hookspecs(OldHooks)
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        register(manager, module, "confida-membership", "2.3")
    said = [(str(one.message), one.category, one.filename) for one in found]
    name = "confida-membership 2.3 (plugin membership)"
    assert said == [(f"{name}: {advice}", DeprecationWarning, "/plugins/membership.py")]


def test_our_own_parts_use_nothing_of_the_past() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_registry((), built_in=BUILT_IN, specifications=SPECIFICATIONS)


def test_what_is_installed_is_looked_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    points, looks = [], []
    for key in ("club", "membership", "shop"):
        plugin = ModuleType(f"confida_{key}")
        info = PluginInfo(key=key, name=key, summary="")
        plugin.plugin_info = hookimpl(lambda info=info: info)  # type: ignore[attr-defined]
        points.append(Point(plugin, name=key))

    def entry_points(group: str) -> list[Point]:
        looks.append(group)
        return points

    monkeypatch.setattr("confida_core.registry.metadata.entry_points", entry_points)
    registry = load_registry(["club", "shop"], built_in=BUILT_IN, specifications=SPECIFICATIONS, parked=["membership"])
    assert [plugin.info.key for plugin in registry.plugins if not plugin.built_in] == ["club", "membership", "shop"]
    assert looks == ["confida.plugins"]
