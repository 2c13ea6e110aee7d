"""`confida reindex`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from confida_core.cli.program import Program, pass_program

if TYPE_CHECKING:
    from confida_core.installation import Installation


@click.command()
@pass_program
def reindex(program: Program) -> None:
    """Build the search index anew beside the one in use; nothing is lost if this is interrupted."""
    import gc

    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    # Every opened key stays in memory; to walk through all of them again and again takes a quarter of the time.
    gc.set_threshold(50_000, 50, 1_000)
    columns = (TextColumn("contacts"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=program.console) as progress:
        bar = progress.add_task("contacts", total=None)

        async def work(crm: Installation) -> int:
            from confida_core.contacts.indexing import ContactSource

            total = (await crm.data.fetch("SELECT count(*) AS contacts FROM contact WHERE deleted_at IS NULL"))[0][
                "contacts"
            ]
            progress.update(bar, total=total)
            await crm.index.rebuild(ContactSource(crm), progress=lambda done: progress.update(bar, completed=done))
            return int(total)

        count = program.run(work)
    click.echo(f"{count} contacts indexed.")
