"""Consent's features, declared through the hooks that plugins use."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType

from confida_consent import declared, own_purposes, own_settings, reach, sending, soundness, state_field
from confida_consent.commands import COMMANDS
from confida_consent.declarations import ConsentPurpose
from confida_consent.demo import DEMO
from confida_consent.event_kinds import EVENT_KINDS
from confida_consent.event_openings import EVENT_OPENER
from confida_consent.ledger.openers import LedgerOpener
from confida_consent.piccolo_app import app
from confida_consent.rights import retention_checks
from confida_consent.rights.trash_guard import RIGHTS
from confida_core.declarations import (
    CLICommand,
    IndexField,
    PiccoloApp,
    PluginInfo,
    SelfCheck,
    SettingsModel,
    TrashGuard,
)
from confida_core.demo.declarations import DemoData
from confida_core.events.declarations import EventKind
from confida_core.hookspecs import hookimpl
from confida_core.outbound.declarations import SendingGate


@hookimpl
def plugin_info() -> PluginInfo:
    return PluginInfo(
        key="consent", name="Consent", summary="Purposes, notices, consent events, the gate and the ledger."
    )


@hookimpl
def parts() -> Sequence[ModuleType]:
    return [declared]


@hookimpl
def piccolo_apps() -> Sequence[PiccoloApp]:
    return [app()]


@hookimpl
def consent_purposes() -> Sequence[ConsentPurpose]:
    return own_purposes.PURPOSES


@hookimpl
def ledger_openers() -> Sequence[LedgerOpener]:
    return [EVENT_OPENER]


@hookimpl
def self_checks() -> Sequence[SelfCheck]:
    return [soundness.RULES, retention_checks.RETENTION]


@hookimpl
def trash_guards() -> Sequence[TrashGuard]:
    return [RIGHTS]


@hookimpl
def index_fields() -> Sequence[IndexField]:
    return [*reach.INDEX_FIELDS, *state_field.INDEX_FIELDS]


@hookimpl
def sending_gates() -> Sequence[SendingGate]:
    return [sending.GATE]


@hookimpl
def demo_data() -> Sequence[DemoData]:
    return [DEMO]


@hookimpl
def event_kinds() -> Sequence[EventKind]:
    return EVENT_KINDS


@hookimpl
def settings_model() -> SettingsModel:
    return own_settings.SETTINGS


@hookimpl
def cli_commands() -> Sequence[CLICommand]:
    return COMMANDS
