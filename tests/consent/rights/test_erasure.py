"""Erasing a person: what goes, what stays, what others keep, what blocks it, and that it can be taken up anywhere."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from confida_consent.ledger.audit import verify_stored
from confida_consent.rights.certificate import certificate_of
from confida_consent.rights.erasure import ErasureBlocked, ErasureFailed, erase_person, resume_erasures
from confida_consent.rights.erasure_plan import plan_erasure
from confida_consent.rights.erasure_rows import erasure_of
from confida_consent.rights.package import assemble_package, newest_package
from confida_consent.rights.package_review import stream_of
from confida_consent.rights.vocabulary import ErasureStage
from confida_core.backup.archive import copy_keyring
from confida_core.backup.manifest import read_manifest
from confida_core.clock import now
from confida_core.contacts.history import changes_of
from confida_core.contacts.people import visible_contact
from confida_core.contacts.records import CHANGE, CONTACT
from confida_core.declarations import StoreDeclaration
from confida_core.interactions.content import InteractionDraft
from confida_core.interactions.interactions import INTERACTION, log_interaction, visible_interaction
from confida_core.jobs.queue import enqueue
from confida_core.storage.sealed_files import SEALED_FILE, path_of
from confida_core.vault.access import Forbidden, NotFound
from confida_core.vault.suppressions import suppressed
from tests.consent.people import staff
from tests.consent.rights.answers import ask
from tests.consent.rights.erasure_cast import ACCESS, ADA, LEFT, MATS, Cast, add, officer, plant

pytestmark = pytest.mark.anyio


@pytest.fixture
async def cast(crm: Any) -> Cast:
    return await plant(crm)


async def every_text(crm: Any) -> str:
    """Everything that can still be opened, of every sealed table, by whoever has all keys."""
    found = []
    for record in crm.registry.records.values():
        rows = await crm.data.fetch(f"SELECT * FROM {record.name}")
        found += [repr(item.content) for item in await crm.door.open(ACCESS, record, rows)]
    return "\n".join(found)


async def rows_naming(crm: Any, contact_id: Any) -> dict[str, int]:
    """In which tables a column still holds the contact's id."""
    found = {}
    for app in crm.registry.apps:
        for table in app.tables:
            for column in table._meta.columns:
                if type(column).__name__ == "UUID":
                    name, place = table._meta.tablename, column._meta.name
                    rows = await crm.data.fetch(f"SELECT count(*) AS n FROM {name} WHERE {place} = ?", contact_id)
                    if rows[0]["n"]:
                        found[f"{name}.{place}"] = rows[0]["n"]
    return found


async def test_plan_says_what_goes_what_stays_on_which_ground_and_until_when(crm: Any, cast: Cast) -> None:
    plan = await plan_erasure(crm, officer(), cast.ada)
    goes = {each.key: each.count for each in plan.goes}
    assert goes == {
        "contact": 1,
        "contact_change": 4,
        "disclosure": 1,
        "interaction": 1,
        "sealed_file": 2,
        "relationship": 1,
        "interaction_participant": 2,
        "consent_token": 1,
    }
    [stays] = plan.stays
    today = now()
    assert (stays.key, stays.count, stays.retention_class) == ("consent_event", 1, "evidence")
    assert "GDPR Art. 17(3)(e)" in stays.ground
    assert stays.until == today.replace(year=today.year + 3).date()
    assert {(each.key, each.records, each.people) for each in plan.shared} == {
        ("interaction", 1, 1),
        ("sealed_file", 1, 1),
    }
    assert [(each.name, each.times) for each in plan.recipients] == [("Print Shop", 1)]
    assert plan.classes == ("account", "relationship")
    assert (plan.blocked, plan.evidence_due) == (False, False)
    assert (await visible_contact(crm, ACCESS, cast.ada)).content.nickname == "Countess"


async def test_erased_person_is_gone_from_everything_that_can_be_opened(crm: Any, cast: Cast) -> None:
    files = [row["id"] for row in await crm.data.fetch("SELECT id FROM sealed_file")]
    done = await erase_person(crm, officer(), cast.ada)
    assert (done.stage, done.epoch, done.files) == (ErasureStage.DONE, 2, 2)
    assert done.rows == 11
    with pytest.raises(NotFound):
        await visible_contact(crm, ACCESS, cast.ada, trashed=True)
    left = await every_text(crm)
    # The twin has the same name and the same addresses, and nothing in common with Ada.
    own = repr((await visible_contact(crm, ACCESS, cast.twin)).content)
    assert own in left
    for name in ("Ada", "ada@", "Countess", "4960"):
        assert name not in left.replace(own, "").replace("Adamant", "").replace("Canada", "")
    assert await rows_naming(crm, cast.ada) == {
        "consent_event.subject_id": 1,
        "rights_erasure.contact_id": 1,
        **{name: count for name, count in (await rows_naming(crm, cast.ada)).items() if name.startswith("change.")},
    }
    assert sum(path_of(crm, one).exists() for one in files) == 1
    assert await crm.keyring.database.fetch("SELECT retention_class FROM dek WHERE subject_id = ?", cast.ada) == [
        {"retention_class": "evidence"}
    ]


async def test_others_keep_their_part_without_what_identifies_the_person(crm: Any, cast: Cast) -> None:
    await erase_person(crm, officer(), cast.ada)
    meeting = await visible_interaction(crm, ACCESS, cast.meeting)
    assert meeting.people == (cast.mats,)
    assert (meeting.content.subject, meeting.content.body) == ("With [erased] and Mats", LEFT)
    assert [item.name for item in meeting.content.attachments] == ["[erased] and Mats.txt"]
    [file] = await crm.door.open(ACCESS, SEALED_FILE, await crm.data.fetch("SELECT * FROM sealed_file"))
    assert (file.content.name, file.people) == ("[erased] and Mats.txt", (cast.mats,))
    assert (await visible_contact(crm, ACCESS, cast.mats)).content == MATS
    history = {entry.kind: entry for entry in await changes_of(crm, ACCESS, cast.mats)}
    [subject] = history["interaction changed"].changes
    assert (subject.before, subject.after) == ("With [erased]", "With [erased] and Mats")
    assert history["related"].detail == ""
    assert await crm.data.fetch("SELECT id FROM relationship") == []


async def test_namesake_with_the_same_address_is_untouched(crm: Any, cast: Cast) -> None:
    both = InteractionDraft(kind="call", people=(cast.ada, cast.twin), subject="Ada Lovelace", body="ada@example.org")
    call = await log_interaction(crm, ACCESS, both)
    before = await crm.records.rows(CONTACT, [cast.twin])
    await erase_person(crm, officer(), cast.ada)
    assert await crm.records.rows(CONTACT, [cast.twin]) == before
    opened = await visible_interaction(crm, ACCESS, call)
    # What both are called is the other one's name too.
    assert (opened.content.subject, opened.content.body) == ("Ada Lovelace", "ada@example.org")
    assert opened.people == (cast.twin,)


async def test_hold_blocks_visibly_and_erasure_goes_on_after_it(crm: Any, cast: Cast) -> None:
    await crm.orders.give("hold", cast.ada)
    plan = await plan_erasure(crm, officer(), cast.ada)
    assert len(plan.blocked_by) == 1
    with pytest.raises(ErasureBlocked):
        await erase_person(crm, officer(), cast.ada)
    assert (await visible_contact(crm, ACCESS, cast.ada)).row["deleted_at"] is None
    assert await crm.data.fetch("SELECT id FROM rights_erasure") == []
    await crm.orders.lift("hold", cast.ada)
    assert (await erase_person(crm, officer(), cast.ada)).done


async def test_planning_and_erasing_need_their_permission(crm: Any, cast: Cast) -> None:
    for work in (plan_erasure(crm, staff(), cast.ada), erase_person(crm, staff(), cast.ada)):
        with pytest.raises(Forbidden):
            await work
    with pytest.raises(NotFound):
        await erase_person(crm, officer(), cast.note)


async def test_restricted_person_can_be_erased(crm: Any, cast: Cast) -> None:
    await crm.orders.give("restriction", cast.ada)
    assert (await erase_person(crm, officer(), cast.ada)).done
    assert crm.orders.of(cast.ada) == []


async def test_addresses_are_suppressed_only_if_asked(crm: Any, cast: Cast) -> None:
    await erase_person(crm, officer(), cast.ada)
    assert not await suppressed(crm, "email", "ada@example.org")
    await erase_person(crm, officer(), cast.twin, suppress=True)
    assert await suppressed(crm, "email", "ada@example.org")
    assert await suppressed(crm, "phone", "0341 4960777")


async def test_proof_of_consent_stays_until_its_end_or_goes_if_asked(crm: Any, cast: Cast) -> None:
    await erase_person(crm, officer(), cast.ada)
    assert len(await crm.data.fetch("SELECT id FROM consent_event WHERE subject_id = ?", cast.ada)) == 1
    other = await plant(crm)
    await erase_person(crm, officer(), other.ada, evidence=True)
    assert await crm.data.fetch("SELECT id FROM consent_event WHERE subject_id = ?", other.ada) == []
    third = await plant(crm)
    long_ago = now() - timedelta(days=4 * 366)
    await crm.data.fetch("UPDATE consent_event SET recorded_at = ? WHERE subject_id = ?", long_ago, third.ada)
    assert (await plan_erasure(crm, officer(), third.ada)).evidence_due
    await erase_person(crm, officer(), third.ada)
    assert await crm.data.fetch("SELECT id FROM consent_event WHERE subject_id = ?", third.ada) == []
    assert (await verify_stored(crm)).faults == []


async def test_recipients_are_noted_and_somebody_is_to_tell_them(crm: Any, cast: Cast) -> None:
    access = officer()
    done = await erase_person(crm, access, cast.ada)
    assert [line.partition(":")[0] for line in done.recipients] == ["Print Shop"]
    rows = await crm.data.fetch("SELECT * FROM interaction WHERE kind = 'task'")
    [task] = await crm.door.open(ACCESS, INTERACTION, rows)
    assert (task.row["assignee_id"], task.row["state"], task.people) == (access.actor.id, "planned", ())
    assert "Print Shop" in task.content.body


async def test_certificate_verifies_offline_and_names_nobody(crm: Any, cast: Cast, tmp_path: Path) -> None:
    done = await erase_person(crm, officer(), cast.ada)
    archive = zipfile.ZipFile(io.BytesIO(await certificate_of(crm, officer(), done.id)))
    archive.extractall(tmp_path)
    text = (tmp_path / "certificate.notice.txt").read_text()
    assert "Certificate of erasure" in text
    assert "Bescheinigung der Löschung" in text
    assert "Lovelace" not in text
    assert verified(tmp_path).returncode == 0
    payload = json.loads(verified(tmp_path).stdout.partition("\n}")[0] + "}")
    assert (payload["epoch"], payload["counts"]) == (done.epoch, {"files": 2, "rows": 11})
    assert payload["request"] == json.loads((tmp_path / "request.opening.json").read_text())["commitment"]
    (tmp_path / "certificate.notice.txt").write_text(text.replace("Contacts: 1", "Contacts: 2"))
    assert verified(tmp_path).returncode == 1
    with pytest.raises(Forbidden):
        await certificate_of(crm, staff(), done.id)
    assert (await verify_stored(crm)).faults == []


def verified(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "verify.py", "receipt", ".", "--key", "verifier.key"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


async def test_jobs_forget_the_person_and_go_on_about_the_others(crm: Any, cast: Cast) -> None:
    await enqueue(crm, "consent.reconcile_orders", {"subjects": [cast.ada, cast.mats]})
    await enqueue(crm, "consent.reconcile_orders", {"subjects": [cast.ada]})
    await erase_person(crm, officer(), cast.ada)
    rows = await crm.data.fetch(
        "SELECT arguments FROM job WHERE key = 'consent.reconcile_orders' AND state = 'waiting'"
    )
    assert [json.loads(row["arguments"]) for row in rows] == [{"subjects": [str(cast.mats)]}]


async def test_copy_of_the_keyring_is_renewed(crm: Any, cast: Cast) -> None:
    before = await copy_keyring(crm)
    await erase_person(crm, officer(), cast.ada)
    [copy] = (crm.settings.home / "backups" / "keyring").glob("keyring-*")
    assert copy != before
    assert read_manifest(copy).counters == crm.keyring.counters


async def test_failing_store_fails_the_whole_loudly_and_it_is_resumed(crm: Any, cast: Cast) -> None:
    broken = [True]

    async def collect(*_: Any) -> list[Any]:
        return []

    async def erase(*_: Any) -> int:
        if broken:
            raise ConnectionError("Ada Lovelace cannot be removed")
        return 3

    store = StoreDeclaration(key="club.archive", label="Archive", collect=collect, erase=erase)
    crm.registry.stores = {**crm.registry.stores, store.key: store}
    with pytest.raises(ErasureFailed) as failure:
        await erase_person(crm, officer(), cast.ada)
    assert failure.value.stage is ErasureStage.ROWS_REMOVED
    stopped = await erasure_of(crm, officer(), failure.value.erasure_id)
    assert [fault.partition(" after ")[2] for fault in stopped.faults] == [
        "rows_removed: club.archive could not erase: ConnectionError"
    ]
    with pytest.raises(ErasureFailed):
        await resume_erasures(crm, {})
    with pytest.raises(NotFound):
        await certificate_of(crm, officer(), stopped.id)
    broken.clear()
    await resume_erasures(crm, {})
    done = await erasure_of(crm, officer(), stopped.id)
    assert (done.done, done.files) == (True, 3)


async def test_second_request_goes_on_with_the_first(crm: Any, cast: Cast) -> None:
    done = await erase_person(crm, officer(), cast.ada)
    with pytest.raises(NotFound):
        await erase_person(crm, officer(), cast.ada)
    assert [row["id"] for row in await crm.data.fetch("SELECT id FROM rights_erasure")] == [done.id]


async def test_destroyed_interaction_leaves_no_text_in_anybodys_history(crm: Any, cast: Cast) -> None:
    from confida_core.interactions.interactions import destroy_interactions

    await destroy_interactions(crm, [cast.meeting])
    rows = await crm.data.fetch("SELECT * FROM contact_change WHERE subject_id = ?", cast.mats)
    entries = await crm.door.open(ACCESS, CHANGE, rows)
    assert [item.content.changes for item in entries if item.row["kind"] == "interaction changed"] == [[]]


async def test_other_names_of_former_times_are_redacted_too(crm: Any) -> None:
    from confida_core.contacts.people import update_contact

    former = replace_name("Byron")
    ada, mats = await add(crm, former), await add(crm, MATS)
    await update_contact(crm, ACCESS, ada, ADA, seen=1)
    draft = InteractionDraft(kind="note", people=(ada, mats), subject="Mrs Byron, now Lovelace", body="BYRON")
    note = await log_interaction(crm, ACCESS, draft)
    await erase_person(crm, officer(), ada)
    opened = await visible_interaction(crm, ACCESS, note)
    assert (opened.content.subject, opened.content.body) == ("Mrs [erased], now Lovelace", "[erased]")


def replace_name(family: str) -> Any:
    from confida_core.contacts.content import StructuredName, changed

    return changed(ADA, display_name=f"Ada {family}", name=StructuredName(given="Ada", family=family))


async def test_answers_that_were_given_before_end_with_the_person(crm: Any, cast: Cast) -> None:
    request_id = await ask(crm, cast.ada)
    await assemble_package(crm, request_id)
    package = await newest_package(crm, ACCESS, request_id)
    assert package is not None
    archive = path_of(crm, UUID(hex=package.content.file_id))
    kept = archive.read_bytes()
    assert await stream_of(crm, package)
    await erase_person(crm, officer(), cast.ada)
    assert not archive.exists()
    # As an older backup would bring both back, with the key of the request still there.
    archive.write_bytes(kept)
    with pytest.raises(NotFound):
        await stream_of(crm, package)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_log_that_is_being_read_stops_the_erasure_until_it_can_be_emptied(
    crm: Any, cast: Cast, engine: str
) -> None:
    reader = crm.keyring.database.sibling(crm.settings.home / "keyring.db")._reader
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM dek").fetchone()
    with pytest.raises(ErasureFailed) as failure:
        await erase_person(crm, officer(), cast.ada)
    assert (failure.value.stage, failure.value.what) == (ErasureStage.FILES_REMOVED, "Busy")
    reader.execute("COMMIT")
    await resume_erasures(crm, {})
    assert (await erasure_of(crm, officer(), failure.value.erasure_id)).done
