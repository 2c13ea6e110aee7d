"""Marketing, at a glance: the right message, only to those who want it. Hooks are called once, at start, and return data only.

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
    SettingsModel,
    TableDeclaration,
    TimelineSource,
    hookimpl,
    tables_of,
)
from confida_marketing import declared as general
from confida_marketing.campaigns import declared as campaigns
from confida_marketing.content import declared as content
from confida_marketing.journeys import declared as journeys
from confida_marketing.results import declared as results
from confida_marketing.segments import declared as segments
from confida_marketing.settings import MarketingSettings
from confida_marketing.sign_up import declared as sign_up
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
PARTS: tuple[ModuleType, ...] = (general, segments, content, campaigns, journeys, sign_up, results)


def of_all_parts(name: str) -> list[Any]:
    """What every part lists under this name."""
    return [declaration for part in PARTS for declaration in getattr(part, name, ())]


@hookimpl
def plugin_info() -> PluginInfo:
    summary = "In the making: nothing of it can be used yet."
    return PluginInfo(key="marketing", name="Marketing", summary=summary, api=1)


@hookimpl
def piccolo_apps() -> Sequence[PiccoloApp]:
    return [
        PiccoloApp(name="marketing", migrations=HERE / "migrations", tables=tables_of(of_all_parts("TABLE_MODULES")))
    ]


@hookimpl
def settings_model() -> SettingsModel:
    return SettingsModel(model=MarketingSettings)


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
