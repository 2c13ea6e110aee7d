"""kill -9 between a request and its answer: whoever sends it again gets one thing, never two."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from confida_core import hooks
from confida_core.installation import open_installation
from confida_core.registry import load_registry
from tests.faults.repeater import WRITERS, carry_out

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 3


def run_until_killed(settings: Any, noted: Path, least: int, chance: random.Random) -> None:
    urls = {"CONFIDA_DATABASE_URL": settings.database_url, "CONFIDA_KEYRING_URL": settings.keyring_url}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.repeater", settings.home, noted], cwd=ROOT, env={**os.environ, **urls}
    )
    deadline = time.monotonic() + 60
    while len(noted.read_text().splitlines()) < least:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.005)
    time.sleep(chance.random() * 0.05)
    process.kill()
    process.wait()


@pytest.mark.anyio
async def test_request_that_was_killed_is_carried_out_once(settings: Any, tmp_path: Path) -> None:
    noted, chance, again = tmp_path / "noted", random.Random(5), 0
    noted.touch()
    for _ in range(ROUNDS):
        run_until_killed(settings, noted, len(noted.read_text().splitlines()) + 20, chance)
        async with open_installation(settings, load_registry((), built_in=[hooks])) as crm:
            keys = noted.read_text().split()
            made = [await carry_out(crm, key) for key in keys]
            again = sum(one.repeated for one in made)
            contacts = await crm.data.fetch("SELECT id FROM contact")
            assert sorted(one.id for one in made) == sorted(row["id"] for row in contacts)
    # Of each round, those that were being carried out when it ended may have been lost, and no others.
    assert len(keys) - WRITERS <= again <= len(keys)
