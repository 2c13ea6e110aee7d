"""Reports of browsers about our content policy, reduced to what may be kept."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import msgspec

_WORD = re.compile(r"[a-z-]{1,40}")
_VARIABLE = re.compile(r"[0-9a-f-]{8,}|[0-9]+")
MOST = 10


def directives_of(body: bytes) -> list[tuple[str, str]]:
    """(path with ids taken out, directive) of each report; nothing for what is no report."""
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    reports = document if isinstance(document, list) else [document]
    return [found for report in reports[:MOST] if (found := reduced(report)) is not None]


def reduced(report: Any) -> tuple[str, str] | None:
    body = report.get("body") or report.get("csp-report") if isinstance(report, dict) else None
    if not isinstance(body, dict):
        return None
    directive = (
        body.get("effectiveDirective") or body.get("effective-directive") or body.get("violated-directive") or ""
    )
    address = body.get("documentURL") or body.get("document-uri") or ""
    if not (isinstance(directive, str) and isinstance(address, str) and _WORD.fullmatch(directive)):
        return None
    try:
        path = urlsplit(address[:500]).path
    except ValueError:
        return None
    kept = "/".join("*" if _VARIABLE.fullmatch(part) else part for part in path.split("/"))
    return kept if re.fullmatch(r"[a-z0-9/*._-]{0,100}", kept) else "", directive
