"""A program that erases people and is killed on the way, at one statement after the other.

Usage: python -m tests.faults.eraser HOME STEP
In each round a child plants somebody, begins to erase them, and kills itself instead of sending its n-th statement to either
store; n grows by STEP until a child comes to its end. After each round another child looks at what is left, and resumes it.
Prints the number of rounds. The rounds are forks of one process, because loading the program takes a second.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any
from uuid import UUID

from confida_consent.ledger.audit import verify_stored
from confida_consent.rights.erasure import erase_person, resume_erasures
from confida_core.installation import open_installation
from confida_core.settings import read_settings
from confida_core.storage.sealed_files import rows_without_bytes
from confida_core.vault.access import system_access
from tests.conftest import own_registry
from tests.consent.rights.erasure_cast import officer, plant

ACCESS = system_access("eraser")
NEVER = 1_000_000


class Killer:
    """Counts statements and ends the process, as a power switch would, instead of the last one."""

    def __init__(self, last: int) -> None:
        self.left = last

    def __call__(self, _: str) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


async def erase_until_killed(home: Path, number: int, note: int) -> None:
    async with open_installation(read_settings(home=home), own_registry()) as crm:
        cast = await plant(crm)
        os.write(note, f"{cast.ada} {cast.mats} {cast.meeting}\n".encode())
        killer = Killer(number)
        crm.data.observers.append(killer)
        crm.keyring.database.observers.append(killer)
        await erase_person(crm, officer(), cast.ada)


async def look_and_resume(home: Path, ada: UUID, mats: UUID, meeting: UUID) -> None:
    async with open_installation(read_settings(home=home), own_registry()) as crm:
        begun = await crm.data.fetch("SELECT stage FROM rights_erasure WHERE contact_id = ?", ada)
        if not begun:
            await whole(crm, ada)
            await erase_person(crm, officer(), ada)
        await resume_erasures(crm, {})
        await gone(crm, ada)
        rows = await crm.data.fetch("SELECT * FROM interaction WHERE id = ?", meeting)
        [opened] = await crm.door.open(ACCESS, crm.registry.records["interaction"], rows)
        assert (opened.people, opened.content.subject) == ((mats,), "With [erased] and Mats")


async def whole(crm: Any, ada: UUID) -> None:
    """Nothing was begun, so nothing may be missing."""
    rows = await crm.data.fetch("SELECT * FROM contact WHERE id = ?", ada)
    assert rows[0]["deleted_at"] is None
    assert len(await crm.door.open(ACCESS, crm.registry.records["contact"], rows)) == 1


async def gone(crm: Any, ada: UUID) -> None:
    """Every erasure is done, exactly once; nothing is left of the person but what is kept, and everything else opens."""
    stages = await crm.data.fetch("SELECT stage, ledger_index FROM rights_erasure WHERE contact_id = ?", ada)
    assert [row["stage"] for row in stages] == ["done"]
    for table, column in (("contact", "id"), ("contact_change", "subject_id"), ("shared_key", "subject_id")):
        assert await crm.data.fetch(f"SELECT id FROM {table} WHERE {column} = ?", ada) == [], table
    classes = await crm.keyring.database.fetch("SELECT retention_class FROM dek WHERE subject_id = ?", ada)
    assert [row["retention_class"] for row in classes] == ["evidence"]
    for name, record in crm.registry.records.items():
        rows = await crm.data.fetch(f"SELECT * FROM {name}")
        assert len(await crm.door.open(ACCESS, record, rows)) == len(rows), name
    assert await rows_without_bytes(crm) == []
    files = await crm.data.fetch("SELECT count(*) AS n FROM sealed_file")
    assert len(list((crm.settings.home / "files").glob("??/*"))) == files[0]["n"], "bytes without a row"
    assert (await verify_stored(crm)).faults == []


def in_child(work: Coroutine[Any, Any, None]) -> int:
    """Exit status of a child that did the work: 0, 1, or minus the number of the signal that killed it."""
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(work)
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    work.close()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(home: Path, step: int) -> None:
    note, number, rounds = home / "eraser.txt", 1, 0
    handle = os.open(note, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    # Here, and not in a child: what is loaded and prepared when it is first used is so for all of them.
    asyncio.run(erase_until_killed(home, NEVER, handle))
    gc.freeze()
    while True:
        ended = in_child(erase_until_killed(home, number, handle))
        ids = note.read_text().splitlines()[-1].split()
        if ended not in {0, -signal.SIGKILL} or in_child(look_and_resume(home, *map(UUID, ids))):
            raise SystemExit(f"round {rounds}, statement {number}")
        rounds += 1
        if ended == 0:
            print(rounds)
            return
        number += step


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
