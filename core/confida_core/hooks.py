"""Core's own features, declared through the hooks that plugins use.

Each area of core keeps its declarations in a module `declared`.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType

from confida_core.accounts import declared as accounts_area
from confida_core.backup import declared as backup_area
from confida_core.contacts import declared as contacts_area
from confida_core.declarations import PiccoloApp, PluginInfo
from confida_core.events import declared as events_area
from confida_core.exchange import declared as exchange_area
from confida_core.hookspecs import hookimpl
from confida_core.inbound import declared as inbound_area
from confida_core.interactions import declared as interactions_area
from confida_core.isolation import declared as isolation_area
from confida_core.jobs import declared as jobs_area
from confida_core.outbound import declared as outbound_area
from confida_core.outbound.webhooks import declared as webhooks_area
from confida_core.piccolo_app import app
from confida_core.plugin_settings import declared as plugin_settings_area
from confida_core.plugins import declared as plugins_area
from confida_core.storage import declared as storage_area
from confida_core.vault import declared as vault_area

AREAS: tuple[ModuleType, ...] = (
    vault_area,
    accounts_area,
    jobs_area,
    backup_area,
    contacts_area,
    interactions_area,
    exchange_area,
    outbound_area,
    plugin_settings_area,
    plugins_area,
    storage_area,
    events_area,
    isolation_area,
    webhooks_area,
    inbound_area,
)


@hookimpl
def plugin_info() -> PluginInfo:
    return PluginInfo(key="core", name="Core", summary="Contacts, interactions, accounts, keys and the index.")


@hookimpl
def parts() -> Sequence[ModuleType]:
    return AREAS


@hookimpl
def piccolo_apps() -> Sequence[PiccoloApp]:
    return [app()]
