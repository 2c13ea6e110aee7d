"""`confida drill`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from confida_core.cli.program import UNSOUND, Program, pass_program

if TYPE_CHECKING:
    from confida_consent.drill.run import Original, Outcome
    from confida_consent.ledger.checkpoints import Signer
    from confida_core.installation import Installation


@click.command()
@click.option(
    "--copy", is_flag=True, help="Use a copy of this installation instead of a new one; needs room for it twice."
)
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the signed report here; else it is printed.",
)
@pass_program
@click.pass_context
def drill(ctx: click.Context, program: Program, copy: bool, report: Path | None) -> None:
    """Erase somebody invented, put the oldest backup back, and prove that nothing of them is left.

    Nothing of this installation is changed but for a backup with --copy: it happens in a folder of its own, on PostgreSQL
    in two databases that are made and dropped again. Ends with 5 if anything was found.
    """
    with program.console.status("opening") as step:
        outcome, note, key = asyncio.run(run(program, copy, step.update))
    if report is None:
        click.echo(note, nl=False)
    else:
        report.write_bytes(note)
        click.echo(f"result: {'passed' if outcome.passed else 'FAILED'}; the report is in {report}")
    click.echo(f"\nTo check the signature: verify.py note REPORT --key '{key}'", err=True)
    if not outcome.passed:
        ctx.exit(UNSOUND)


async def run(program: Program, copy: bool, say: Callable[[str], None]) -> tuple[Outcome, bytes, str]:
    """The outcome, the signed report and the key that checks it."""
    from tempfile import TemporaryDirectory

    from confida_consent.drill.report import signed_report
    from confida_consent.drill.run import run_drill

    settings = program.settings
    with TemporaryDirectory(prefix=".drill-", dir=settings.home if settings.home.exists() else None) as place:
        # The drill opens installations of its own, and only one can be open at a time.
        async with program.opened() as crm:
            signer, installation = await signer_of(crm), str(crm.keyring.installation_id)
            original = await copy_of(crm, program, Path(place)) if copy else None
        outcome = await run_drill(settings, program.registry, original, say)
    return outcome, signed_report(outcome, installation, signer), signer.verifier_key


async def signer_of(crm: Installation) -> Signer:
    from confida_consent.ledger import heads

    return await heads.signer_of(crm, (await heads.state_of(crm)).generation)


async def copy_of(crm: Installation, program: Program, place: Path) -> Original:
    """A backup of the installation, in the clear as far as age goes, because it never leaves this folder."""
    from dataclasses import replace

    from confida_consent.drill.run import Original
    from confida_core.backup.archive import back_up

    bare = replace(crm, settings=crm.settings.model_copy(update={"backup_recipients": ()}))
    backup = await back_up(bare, to=place / "data", keyring_to=place / "keyring")
    return Original(backup, program.remembered())
