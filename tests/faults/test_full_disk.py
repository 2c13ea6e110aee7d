"""A full disk: reads go on, writes are refused with one plain error, nothing is half written, erasing still works."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from confida_core import hooks
from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.people import create_contact, display_names
from confida_core.contacts.trash import purge_contact
from confida_core.installation import open_installation
from confida_core.registry import load_registry
from confida_core.storage.ballast import NAME as BALLAST
from confida_core.storage.database import StorageFull
from confida_core.vault.access import system_access

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("engine", ["sqlite"], indirect=True)]
ACCESS = system_access("test")
MEGABYTES = 24


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes; needs the right to mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        if os.environ.get("CI"):
            pytest.fail("a small disk cannot be mounted in CI")
        pytest.skip("mounting a small disk needs root")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place: Path) -> Path:
    """Take every free byte."""
    filler = place / "filler"
    # Without a buffer, whose rest could not be written when the file is closed.
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 65536)
    with filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 512)
    return filler


async def add(crm: Any, text: str) -> Any:
    return await create_contact(crm, ACCESS, ContactKind.PERSON, ContactContent(display_name="Ada", note=text))


async def test_full_disk_refuses_writes_and_goes_on_reading(settings: Any, small_disk: Path, engine: str) -> None:
    shutil.copytree(settings.home, small_disk / "home", symlinks=True)
    home = small_disk / "home"
    async with open_installation(settings.model_copy(update={"home": home}), registry()) as crm:
        ada = await add(crm, "before")
        filler = fill(small_disk)
        refused = await add_until_full(crm)
        assert refused, "the disk never was full"
        rows = await crm.data.fetch("SELECT id FROM contact")
        assert await display_names(crm, ACCESS, [ada]) == {ada: "Ada"}
        assert len(await crm.data.fetch("SELECT id FROM contact_change")) == len(rows), "half written"
        with pytest.raises(StorageFull):
            await add(crm, "x" * 15_000)
        filler.unlink()
        await add(crm, "after")
        assert len(await crm.data.fetch("SELECT id FROM contact")) == len(rows) + 1


async def add_until_full(crm: Any) -> bool:
    """The write-ahead log has some room left in its last block; a few writes take it."""
    for _ in range(200):
        try:
            await add(crm, "x" * 15_000)
        except StorageFull:
            return True
    return False


async def test_ballast_is_given_up_so_that_erasing_works(settings: Any, small_disk: Path, engine: str) -> None:
    shutil.copytree(settings.home, small_disk / "home", symlinks=True)
    home = small_disk / "home"
    (home / BALLAST).write_bytes(b"\0" * 4_000_000)
    async with open_installation(settings.model_copy(update={"home": home}), registry()) as crm:
        ada = await add(crm, "before")
        fill(small_disk)
        assert await add_until_full(crm)
        assert not (home / BALLAST).exists()
        await purge_contact(crm, ada)
        assert await display_names(crm, ACCESS, [ada]) == {}


def registry() -> Any:
    return load_registry((), built_in=[hooks])
