"""Core's tables and migrations."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from pathlib import Path

from piccolo.table import Table

from confida_core.declarations import PiccoloApp

MODULES = (
    "confida_core.accounts.tables",
    "confida_core.contacts.tables",
    "confida_core.events.tables",
    "confida_core.exchange.tables",
    "confida_core.inbound.tables",
    "confida_core.interactions.tables",
    "confida_core.jobs.tables",
    "confida_core.outbound.tables",
    "confida_core.outbound.webhooks.tables",
    "confida_core.plugin_settings.tables",
    "confida_core.plugins.tables",
    "confida_core.storage.tables",
    "confida_core.vault.tables",
)


def tables_of(modules: Iterable[str]) -> tuple[type[Table], ...]:
    """Every table class that these modules define themselves, in their order."""
    return tuple(
        value
        for name in modules
        for value in vars(importlib.import_module(name)).values()
        if isinstance(value, type) and issubclass(value, Table) and value.__module__ == name
    )


def app() -> PiccoloApp:
    return PiccoloApp(name="confida_core", migrations=Path(__file__).parent / "migrations", tables=tables_of(MODULES))
