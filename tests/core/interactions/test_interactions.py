"""An interaction: written down, seen through the gate, changed by two at once, thrown away and taken back."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from confida_core.clock import now
from confida_core.contacts.history import changes_of
from confida_core.contacts.trash import purge_contact, trash_contact
from confida_core.contacts.validation import InvalidContent
from confida_core.ids import new_id
from confida_core.interactions.bulk import log_many
from confida_core.interactions.content import InteractionContent, InteractionDraft
from confida_core.interactions.interactions import (
    delete_interaction,
    log_interaction,
    restore_interaction,
    update_interaction,
    visible_interaction,
)
from confida_core.interactions.timeline import read_timeline
from confida_core.interactions.upkeep import empty_trash
from confida_core.storage.database import VersionConflict
from confida_core.storage.sealed_files import collected, open_file, path_of, sweep_files
from confida_core.vault.access import Forbidden, NotFound
from tests.cases import in_one_installation
from tests.core.interactions.cast import MATS, NOON, OLGA, READER, ZOE, access_of, log, make, plan, received, touched

pytestmark = pytest.mark.anyio


async def on_timeline(crm: Any, contact_id: Any) -> list[Any]:
    return [item.id for item in (await read_timeline(crm, access_of(), contact_id)).items]


async def test_interaction_opens_as_written(crm: Any) -> None:
    ada, mats = await make(crm), await make(crm, "Mats")
    file = await received(crm)
    interaction_id = await log(
        crm, ada, mats, files=[file], body="She **agreed**.", outcome="reached", direction="out", duration_minutes=25
    )
    opened = await visible_interaction(crm, access_of(), interaction_id)
    content = opened.content
    assert (content.subject, content.body, content.outcome) == ("About the engine", "She **agreed**.", "reached")
    assert [(item.id, item.name, item.size) for item in content.attachments] == [(file.id, "minutes.txt", 22)]
    row = opened.row
    shown = (row["kind"], row["state"], row["direction"], row["at"], row["duration_minutes"], row["created_by"])
    assert shown == ("call", "done", "out", NOON, 25, OLGA.id)
    assert set(opened.people) == {ada, mats}


async def test_nothing_of_the_content_is_plain_in_any_row(crm: Any) -> None:
    ada = await make(crm)
    file = await received(crm, b"MARKER", "MARKER.txt")
    one = await log(crm, ada, files=[file], subject="MARKER", body="MARKER", outcome="MARKER", location="MARKER")
    draft = InteractionDraft(kind="call", people=(ada,), subject="MARKER two", at=NOON)
    await update_interaction(crm, access_of(), one, draft, seen=1)
    for table in ("interaction", "interaction_participant", "sealed_file", "contact_change", "change"):
        for row in await crm.data.fetch(f"SELECT * FROM {table}"):
            assert not any(b"MARKER" in (v if isinstance(v, bytes) else str(v).encode()) for v in row.values())


@pytest.mark.parametrize("hidden", ["missing", "restricted", "trashed", "contact trashed"])
async def test_gate_answers_alike_for_every_reason(crm: Any, hidden: str) -> None:
    ada = await make(crm)
    interaction_id = await log(crm, ada)
    assert (await visible_interaction(crm, access_of(READER), interaction_id)).content.subject == "About the engine"
    if hidden == "missing":
        interaction_id = new_id()
    if hidden == "restricted":
        await crm.orders.give("restriction", ada)
    if hidden == "trashed":
        await delete_interaction(crm, access_of(), interaction_id)
    if hidden == "contact trashed":
        await trash_contact(crm, access_of(), ada)
    with pytest.raises(NotFound):
        await visible_interaction(crm, access_of(READER), interaction_id)


async def test_every_door_needs_its_permission(crm: Any) -> None:
    ada = await make(crm)
    one, draft = await log(crm, ada), InteractionDraft(kind="note", people=(ada,), subject="x")
    with pytest.raises(Forbidden):
        await visible_interaction(crm, access_of(ZOE), one)
    with pytest.raises(Forbidden):
        await read_timeline(crm, access_of(ZOE), ada)
    for refused in (
        log_interaction(crm, access_of(READER), draft),
        update_interaction(crm, access_of(READER), one, draft, seen=1),
        delete_interaction(crm, access_of(READER), one),
        restore_interaction(crm, access_of(READER), one),
    ):
        with pytest.raises(Forbidden):
            await refused
    assert (await visible_interaction(crm, access_of(), one)).row["version"] == 1


async def test_writing_about_somebody_one_may_not_see_writes_nothing(crm: Any) -> None:
    ada, hidden = await make(crm), await make(crm, "Hidden")
    await crm.orders.give("restriction", hidden)
    file = await received(crm)
    with pytest.raises(NotFound):
        await log(crm, ada, hidden, files=[file])
    assert await crm.data.fetch("SELECT id FROM interaction") == []
    assert await crm.data.fetch("SELECT id FROM interaction_participant") == []
    assert not path_of(crm, file.id).exists()


WRONG: dict[str, dict[str, Any]] = {
    "kind": {"kind": "seance"},
    "direction": {"direction": "sideways"},
    "duration_minutes": {"duration_minutes": -1},
    "at": {"at": datetime(1066, 1, 1, tzinfo=UTC)},
    "subject": {"subject": "x" * 201},
    "outcome": {"outcome": "a\0b"},
    "body": {"subject": "", "body": " \n "},
}


@in_one_installation("field", WRONG)
async def test_wrong_field_is_named_and_nothing_is_written(crm: Any, field: str) -> None:
    with pytest.raises(InvalidContent) as refused:
        await log(crm, await make(crm), **WRONG[field])
    assert list(refused.value.errors) == [field]
    assert await crm.data.fetch("SELECT id FROM interaction") == []


async def test_far_future_is_no_past(crm: Any) -> None:
    with pytest.raises(InvalidContent) as refused:
        await log(crm, await make(crm), at=now() + timedelta(days=400))
    assert list(refused.value.errors) == ["at"]


async def test_update_replaces_content_people_and_files(crm: Any) -> None:
    ada, mats = await make(crm), await make(crm, "Mats")
    old, new = await received(crm), await received(crm, b"second", "second.txt")
    one = await log(crm, ada, files=[old])
    draft = InteractionDraft(kind="meeting", people=(mats,), subject="About the loom", at=NOON)
    version = await update_interaction(crm, access_of(), one, draft, seen=1, files=[new], remove_files=[old.id])
    opened = await visible_interaction(crm, access_of(), one)
    assert (version, opened.row["kind"], opened.row["edited"], opened.people) == (2, "meeting", True, (mats,))
    assert (opened.content.subject, [item.name for item in opened.content.attachments]) == (
        "About the loom",
        ["second.txt"],
    )
    assert (await on_timeline(crm, ada), await on_timeline(crm, mats)) == ([], [one])
    assert (path_of(crm, old.id).exists(), path_of(crm, new.id).exists()) == (False, True)


async def test_kept_file_follows_the_people(crm: Any) -> None:
    ada, mats = await make(crm), await make(crm, "Mats")
    file = await received(crm)
    one = await log(crm, ada, files=[file])
    draft = InteractionDraft(kind="call", people=(mats,), subject="x", at=NOON)
    await update_interaction(crm, access_of(), one, draft, seen=1)
    await crm.keyring.destroy(ada, ["relationship"])
    opened = await open_file(crm, access_of(), file.id)
    assert await collected(opened.pieces, 100) == b"minutes of the meeting"


async def test_second_of_two_editors_is_told_and_changes_nothing(crm: Any) -> None:
    ada = await make(crm)
    one, file = await log(crm, ada), await received(crm)
    first = InteractionDraft(kind="call", people=(ada,), subject="First", at=NOON)
    second = InteractionDraft(kind="call", people=(ada,), subject="Second", at=NOON)
    await update_interaction(crm, access_of(), one, first, seen=1)
    with pytest.raises(VersionConflict) as conflict:
        await update_interaction(crm, access_of(MATS), one, second, seen=1, files=[file])
    opened = await visible_interaction(crm, access_of(), one)
    assert (conflict.value.current, opened.content.subject, path_of(crm, file.id).exists()) == (2, "First", False)


async def test_editor_cannot_drop_a_person_they_cannot_see(crm: Any) -> None:
    ada, hidden = await make(crm), await make(crm, "Hidden")
    one = await log(crm, ada, hidden)
    await crm.orders.give("restriction", hidden)
    draft = InteractionDraft(kind="call", people=(ada,), subject="Changed", at=NOON)
    await update_interaction(crm, access_of(), one, draft, seen=1)
    assert set((await visible_interaction(crm, access_of(), one)).people) == {ada, hidden}


async def test_history_of_each_contact_says_who_changed_what(crm: Any) -> None:
    ada, mats = await make(crm), await make(crm, "Mats")
    one = await log(crm, ada, mats)
    draft = InteractionDraft(kind="call", people=(ada, mats), subject="About the loom", at=NOON)
    await update_interaction(crm, access_of(MATS), one, draft, seen=1)
    await delete_interaction(crm, access_of(), one)
    for contact_id in (ada, mats):
        deleted, changed, _ = await changes_of(crm, access_of(), contact_id)
        assert (deleted.kind, deleted.actor_id, deleted.detail) == ("interaction deleted", OLGA.id, one.hex)
        assert (changed.kind, changed.actor_id) == ("interaction changed", MATS.id)
        said = [(each.field, each.before, each.after) for each in changed.changes]
        assert said == [("subject", "About the engine", "About the loom")]


async def test_last_touch_follows_every_write_and_the_index_is_told(crm: Any) -> None:
    ada = await make(crm)
    early = await log(crm, ada, at=NOON - timedelta(days=30))
    late = await log(crm, ada)
    assert await touched(crm, ada) == NOON
    await log(crm, ada, at=NOON - timedelta(days=3))
    await log(crm, ada, at=now() + timedelta(days=30))
    await plan(crm, ada)
    assert await touched(crm, ada) == NOON
    head = await crm.feed.head()
    await delete_interaction(crm, access_of(), late)
    assert await touched(crm, ada) == NOON - timedelta(days=3)
    assert (ada, "contact") in {(c.subject_id, c.record_table) for c in await crm.feed.after(head)}
    await restore_interaction(crm, access_of(), late)
    assert await touched(crm, ada) == NOON
    moved = InteractionDraft(kind="call", people=(ada,), subject="x", at=NOON + timedelta(days=1))
    await update_interaction(crm, access_of(), early, moved, seen=1)
    assert await touched(crm, ada) == NOON + timedelta(days=1)


async def test_trash_hides_and_restoring_brings_everything_back(crm: Any) -> None:
    ada = await make(crm)
    file = await received(crm)
    one = await log(crm, ada, files=[file])
    await delete_interaction(crm, access_of(), one)
    assert await on_timeline(crm, ada) == []
    await restore_interaction(crm, access_of(MATS), one)
    await restore_interaction(crm, access_of(MATS), one)
    assert await on_timeline(crm, ada) == [one]
    opened = await visible_interaction(crm, access_of(), one)
    assert (opened.row["state"], opened.row["version"]) == ("done", 3)
    assert path_of(crm, file.id).exists()


async def test_trash_is_emptied_after_thirty_days_with_its_files(crm: Any) -> None:
    ada = await make(crm)
    file = await received(crm)
    old, young, kept = await log(crm, ada, files=[file]), await log(crm, ada), await log(crm, ada)
    for one in (old, young):
        await delete_interaction(crm, access_of(), one)
    await crm.data.fetch("UPDATE interaction SET deleted_at = ? WHERE id = ?", now() - timedelta(days=31), old)
    await empty_trash(crm, {})
    rows = await crm.data.fetch("SELECT id FROM interaction ORDER BY id")
    assert [row["id"] for row in rows] == sorted([young, kept])
    left = await crm.data.fetch("SELECT DISTINCT record_id FROM shared_key WHERE record_id IN (?, ?)", old, file.id)
    assert (left, path_of(crm, file.id).exists()) == ([], False)


async def test_erasing_one_participant_leaves_the_others_theirs(crm: Any) -> None:
    ada, mats = await make(crm), await make(crm, "Mats")
    file, own = await received(crm), await received(crm, b"own", "own.txt")
    both, alone = await log(crm, ada, mats, files=[file]), await log(crm, ada, files=[own])
    await purge_contact(crm, ada)
    opened = await visible_interaction(crm, access_of(), both)
    assert (opened.content.subject, opened.people) == ("About the engine", (mats,))
    assert await on_timeline(crm, mats) == [both]
    for gone in (visible_interaction(crm, access_of(), alone), open_file(crm, access_of(), own.id)):
        with pytest.raises(NotFound):
            await gone
    kept = await open_file(crm, access_of(), file.id)
    assert await collected(kept.pieces, 100) == b"minutes of the meeting"
    for table, column in (("interaction_participant", "contact_id"), ("shared_key", "subject_id")):
        assert await crm.data.fetch(f"SELECT id FROM {table} WHERE {column} = ?", ada) == []
    rows = await crm.data.fetch("SELECT id FROM interaction UNION ALL SELECT id FROM sealed_file")
    assert {row["id"] for row in rows} == {both, file.id}


async def test_bytes_of_an_erased_person_are_swept_away(crm: Any) -> None:
    ada = await make(crm)
    file = await received(crm)
    await log(crm, ada, files=[file])
    os.utime(path_of(crm, file.id), (1_000_000, 1_000_000))
    await sweep_files(crm, {})
    assert path_of(crm, file.id).exists()
    await purge_contact(crm, ada)
    await sweep_files(crm, {})
    assert not path_of(crm, file.id).exists()


async def test_interaction_about_nobody_belongs_to_the_organisation(crm: Any) -> None:
    one = await plan(crm, subject="Order stamps")
    opened = await visible_interaction(crm, access_of(), one)
    assert (opened.people, opened.content) == ((), InteractionContent(subject="Order stamps"))


async def test_many_at_once_are_the_same_as_one_by_one(crm: Any) -> None:
    ada, mats = await make(crm), await make(crm, "Mats")
    drafts = [
        InteractionDraft(kind="call", people=(ada,), subject="early", at=NOON),
        InteractionDraft(kind="note", people=(ada, mats), subject="late", at=NOON + timedelta(days=1)),
        InteractionDraft(kind="task", people=(mats,), subject="planned", planned=True),
    ]
    ids = await log_many(crm, access_of(), drafts)
    opened = [await visible_interaction(crm, access_of(), one) for one in ids]
    assert [(item.content.subject, set(item.people)) for item in opened] == [
        ("early", {ada}),
        ("late", {ada, mats}),
        ("planned", {mats}),
    ]
    assert [await touched(crm, one) for one in (ada, mats)] == [NOON + timedelta(days=1)] * 2
    assert await on_timeline(crm, ada) == [ids[1], ids[0]]


async def test_many_are_written_all_or_none(crm: Any) -> None:
    ada = await make(crm)
    drafts = [InteractionDraft(kind="call", people=(ada,), subject=subject, at=NOON) for subject in ("good", "")]
    with pytest.raises(InvalidContent):
        await log_many(crm, access_of(), drafts)
    with pytest.raises(Forbidden):
        await log_many(crm, access_of(READER), drafts[:1])
    assert await crm.data.fetch("SELECT id FROM interaction") == []
