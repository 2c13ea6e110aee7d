"""Prints what a backup and its restore take while writes go on: `python -m tests.bench.backup_speed [contacts] [engine]`."""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from dataclasses import dataclass, field

from confida_core.backup.age_files import new_identity
from confida_core.backup.archive import back_up
from confida_core.backup.restore import restore
from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.people import create_contact
from confida_core.installation import Installation, open_installation
from confida_core.settings import Settings
from confida_core.vault.access import system_access
from tests.bench.figures import Figures
from tests.bench.stores import STORES_BY_NAME, registry_of

ACCESS = system_access("bench")
# Fifty writes a second are more than a hundred people at work make.
PAUSE = 0.02


@dataclass
class Writer:
    """Writes contacts in the process that makes the backup, as the server does, and remembers what each took."""

    crm: Installation
    taken: list[float] = field(default_factory=list)
    over: bool = False

    async def run(self) -> None:
        while not self.over:
            due = time.perf_counter() + PAUSE
            await asyncio.sleep(PAUSE)
            # From when it should have begun: a loop that is held up delays every page, not only what writes.
            await create_contact(self.crm, ACCESS, ContactKind.PERSON, ContactContent(display_name="Ada"))
            self.taken.append(time.perf_counter() - due)


async def measure_backup(settings: Settings, figures: Figures) -> None:
    """A backup to a recipient, with its trial restore, under writes; then a restore of it."""
    identity = new_identity()
    settings = settings.model_copy(update={"backup_recipients": (str(identity.to_public()),)})
    async with open_installation(settings, registry_of(settings)) as crm:
        writer = Writer(crm)
        writing = asyncio.create_task(writer.run())
        await asyncio.sleep(3)
        quiet = max(writer.taken)
        steps: list[tuple[float, str, int]] = []
        started = time.perf_counter()
        backup = await back_up(crm, say=lambda step: steps.append((time.perf_counter(), step, len(writer.taken))))
        ended = time.perf_counter()
        # What the write-ahead log has gathered meanwhile is moved into the file by one of the next commits.
        await asyncio.sleep(3)
        writer.over = True
        await writing
    for (begun, step, first), (until, _, last) in zip(steps, [*steps[1:], (ended, "", len(writer.taken))], strict=True):
        longest = max(writer.taken[first : last + 1], default=0.0)
        print(f"    {step}: {until - begun:.1f} s, longest write {longest * 1000:.0f} ms", flush=True)
    figures.note("backup", ended - started)
    figures.note("backup.quiet", quiet * 1000)
    figures.note("backup.stall", max(writer.taken) * 1000)
    figures.note("backup.size", backup.folder.stat().st_size)
    started = time.perf_counter()
    await restore(settings, registry_of(settings), backup.folder, identities=[identity])
    figures.note("backup.restore", time.perf_counter() - started)
    print(f"    memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB", flush=True)


def main() -> None:
    contacts = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    for engine in sys.argv[2:] or STORES_BY_NAME:
        store = STORES_BY_NAME[engine](contacts, 3 * contacts)
        with store.prepared() as settings:
            print(f"{store.name}, {contacts:,} contacts, {3 * contacts:,} interactions", flush=True)
            asyncio.run(measure_backup(settings, Figures(store.name)))


if __name__ == "__main__":
    main()
