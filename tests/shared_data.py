"""Real test material that lies beside the project; it is never part of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared(path: str) -> Path:
    """The file or folder below the shared data; skips with a reason where it is absent, but never in CI."""
    found = SHARED_DATA / path
    if not found.exists():
        if os.environ.get("CI"):
            pytest.fail(f"shared data {path} is missing in CI")
        pytest.skip(f"shared data {path} is not on this machine")
    return found
