"""A program that purges a plugin and is killed on the way.

Usage: python -m tests.faults.purger HOME SITE
SITE: folder where the plugin `membership` of the tests is installed. In each round a child lets the plugin keep something,
begins to purge it, and kills itself instead of sending its n-th statement to either store: one of the first, one in the
middle, where one bucket of keys after the other is rolled, or one of the last. After each round another child starts as a
server would, and looks at what is left. Prints the number of rounds.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from pathlib import Path
from typing import Any

from confida_core.installation import open_installation
from confida_core.plugins.footprints import footprint, table_names
from confida_core.plugins.purging import purge_plugin
from confida_core.settings import read_settings
from confida_core.setup import upgrade
from confida_core.vault.access import system_access
from tests.core.plugins.conftest import registry_of
from tests.core.plugins.people import NOTE, add_contact, add_meeting, add_member, module_of
from tests.faults.eraser import Killer, in_child

ACCESS = system_access("purger")


async def keep_something(home: Path) -> None:
    settings = read_settings(home=home, plugins=("membership",))
    async with open_installation(settings, registry_of(settings)) as crm:
        await upgrade(crm)
        ada = await add_contact(crm, "Ada")
        await add_member(crm, ada, module_of(crm))
        await add_meeting(crm, [ada], module_of(crm))


async def purge_until_killed(home: Path, number: int) -> None:
    settings = read_settings(home=home)
    async with open_installation(settings, registry_of(settings)) as crm:
        killer = Killer(number)
        crm.data.observers.append(killer)
        crm.keyring.database.observers.append(killer)
        await purge_plugin(crm, ACCESS, "membership", exported=False, alone=True)


async def start_and_look(home: Path) -> None:
    settings = read_settings(home=home)
    async with open_installation(settings, registry_of(settings)) as crm:
        found = await footprint(crm.data, "membership")
        await upgrade(crm, plugins=False)
        if found is not None and found.state == "kept":
            await whole(crm)
            await purge_plugin(crm, ACCESS, "membership", exported=False, alone=True)
        await gone(crm)


async def whole(crm: Any) -> None:
    """Nothing was begun, so nothing may be missing."""
    record = crm.registry.records["membership_member"]
    opened = await crm.door.open(ACCESS, record, await crm.data.fetch("SELECT * FROM membership_member"))
    assert [item.content.note for item in opened] == [NOTE]


async def gone(crm: Any) -> None:
    assert await footprint(crm.data, "membership") is None
    assert [name for name in await table_names(crm.data) if name.startswith("membership")] == []
    assert await crm.data.fetch("SELECT name FROM migration WHERE app_name = 'membership'") == []
    assert await crm.keyring.database.fetch("SELECT id FROM dek WHERE retention_class = 'membership'") == []
    contact = crm.registry.records["contact"]
    rows = await crm.data.fetch("SELECT * FROM contact")
    assert len(await crm.door.open(ACCESS, contact, rows)) == len(rows), "everybody else's keys are whole"


async def count_statements(home: Path) -> None:
    """How many a whole purge sends, into a file."""
    statements: list[str] = []
    settings = read_settings(home=home)
    async with open_installation(settings, registry_of(settings)) as crm:
        crm.data.observers.append(statements.append)
        crm.keyring.database.observers.append(statements.append)
        await purge_plugin(crm, ACCESS, "membership", exported=False, alone=True)
    (home / "statements.txt").write_text(str(len(statements)))


def main(home: Path, site: str) -> None:
    sys.path.insert(0, site)
    # Here, and not in a child: what is loaded and prepared when it is first used is so for all of them.
    asyncio.run(keep_something(home))
    asyncio.run(count_statements(home))
    gc.freeze()
    total = int((home / "statements.txt").read_text())
    points = [1, 4, 7, 10, total // 2, *range(total - 27, total + 1, 3)]
    for number in points:
        ended = in_child(keep_something(home)) or in_child(purge_until_killed(home, number))
        if ended != -signal.SIGKILL or in_child(start_and_look(home)):
            raise SystemExit(f"statement {number} of {total}")
    os.write(1, f"{len(points)}\n".encode())


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
