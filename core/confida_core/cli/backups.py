"""`confida backup`, `confida restore` and `confida backup-key`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from confida_core.cli.program import Program, pass_program, print_json

if TYPE_CHECKING:
    from pyrage.x25519 import Identity

    from confida_core.backup.archive import Backup
    from confida_core.backup.restore import Restored
    from confida_core.installation import Installation

FOLDER = click.Path(path_type=Path, file_okay=False)
EXISTING = click.Path(path_type=Path, exists=True)
KEY_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
NEW_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--to", type=FOLDER, help="Where the data go (default: backup_to of the settings).")
@click.option("--keyring-to", type=FOLDER, help="Where the keys go, of which only the newest copy is kept there.")
@click.option("--prune", is_flag=True, help="Then remove the backups there that the settings need not keep any more.")
@click.option("--json", "as_json", is_flag=True)
@pass_program
def backup(program: Program, to: Path | None, keyring_to: Path | None, prune: bool, as_json: bool) -> None:
    """Copy the data and, apart from them, the keys, while the server runs; then restore both on trial.

    Data backups may be kept for years. Of the keys only the newest copy is kept: whoever was erased stays gone.
    Where the settings name backup_recipients, both are age files that only their secret keys open.
    """

    async def work(crm: Installation) -> tuple[Backup, list[Path]]:
        from confida_core.backup.archive import back_up
        from confida_core.backup.schedule import prune as remove_old

        made = await back_up(crm, to=to, keyring_to=keyring_to, say=step.update)
        return made, await remove_old(crm.settings, to) if prune else []

    with program.console.status("opening") as step:
        made, pruned = program.run(work)
    if as_json:
        found = {"folder": made.folder, "keyring_folder": made.keyring_folder, "pruned": pruned}
        print_json(
            found | {"rows": made.verified.rows, "opened": made.verified.opened, "keyless": made.verified.keyless}
        )
        return
    click.echo(f"data  {made.folder}\nkeys  {made.keyring_folder}")
    click.echo(f"Restored on trial: {made.verified.rows} sealed rows, the newest {made.verified.opened} opened.")
    for path in pruned:
        click.echo(f"removed  {path}")
    if to is None and program.settings.backup_to is None:
        click.echo("Copy both to another machine: a backup on the same disk is lost with it.", err=True)


@click.command()
@click.argument("folder", metavar="BACKUP", type=EXISTING)
@click.option("--keyring", "keyring_folder", type=EXISTING, help="Copy of the keyring, for an empty home.")
@click.option("--identity", "identity_files", type=KEY_FILE, multiple=True, help="File with the secret key of age.")
@click.option("--accept-loss", is_flag=True, help="Go on even if most rows have no key in the keyring.")
@click.option("--yes", is_flag=True, help="Do not ask before the present data are replaced.")
@click.option("--json", "as_json", is_flag=True)
@pass_program
def restore(
    program: Program,
    *,
    folder: Path,
    keyring_folder: Path | None,
    identity_files: tuple[Path, ...],
    accept_loss: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Put a backup of the data, of this version or an older one, in the place of the present data. Stop the server first.

    The keyring stays, or comes from its newest copy: people who were erased after the backup stay gone.
    If it is interrupted, either nothing has changed, or the next command finishes it.
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
                settings, program.registry, folder, keyring_folder=keyring_folder, identities=identities(identity_files),
                ask=program.ask, accept_loss=accept_loss, say=step.update,
            )
        )  # fmt: skip
    if as_json:
        print_json({"rows": done.rows, "purged": done.purged, "set_aside": done.set_aside})
        return
    click.echo(f"{done.rows} sealed rows restored; {done.purged} left out because their keys are gone.")
    if done.set_aside is not None:
        click.echo(f"The data that were here lie in {done.set_aside}; remove them when all is well.")


def identities(files: tuple[Path, ...]) -> list[Identity]:
    if not files:
        return []
    from confida_core.backup.age_files import read_identities

    return [identity for path in files for identity in read_identities(path)]


@click.group("backup-key")
def backup_key() -> None:
    """The key pair of age to which backups are encrypted."""


@backup_key.command()
@click.option("--to", type=NEW_FILE, help="Write the secret key into this new file instead of printing it.")
def new(to: Path | None) -> None:
    """Make a key pair. The secret key is shown now and kept nowhere: without it the backups cannot be opened.

    It belongs on another machine or on paper; this one needs only the public key.
    """
    from confida_core.backup.age_files import new_identity
    from confida_core.storage.files import write_durably

    identity = new_identity()
    public = str(identity.to_public())
    if to is None:
        click.echo(
            "This is the secret key. It is shown now and never again; keep it away from this machine:\n", err=True
        )
        click.echo(str(identity))
    else:
        if to.exists():
            raise click.ClickException(f"{to} exists; nothing was changed")
        write_durably(to, f"# public key: {public}\n{identity}\n".encode(), mode=0o400)
        click.echo(f"The secret key is in {to}; move it to another machine.", err=True)
    click.echo(
        f'\nPut the public key into config.toml of the home folder:\n\nbackup_recipients = ["{public}"]', err=True
    )
