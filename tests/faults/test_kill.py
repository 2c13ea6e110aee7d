"""kill -9 under 16 writers: what was acknowledged is there, nothing is half there, and the index agrees with the data."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from confida_core import hooks
from confida_core.contacts.indexing import ContactSource
from confida_core.installation import open_installation
from confida_core.registry import load_registry
from confida_core.setup import upgrade
from confida_core.storage.sqlite import SQLiteDatabase
from confida_core.vault.access import system_access

ROOT = Path(__file__).resolve().parents[2]
WRITERS = 16
# On each of the two engines; the 200 are for `make faults`.
FEW, MANY = 25, 100


async def check(settings: Any, promised: set[tuple[UUID, ...]]) -> None:
    """What the acknowledged lines promise against what is stored."""
    async with open_installation(settings, load_registry((), built_in=[hooks])) as crm:
        await upgrade(crm)
        contacts = {row["id"] for row in await crm.data.fetch("SELECT id FROM contact")}
        pairs = await crm.data.fetch("SELECT contact_id, interaction_id FROM interaction_participant")
        stored = {(row["contact_id"], row["interaction_id"]) for row in pairs}
        assert promised - stored == set(), "acknowledged, and lost"
        interactions = {row["id"] for row in await crm.data.fetch("SELECT id FROM interaction")}
        assert {interaction for _, interaction in stored} == interactions, "an interaction without its contact"
        assert {contact for contact, _ in stored} == contacts, "a contact without its interaction"
        await everything_opens(crm, len(contacts))
        await index_agrees(crm, contacts)
        if isinstance(crm.data, SQLiteDatabase):
            assert crm.data.inspect("PRAGMA integrity_check") == [("ok",)]


async def everything_opens(crm: Any, contacts: int) -> None:
    access = system_access("test")
    for name, expected in (("contact", contacts), ("interaction", contacts), ("contact_change", contacts)):
        rows = await crm.data.fetch(f"SELECT * FROM {name}")
        assert len(rows) == expected
        assert len(await crm.door.open(access, crm.registry.records[name], rows)) == expected, "a row without its key"


async def index_agrees(crm: Any, contacts: set[UUID]) -> None:
    await crm.index.catch_up(ContactSource(crm))
    indexed = crm.index.connection().execute("SELECT id FROM contact").fetchall()
    assert {UUID(bytes=bytes(row[0])) for row in indexed} == contacts


def run_rounds(settings: Any, tmp_path: Path, rounds: int) -> None:
    acknowledged = tmp_path / "acknowledged"
    if settings.database_url:
        lines = (f'database_url = "{settings.database_url}"', f'keyring_url = "{settings.keyring_url}"')
        (settings.home / "config.toml").write_text("\n".join(lines))
    arguments = [str(settings.home), str(acknowledged), str(WRITERS), str(rounds)]
    subprocess.run([sys.executable, "-m", "tests.faults.writer", *arguments], cwd=ROOT, check=True)
    promised = {tuple(map(UUID, line.split())) for line in acknowledged.read_text().splitlines()}
    assert len(promised) >= rounds, "too few writes to prove anything"
    asyncio.run(check(settings, promised))


def test_killed_writers_lose_nothing_and_leave_nothing_half(settings: Any, tmp_path: Path) -> None:
    run_rounds(settings, tmp_path, FEW)


@pytest.mark.slow
def test_killed_writers_lose_nothing_and_leave_nothing_half_200_times(settings: Any, tmp_path: Path) -> None:
    run_rounds(settings, tmp_path, MANY)
