"""Prints what answering a person takes: `python -m tests.bench.answer_speed [contacts] [records]`; `make bench` does too."""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import date
from pathlib import Path
from uuid import UUID

from confida_consent.rights.content import RequestFile
from confida_consent.rights.declared import REQUEST
from confida_consent.rights.package import assemble_package
from confida_consent.rights.package_review import review_package
from confida_core.clock import now
from confida_core.contacts.content import ContactContent, ContactKind
from confida_core.contacts.people import create_contact
from confida_core.ids import new_id
from confida_core.installation import Installation, open_installation
from confida_core.interactions.bulk import log_many
from confida_core.interactions.content import InteractionDraft
from confida_core.settings import Settings
from confida_core.vault.access import system_access
from tests.bench.figures import Figures
from tests.bench.stores import SQLiteStore, registry_of

RECORDS = 5_000
ACCESS = system_access("bench", "data_subject_rights")
TEXT = "We spoke about The Engine with Mister Babbage, who asked for the drawings until Friday. " * 6


async def measure_answers(settings: Settings, figures: Figures, records: int = RECORDS) -> None:
    """One answer with a tenth of the records, then one with all: time, processor time, and what memory grew by meanwhile."""
    async with open_installation(settings, registry_of(settings)) as crm:
        small = await person_with(crm, records // 10)
        await answer(crm, small)
        large = await person_with(crm, records)
        before, started, used = resident(), time.perf_counter(), time.process_time()
        await answer(crm, large)
        figures.note("answer", time.perf_counter() - started)
        figures.note("answer.cpu", time.process_time() - used)
        figures.note("answer.memory", max(0, resident() - before))


async def person_with(crm: Installation, records: int) -> UUID:
    content = ContactContent(display_name="Ada Bench")
    person = await create_contact(crm, system_access("bench"), ContactKind.PERSON, content)
    drafts = [
        InteractionDraft(kind="note", people=(person,), subject=f"Talk {number}", body=TEXT)
        for number in range(records)
    ]
    await log_many(crm, system_access("bench"), drafts)
    return person


async def answer(crm: Installation, person: UUID) -> None:
    request_id, moment = new_id(), now()
    columns = {
        "id": request_id, "reference": request_id.hex[-10:], "kind": "access", "state": "in_progress", "source": "portal",
        "contact_id": person, "country": "DE", "subdivision": "", "language": "en", "received_at": moment,
        "due_on": date(2027, 1, 1), "due_at": moment,
    }  # fmt: skip
    await crm.records.insert(REQUEST, columns, RequestFile())
    await assemble_package(crm, request_id)
    review = await review_package(crm, ACCESS, request_id)
    if review is None or review.faults:
        raise RuntimeError("there is no answer")


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def main() -> None:
    contacts = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    records = int(sys.argv[2]) if len(sys.argv) > 2 else RECORDS
    store = SQLiteStore(contacts, 3 * contacts)
    figures = Figures(store.name)
    with store.prepared() as settings:
        asyncio.run(measure_answers(settings, figures, records))
    for name, value in figures.values.items():
        print(f"{name}: {value:.3f}")


if __name__ == "__main__":
    main()
