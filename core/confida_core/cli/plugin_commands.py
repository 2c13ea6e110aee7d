"""The commands of enabled plugins: `confida <key> ...`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from confida_core.cli.program import Program


def plugin_places(program: Program) -> dict[str, str]:
    """Name -> place of every command of an enabled plugin. Without any plugin nothing is loaded, because that takes a second.

    Raises PluginError, InvalidSettings.
    """
    if not program.settings.enabled_plugins:
        return {}
    declared = program.registry.with_owner("cli_commands")
    return {item.value.name: item.value.place for item in declared if not item.plugin.built_in}


def plugin_places_or_note(program: Program) -> dict[str, str]:
    """The same for a list of all commands, which shows ours whatever is wrong with a plugin, and says so."""
    try:
        return plugin_places(program)
    except Exception as error:
        click.echo(f"confida: the commands of plugins are not shown: {error}", err=True)
        return {}
