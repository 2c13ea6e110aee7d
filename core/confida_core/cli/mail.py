"""`confida mail`: the key that signs outgoing mail, and what to publish about it."""

from __future__ import annotations

from pathlib import Path

import click

from confida_core.cli.program import Program, pass_program, print_json


@click.group()
def mail() -> None:
    """Outgoing mail and its signature."""


@mail.command()
@click.option("--json", "as_json", is_flag=True)
@pass_program
def dkim(program: Program, as_json: bool) -> None:
    """The DNS record by which receivers verify the signature; opens no data and needs no keys of the keyring."""
    from confida_core.outbound.dkim import UnusableKey, signer_of

    try:
        signer = signer_of(program.settings)
    except UnusableKey as error:
        raise click.ClickException(str(error)) from None
    if signer is None:
        raise click.ClickException("mail is not signed: set dkim_selector and dkim_key_file; see docs/sending.md")
    if as_json:
        print_json({"name": signer.record_name, "type": "TXT", "value": signer.record})
        return
    click.echo(f"Publish this TXT record of {signer.record_name}:", err=True)
    click.echo(signer.record)


@mail.command("new-key")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--ed25519", is_flag=True, help="A short key; few receivers know that kind yet.")
def new_key(file: Path, ed25519: bool) -> None:
    """Write a new private key into FILE, which must not exist: mail on its way is still verified with the old one."""
    from confida_core.outbound.dkim import write_new_key

    try:
        write_new_key(file, ed25519=ed25519)
    except FileExistsError:
        raise click.ClickException(f"{file} is there already") from None
    click.echo(f"Set dkim_key_file to {file} and dkim_selector to a new name, then run `confida mail dkim`.", err=True)
