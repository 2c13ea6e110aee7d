"""Lines of the log, also of libraries that call it in ways of their own."""

from __future__ import annotations

import json
import logging

import pytest

from confida_web.logs import JSONLines


@pytest.mark.parametrize(("exc_info", "event"), [(False, "It rained"), (None, "It rained")])
def test_line_without_an_exception_says_its_message(exc_info: bool | None, event: str) -> None:
    record = logging.LogRecord("asyncio", logging.ERROR, "", 0, "It %s", ("rained",), None)
    record.exc_info = exc_info  # type: ignore[assignment]
    line = json.loads(JSONLines().format(record))
    assert (line["event"], line["level"], "kind" in line) == (event, "error", False)
