"""What is to be said about rows that did not come in as they stood, and those rows as a table to mend."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from confida_core.contacts.people import display_names
from confida_core.exchange.csv_records import split_records
from confida_core.exchange.formula_guard import guarded
from confida_core.exchange.imports import visible_run
from confida_core.exchange.imports_file import REPORT_COLUMNS
from confida_core.exchange.imports_records import BATCH, PROBLEM, ProblemContent, RunContent
from confida_core.installation import Installation
from confida_core.storage.database import Row
from confida_core.vault.access import Access
from confida_core.vault.door import Opened

OUTCOMES = {
    "invalid": "not imported",
    "duplicate": "was here already",
    "group": "became a tag",
    "remark": "imported, with a remark",
}


async def list_problems(
    crm: Installation, access: Access, run_id: UUID, *, limit: int = 100
) -> list[Opened[ProblemContent]]:
    """The first ones in the order of the file, without those about people this access may not see. Opens sealed data."""
    await visible_run(crm, access, run_id)
    return await crm.door.open(access, PROBLEM, await _rows(crm, run_id, (-1, UUID(int=0)), limit))


async def _rows(crm: Installation, run_id: UUID, after: tuple[int, UUID], limit: int) -> list[Row]:
    """Rows of the report beyond (row number, id) `after`, in the order of the file; sealed."""
    number, last = after
    return await crm.data.fetch(
        "SELECT * FROM import_problem WHERE run_id = ? AND (row_number > ? OR (row_number = ? AND id > ?)) "
        "ORDER BY row_number, id LIMIT ?",
        run_id, number, number, last, limit,
    )  # fmt: skip


async def kept_contacts(crm: Installation, access: Access, run_id: UUID, *, limit: int = 100) -> list[tuple[int, str]]:
    """(row, name) of contacts that an undo left alone because they were edited since."""
    await visible_run(crm, access, run_id)
    rows = await crm.data.fetch(
        "SELECT contact_id, min(row_number) AS number FROM import_item WHERE run_id = ? AND action = 'kept' "
        "GROUP BY contact_id ORDER BY min(row_number) LIMIT ?",
        run_id, limit,
    )  # fmt: skip
    names = await display_names(crm, access, [row["contact_id"] for row in rows])
    return [(row["number"], names[row["contact_id"]]) for row in rows if row["contact_id"] in names]


async def problems_csv(crm: Installation, access: Access, run_id: UUID) -> AsyncIterator[str]:
    """The rows of the report with their original columns, what became of them and why; spreadsheets run none of it.

    Starts with a byte order mark; CRLF line ends. Mended rows can be imported again: our own columns are ignored then.
    Raises Forbidden, NotFound before the first piece.
    """
    run = await visible_run(crm, access, run_id)
    content: RunContent = run.content
    header = content.header or ["Card"]
    yield "\ufeff" + line([*header, *REPORT_COLUMNS])
    after = (-1, UUID(int=0))
    while rows := await _rows(crm, run_id, after, BATCH):
        after = (rows[-1]["row_number"], rows[-1]["id"])
        found = await crm.door.open(access, PROBLEM, rows)
        yield "".join(line(cells_of(one, content, len(header))) for one in found)


def cells_of(problem: Opened[ProblemContent], run: RunContent, width: int) -> list[str]:
    """The original cells, then ours. A row that cannot be taken apart stands whole in the first column."""
    text = problem.content.source_text
    cells = original_cells(text, run.delimiter) if run.delimiter else [text]
    if len(cells) > width:
        cells = [*cells[: width - 1], run.delimiter.join(cells[width - 1 :])]
    cells += [""] * (width - len(cells))
    outcome = OUTCOMES[problem.row["kind"]]
    return [*cells, str(problem.row["row_number"]), outcome, problem.content.reason, problem.content.rest]


def original_cells(text: str, delimiter: str) -> list[str]:
    lines = iter([f"{each}\n" for each in text.splitlines()])
    records = list(split_records(lines, delimiter))
    if len(records) != 1 or records[0].problem:
        return [text]
    return list(records[0].cells)


def line(cells: Sequence[str]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow([guarded(cell) for cell in cells])
    return written.getvalue()
