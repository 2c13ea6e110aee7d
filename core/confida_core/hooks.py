"""Core's own features, declared through the hooks that plugins use.

Each area of core keeps its declarations in a module `declared`; a hook returns those of all areas.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any

from confida_core.accounts import declared as accounts_area
from confida_core.backup import declared as backup_area
from confida_core.contacts import declared as contacts_area
from confida_core.declarations import (
    IndexField,
    JobDeclaration,
    PermissionDeclaration,
    PiccoloApp,
    PluginInfo,
    PurposeDeclaration,
    RecordDeclaration,
    SelfCheck,
    StoreDeclaration,
    TableDeclaration,
    TimelineSource,
)
from confida_core.events import declared as events_area
from confida_core.events.declarations import EventHandler, EventKind
from confida_core.exchange import declared as exchange_area
from confida_core.exchange.declarations import Exporter, Importer
from confida_core.hookspecs import hookimpl
from confida_core.inbound import declared as inbound_area
from confida_core.inbound.declarations import InboundWebhook
from confida_core.interactions import declared as interactions_area
from confida_core.isolation import declared as isolation_area
from confida_core.jobs import declared as jobs_area
from confida_core.outbound import declared as outbound_area
from confida_core.outbound.declarations import Transport
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


def of_all_areas(name: str) -> list[Any]:
    """What every area lists under this name."""
    return [declaration for area in AREAS for declaration in getattr(area, name, ())]


@hookimpl
def plugin_info() -> PluginInfo:
    return PluginInfo(key="core", name="Core", summary="Contacts, interactions, accounts, keys and the index.")


@hookimpl
def piccolo_apps() -> Sequence[PiccoloApp]:
    return [app()]


@hookimpl
def records() -> Sequence[RecordDeclaration]:
    return of_all_areas("RECORDS")


@hookimpl
def tables() -> Sequence[TableDeclaration]:
    return of_all_areas("TABLES")


@hookimpl
def stores() -> Sequence[StoreDeclaration]:
    return of_all_areas("STORES")


@hookimpl
def purposes() -> Sequence[PurposeDeclaration]:
    return of_all_areas("PURPOSES")


@hookimpl
def permissions() -> Sequence[PermissionDeclaration]:
    return of_all_areas("PERMISSIONS")


@hookimpl
def jobs() -> Sequence[JobDeclaration]:
    return of_all_areas("JOBS")


@hookimpl
def self_checks() -> Sequence[SelfCheck]:
    return of_all_areas("SELF_CHECKS")


@hookimpl
def index_fields() -> Sequence[IndexField]:
    return of_all_areas("INDEX_FIELDS")


@hookimpl
def timeline_sources() -> Sequence[TimelineSource]:
    return of_all_areas("TIMELINE_SOURCES")


@hookimpl
def transports() -> Sequence[Transport]:
    return of_all_areas("TRANSPORTS")


@hookimpl
def event_kinds() -> Sequence[EventKind]:
    return of_all_areas("EVENT_KINDS")


@hookimpl
def event_handlers() -> Sequence[EventHandler]:
    return of_all_areas("EVENT_HANDLERS")


@hookimpl
def importers() -> Sequence[Importer]:
    return of_all_areas("IMPORTERS")


@hookimpl
def exporters() -> Sequence[Exporter]:
    return of_all_areas("EXPORTERS")


@hookimpl
def inbound_webhooks() -> Sequence[InboundWebhook]:
    return of_all_areas("INBOUND_WEBHOOKS")
