"""Core's own features, declared through the hooks that plugins use."""

from __future__ import annotations

from collections.abc import Sequence

from piccolo.conf.apps import AppConfig

from confida_core.declarations import PluginInfo, PurposeDeclaration, RecordDeclaration, TableDeclaration
from confida_core.hookspecs import hookimpl
from confida_core.piccolo_app import APP_CONFIG
from confida_core.vault import declared as vault


@hookimpl
def plugin_info() -> PluginInfo:
    return PluginInfo(key="core", name="Core", summary="Contacts, interactions, accounts, keys and the index.")


@hookimpl
def piccolo_apps() -> Sequence[AppConfig]:
    return [APP_CONFIG]


@hookimpl
def records() -> Sequence[RecordDeclaration]:
    return []


@hookimpl
def tables() -> Sequence[TableDeclaration]:
    return vault.TABLES


@hookimpl
def purposes() -> Sequence[PurposeDeclaration]:
    return vault.PURPOSES
