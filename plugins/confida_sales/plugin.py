"""Sales, at a glance: from a lead to a paid invoice. Hooks are called once, at start, and return data only.

Each part keeps its declarations in its module `declared`, as lists named like the hook in capitals (ROUTES, JOBS ...).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from confida_consent.api import ConsentPurpose
from confida_core.api import (
    DemoData,
    EventHandler,
    EventKind,
    Exporter,
    IndexField,
    JobDeclaration,
    PermissionDeclaration,
    PiccoloApp,
    PluginInfo,
    PurposeDeclaration,
    RecordDeclaration,
    SelfCheck,
    SettingsModel,
    StoreDeclaration,
    TableDeclaration,
    TimelineSource,
    hookimpl,
    tables_of,
)
from confida_sales import content
from confida_sales import declared as general
from confida_sales.billing import declared as billing
from confida_sales.bought import declared as bought
from confida_sales.catalogue import declared as catalogue
from confida_sales.documents import declared as documents
from confida_sales.leads import declared as leads
from confida_sales.offers import declared as offers
from confida_sales.opportunities import declared as opportunities
from confida_sales.reporting import declared as reporting
from confida_sales.settings import SalesSettings
from confida_sales.targets import declared as targets
from confida_web.api import (
    ApiResource,
    Command,
    ContactPanel,
    DashboardWidget,
    NavDeclaration,
    PortalItem,
    SearchSource,
)

HERE = Path(__file__).parent
TABLE_MODULES = tuple(
    f"confida_sales.{part}.tables"
    for part in ("opportunities", "leads", "targets", "catalogue", "offers", "billing", "documents", "bought")
)
PARTS: tuple[ModuleType, ...] = (
    content, general, leads, opportunities, targets, catalogue, offers, billing, documents, bought, reporting,
)  # fmt: skip


def of_all_parts(name: str) -> list[Any]:
    """What every part lists under this name."""
    return [declaration for part in PARTS for declaration in getattr(part, name, ())]


@hookimpl
def plugin_info() -> PluginInfo:
    return PluginInfo(
        key="sales", name="Sales", summary="From leads and opportunities to quotes, orders and paid invoices.", api=1
    )


@hookimpl
def piccolo_apps() -> Sequence[PiccoloApp]:
    return [PiccoloApp(name="sales", migrations=HERE / "migrations", tables=tables_of(TABLE_MODULES))]


@hookimpl
def settings_model() -> SettingsModel:
    return SettingsModel(model=SalesSettings)


@hookimpl
def template_folders() -> Sequence[Path]:
    return [HERE / "templates"]


@hookimpl
def static_folders() -> Sequence[Path]:
    return [HERE / "static"]


@hookimpl
def translation_folders() -> Sequence[Path]:
    return [HERE / "translations"]


@hookimpl
def records() -> Sequence[RecordDeclaration]:
    return of_all_parts("RECORDS")


@hookimpl
def tables() -> Sequence[TableDeclaration]:
    return of_all_parts("TABLES")


@hookimpl
def permissions() -> Sequence[PermissionDeclaration]:
    return of_all_parts("PERMISSIONS")


@hookimpl
def purposes() -> Sequence[PurposeDeclaration]:
    return of_all_parts("PURPOSES")


@hookimpl
def consent_purposes() -> Sequence[ConsentPurpose]:
    return of_all_parts("CONSENT_PURPOSES")


@hookimpl
def jobs() -> Sequence[JobDeclaration]:
    return of_all_parts("JOBS")


@hookimpl
def stores() -> Sequence[StoreDeclaration]:
    return of_all_parts("STORES")


@hookimpl
def self_checks() -> Sequence[SelfCheck]:
    return of_all_parts("SELF_CHECKS")


@hookimpl
def index_fields() -> Sequence[IndexField]:
    return of_all_parts("INDEX_FIELDS")


@hookimpl
def timeline_sources() -> Sequence[TimelineSource]:
    return of_all_parts("TIMELINE_SOURCES")


@hookimpl
def exporters() -> Sequence[Exporter]:
    return of_all_parts("EXPORTERS")


@hookimpl
def demo_data() -> Sequence[DemoData]:
    return of_all_parts("DEMO_DATA")


@hookimpl
def event_kinds() -> Sequence[EventKind]:
    return of_all_parts("EVENT_KINDS")


@hookimpl
def event_handlers() -> Sequence[EventHandler]:
    return of_all_parts("EVENT_HANDLERS")


@hookimpl
def routes() -> Sequence[Any]:
    return of_all_parts("ROUTES")


@hookimpl
def portal_routes() -> Sequence[Any]:
    return of_all_parts("PORTAL_ROUTES")


@hookimpl
def nav_items() -> Sequence[NavDeclaration]:
    return of_all_parts("NAV_ITEMS")


@hookimpl
def portal_items() -> Sequence[PortalItem]:
    return of_all_parts("PORTAL_ITEMS")


@hookimpl
def contact_panels() -> Sequence[ContactPanel]:
    return of_all_parts("CONTACT_PANELS")


@hookimpl
def dashboard_widgets() -> Sequence[DashboardWidget]:
    return of_all_parts("DASHBOARD_WIDGETS")


@hookimpl
def commands() -> Sequence[Command]:
    return of_all_parts("COMMANDS")


@hookimpl
def search_sources() -> Sequence[SearchSource]:
    return of_all_parts("SEARCH_SOURCES")


@hookimpl
def api_resources() -> Sequence[ApiResource]:
    return of_all_parts("API_RESOURCES")
