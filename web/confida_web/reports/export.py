"""Reports as files: plain numbers in major units, so that spreadsheets can go on counting."""

from __future__ import annotations

import csv
import importlib.util
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from confida_core.accounts.audit import record_event
from confida_core.exchange.formula_guard import guarded
from confida_core.installation import Installation
from confida_core.money import as_decimal, minor_digits
from confida_core.vault.access import Access
from confida_web.reports.report import PART, Report, ReportColumn, ReportLine, ReportSection

LONGEST_SHEET = 31
WHOLE = frozenset({"count", "minutes"})
REFUSED_IN_SHEETS = "[]:*?/\\"


def excel_is_there() -> bool:
    """Whether openpyxl is installed (extra `xlsx`)."""
    return importlib.util.find_spec("openpyxl") is not None


async def note_export(crm: Installation, access: Access, report: Report, action: str) -> None:
    """Who took figures of colleagues out of the house is kept. action: its key in the log, such as `sales.report_exported`."""
    if report.personal:
        await record_event(crm, action, actor_id=access.actor.id, target_kind="report")


def report_csv(report: Report) -> bytes:
    """One table after the other, each below its title; with a byte order mark, which Excel needs. Formulas are guarded."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for at, section in enumerate(report.sections):
        if at:
            writer.writerow([])
        writer.writerow([guarded(section.title)])
        writer.writerow([guarded(head) for head in heads(section)])
        for line in lines(section):
            writer.writerow([guarded(line.label), *("" if value is None else value for value in plain(section, line))])
    return out.getvalue().encode("utf-8-sig")


def heads(section: ReportSection) -> list[str]:
    return [section.label_head, *(head(section, column) for column in section.columns)]


def head(section: ReportSection, column: ReportColumn) -> str:
    unit = {"money": section.currency, "percent": "%", "days": "days", "minutes": "min", "count": "", "tenths": ""}[
        column.kind
    ]
    return f"{column.label} ({unit})" if unit else column.label


def lines(section: ReportSection) -> Iterator[ReportLine]:
    yield from section.lines
    if section.total:
        yield section.total


def plain(section: ReportSection, line: ReportLine) -> list[Decimal | int | None]:
    return [
        None if value is None else number(section, column, value)
        for column, value in zip(section.columns, line.values, strict=True)
    ]


def number(section: ReportSection, column: ReportColumn, value: int) -> Decimal | int:
    if column.kind == "money":
        return as_decimal(value, section.currency)
    return value if column.kind in WHOLE else Decimal(value) / PART


def report_excel(report: Report) -> bytes:
    """A sheet for each table. Takes some hundredths of a second; texts are stored as texts, which no spreadsheet runs."""
    # An extra, and heavy: loaded by those who ask for it.
    from openpyxl import Workbook  # type: ignore[import-untyped]  # It has no types of its own.
    from openpyxl.styles import Font  # type: ignore[import-untyped]

    book = Workbook()
    book.remove(book.active)
    names: set[str] = set()
    for section in report.sections:
        sheet = book.create_sheet(sheet_name(section.title, names))
        for column, text in enumerate(heads(section), 1):
            write_text(sheet, 1, column, text).font = Font(bold=True)
        for row, line in enumerate(lines(section), 2):
            write_text(sheet, row, 1, line.label)
            for column, value in enumerate(plain(section, line), 2):
                cell = sheet.cell(row, column, value)
                cell.number_format = number_format(section, section.columns[column - 2])
        sheet.column_dimensions["A"].width = 34
        sheet.freeze_panes = "B2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def write_text(sheet: Any, row: int, column: int, text: str) -> Any:
    cell = sheet.cell(row, column)
    # Set afterwards, because what begins with "=" would become a formula.
    cell.value = text
    cell.data_type = "s"
    return cell


def number_format(section: ReportSection, column: ReportColumn) -> str:
    if column.kind == "money":
        digits = minor_digits(section.currency)
        return f"#,##0.{'0' * digits}" if digits else "#,##0"
    return "#,##0" if column.kind in WHOLE else "0.0"


def sheet_name(title: str, taken: set[str]) -> str:
    """As Excel allows it, and each once."""
    clean = "".join(" " if sign in REFUSED_IN_SHEETS else sign for sign in title).strip("' ") or "Report"
    name, number = clean[:LONGEST_SHEET], 1
    while name.lower() in taken:
        number += 1
        name = f"{clean[: LONGEST_SHEET - 4]} {number}"
    taken.add(name.lower())
    return name
