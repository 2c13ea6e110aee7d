"""Reports as files that a browser saves."""

from __future__ import annotations

import asyncio

from litestar import Response

from confida_core.vault.access import NotFound
from confida_web.files.routes import disposition
from confida_web.reports.export import excel_is_there, report_csv, report_excel
from confida_web.reports.report import Report

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv_answer(report: Report, name: str) -> Response[bytes]:
    """name: of the file, without its end."""
    return _saved(report_csv(report), "text/csv; charset=utf-8", f"{name}.csv")


async def excel_answer(report: Report, name: str) -> Response[bytes]:
    """The same for Excel. Raises NotFound where the extra `xlsx` is not installed, or there is nothing in the report."""
    if not (excel_is_there() and report.sections):
        raise NotFound("report")
    # Beside the event loop: packing a file takes longer than a page may.
    return _saved(await asyncio.to_thread(report_excel, report), EXCEL, f"{name}.xlsx")


def _saved(content: bytes, media_type: str, name: str) -> Response[bytes]:
    return Response(content, media_type=media_type, headers={"Content-Disposition": disposition(name)})
