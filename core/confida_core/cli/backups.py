"""`confida backup` and `confida restore`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from confida_core.cli.program import Program, pass_program, print_json

if TYPE_CHECKING:
    from confida_core.backup.archive import Backup
    from confida_core.backup.restore import Restored
    from confida_core.installation import Installation

FOLDER = click.Path(path_type=Path, file_okay=False)
EXISTING = click.Path(path_type=Path, file_okay=False, exists=True)


@click.command()
@click.option("--to", type=FOLDER, help="Where the data go (default: backups in the home folder).")
@click.option("--keyring-to", type=FOLDER, help="Where the keys go, of which only the newest copy is kept there.")
@click.option("--json", "as_json", is_flag=True)
@pass_program
def backup(program: Program, to: Path | None, keyring_to: Path | None, as_json: bool) -> None:
    """Copy the data and, apart from them, the keys, while the server runs; then restore both on trial.

    Data backups may be kept for years. Of the keys only the newest copy is kept: whoever was erased stays gone.
    """

    async def work(crm: Installation) -> Backup:
        from confida_core.backup.archive import back_up

        return await back_up(crm, to=to, keyring_to=keyring_to, say=step.update)

    with program.console.status("opening") as step:
        made = program.run(work)
    if as_json:
        found = {"folder": made.folder, "keyring_folder": made.keyring_folder}
        print_json(
            found | {"rows": made.verified.rows, "opened": made.verified.opened, "keyless": made.verified.keyless}
        )
        return
    click.echo(f"data  {made.folder}\nkeys  {made.keyring_folder}")
    click.echo(f"Restored on trial: {made.verified.rows} sealed rows, the newest {made.verified.opened} opened.")
    if to is None:
        click.echo("Copy both to another machine: a backup on the same disk is lost with it.", err=True)


@click.command()
@click.argument("folder", type=EXISTING)
@click.option("--keyring", "keyring_folder", type=EXISTING, help="Copy of the keyring, for an empty home.")
@click.option("--accept-loss", is_flag=True, help="Go on even if most rows have no key in the keyring.")
@click.option("--yes", is_flag=True, help="Do not ask before the present data are replaced.")
@click.option("--json", "as_json", is_flag=True)
@pass_program
def restore(
    program: Program, *, folder: Path, keyring_folder: Path | None, accept_loss: bool, yes: bool, as_json: bool
) -> None:
    """Put a backup of the data in the place of the present data. The server must be stopped.

    The keyring stays, or comes from its newest copy: people who were erased after the backup stay gone.
    """
    from confida_core.backup.restore import restore as put_back
    from confida_core.presence import present

    settings = program.settings
    if not yes:
        click.confirm(f"Replace the data in {settings.home}?", abort=True, err=True)
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with present(settings.home, alone=True), program.console.status("checking") as step:
        done: Restored = asyncio.run(
            put_back(
                settings, program.registry, folder, keyring_folder=keyring_folder, ask=program.ask,
                accept_loss=accept_loss, say=step.update,
            )
        )  # fmt: skip
    if as_json:
        print_json({"rows": done.rows, "purged": done.purged, "set_aside": done.set_aside})
        return
    click.echo(f"{done.rows} sealed rows restored; {done.purged} left out because their keys are gone.")
    if done.set_aside is not None:
        click.echo(f"The data that were here lie in {done.set_aside}; remove them when all is well.")
