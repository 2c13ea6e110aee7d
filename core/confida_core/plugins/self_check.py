"""What doctor and the page of the system find about plugins: data that nobody declares, and what is not finished."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from confida_core.installation import Installation
from confida_core.loaded_plugin import PluginError
from confida_core.plugins.footprints import Footprint, footprints, holds_data, present_tables, table_names
from confida_core.plugins.migrating import check_current
from confida_core.plugins.purged import is_purged

NAME = "Plugins"


async def unknown_tables(crm: Installation) -> list[str]:
    """Tables that neither anything loaded nor any plugin that was ever enabled here declares."""
    ours = {table._meta.tablename for app in crm.registry.apps for table in app.tables} | {"migration"}
    left = {table.name for found in (await footprints(crm.data)).values() for table in found.keeps.tables}
    return sorted(name for name in await table_names(crm.data) - ours - left if not name.startswith("sqlite_"))


async def plugin_findings(crm: Installation, finding: Callable[..., Any]) -> list[Any]:
    """finding: makes one of name, state, text and remedy."""
    findings = []
    if crm.settings.no_plugins:
        text = "Safe mode: no plugin is loaded; copies of personal data and erasures wait."
        findings.append(finding(NAME, "warning", text, "Start without --no-plugins."))
    loaded = {plugin.info.key for plugin in crm.registry.plugins}
    for found in (await footprints(crm.data)).values():
        if found.state != "kept" or await is_purged(crm.keyring, found):
            text = f"What {found.key} kept is being removed."
            findings.append(finding(NAME, "warning", text, "It ends with the next start, or with confida migrate."))
        elif found.key not in loaded and await holds_data(crm.data, found):
            findings.append(finding(NAME, "bad", *await orphan(crm, found)))
    try:
        await check_current(crm.data, crm.registry)
    except PluginError as error:
        findings.append(finding(NAME, "bad", f"{error}.", ""))
    return findings or [finding(NAME, "good", "Whatever plugins keep here is declared and up to date.")]


async def orphan(crm: Installation, found: Footprint) -> tuple[str, str]:
    """Text and remedy for a plugin that keeps data and is not loaded."""
    places = [*(table.name for table in await present_tables(crm.data, found) if table.personal), *found.keeps.stores]
    text = (
        f"{found.keeps.name} ({found.key}, {found.origin}) is not loaded and keeps data in {', '.join(places)}: they take "
        "part in no answer and no erasure."
    )
    return text, f"pip install {found.requirement}, or remove them: confida plugins purge {found.key}"
