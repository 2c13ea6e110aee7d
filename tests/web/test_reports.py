"""Reports: the same numbers in pages and files, which no spreadsheet runs; periods as people think of them."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]  # It has no types of its own.

from confida_web.formatting import formatter
from confida_web.reports.export import report_csv, report_excel, sheet_name
from confida_web.reports.periods import read_period
from confida_web.reports.report import Report, ReportColumn, ReportLine, ReportSection, ValueKind, share_of
from confida_web.reports.showing import written

NASTY = Report(
    sections=(
        ReportSection(
            key="nasty", title="=1+1", finding="", label_head="@Name", currency="JPY",
            columns=(ReportColumn(label="Revenue", kind="money"), ReportColumn(label="Rate", kind="percent")),
            lines=(ReportLine(label='=HYPERLINK("x")', values=(1_234, 125)), ReportLine(label="Plain", values=(-5, None))),
        ),
        ReportSection(
            key="same", title="=1+1", finding="", label_head="Name", currency="KWD",
            columns=(ReportColumn(label="Revenue", kind="money"),), lines=(ReportLine(label="-2+3", values=(1_234,)),),
        ),
    )
)  # fmt: skip


def test_files_hold_plain_numbers_and_no_formulas() -> None:
    rows = list(csv.reader(io.StringIO(report_csv(NASTY).decode("utf-8-sig"))))
    assert rows == [
        ["'=1+1"], ["'@Name", "Revenue (JPY)", "Rate (%)"], ["'=HYPERLINK(\"x\")", "1234", "12.5"], ["Plain", "-5", ""],
        [], ["'=1+1"], ["Name", "Revenue (KWD)"], ["'-2+3", "1.234"],
    ]  # fmt: skip
    book = load_workbook(io.BytesIO(report_excel(NASTY)))
    first, second = book.worksheets
    assert (first.title, second.title) == ("=1+1", "=1+1 2")
    assert {cell.data_type for row in first.iter_rows() for cell in row if cell.value is not None} == {"s", "n"}
    assert [cell.value for cell in first["A"]] == ["@Name", '=HYPERLINK("x")', "Plain"]
    assert [first["B2"].value, second["B2"].value, second["B2"].number_format] == [1234, 1.234, "#,##0.000"]


def test_names_of_sheets_are_allowed_and_differ() -> None:
    taken: set[str] = set()
    names = [sheet_name(title, taken) for title in ("a/b:c", "A/B:C", "x" * 40, "x" * 50, "")]
    assert names == ["a b c", "A B C 2", "x" * 31, "x" * 27 + " 2", "Report"]


@pytest.mark.parametrize(
    ("period", "start"),
    [
        ("12m", "2025-12-01"),
        ("month", "2026-11-01"),
        ("quarter", "2026-10-01"),
        ("year", "2026-01-01"),
        ("x", "2025-12-01"),
    ],
)
def test_periods_begin_where_people_think(period: str, start: str) -> None:
    found = read_period({"period": period}, date(2026, 11, 22))
    assert (found.start.isoformat(), found.end, found.errors) == (start, date(2026, 11, 22), {})
    assert len(read_period({}, date(2026, 11, 22)).months) == 12


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"from": "x", "to": "2026-01-01"}, {"from"}),
        ({"from": "2026-02-01", "to": "2026-01-01"}, {"to"}),
        ({"from": "1900-02-01", "to": "2026-01-01"}, {"from"}),
        ({"from": "2026-01-01", "to": "2026-02-01"}, set()),
        # At the ends of the calendar no time zone can be reckoned any more.
        ({"from": "0001-01-01", "to": "0001-02-01"}, {"from", "to"}),
        ({"from": "9999-11-01", "to": "9999-12-31"}, {"from", "to"}),
    ],
)
def test_days_that_cannot_be_read_are_named(given: dict[str, str], wrong: set[str]) -> None:
    assert set(read_period({"period": "own", **given}, date(2026, 11, 22)).errors) == wrong


def test_share_is_rounded_to_tenths() -> None:
    assert [share_of(1, 3), share_of(2, 3), share_of(0, 5), share_of(1, 0)] == [333, 667, 0, None]


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [("count", 1200, "1,200"), ("money", 1250, "€12.50"), ("percent", 125, "12.5%"), ("days", 15, "1.5"),
     ("tenths", 43, "4.3"), ("minutes", 90, "1 hr 30 mins")],
)  # fmt: skip
def test_value_is_written_as_its_kind_has_it(kind: ValueKind, value: int, shown: str) -> None:
    assert written(formatter("en", "UTC"), kind, "EUR")(value) == shown
