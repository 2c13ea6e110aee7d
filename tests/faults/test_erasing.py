"""An erasure that is killed, or meets a full disk, at any point: nothing was begun, or it is resumed to its end."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from confida_consent.rights.erasure import ErasureFailed, erase_person, resume_erasures
from confida_core.installation import open_installation
from confida_core.storage.database import StorageFull
from tests.conftest import own_registry
from tests.consent.rights.erasure_cast import officer, plant
from tests.faults.eraser import gone, whole
from tests.faults.test_full_disk import fill, small_disk

__all__ = ["small_disk"]

ROOT = Path(__file__).resolve().parents[2]
# Every so many statements; of some two hundred.
FEW, EVERY = 17, 1


def run_rounds(settings: Any, step: int) -> int:
    if settings.database_url:
        lines = (f'database_url = "{settings.database_url}"', f'keyring_url = "{settings.keyring_url}"')
        (settings.home / "config.toml").write_text("\n".join(lines))
    command = [sys.executable, "-m", "tests.faults.eraser", str(settings.home), str(step)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return int(done.stdout)


def test_killed_erasure_is_whole_or_resumed(settings: Any) -> None:
    assert run_rounds(settings, FEW) > 5, "too few to prove anything"


@pytest.mark.slow
def test_killed_erasure_is_whole_or_resumed_at_every_statement(settings: Any) -> None:
    assert run_rounds(settings, EVERY) > 100, "too few to prove anything"


class Filler:
    """Takes every free byte of the disk when so many statements were sent."""

    def __init__(self, place: Path, after: int) -> None:
        self.place, self.left = place, after

    def __call__(self, _: str) -> None:
        self.left -= 1
        if self.left == 0:
            fill(self.place)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("after", [1, 20, 60, 100, 140])
def test_erasure_that_meets_a_full_disk_is_whole_or_resumed(
    settings: Any, engine: str, small_disk: Path, after: int
) -> None:
    shutil.copytree(settings.home, small_disk / "home", symlinks=True)
    full = settings.model_copy(update={"home": small_disk / "home"})

    async def erase() -> None:
        async with open_installation(full, own_registry()) as crm:
            cast = await plant(crm)
            (full.home / "ballast").unlink(missing_ok=True)
            filler = Filler(small_disk, after)
            crm.data.observers.append(filler)
            crm.keyring.database.observers.append(filler)
            try:
                await erase_person(crm, officer(), cast.ada)
            except (ErasureFailed, StorageFull):
                if not await crm.data.fetch("SELECT id FROM rights_erasure"):
                    await whole(crm, cast.ada)
            (small_disk / "filler").unlink(missing_ok=True)
            if not await crm.data.fetch("SELECT id FROM rights_erasure"):
                await erase_person(crm, officer(), cast.ada)
            await resume_erasures(crm, {})
            await gone(crm, cast.ada)

    asyncio.run(erase())
