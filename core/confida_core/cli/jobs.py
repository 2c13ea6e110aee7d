"""`confida jobs`: the queue, and what to do about dead letters."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import click

from confida_core.cli.program import Program, pass_program, print_json

if TYPE_CHECKING:
    from confida_core.jobs.queue import QueuedJob


@click.group()
def jobs() -> None:
    """Work that waits, runs, or failed."""


@jobs.command("list")
@click.option(
    "--state", type=click.Choice(["waiting", "running", "done", "dead"]), default="waiting", show_default=True
)
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@click.option("--json", "as_json", is_flag=True)
@pass_program
def list_(program: Program, state: str, limit: int, as_json: bool) -> None:
    """Jobs of one state, the newest first."""
    from confida_core.jobs.overview import list_jobs

    access = program.access("jobs list")
    found = program.run(lambda crm: list_jobs(crm, access, state, limit=limit))  # type: ignore[arg-type]  # A Choice.
    if as_json:
        print_json([described(job) for job in found])
        return
    for job in found:
        error = f"  {job.error}" if job.error else ""
        click.echo(
            f"{job.id}  {job.key:32}  due {job.due_at:%Y-%m-%d %H:%M:%S}Z  attempt {job.attempts}/{job.max_attempts}{error}"
        )


def described(job: QueuedJob) -> dict[str, object]:
    names = ("id", "key", "state", "periodic", "queued_at", "due_at", "attempts", "max_attempts", "error")
    return {name: getattr(job, name) for name in names}


@jobs.command()
@click.argument("job_id", type=UUID)
@pass_program
def retry(program: Program, job_id: UUID) -> None:
    """Give a dead job all its attempts again."""
    from confida_core.jobs.overview import retry_job

    access = program.access("jobs retry")
    program.run(lambda crm: retry_job(crm, access, job_id))


@jobs.command()
@click.argument("job_id", type=UUID)
@pass_program
def discard(program: Program, job_id: UUID) -> None:
    """Remove a dead job."""
    from confida_core.jobs.overview import discard_job

    access = program.access("jobs discard")
    program.run(lambda crm: discard_job(crm, access, job_id))
