"""The log: JSON lines on standard error, with ids only. No text of an exception is written, because it may hold values."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

import structlog

LOGGER = "confida.web"

# In the form that logging.config takes, so that each worker process sets itself up.
CONFIGURATION: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "confida_web.logs.JSONLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
    "root": {"level": "WARNING", "handlers": ["stderr"]},
}


def note(level: int, event: str, **fields: object) -> None:
    """One line of ours. fields: ids, route patterns, names of our own; never a value that somebody typed."""
    logging.getLogger(LOGGER).log(level, event, extra={"fields": fields})


def places_of(trace: TracebackType | None) -> Sequence[str]:
    """Where in the code something failed, the last four places, without any value."""
    frames = traceback.extract_tb(trace)[-4:]
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]


def log_structures_as_json() -> None:
    """Lines of core, which logs structures: the same JSON on standard error. Called once by a server process."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        # Looked up for each line: whoever puts another standard error in its place closes the one from before.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


class JSONLines(logging.Formatter):
    """For our own lines and those of libraries alike."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "event": "failed" if record.exc_info else record.getMessage(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            **getattr(record, "fields", {}),
        }
        # asyncio says False where there is no exception.
        if record.exc_info and record.exc_info[0] is not None:
            line |= {"kind": record.exc_info[0].__name__, "at": places_of(record.exc_info[2])}
        return json.dumps(line)
