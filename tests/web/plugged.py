"""An installation with one more plugin, made on the spot: whatever it declares is declared through the real hooks."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from types import ModuleType
from typing import Any


def plugin_of(key: str = "sales", name: str = "Sales", **hooks: Sequence[Any]) -> ModuleType:
    """A plugin's module. hooks: what each returns."""
    from confida_core.declarations import PluginInfo
    from confida_core.hookspecs import hookimpl

    def returning(value: Any) -> Any:
        return hookimpl(lambda: value)

    module = ModuleType(f"confida_{key}")
    module.plugin_info = returning(PluginInfo(key=key, name=name, summary="For a test."))  # type: ignore[attr-defined]
    for hook, value in hooks.items():
        setattr(module, hook, returning(value))
    return module


def with_plugin(crm: Any, **hooks: Sequence[Any]) -> Any:
    """The same installation, with this plugin beside our own parts."""
    from confida_consent import hooks as consent_hooks
    from confida_consent.hookspecs import ConsentHooks
    from confida_core import hooks as core_hooks
    from confida_core.hookspecs import CoreHooks
    from confida_core.registry import load_registry
    from confida_web import hooks as web_hooks
    from confida_web.hookspecs import WebHooks

    built_in = (core_hooks, consent_hooks, web_hooks, plugin_of(**hooks))  # type: ignore[arg-type]
    registry = load_registry((), built_in=built_in, specifications=(CoreHooks, ConsentHooks, WebHooks))
    return dataclasses.replace(crm, registry=registry)
