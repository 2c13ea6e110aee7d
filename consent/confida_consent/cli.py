"""`confida ledger`: check the ledger, sign how far it has come, and hand it to auditors."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from confida_core.cli.program import UNSOUND, Program, pass_program, print_json

if TYPE_CHECKING:
    from confida_consent.ledger.report import LedgerReport
    from confida_core.installation import Installation

T = TypeVar("T")


class Unsound(click.ClickException):
    """The ledger contradicts itself."""

    exit_code = UNSOUND


@click.group()
def ledger() -> None:
    """The ledger of what people agreed to: nobody can rewrite it unnoticed."""


def run(program: Program, work: Callable[[Installation], Awaitable[T]]) -> T:
    """Raises Unsound where the ledger refuses to go on."""
    from confida_consent.ledger.tiles import LedgerBroken

    try:
        return program.run(work)
    except LedgerBroken as error:
        raise Unsound(f"{error}; run `confida ledger verify` to see every fault") from error


@contextmanager
def progress_bar(program: Program) -> Iterator[Callable[[int, int], None]]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("entries"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=program.console) as progress:
        bar = progress.add_task("entries", total=None)
        yield lambda done, of: progress.update(bar, completed=done, total=of)


@ledger.command()
@click.option("--json", "as_json", is_flag=True)
@pass_program
def verify(program: Program, as_json: bool) -> None:
    """Recompute every entry, tile, checkpoint and opening; name whatever was changed, deleted, reordered or cut off."""
    with progress_bar(program) as progress:

        async def work(crm: Installation) -> LedgerReport:
            from confida_consent.ledger.audit import verify_stored

            return await verify_stored(crm, progress)

        report = run(program, work)
    if as_json:
        print_json(report.facts())
    else:
        for line in report.lines():
            click.echo(line)
    if not report.sound:
        sys.exit(UNSOUND)


@ledger.command()
@pass_program
def checkpoint(program: Program) -> None:
    """Print the signed checkpoint over every entry; keep it, or send it to somebody who does."""

    async def work(crm: Installation) -> bytes:
        from confida_consent.ledger.log import checkpoint

        return await checkpoint(crm)

    click.echo(run(program, work), nl=False)


@ledger.command()
@pass_program
def key(program: Program) -> None:
    """Print the key that checks the ledger's signatures, and below it those from before each restore; publish them."""

    async def work(crm: Installation) -> list[str]:
        from confida_consent.ledger.heads import verifier_keys

        return await verifier_keys(crm)

    click.echo("\n".join(run(program, work)))


@ledger.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@pass_program
def export(program: Program, folder: Path) -> None:
    """Write entries, tiles, checkpoint, key and verifier into FOLDER, for auditors; nothing in it is personal."""
    with progress_bar(program) as progress:

        async def work(crm: Installation) -> int:
            from confida_consent.ledger.export import export_ledger

            return await export_ledger(crm, folder, progress)

        size = run(program, work)
    click.echo(f"{size} entries written. To check them: python {folder / 'verify.py'} log {folder}")
