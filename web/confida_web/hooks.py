"""Web's own pages, declared through the hooks that plugins use.

Each area of web lists in `<area>/routes.py` its handlers as ROUTES, its places in the navigation as NAV_ITEMS, and so on.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from confida_core.declarations import CLICommand, PluginInfo
from confida_core.hookspecs import hookimpl
from confida_web.commands import COMMANDS
from confida_web.languages import FOLDER as TRANSLATION_FOLDER
from confida_web.page import STATIC_FOLDER, TEMPLATE_FOLDER
from confida_web.rest.declarations import ApiResource
from confida_web.rest.own import own_resources

AREAS = (
    "dashboard",
    "contacts",
    "interactions",
    "files",
    "search",
    "exchange",
    "consents",
    "receipts",
    "requests",
    "registers",
    "settings",
    "webhooks",
    "plugins",
    "account",
    "administration",
    "health",
    "portal",
    "rest",
)


@hookimpl
def plugin_info() -> PluginInfo:
    return PluginInfo(key="web", name="Pages", summary="The pages people work with.")


@hookimpl
def parts() -> Sequence[ModuleType]:
    return [importlib.import_module(f"confida_web.{area}.routes") for area in AREAS]


@hookimpl
def api_resources() -> Sequence[ApiResource]:
    return own_resources()


@hookimpl
def cli_commands() -> Sequence[CLICommand]:
    return COMMANDS


@hookimpl
def template_folders() -> Sequence[Path]:
    return [TEMPLATE_FOLDER]


@hookimpl
def translation_folders() -> Sequence[Path]:
    return [TRANSLATION_FOLDER]


@hookimpl
def static_folders() -> Sequence[Path]:
    return [STATIC_FOLDER]
