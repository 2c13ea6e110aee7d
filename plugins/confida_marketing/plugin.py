"""Marketing, at a glance: the right message, only to those who want it. Hooks are called once, at start, and return data only.

Each part lists what it declares in its module `declared`, under the hook's name in capitals (ROUTES, JOBS ...).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from confida_core.api import PiccoloApp, PluginInfo, SettingsModel, hookimpl, listed, tables_of
from confida_marketing import declared as general
from confida_marketing.campaigns import declared as campaigns
from confida_marketing.content import declared as content
from confida_marketing.demo import declared as demo
from confida_marketing.journeys import declared as journeys
from confida_marketing.results import declared as results
from confida_marketing.segments import declared as segments
from confida_marketing.settings import MarketingSettings
from confida_marketing.sign_up import declared as sign_up

HERE = Path(__file__).parent
PARTS: tuple[ModuleType, ...] = (general, segments, content, campaigns, journeys, sign_up, results, demo)


@hookimpl
def plugin_info() -> PluginInfo:
    summary = "Segments, e-mails, campaigns, journeys, forms, events and donations: only for those who want it, and measured without tracking."
    return PluginInfo(key="marketing", name="Marketing", summary=summary, api=1)


@hookimpl
def parts() -> Sequence[ModuleType]:
    return PARTS


@hookimpl
def piccolo_apps() -> Sequence[PiccoloApp]:
    return [
        PiccoloApp(name="marketing", migrations=HERE / "migrations", tables=tables_of(listed(PARTS, "TABLE_MODULES")))
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
