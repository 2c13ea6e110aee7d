"""`confida loans`: what a script wants to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from confida_core.api import Program, pass_program

if TYPE_CHECKING:
    from confida_core.api import Installation


@click.group()
def loans() -> None:
    """Loans of things."""


@loans.command()
@pass_program
def overdue(program: Program) -> None:
    """How many things should be back by now. Opens nothing."""
    click.echo(program.run(count_overdue))


async def count_overdue(crm: Installation) -> int:
    from confida_loans.loans import today

    query = "SELECT count(*) AS things FROM loans_loan WHERE returned_on IS NULL AND due_on < ?"
    return int((await crm.data.fetch(query, today()))[0]["things"])
