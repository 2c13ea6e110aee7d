"""`confida plugins`: what is installed, and what of it is enabled."""

from __future__ import annotations

import dataclasses

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
    from confida_core.plugin_list import installed_plugins

    found = installed_plugins(program.registry)
    if as_json:
        print_json([dataclasses.asdict(plugin) for plugin in found])
        return
    for plugin in found:
        click.echo(f"{plugin.key:20}  {plugin.distribution} {plugin.version}  {plugin.state}")
