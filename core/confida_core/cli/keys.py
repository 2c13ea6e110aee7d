"""`confida keys`: their state, their rotation, and the way back in when the unlock key is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from confida_core.cli.program import Program, pass_program, print_json

if TYPE_CHECKING:
    from confida_core.installation import Installation


@click.group()
def keys() -> None:
    """The keyring."""


@keys.command()
@click.option("--json", "as_json", is_flag=True)
@pass_program
def status(program: Program, as_json: bool) -> None:
    """How many keys there are, and whether the recovery key was confirmed. Shows no key."""
    found = program.run(key_state)
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        click.echo(f"{name.replace('_', ' '):24}  {value}")


async def key_state(crm: Installation) -> dict[str, Any]:
    from confida_core.accounts.stored_settings import recovery_key_confirmed

    store = crm.keyring.database
    people = await store.fetch("SELECT count(DISTINCT subject_id) AS people, count(*) AS keys FROM dek")
    epochs = await store.fetch("SELECT min(epoch) AS oldest, max(epoch) AS newest FROM kek")
    orders = await store.fetch("SELECT count(*) AS orders FROM standing_order")
    return {
        "installation": str(crm.keyring.installation_id),
        "generation": crm.keyring.generation,
        "subjects": people[0]["people"],
        "keys": people[0]["keys"],
        "oldest_epoch": epochs[0]["oldest"],
        "newest_epoch": epochs[0]["newest"],
        "standing_orders": orders[0]["orders"],
        "recovery_key_confirmed": await recovery_key_confirmed(crm),
    }


@keys.command()
@pass_program
def rotate(program: Program) -> None:
    """Give every bucket a new key and wrap all keys of people again; the server may go on meanwhile."""

    async def work(crm: Installation) -> int:
        from confida_core.backup.archive import copy_keyring

        count = await crm.keyring.rotate()
        await copy_keyring(crm)
        return count

    with program.console.status("Wrapping keys again"):
        count = program.run(work)
    click.echo(f"{count} keys were wrapped again. The copy of the keyring in backups/keyring was renewed.")


@keys.command("confirm-recovery")
@click.option("--yes", is_flag=True, help="Do not ask for the key; somebody has checked it.")
@pass_program
def confirm_recovery(program: Program, yes: bool) -> None:
    """Type the recovery key once, to be sure that what was written down opens this installation."""
    if not yes:
        from confida_core.vault.unlock import check_recovery_key

        check_recovery_key(program.settings.key_places, click.prompt("Recovery key", err=True))

    async def work(crm: Installation) -> None:
        from confida_core.accounts.stored_settings import confirm_recovery_key

        await confirm_recovery_key(crm)

    program.run(work)
    click.echo("The recovery key is confirmed.")


@keys.command()
@pass_program
def recover(program: Program) -> None:
    """Open with the recovery key and write a new unlock key; the lost one no longer opens anything."""
    from confida_core.vault.unlock import recover as open_with

    places = program.settings.key_places
    open_with(places, click.prompt("Recovery key", err=True))
    click.echo(f"A new unlock key is in {places.key_file}.")
