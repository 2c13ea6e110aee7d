"""`confida plugins`: what is installed, and what of it is enabled. What is changed here, the next start follows."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from confida_core.cli.exporting import operator, write_private
from confida_core.cli.plugin_words import print_facts, print_list, print_plan
from confida_core.cli.program import NotSetUp, Program, pass_program, print_json, require_set_up

if TYPE_CHECKING:
    from confida_core.installation import Installation
    from confida_core.plugin_list import InstalledPlugin
    from confida_core.plugins.looking import PluginFacts
    from confida_core.plugins.purging import PurgePlan

RESTART = "It takes effect at the next start of the server."


@click.group()
def plugins() -> None:
    """Plugins: installed is not enabled."""


def sturdy(program: Program) -> Program:
    """The same program; in safe mode where a plugin keeps it from starting, so that something can be done about it."""
    from confida_core.loaded_plugin import PluginError

    async def nothing(_: Installation) -> None:
        """Opening is what may fail."""

    try:
        program.run(nothing)
    except PluginError as error:
        click.echo(f"confida: {error}\nGoing on without any plugin.", err=True)
        return program.in_safe_mode()
    return program


@plugins.command("list")
@click.option("--json", "as_json", is_flag=True)
@pass_program
def list_(program: Program, as_json: bool) -> None:
    """Every plugin that is installed or keeps data here, with version and state."""
    from confida_core.plugin_list import all_plugins, installed_plugins

    try:
        require_set_up(program.settings)
    except NotSetUp:
        found = installed_plugins(program.registry)
    else:
        found = sturdy(program).run(all_plugins)
    if as_json:
        print_json([dataclasses.asdict(plugin) for plugin in found])
        return
    print_list(found)


@plugins.command()
@click.argument("key")
@click.option("--json", "as_json", is_flag=True)
@pass_program
def show(program: Program, key: str, as_json: bool) -> None:
    """What a plugin would be allowed to do: permissions, hooks, tables, purposes, routes. It is loaded apart, without keys."""
    facts, listed = sturdy(program).run(lambda crm: looked_at(crm, key))
    if as_json:
        import msgspec

        print_json({"plugin": listed and dataclasses.asdict(listed), "declares": msgspec.to_builtins(facts)})
        return
    print_facts(facts, listed)


async def looked_at(crm: Installation, key: str) -> tuple[PluginFacts, InstalledPlugin | None]:
    from confida_core.plugin_list import all_plugins
    from confida_core.plugins.config_file import configured_plugins
    from confida_core.plugins.looking import look_at

    listed = next((one for one in await all_plugins(crm) if one.key == key), None)
    if listed is None:
        raise click.UsageError(f"there is no plugin {key} here: confida plugins list")
    if listed.state == "built in":
        raise click.UsageError(f"{key} is a part of Confida itself; its declarations are in docs/plugins/hooks.md")
    if listed.state == "missing":
        raise click.UsageError(f"plugin {key} ({listed.distribution} {listed.version}) is not installed")
    return await look_at(crm.registry, key, enabled=configured_plugins(crm.settings)), listed


@plugins.command()
@click.argument("key")
@click.option("--yes", is_flag=True, help="Do not show first what it declares, and do not ask.")
@pass_program
def enable(program: Program, key: str, yes: bool) -> None:
    """Make a plugin's tables and load it from the next start on; asks first, and says what it will be allowed to do."""
    from confida_core.plugins.enabling import Changed, enable_plugin, look_before

    program = sturdy(program)
    access = operator(program, "plugins enable")
    facts = program.run(lambda crm: look_before(crm, access, key))
    if not yes:
        print_facts(facts, None)
        click.confirm("Enable it?", abort=True, err=True)
    done: Changed = program.run(lambda crm: enable_plugin(crm, access, key))
    click.echo("\n".join(done.ran), err=True, nl=bool(done.ran))
    click.echo(f"{facts.distribution} {facts.version} is enabled. {RESTART}", err=True)


@plugins.command()
@click.argument("key")
@pass_program
def upgrade(program: Program, key: str) -> None:
    """Bring a plugin's tables up to date with the version that is installed. Make a backup first."""
    from confida_core.plugins.enabling import upgrade_plugin

    program = sturdy(program)
    access = operator(program, "plugins upgrade")
    done = program.run(lambda crm: upgrade_plugin(crm, access, key))
    click.echo("\n".join(done.ran) if done.ran else "Its tables are up to date.")


@plugins.command()
@click.argument("key")
@pass_program
def disable(program: Program, key: str) -> None:
    """Load a plugin no longer, or for the data that it keeps only; they still take part in answers and erasures."""
    from confida_core.plugins.enabling import disable_plugin
    from confida_core.vault.access import NotFound

    program = sturdy(program)
    access = operator(program, "plugins disable")
    try:
        parked = program.run(lambda crm: disable_plugin(crm, access, key))
    except NotFound:
        raise click.UsageError(f"plugin {key} is not enabled") from None
    kept = " Its tables stay, and what they hold takes part in answers and erasures." if parked else ""
    click.echo(f"{key} is disabled. {RESTART}{kept}", err=True)


@plugins.command()
@click.argument("key")
@click.option(
    "--export", "archive", type=click.Path(path_type=Path, dir_okay=False), help="First write an archive here."
)
@click.option("--recipient", multiple=True, help="Public key (age1…) that the archive is encrypted to.")
@click.option("--erase", is_flag=True, help="Without an archive: the data are lost.")
@click.option("--leave-stores", is_flag=True, help="Leave what only the plugin itself could remove.")
@click.option("--yes", is_flag=True, help="Do not ask for the plugin's key to be typed.")
@pass_program
def purge(program: Program, /, key: str, archive: Path | None, erase: bool, **chosen: Any) -> None:
    """Remove a disabled plugin's data for good: keys, rows, tables. The server must be stopped.

    The read log, the ledger, the audit trail and what people consented to stay.
    """
    from confida_core.plugins.purging import plan_purge, purge_plugin

    program = sturdy(program)
    access = operator(program, "plugins purge")
    plan = program.run(lambda crm: plan_purge(crm, access, key), alone=True)
    goes_on = plan.found.state != "kept"
    if not goes_on:
        print_plan(plan)
        archive = None if erase else archive or asked_for()
        if not chosen["yes"]:
            confirm_by_key(key)

    async def work(crm: Installation) -> PurgePlan:
        if archive is not None and not goes_on:
            await write_private(archive, await pieces_of(crm, key, program, chosen["recipient"]))
        wanted = archive is not None
        return await purge_plugin(crm, access, key, exported=wanted, leave_stores=chosen["leave_stores"], alone=True)

    program.run(work, alone=True)
    click.echo(f"What {key} kept is gone.", err=True)


def asked_for() -> Path | None:
    """The file of the archive; None for erasing without one."""
    name = click.prompt(
        "Write an archive to this file (empty: erase without one)", default="", show_default=False, err=True
    )
    return Path(name) if name else None


def confirm_by_key(key: str) -> None:
    if click.prompt(f"Type {key} to remove all this for good", default="", show_default=False, err=True) != key:
        raise click.Abort


async def pieces_of(crm: Installation, key: str, program: Program, recipients: tuple[str, ...]) -> Any:
    from confida_core.backup.age_files import recipients_of
    from confida_core.plugins.age_stream import encrypted
    from confida_core.plugins.archive import start_archive

    keys = recipients_of(recipients)
    pieces = await start_archive(crm, operator(program, "plugins purge"), key)
    return encrypted(pieces, keys) if keys else pieces
