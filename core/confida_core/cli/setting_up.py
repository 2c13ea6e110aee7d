"""`confida init` and `confida migrate`."""

from __future__ import annotations

import click

from confida_core.cli.program import Program, pass_program, print_json

ABOUT_BACKUPS = (
    "Backups are not encrypted to a key of yours yet: run `confida backup-key new`, keep what it prints on paper or on another "
    "machine, and put the public key it names into `backup_recipients`."
)


@click.command()
@click.option("--passphrase", is_flag=True, help="Unlock with a passphrase that is asked for, instead of a key file.")
@click.option(
    "--if-missing", is_flag=True, help="Do nothing if there is one already; leave the recovery key to the browser."
)
@pass_program
def init(program: Program, passphrase: bool, if_missing: bool) -> None:
    """Make a new installation: folder, keys and an empty database. Prints the recovery key, once."""
    from confida_core.setup import initialise, upgrade

    settings = program.settings
    if settings.key_places.root_file.exists():
        if if_missing:
            return
        raise click.ClickException(f"there is an installation in {settings.home} already; nothing was changed")
    if (settings.home / "confida.db").exists():
        raise click.ClickException(
            f"{settings.home} holds a database but no {settings.key_places.root_file}; new keys would not open it. "
            "Restore the keyring from its backup"
        )
    words = click.prompt("New passphrase", hide_input=True, confirmation_prompt=True, err=True) if passphrase else None
    program.passphrase = words
    places, had_key = settings.key_places, settings.key_places.key_file.exists()
    made = initialise(settings, words)
    try:
        program.run(upgrade)
    except Exception:
        # The stores on the server belong to other keys: the new ones must not stay and look like theirs.
        places.root_file.unlink()
        if not had_key:
            places.key_file.unlink(missing_ok=True)
        raise
    click.echo(f"A new installation is in {settings.home}.", err=True)
    if not settings.backup_recipients:
        click.echo(ABOUT_BACKUPS, err=True)
    if if_missing:
        click.echo("The recovery key is shown when the owner's account is made in the browser.", err=True)
    elif made.recovery_key is not None:
        show_recovery_key(made.recovery_key)


def show_recovery_key(recovery_key: str) -> None:
    """The key alone goes to standard output, what to do with it to standard error."""
    click.echo("\nThis is the recovery key. It is shown now and never again; nobody can make it anew:\n", err=True)
    click.echo(f"    {recovery_key}")
    click.echo(
        "\nWrite it on paper and keep it apart from this machine. Without it and without the unlock key all data are lost."
        "\nThen run `confida keys confirm-recovery`. (Making the owner's account in the browser makes a new one, shown there.)",
        err=True,
    )


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the names of the migrations that ran as JSON.")
@pass_program
def migrate(program: Program, as_json: bool) -> None:
    """Bring the database up to date with this version of the program."""
    from confida_core.setup import upgrade

    ran = program.run(upgrade)
    if as_json:
        print_json(ran)
        return
    click.echo("\n".join(ran) if ran else "The database is up to date.")
