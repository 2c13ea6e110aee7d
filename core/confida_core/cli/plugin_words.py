"""What `confida plugins` prints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from confida_core.plugin_list import InstalledPlugin
    from confida_core.plugins.looking import PluginFacts
    from confida_core.plugins.purging import PurgePlan

STATES = {
    "built in": "part of Confida",
    "parked": "disabled, loaded for the data that it keeps",
    "installed": "installed, not enabled",
    "missing": "not installed, but it keeps data",
    "purged": "removed",
}
PENDING = {
    "enable": "enabled from the next start on",
    "disable": "disabled from the next start on",
    "drop": "its empty tables go at the next start",
}
TRUST = (
    "A plugin runs inside Confida and can read everything that Confida can read. What it declares is checked where we can "
    "see it, and that is no fence: enable only what you trust."
)


def print_list(found: Sequence[InstalledPlugin]) -> None:
    for plugin in found:
        origin = f"{plugin.distribution} {plugin.version}".strip() or "-"
        click.echo(f"{plugin.key:20}  {origin}  {state_of(plugin)}")


def state_of(plugin: InstalledPlugin) -> str:
    words = [plugin.problem or STATES.get(plugin.state, plugin.state)]
    if plugin.bundled:
        words.append("comes with Confida")
    if plugin.pending:
        words.append(PENDING[plugin.pending])
    return "; ".join(words)


def print_facts(facts: PluginFacts, listed: InstalledPlugin | None) -> None:
    click.echo(f"{facts.name} ({facts.key}), {facts.distribution} {facts.version}\n{facts.summary}")
    if listed is not None:
        click.echo(state_of(listed))
    part("Permissions", (f"{one.key}: {one.label}" for one in facts.permissions))
    part("Purposes", (f"{one.key}: {one.label}" for one in facts.purposes))
    part("Tables", (f"{one.name}: {one.label}" for one in facts.keeps.tables))
    part("Places beside the tables", facts.keeps.stores)
    part("Pages", (f"{' '.join(one.methods)} {one.path}: {one.permission or 'everybody'}" for one in facts.routes))
    part("Work of its own", (f"{one.key}: {one.label}" for one in facts.jobs))
    part("Ways out of the house", facts.transports)
    part("Hooks", facts.hooks)
    click.echo(f"\n{TRUST}")


def part(title: str, lines: Iterable[str]) -> None:
    lines = list(lines)
    click.echo(f"\n{title}:" if lines else f"\n{title}: none")
    for line in lines:
        click.echo(f"  {line}")


def print_plan(plan: PurgePlan) -> None:
    click.echo(f"What {plan.found.keeps.name} ({plan.found.key}, {plan.found.origin}) keeps:", err=True)
    for table, count in plan.counts.items():
        click.echo(f"  {table}: {count} rows", err=True)
    click.echo(f"How many people it is about: {plan.people}", err=True)
    if plan.stores:
        click.echo(f"Beside its tables: {', '.join(plan.stores)}", err=True)
    if plan.classes:
        click.echo(f"The keys of {', '.join(plan.classes)} are destroyed, so no backup opens it either.", err=True)
    if plan.shared_classes:
        click.echo(
            f"The keys of {', '.join(plan.shared_classes)} stay, because others use them: backups that are older still "
            "hold what was sealed under them, until they are thrown away.",
            err=True,
        )
