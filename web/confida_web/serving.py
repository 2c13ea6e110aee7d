"""`confida serve`: brings the database up to date, says where to go, and runs the server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from confida_core.cli.program import Program, pass_program, require_set_up

if TYPE_CHECKING:
    from confida_core.installation import Installation


@click.command()
@click.option("--host", help="Address to listen on (setting: host).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (setting: port).")
@click.option("--workers", type=click.IntRange(1, 64), help="Server processes (setting: workers).")
@click.option("--no-plugins", is_flag=True, default=None, help="Safe mode: load no plugin (setting: no_plugins).")
@pass_program
@click.pass_context
def serve(ctx: click.Context, program: Program, /, **chosen: Any) -> None:
    """Run the server. Prints the one-time set-up link as long as there is no owner."""
    from confida_core.presence import present
    from confida_web.server import serve as run_server

    given = {name: value for name, value in chosen.items() if value is not None}
    program = Program(
        built_in=program.built_in, specifications=program.specifications, given={**program.given, **given}
    )
    settings = program.settings
    require_set_up(settings)
    if settings.no_plugins:
        click.echo("Safe mode: no plugin is loaded, and erasures and copies of personal data wait.", err=True)
    link = program.run(prepare)
    click.echo(f"{settings.name} is on http://{settings.host}:{settings.port}", err=True)
    if link is not None:
        click.echo(f"\nOpen this link once to make the owner's account:\n\n    {link}\n", err=True)
    with present(settings.home):
        ctx.exit(run_server(settings, ask=program.remembered()))


async def prepare(crm: Installation) -> str | None:
    """Whatever has to be done once, before any worker starts; returns the set-up link while it is needed."""
    from confida_core.accounts.signing_in import make_setup_link
    from confida_core.setup import upgrade
    from confida_core.storage.ballast import lay_ballast

    await upgrade(crm, plugins=False)
    lay_ballast(crm.settings.home)
    return await make_setup_link(crm)
