"""`confida demo`: invented contacts to look around with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from confida_core.cli.program import Program, pass_program

if TYPE_CHECKING:
    from confida_core.installation import Installation


@click.group()
def demo() -> None:
    """Invented contacts to look around with; they can be taken out again exactly."""


@demo.command()
@click.option("--if-missing", is_flag=True, help="Do nothing if they are in already.")
@pass_program
def load(program: Program, if_missing: bool) -> None:
    """Add 200 people, 30 organisations and 1,000 interactions; nobody among them exists."""
    from rich.progress import Progress

    from confida_core.demo.loading import DemoPresent, demo_ids, load_demo
    from confida_core.demo.people import ORGANISATIONS, PEOPLE
    from confida_core.demo.talk import INTERACTIONS

    with Progress(console=program.console) as progress:
        bar = progress.add_task("demo data", total=PEOPLE + ORGANISATIONS + INTERACTIONS)

        async def work(crm: Installation) -> int | None:
            access = program.access("demo load")
            try:
                count = await load_demo(crm, access, lambda more: progress.advance(bar, more))
            except DemoPresent:
                if if_missing:
                    return None
                raise
            people = (await demo_ids(crm)).people
            for more in crm.registry.all("demo_data"):
                await more.load(crm, access, people)
            return count

        count = program.run(work)
    if count is not None:
        click.echo(f"{count} invented contacts are in.")


@demo.command()
@pass_program
def purge(program: Program) -> None:
    """Erase the invented contacts with everything that is about them alone."""
    from rich.progress import Progress

    from confida_core.demo.loading import demo_ids, next_round, purge_demo
    from confida_core.demo.people import ORGANISATIONS, PEOPLE

    with Progress(console=program.console) as progress:
        bar = progress.add_task("erasing", total=PEOPLE + ORGANISATIONS)

        async def work(crm: Installation) -> int:
            count = await purge_demo(crm, lambda more: progress.advance(bar, more))
            people = (await demo_ids(crm)).people
            for more in crm.registry.all("demo_data"):
                await more.remove(crm, program.access("demo purge"), people)
            await next_round(crm)
            return count

        count = program.run(work)
    click.echo(f"{count} invented contacts were erased.")
