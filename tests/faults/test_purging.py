"""A purge that is killed at any point: nothing was begun, or the next start ends it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.core.plugins.conftest import home
from tests.core.plugins.fake import FakePlugins

__all__ = ["home"]

ROOT = Path(__file__).resolve().parents[2]


def test_killed_purge_is_not_begun_or_ended_by_the_next_start(home: Path, tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    site.mkdir()
    FakePlugins(site).install()
    command: list[Any] = [sys.executable, "-m", "tests.faults.purger", home, site]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout) == 15
