"""Loans, at a glance: what this plugin declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from confida_core.api import (
    EVERYBODY,
    WORKERS,
    CLICommand,
    EventField,
    EventHandler,
    EventKind,
    Exporter,
    IndexField,
    JobDeclaration,
    PermissionDeclaration,
    PiccoloApp,
    PluginInfo,
    RecordDeclaration,
    SettingsModel,
    TimelineSource,
    hookimpl,
    tables_of,
)
from confida_loans.areas import delivery_area
from confida_loans.labels import write_labels
from confida_loans.loans import LOAN, checked, forget_returned, note_contact
from confida_loans.pages import overdue_data, panel_data
from confida_loans.routes import ROUTES
from confida_loans.settings import LoanSettings
from confida_loans.timeline import loan_items
from confida_web.api import ApiResource, ContactPanel, DashboardWidget, record_resource

HERE = Path(__file__).parent
DAY = 24 * 3600


def due_on(row: Mapping[str, Any], _: Any) -> str:
    """For webhooks: when the thing is to be back."""
    return str(row["due_on"])


@hookimpl
def plugin_info() -> PluginInfo:
    return PluginInfo(key="loans", name="Loans", summary="What was lent to whom, and until when.", api=1)


@hookimpl
def piccolo_apps() -> Sequence[PiccoloApp]:
    return [PiccoloApp(name="loans", migrations=HERE / "migrations", tables=tables_of(["confida_loans.tables"]))]


@hookimpl
def records() -> Sequence[RecordDeclaration]:
    return [LOAN]


@hookimpl
def permissions() -> Sequence[PermissionDeclaration]:
    return [
        PermissionDeclaration(key="loans.read", label="See what was lent to whom", roles=EVERYBODY),
        PermissionDeclaration(key="loans.write", label="Lend things and take them back", roles=WORKERS),
    ]


@hookimpl
def settings_model() -> SettingsModel:
    return SettingsModel(model=LoanSettings)


@hookimpl
def timeline_sources() -> Sequence[TimelineSource]:
    return [TimelineSource(key="loans.loans", label="Loans", entries=loan_items)]


@hookimpl
def index_fields() -> Sequence[IndexField]:
    return [IndexField(key="loans.area", type="text", label="Delivery area", value=delivery_area)]


@hookimpl
def jobs() -> Sequence[JobDeclaration]:
    return [JobDeclaration(key="loans.forget", run=forget_returned, label="Forget returned loans", every=DAY)]


@hookimpl
def event_kinds() -> Sequence[EventKind]:
    due = EventField(key="due_on", label="To be back on", value=due_on, sealed=False)
    return [
        EventKind(key="loans.lent", label="Something was lent", table="loans_loan", change="created", fields=(due,))
    ]


@hookimpl
def event_handlers() -> Sequence[EventHandler]:
    return [EventHandler(key="loans.touch", label="Note the contact", run=note_contact, kinds=("loans.lent",))]


@hookimpl
def exporters() -> Sequence[Exporter]:
    return [
        Exporter(
            key="loans.labels",
            label="Address labels",
            suffix="txt",
            media_type="text/plain; charset=utf-8",
            write=write_labels,
            hint="for whoever delivers",
        )
    ]


@hookimpl
def cli_commands() -> Sequence[CLICommand]:
    return [CLICommand(name="loans", place="confida_loans.commands:loans")]


@hookimpl
def routes() -> Sequence[Any]:
    return ROUTES


@hookimpl
def contact_panels() -> Sequence[ContactPanel]:
    return [
        ContactPanel(key="loans", title="Loans", template="loans/panel.html", permission="loans.read", data=panel_data)
    ]


@hookimpl
def dashboard_widgets() -> Sequence[DashboardWidget]:
    return [
        DashboardWidget(
            key="loans",
            title="Not back yet",
            template="loans/overdue.html",
            permission="loans.read",
            data=overdue_data,
        )
    ]


@hookimpl
def api_resources() -> Sequence[ApiResource]:
    return [
        record_resource(
            LOAN,
            key="loans",
            label="Loans",
            summary="What was lent to whom, and until when.",
            read="loans.read",
            write="loans.write",
            check=checked,
        )
    ]


@hookimpl
def template_folders() -> Sequence[Path]:
    return [HERE / "templates"]
