"""Sales, at a glance: from a lead to a paid invoice. Hooks are called once, at start, and return data only."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from confida_consent.api import ConsentPurpose
from confida_core.api import (
    PermissionDeclaration,
    PiccoloApp,
    PluginInfo,
    PurposeDeclaration,
    RecordDeclaration,
    TableDeclaration,
    hookimpl,
    tables_of,
)
from confida_sales.content import RECORDS
from confida_sales.declared import CONSENT_PURPOSES, PERMISSIONS, PURPOSES, TABLES

HERE = Path(__file__).parent


@hookimpl
def plugin_info() -> PluginInfo:
    summary = "In the making: opportunities, products and invoices can be kept, but there are no pages yet."
    return PluginInfo(key="sales", name="Sales", summary=summary, api=1)


@hookimpl
def piccolo_apps() -> Sequence[PiccoloApp]:
    return [PiccoloApp(name="sales", migrations=HERE / "migrations", tables=tables_of(["confida_sales.tables"]))]


@hookimpl
def records() -> Sequence[RecordDeclaration]:
    return RECORDS


@hookimpl
def tables() -> Sequence[TableDeclaration]:
    return TABLES


@hookimpl
def permissions() -> Sequence[PermissionDeclaration]:
    return PERMISSIONS


@hookimpl
def purposes() -> Sequence[PurposeDeclaration]:
    return PURPOSES


@hookimpl
def consent_purposes() -> Sequence[ConsentPurpose]:
    return CONSENT_PURPOSES
