"""Sales, at a glance: from a lead to a paid invoice. Hooks are called once, at start, and return data only.

Each part lists what it declares in its module `declared`, under the hook's name in capitals (ROUTES, JOBS ...).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from confida_core.api import PiccoloApp, PluginInfo, SettingsModel, hookimpl, listed, tables_of
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
    return listed(PARTS, name)


@hookimpl
def plugin_info() -> PluginInfo:
    return PluginInfo(
        key="sales", name="Sales", summary="From leads and opportunities to quotes, orders and paid invoices.", api=1
    )


@hookimpl
def parts() -> Sequence[ModuleType]:
    return PARTS


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
