"""Service, at a glance: every request answered. Hooks are called once, at start, and return data only.

Each part lists what it declares in its module `declared`, under the hook's name in capitals (ROUTES, JOBS ...).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from confida_core.api import PiccoloApp, PluginInfo, SettingsModel, hookimpl, listed, tables_of
from confida_service import content
from confida_service import declared as general
from confida_service.answering import declared as answering
from confida_service.chat import declared as chat
from confida_service.complaints import declared as complaints
from confida_service.demo import declared as demo
from confida_service.equipment import declared as equipment
from confida_service.figures import declared as figures
from confida_service.knowledge import declared as knowledge
from confida_service.mail import declared as mail
from confida_service.portal import declared as portal
from confida_service.queues import declared as queues
from confida_service.service_levels import declared as service_levels
from confida_service.settings import ServiceSettings
from confida_service.telephone import declared as telephone
from confida_service.tickets import declared as tickets

HERE = Path(__file__).parent
PARTS: tuple[ModuleType, ...] = (
    content, general, tickets, queues, mail, service_levels, answering, complaints, equipment, knowledge, portal, telephone, chat, figures,
    demo,
)  # fmt: skip


@hookimpl
def plugin_info() -> PluginInfo:
    summary = "Mail, calls, chats and the portal become tickets that are answered in time, with complaints, equipment and articles beside them."
    return PluginInfo(key="service", name="Service", summary=summary, api=1)


@hookimpl
def parts() -> Sequence[ModuleType]:
    return PARTS


@hookimpl
def piccolo_apps() -> Sequence[PiccoloApp]:
    return [
        PiccoloApp(name="service", migrations=HERE / "migrations", tables=tables_of(listed(PARTS, "TABLE_MODULES")))
    ]


@hookimpl
def settings_model() -> SettingsModel:
    return SettingsModel(model=ServiceSettings)


@hookimpl
def template_folders() -> Sequence[Path]:
    return [HERE / "templates"]


@hookimpl
def static_folders() -> Sequence[Path]:
    return [HERE / "static"]


@hookimpl
def translation_folders() -> Sequence[Path]:
    return [HERE / "translations"]
