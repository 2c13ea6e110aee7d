"""Who is at work in a home folder: any number of programs, or one that must be alone, such as a restore.

A file lock, so that a program that was killed leaves nothing locked. It orders the programs of one machine.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK_FILE = ".in-use"


class InUse(Exception):
    """Another program is at work in this home, and one of the two must be alone."""


@contextmanager
def present(home: Path, *, alone: bool = False) -> Iterator[None]:
    """Hold the home while the block runs. Raises InUse at once instead of waiting."""
    handle = os.open(home / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUse(f"{home} is in use by another program; stop the server first") from None
        yield
    finally:
        os.close(handle)
