"""Whoever changes an event, its proof or a notice in the database behind our back is named by the audit."""

from __future__ import annotations

from typing import Any

import pytest

from confida_consent.content import Evidence
from confida_consent.events import RecordedEvent, record_event
from confida_consent.ledger.audit import verify_stored
from confida_core.ids import new_id
from tests.consent.people import add_contact, person, says

pytestmark = pytest.mark.anyio


@pytest.fixture
async def three(crm: Any) -> list[RecordedEvent]:
    ada, mats = await add_contact(crm), await add_contact(crm, "Mats", "mats@example.org")
    proof = Evidence(source="/my/")
    events = [
        await record_event(crm, person(who), says(who, kind, evidence=proof))
        for who, kind in ((ada, "given"), (ada, "withdrawn"), (mats, "given"))
    ]
    assert (await verify_stored(crm)).faults == []
    return events


async def faults(crm: Any) -> list[tuple[str, str, str]]:
    return [(fault.part, fault.place, fault.sentence) for fault in (await verify_stored(crm)).faults]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "given"),
        ("purpose", "profiling"),
        ("purpose_version", 7),
        ("channel", "phone"),
        ("consent_type", "explicit"),
        ("legal_basis", "contract"),
        ("language", "de"),
        ("actor_kind", "staff"),
        ("actor_id", new_id()),
        ("method", "paper"),
        ("supersedes", new_id()),
    ],
)
async def test_changed_column_is_named(crm: Any, three: list[RecordedEvent], column: str, value: Any) -> None:
    await crm.data.fetch(f"UPDATE consent_event SET {column} = ? WHERE ledger_index = 1", value)

    assert await faults(crm) == [("opening", "1", f"the event was changed: {column}")]


@pytest.mark.parametrize("column", ["indicated_at", "recorded_at", "valid_until"])
async def test_changed_time_is_named(crm: Any, three: list[RecordedEvent], column: str) -> None:
    await crm.data.fetch(f"UPDATE consent_event SET {column} = ? WHERE ledger_index = 1", three[0].valid_until)

    assert await faults(crm) == [("opening", "1", f"the event was changed: {column}")]


@pytest.mark.parametrize("column", ["id", "subject_id"])
async def test_event_given_to_another_is_named(crm: Any, three: list[RecordedEvent], column: str) -> None:
    await crm.data.fetch(f"UPDATE consent_event SET {column} = ? WHERE ledger_index = 1", new_id())

    assert await faults(crm) == [("opening", "1", "its evidence was changed, moved or damaged")]


async def test_flipped_byte_of_the_proof_is_named_and_hides_no_other(crm: Any, three: list[RecordedEvent]) -> None:
    for row in await crm.data.fetch("SELECT id, sealed FROM consent_event WHERE ledger_index IN (0, 2)"):
        sealed = bytearray(row["sealed"])
        sealed[-1] ^= 1
        await crm.data.fetch("UPDATE consent_event SET sealed = ? WHERE id = ?", bytes(sealed), row["id"])

    sentence = "its evidence was changed, moved or damaged"
    assert await faults(crm) == [("opening", "0", sentence), ("opening", "2", sentence)]


async def test_deleted_event_is_named(crm: Any, three: list[RecordedEvent]) -> None:
    await crm.data.fetch("DELETE FROM consent_event WHERE ledger_index = 1")

    assert await faults(crm) == [("opening", "1", "what opens it is missing, and no erasure accounts for that")]


async def test_events_put_in_another_order_are_named(crm: Any, three: list[RecordedEvent]) -> None:
    for old, new in ((0, 99), (1, 0), (99, 1)):
        await crm.data.fetch("UPDATE consent_event SET ledger_index = ? WHERE ledger_index = ?", new, old)

    assert [(part, place) for part, place, _ in await faults(crm)] == [("opening", "0"), ("opening", "1")]


async def test_changed_notice_is_named_by_every_event_that_showed_it(crm: Any, three: list[RecordedEvent]) -> None:
    if crm.data.engine == "sqlite":
        await crm.data.fetch("DROP TRIGGER consent_notice_update")
    else:
        await crm.data.fetch("ALTER TABLE consent_notice DISABLE TRIGGER consent_notice_unchanged")
    await crm.data.fetch("UPDATE consent_notice SET content = ?", b"You agreed to everything.")

    sentence = "the notice that was shown was changed or is missing"
    assert await faults(crm) == [("opening", "0", sentence), ("opening", "2", sentence)]
