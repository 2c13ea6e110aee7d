"""`confida import`: the same steps as on the pages, beside a running server or without one."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from confida_core.cli.exporting import operator, write_private
from confida_core.cli.program import FAILED, Program, pass_program, print_json

if TYPE_CHECKING:
    from confida_core.exchange.imports import ImportOptions
    from confida_core.exchange.imports_records import PreviewFigures, RunContent
    from confida_core.exchange.imports_run import Progress
    from confida_core.installation import Installation
    from confida_core.vault.access import Access
    from confida_core.vault.door import Opened

SOME_INVALID = 6
PIECE = 1 << 20
SHOWN_PROBLEMS = 20
ORIGIN_KEYS = ("themselves", "other_system", "other_organisation", "public", "other")


@click.command("import")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--mapping", type=click.File("rb"), help="JSON file: column name -> field, for those not suggested well.")
@click.option("--region", default=None, help="Country of phone numbers without prefix, such as DE (default: settings).")
@click.option("--duplicates", type=click.Choice(["skip", "fill", "create"]), default="skip", show_default=True)
@click.option(
    "--origin", type=click.Choice(ORIGIN_KEYS), default="other", show_default=True, help="Where the data come from."
)
@click.option("--origin-note", default="", help="The same in your own words.")
@click.option("--tag", "tags", multiple=True, help="Tag for everybody who comes in; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option(
    "--report", type=click.Path(path_type=Path, dir_okay=False), help="Write rows that need a look to this CSV file."
)
@click.option("--yes", is_flag=True, help="Do not ask before writing.")
@click.option("--undo", "undo_id", type=click.UUID, help="Take this import back.")
@click.option("--resume", "resume_id", type=click.UUID, help="Go on with an import that was interrupted.")
@click.option("--list", "listing", is_flag=True, help="Show the imports so far.")
@click.option("--json", "as_json", is_flag=True)
@pass_program
def import_files(program: Program, /, files: tuple[Path, ...], *, as_json: bool, **given: Any) -> None:
    """Import vCard files and tables (CSV). Nothing is written before you have seen what would happen."""
    chosen = [bool(files), bool(given["undo_id"]), bool(given["resume_id"]), given["listing"]]
    if sum(chosen) != 1:
        raise click.UsageError("name files, or one of --undo, --resume and --list")
    mapping = read_mapping(given.pop("mapping"))

    async def work(crm: Installation) -> list[dict[str, Any]]:
        access = operator(program, "import")
        steps = Steps(program, crm, access, as_json=as_json)
        if given["listing"]:
            return await steps.listed()
        if given["undo_id"]:
            return [await steps.undo(given["undo_id"], yes=given["yes"])]
        if given["resume_id"]:
            return [await steps.run(given["resume_id"], report=given["report"])]
        return [await steps.bring_in(path, mapping, given) for path in files]

    results = program.run(work)
    if as_json:
        print_json(results)
    raise SystemExit(exit_code(results, listing=given["listing"]))


def exit_code(results: list[dict[str, Any]], *, listing: bool) -> int:
    """The worst of what happened."""
    if listing:
        return 0
    if any(result["state"] in ("failed", "refused") for result in results):
        return FAILED
    return SOME_INVALID if any(result.get("invalid") for result in results) else 0


def read_mapping(file: Any) -> Mapping[str, str]:
    if file is None:
        return {}
    try:
        found = json.load(file)
    except ValueError:
        raise click.UsageError("the mapping is not valid JSON") from None
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise click.UsageError("the mapping must be an object: column name -> field")
    return found


async def pieces_of(path: Path) -> AsyncIterator[bytes]:
    """The file as it is read."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


class Steps:
    """What one call of `confida import` does with the open installation, and says about it."""

    def __init__(self, program: Program, crm: Installation, access: Access, *, as_json: bool) -> None:
        self.program, self.crm, self.access, self.quiet = program, crm, access, as_json

    def say(self, text: str) -> None:
        if not self.quiet:
            click.echo(text)

    @contextmanager
    def bar(self, title: str) -> Iterator[Progress]:
        """A progress bar on standard error."""
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        console = self.program.console
        with Bars(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
            task = bars.add_task(title, total=None)
            yield lambda done, total: bars.update(task, completed=done, total=total)

    async def bring_in(self, path: Path, mapping: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, Any]:
        from confida_core.exchange.draft import UnreadableFile
        from confida_core.exchange.imports import receive_import, start_import
        from confida_core.exchange.imports_records import Duplicates
        from confida_core.exchange.imports_upkeep import forget_unstarted
        from confida_core.exchange.preview import preview_import

        try:
            run_id = await receive_import(self.crm, self.access, path.name, pieces_of(path), self.options(given))
        except UnreadableFile as error:
            click.echo(f"confida: {path.name}: {error}", err=True)
            return {"file": path.name, "state": "refused", "reason": str(error)}
        try:
            await self.match(run_id, mapping)
            with self.bar("reading") as progress:
                figures = await preview_import(self.crm, self.access, run_id, progress=progress)
            self.say(preview_text(path.name, figures, given["duplicates"]))
            wanted = not given["dry_run"] and (given["yes"] or click.confirm("Import now?", err=True))
        except BaseException:
            await forget_unstarted(self.crm, run_id)
            raise
        if not wanted:
            await forget_unstarted(self.crm, run_id)
            return {"file": path.name, "state": "previewed", **preview_figures(figures)}
        await start_import(self.crm, self.access, run_id, Duplicates(given["duplicates"]), queue=False)
        return await self.run(run_id, report=given["report"])

    def options(self, given: Mapping[str, Any]) -> ImportOptions:
        from confida_core.exchange.imports import ImportOptions

        return ImportOptions(
            origin=given["origin"],
            origin_note=given["origin_note"],
            region=self.program.settings.region if given["region"] is None else given["region"],
            tags=given["tags"],
        )

    async def match(self, run_id: UUID, mapping: Mapping[str, str]) -> None:
        """Take the suggested columns, changed where the mapping says so. Raises InvalidMapping."""
        from confida_core.exchange.imports import set_mapping, visible_run
        from confida_core.exchange.mapping import InvalidMapping

        content: RunContent = (await visible_run(self.crm, self.access, run_id)).content
        if content.mapping is None:
            return
        unknown = sorted(set(mapping) - set(content.header))
        if unknown:
            raise InvalidMapping(f"The file has no column {unknown[0][:100]!r}.")
        pairs = zip(content.header, content.mapping.targets, strict=True)
        await set_mapping(self.crm, self.access, run_id, [mapping.get(name, target) for name, target in pairs])

    async def run(self, run_id: UUID, *, report: Path | None) -> dict[str, Any]:
        """Write until the file is through, then report."""
        from confida_core.exchange.imports import start_import, visible_run
        from confida_core.exchange.imports_records import Duplicates
        from confida_core.exchange.imports_run import run_import

        run = await visible_run(self.crm, self.access, run_id)
        if run.row["state"] == "failed":
            await start_import(self.crm, self.access, run_id, Duplicates(run.row["duplicates"]), queue=False)
        with self.bar("importing") as progress:
            await run_import(self.crm, run_id, progress=progress)
        result = await self.result(run_id)
        self.say(report_text(result))
        if report is not None:
            await self.write_report(run_id, report)
        return result

    async def result(self, run_id: UUID) -> dict[str, Any]:
        from confida_core.exchange.imports import visible_run
        from confida_core.exchange.imports_report import list_problems

        run = await visible_run(self.crm, self.access, run_id)
        problems = await list_problems(self.crm, self.access, run_id, limit=1_000)
        shown = [
            {"row": one.row["row_number"], "kind": one.row["kind"], "reason": one.content.reason} for one in problems
        ]
        return {**run_figures(run), "reason": run.content.failure, "problems": shown}

    async def write_report(self, run_id: UUID, path: Path) -> None:
        from confida_core.exchange.imports_report import problems_csv

        await write_private(path, (text.encode() async for text in problems_csv(self.crm, self.access, run_id)))

    async def undo(self, run_id: UUID, *, yes: bool) -> dict[str, Any]:
        from confida_core.exchange.imports import visible_run
        from confida_core.exchange.imports_report import kept_contacts
        from confida_core.exchange.undo import start_undo, undo_import

        run = await visible_run(self.crm, self.access, run_id)
        if run.row["state"] != "undoing":
            if not yes:
                click.confirm(f"Take back {run.row['created_count']} new contacts for good?", abort=True, err=True)
            await start_undo(self.crm, self.access, run_id, queue=False)
        with self.bar("taking back") as progress:
            await undo_import(self.crm, run_id, progress=progress)
        run = await visible_run(self.crm, self.access, run_id)
        kept = [row for row, _ in await kept_contacts(self.crm, self.access, run_id, limit=1_000)]
        dealt = run.row["undone_count"] - run.row["kept_count"]
        self.say(f"{dealt} contacts taken back; {run.row['kept_count']} were edited since and stay.")
        return {"id": run_id, "state": run.row["state"], "taken_back": dealt, "kept_rows": kept}

    async def listed(self) -> list[dict[str, Any]]:
        from confida_core.exchange.imports import list_runs

        runs = [run_figures(run) for run in await list_runs(self.crm, self.access)]
        for run in runs:
            self.say(
                f"{run['id']}  {run['at']:%Y-%m-%d %H:%M}  {run['state']:<9}  {run['created']:>6} new  {run['file']}"
            )
        return runs


def preview_figures(figures: PreviewFigures) -> dict[str, Any]:
    return {"new": figures.new, "matched": figures.matched, "invalid": figures.invalid, "groups": figures.groups}


def run_figures(run: Opened[RunContent]) -> dict[str, Any]:
    row = run.row
    return {
        "id": row["id"],
        "file": run.content.file_name,
        "state": row["state"],
        "at": row["created_at"],
        "created": row["created_count"],
        "updated": row["updated_count"],
        "duplicates": row["duplicate_count"],
        "invalid": row["invalid_count"],
        "groups": row["group_count"],
    }


def preview_text(name: str, figures: PreviewFigures, duplicates: str) -> str:
    what = {"skip": "will be left as they are", "fill": "will get what they lack", "create": "will be added again"}
    lines = [
        f"{name}: {figures.new} new, {figures.matched} here already ({what[duplicates]}), {figures.invalid} unreadable"
    ]
    lines += [f"  {count} x {sentence}" for sentence, count in figures.warnings]
    return "\n".join(lines)


def report_text(result: Mapping[str, Any]) -> str:
    """Counts and the first problems; the reasons hold nothing from the file."""
    if result["state"] == "failed":
        return f"{result['id']}: stopped. {result['reason']}"
    counts = ", ".join(f"{result[name]} {name}" for name in ("created", "updated", "duplicates", "invalid"))
    lines = [f"{result['id']}: {counts}"]
    problems = result["problems"]
    lines += [f"  row {each['row']}: {each['reason']}" for each in problems[:SHOWN_PROBLEMS]]
    if len(problems) > SHOWN_PROBLEMS:
        lines.append("  ... and more; --report FILE writes all of them")
    return "\n".join(lines)
