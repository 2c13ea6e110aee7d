"""Prints what answering people takes: `python -m tests.bench.answer_speed [contacts] [records] [answers]`; `make bench` too.

With 100 answers of 5,000 records each it is what the promise is about; `make bench` makes fewer of them in a row.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
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

RECORDS, ANSWERS = 5_000, 20
# Until then the allocator and the caches have taken what they take.
WARM = 3
ACCESS = system_access("bench", "data_subject_rights")
TEXT = "We spoke about The Engine with Mister Babbage, who asked for the drawings until Friday. " * 6


async def measure_answers(settings: Settings, figures: Figures, records: int = RECORDS, answers: int = ANSWERS) -> None:
    """One answer with a tenth of the records, then one with all: time, processor time, and what memory grew by meanwhile;
    then many in a row, as in a week in which everybody asks: the slowest, and what memory grew by after the first few.
    """
    async with open_installation(settings, registry_of(settings)) as crm:
        small = await person_with(crm, records // 10)
        await answer(crm, small)
        large = await person_with(crm, records)
        before, started, used = resident(), time.perf_counter(), time.process_time()
        await answer(crm, large)
        figures.note("answer", time.perf_counter() - started)
        figures.note("answer.cpu", time.process_time() - used)
        figures.note("answer.memory", max(0, resident() - before))
        people = [large, await person_with(crm, records)]
        taken, sizes = await in_a_row(crm, [people[number % 2] for number in range(answers)])
        figures.note("answers.slowest", max(taken))
        figures.note("answers.growth", max(0, max(sizes[WARM:], default=0) - sizes[: WARM + 1][-1]))


async def in_a_row(crm: Installation, people: Sequence[UUID]) -> tuple[list[float], list[int]]:
    """Seconds of each answer, and bytes in memory after it."""
    taken, sizes = list[float](), list[int]()
    for person in people:
        started = time.perf_counter()
        await answer(crm, person)
        taken.append(time.perf_counter() - started)
        sizes.append(resident())
    return taken, sizes


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
    answers = int(sys.argv[3]) if len(sys.argv) > 3 else ANSWERS
    store = SQLiteStore(contacts, 3 * contacts)
    figures = Figures(store.name)
    with store.prepared() as settings:
        asyncio.run(measure_answers(settings, figures, records, answers))
    for name, value in figures.values.items():
        print(f"{name}: {value:.3f}")


if __name__ == "__main__":
    main()
