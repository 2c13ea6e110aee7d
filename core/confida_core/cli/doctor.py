"""`confida doctor`: the findings about this installation."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import click

from confida_core.cli.plugins import sturdy
from confida_core.cli.program import UNSOUND, Program, pass_program, print_json

if TYPE_CHECKING:
    from confida_core.doctor import Finding

MARKS = {"good": "[green]good[/]   ", "warning": "[yellow]warning[/]", "bad": "[red]bad[/]    "}


@click.command()
@click.option("--json", "as_json", is_flag=True)
@pass_program
@click.pass_context
def doctor(ctx: click.Context, program: Program, as_json: bool) -> None:
    """Look at keys, files, storage, schema and jobs; ends with 5 if something must be mended."""
    from confida_core.doctor import examine

    access = program.access("doctor")
    findings = sturdy(program).run(lambda crm: examine(crm, access))
    if as_json:
        print_json([dataclasses.asdict(finding) for finding in findings])
    else:
        show(findings)
    if any(finding.state == "bad" for finding in findings):
        ctx.exit(UNSOUND)


def show(findings: list[Finding]) -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False, soft_wrap=True)
    for finding in findings:
        remedy = f"  -> {finding.remedy}" if finding.remedy else ""
        console.print(f"{MARKS[finding.state]}  {finding.name}: {escape(finding.text + remedy)}")
