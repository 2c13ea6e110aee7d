"""`confida plugins`: what is installed, and what of it is enabled."""

from __future__ import annotations

from importlib import metadata
from typing import Any

import click

from confida_core.cli.program import Program, pass_program, print_json


@click.group()
def plugins() -> None:
    """Plugins: installed is not enabled."""


@plugins.command("list")
@click.option("--json", "as_json", is_flag=True)
@pass_program
def list_(program: Program, as_json: bool) -> None:
    """Every plugin that is installed, with version and state; opens no data."""
    found = installed_plugins(program)
    if as_json:
        print_json(found)
        return
    for plugin in found:
        click.echo(f"{plugin['key']:20}  {plugin['distribution']} {plugin['version']}  {plugin['state']}")


def installed_plugins(program: Program) -> list[dict[str, Any]]:
    """Our own parts first, then what is enabled, then what is merely installed."""
    loaded = [
        {
            "key": plugin.info.key,
            "distribution": plugin.distribution,
            "version": plugin.version,
            "state": "built in" if plugin.distribution == "confida" else "enabled",
        }
        for plugin in program.registry.plugins
    ]
    enabled = set(program.settings.plugins)
    rest = [
        {
            "key": point.name,
            "distribution": point.dist.name if point.dist else point.value,
            "version": point.dist.version if point.dist else "?",
            "state": "installed, not enabled",
        }
        for point in metadata.entry_points(group="confida.plugins")
        if point.name not in enabled
    ]
    return [*loaded, *rest]
