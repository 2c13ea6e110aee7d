"""Prints what erasing a person takes: `python -m tests.bench.erasure_speed [contacts]`; `make bench` does too."""

from __future__ import annotations

import asyncio
import sys
import time

from confida_consent.rights.erasure import erase_person
from confida_consent.rights.erasure_plan import plan_erasure
from confida_core.backup.archive import copy_keyring
from confida_core.installation import Installation, open_installation
from confida_core.settings import Settings
from confida_core.vault.access import system_access
from tests.bench.figures import Figures
from tests.bench.stores import SQLiteStore, registry_of

PEOPLE = 11
ACCESS = system_access("bench", "data_subject_rights")


async def measure_erasure(settings: Settings, figures: Figures) -> None:
    """The plan, and the erasure with its new key epoch and a new copy of the keyring; the median and the slowest."""
    async with open_installation(settings, registry_of(settings)) as crm:
        await copy_keyring(crm)
        planned, erased = await seconds(crm)
        figures.note("erasure.plan", planned[PEOPLE // 2])
        figures.note("erasure.p50", erased[PEOPLE // 2])
        figures.note("erasure.max", erased[-1])


async def seconds(crm: Installation) -> tuple[list[float], list[float]]:
    rows = await crm.data.fetch(
        "SELECT contact_id AS id FROM interaction_participant GROUP BY contact_id HAVING count(*) > 1 ORDER BY contact_id "
        "LIMIT ?",
        PEOPLE,
    )
    planned, erased = [], []
    for row in rows:
        started = time.perf_counter()
        await plan_erasure(crm, ACCESS, row["id"])
        planned.append(time.perf_counter() - started)
        started = time.perf_counter()
        done = await erase_person(crm, ACCESS, row["id"])
        erased.append(time.perf_counter() - started)
        if done.epoch is None or done.epoch < 2:
            raise RuntimeError("no new epoch")
    return sorted(planned), sorted(erased)


def main() -> None:
    contacts = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    store = SQLiteStore(contacts, 3 * contacts)
    figures = Figures(store.name)
    with store.prepared() as settings:
        asyncio.run(measure_erasure(settings, figures))
    for name, value in figures.values.items():
        print(f"{name}: {value:.3f}")


if __name__ == "__main__":
    main()
