"""Web's own pages, declared through the hooks that plugins use.

Each area of web keeps its handlers in `<area>/routes.py` as ROUTES, and its places in the navigation there as NAV_ITEMS.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from confida_core.declarations import CLICommand, JobDeclaration, PluginInfo
from confida_core.hookspecs import hookimpl
from confida_web.commands import COMMANDS
from confida_web.declarations import Command, ContactPanel, DashboardWidget, NavDeclaration, PortalItem, SearchSource
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


def of_all_areas(name: str) -> list[Any]:
    """What every area lists under this name in its module `routes`."""
    found: list[Any] = []
    for area in AREAS:
        module = f"confida_web.{area}.routes"
        if importlib.util.find_spec(module) is not None:
            found += getattr(importlib.import_module(module), name, ())
    return found


@hookimpl
def plugin_info() -> PluginInfo:
    return PluginInfo(key="web", name="Pages", summary="The pages people work with.")


@hookimpl
def routes() -> Sequence[Any]:
    return of_all_areas("ROUTES")


@hookimpl
def portal_routes() -> Sequence[Any]:
    return of_all_areas("PORTAL_ROUTES")


@hookimpl
def portal_items() -> Sequence[PortalItem]:
    return of_all_areas("PORTAL_ITEMS")


@hookimpl
def commands() -> Sequence[Command]:
    return of_all_areas("COMMANDS")


@hookimpl
def search_sources() -> Sequence[SearchSource]:
    return of_all_areas("SEARCH_SOURCES")


@hookimpl
def api_resources() -> Sequence[ApiResource]:
    return own_resources()


@hookimpl
def jobs() -> Sequence[JobDeclaration]:
    return of_all_areas("JOBS")


@hookimpl
def nav_items() -> Sequence[NavDeclaration]:
    return of_all_areas("NAV_ITEMS")


@hookimpl
def contact_panels() -> Sequence[ContactPanel]:
    return of_all_areas("CONTACT_PANELS")


@hookimpl
def cli_commands() -> Sequence[CLICommand]:
    return COMMANDS


@hookimpl
def dashboard_widgets() -> Sequence[DashboardWidget]:
    return of_all_areas("DASHBOARD_WIDGETS")


@hookimpl
def template_folders() -> Sequence[Path]:
    return [TEMPLATE_FOLDER]


@hookimpl
def translation_folders() -> Sequence[Path]:
    return [TRANSLATION_FOLDER]


@hookimpl
def static_folders() -> Sequence[Path]:
    return [STATIC_FOLDER]
