"""An answer from its assembly to its end: sealed, reviewed, released, fetched once, destroyed."""

from __future__ import annotations

import asyncio
import os
import tracemalloc
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_consent.ledger.audit import verify_stored
from confida_consent.rights.content import PackageNote, Redaction
from confida_consent.rights.declared import PACKAGE
from confida_consent.rights.package import ASSEMBLE, assemble_package, newest_package, order_package
from confida_consent.rights.package_delivery import DeliveryGrant, deliver_package, expire_packages
from confida_consent.rights.package_review import (
    NotReady,
    approve_withholding,
    decide_redactions,
    give_after_all,
    key_of,
    open_for_review,
    release_package,
    reopen_package,
    review_package,
    withhold,
)
from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.interactions.bulk import log_many
from confida_core.interactions.content import InteractionDraft
from confida_core.jobs.worker import run_next
from confida_core.storage.sealed_files import keep_files, open_file, receive_file
from confida_core.vault.access import Access, Actor, Forbidden, NotFound, system_access
from tests.consent.people import add_contact
from tests.consent.rights.answers import OFFICER, ask, collected, opened, texts_in, unpacked

pytestmark = pytest.mark.anyio

SYSTEM = system_access("tests", "data_subject_rights")


def staff(*permissions: str) -> Access:
    return Access(
        actor=Actor(id=new_id(), permissions=frozenset(permissions)), purpose="data_subject_rights", where="tests"
    )


async def assembled(crm: Any, **given: Any) -> UUID:
    request_id = await ask(crm, await add_contact(crm), **given)
    await assemble_package(crm, request_id)
    return request_id


async def released(crm: Any) -> UUID:
    request_id = await assembled(crm)
    await release_package(crm, OFFICER, request_id)
    return request_id


def proved(request_id: UUID, ago: timedelta = timedelta()) -> DeliveryGrant:
    return DeliveryGrant(request_id=request_id, verified_at=now() - ago)


async def state_of(crm: Any, request_id: UUID) -> str:
    package = await newest_package(crm, SYSTEM, request_id)
    assert package is not None
    return str(package.row["state"])


def stored_files(crm: Any) -> list[bytes]:
    return [path.read_bytes() for path in (crm.settings.home / "files").rglob("*") if path.is_file()]


async def test_package_is_one_sealed_file_whose_key_the_request_alone_holds(crm: Any) -> None:
    request_id = await assembled(crm)
    (sealed,) = stored_files(crm)
    assert b"PK\x03\x04" not in sealed
    assert b"ada@example.org" not in sealed
    package = await newest_package(crm, SYSTEM, request_id)
    assert package is not None
    assert package.people == (request_id,)
    file = await open_file(crm, SYSTEM, UUID(hex=package.content.file_id))
    assert file.content.secret == b""
    await crm.keyring.destroy(request_id, ["request"])
    with pytest.raises(NotFound):
        await open_for_review(crm, OFFICER, request_id)


async def test_answer_is_entered_in_the_ledger_and_the_audit_finds_it_sound(crm: Any) -> None:
    request_id = await assembled(crm)
    review = await review_package(crm, OFFICER, request_id)
    assert review is not None
    rows = await crm.data.fetch("SELECT kind FROM ledger_leaf WHERE position = ?", review.ledger_index)
    assert [row["kind"] for row in rows] == ["request"]
    report = await verify_stored(crm)
    assert (report.faults, sum(report.unopened.values())) == ([], 0)


async def test_answer_made_before_it_was_known_whose_it_is_is_not_released(crm: Any) -> None:
    """It says that nothing is held, or holds what is somebody else's."""
    request_id = await ask(crm, None)
    await assemble_package(crm, request_id)
    await crm.data.fetch("UPDATE rights_request SET contact_id = ? WHERE id = ?", await add_contact(crm), request_id)
    with pytest.raises(NotReady, match="outdated"):
        await release_package(crm, OFFICER, request_id)
    await assemble_package(crm, request_id)
    await release_package(crm, OFFICER, request_id)


async def test_fetched_once_and_not_a_second_time(crm: Any) -> None:
    request_id = await released(crm)
    name, pieces = await deliver_package(crm, proved(request_id))
    assert name.startswith("answer-")
    assert "index.html" in opened(await collected(pieces))
    assert await state_of(crm, request_id) == "delivered"
    with pytest.raises(NotReady, match="wrong_state"):
        await deliver_package(crm, proved(request_id))


async def test_fetched_answer_stays_fetched_when_an_older_backup_comes_back(crm: Any) -> None:
    """Its row says again that it waits; the fact beside the keys says otherwise, like every other no."""
    request_id = await released(crm)
    before = (await crm.data.fetch("SELECT * FROM rights_package WHERE request_id = ?", request_id))[0]
    await deliver_package(crm, proved(request_id))
    after = (await crm.data.fetch("SELECT delivered_at FROM rights_package WHERE request_id = ?", request_id))[0]
    await crm.data.fetch("UPDATE rights_package SET state = 'ready', delivered_at = NULL WHERE id = ?", before["id"])
    with pytest.raises(NotReady, match="wrong_state"):
        await deliver_package(crm, proved(request_id))
    assert await state_of(crm, request_id) == "delivered"
    row = (await crm.data.fetch("SELECT delivered_at FROM rights_package WHERE request_id = ?", request_id))[0]
    assert row == after
    # Staff may give it once more, as to anybody whose download broke off.
    await reopen_package(crm, OFFICER, request_id, "A backup was restored")
    await deliver_package(crm, proved(request_id))
    with pytest.raises(NotReady):
        await deliver_package(crm, proved(request_id))


async def test_of_many_who_fetch_at_the_same_moment_exactly_one_gets_it(crm: Any) -> None:
    request_id = await released(crm)
    outcomes = await asyncio.gather(
        *(deliver_package(crm, proved(request_id)) for _ in range(5)), return_exceptions=True
    )
    assert sorted(isinstance(outcome, NotReady) for outcome in outcomes) == [False, True, True, True, True]


@pytest.mark.parametrize("ago", [timedelta(minutes=11), timedelta(minutes=-1)])
async def test_not_handed_over_unless_somebody_has_just_proved_who_they_are(crm: Any, ago: timedelta) -> None:
    request_id = await released(crm)
    with pytest.raises(NotReady, match="not_verified"):
        await deliver_package(crm, proved(request_id, ago))
    assert await state_of(crm, request_id) == "ready"


async def test_not_handed_over_before_it_is_released(crm: Any) -> None:
    request_id = await assembled(crm)
    with pytest.raises(NotReady, match="wrong_state"):
        await deliver_package(crm, proved(request_id))
    with pytest.raises(NotReady, match="no_package"):
        await deliver_package(crm, proved(await ask(crm, await add_contact(crm))))


async def test_staff_may_let_it_be_fetched_once_more_for_a_reason(crm: Any) -> None:
    request_id = await released(crm)
    with pytest.raises(NotReady, match="wrong_state"):
        await reopen_package(crm, OFFICER, request_id, "The download broke off")
    await deliver_package(crm, proved(request_id))
    with pytest.raises(ValueError, match="why"):
        await reopen_package(crm, OFFICER, request_id, " ")
    await reopen_package(crm, OFFICER, request_id, "The download broke off")
    _, pieces = await deliver_package(crm, proved(request_id))
    assert "index.html" in opened(await collected(pieces))
    with pytest.raises(NotReady):
        await deliver_package(crm, proved(request_id))


@pytest.mark.parametrize("fetched", [False, True])
async def test_expired_package_is_destroyed_with_its_key(crm: Any, fetched: bool) -> None:
    request_id = await released(crm)
    if fetched:
        await deliver_package(crm, proved(request_id))
    await expire_packages(crm, {})
    assert len(stored_files(crm)) == 1, "its time is not over"
    await crm.data.fetch("UPDATE rights_package SET expires_at = ?", now() - timedelta(seconds=1))
    if not fetched:
        with pytest.raises(NotReady):
            await deliver_package(crm, proved(request_id))
    await expire_packages(crm, {})
    await expire_packages(crm, {})
    package = await newest_package(crm, SYSTEM, request_id)
    assert package is not None
    assert (package.row["state"], package.content.secret, package.content.file_id) == ("expired", b"", "")
    assert stored_files(crm) == []
    assert package.content.manifest_sha256 != "", "that there was an answer stays known"


async def test_package_that_a_closed_request_never_released_is_destroyed(crm: Any) -> None:
    request_id = await assembled(crm)
    await expire_packages(crm, {})
    assert await state_of(crm, request_id) == "review"
    await crm.data.fetch("UPDATE rights_request SET closed_at = ?", now() - timedelta(days=15))
    await expire_packages(crm, {})
    assert await state_of(crm, request_id) == "expired"
    assert stored_files(crm) == []


async def test_assembly_that_was_killed_is_superseded_by_the_next(crm: Any) -> None:
    request_id = await ask(crm, await add_contact(crm))
    columns = {"id": new_id(), "request_id": request_id, "state": "assembling", "created_at": now()}
    await crm.records.insert(PACKAGE, columns, PackageNote())
    await assemble_package(crm, request_id)
    states = await crm.data.fetch("SELECT state FROM rights_package WHERE request_id = ? ORDER BY id", request_id)
    assert [row["state"] for row in states] == ["expired", "review"]


async def test_erasing_the_person_ends_the_answer_too(crm: Any) -> None:
    ada = await add_contact(crm)
    request_id = await ask(crm, ada)
    await assemble_package(crm, request_id)
    await release_package(crm, OFFICER, request_id)
    await crm.keyring.destroy(ada, ["relationship"])
    for refused in (open_for_review(crm, OFFICER, request_id), deliver_package(crm, proved(request_id))):
        with pytest.raises(NotFound):
            await refused
    assert await state_of(crm, request_id) == "ready", "nobody got it"


async def test_assembled_anew_the_package_before_is_destroyed(crm: Any) -> None:
    request_id = await released(crm)
    await assemble_package(crm, request_id)
    assert len(stored_files(crm)) == 1
    states = await crm.data.fetch("SELECT state FROM rights_package WHERE request_id = ? ORDER BY id", request_id)
    assert [row["state"] for row in states] == ["expired", "review"]


async def test_ordered_package_is_assembled_by_a_job(crm: Any) -> None:
    request_id = await ask(crm, await add_contact(crm))
    await order_package(crm, OFFICER, request_id)
    assert await crm.data.fetch("SELECT key FROM job WHERE key = ?", ASSEMBLE)
    while await run_next(crm):
        pass
    assert await state_of(crm, request_id) == "review"


async def test_decisions_after_the_assembly_must_be_assembled_in_before_the_release(crm: Any) -> None:
    request_id = await assembled(crm)
    await withhold(crm, OFFICER, request_id, "Letters", "Art. 15(4)", note="Trade secrets.", group="interaction")
    with pytest.raises(NotReady, match="outdated"):
        await release_package(crm, OFFICER, request_id)
    await assemble_package(crm, request_id)
    assert "Trade secrets." in (await unpacked(crm, request_id))["answer.html"].decode()
    (kept,) = await withheld_of(crm, request_id)
    await give_after_all(crm, OFFICER, request_id, key_of(kept))
    with pytest.raises(NotReady, match="gone"):
        await give_after_all(crm, OFFICER, request_id, key_of(kept))
    await assemble_package(crm, request_id)
    assert "Trade secrets." not in (await unpacked(crm, request_id))["answer.html"].decode()
    assert await release_package(crm, OFFICER, request_id, days=3) < now() + timedelta(days=3, minutes=1)


async def withheld_of(crm: Any, request_id: UUID) -> Any:
    review = await review_package(crm, OFFICER, request_id)
    assert review is not None
    return review.withheld


async def test_withholding_takes_two_people(crm: Any) -> None:
    """As a refusal does (DS step 9), of which it is a part: nobody keeps something back alone."""
    request_id, first, second = (
        await assembled(crm),
        staff("requests.read", "requests.decide"),
        staff("requests.read", "requests.decide"),
    )
    await withhold(crm, first, request_id, "Letters", "Art. 15(4)", note="Trade secrets.", group="interaction")
    await assemble_package(crm, request_id)
    with pytest.raises(NotReady, match="unapproved"):
        await release_package(crm, second, request_id)
    (kept,) = await withheld_of(crm, request_id)
    with pytest.raises(NotReady, match="own"):
        await approve_withholding(crm, first, request_id, key_of(kept))
    with pytest.raises(Forbidden):
        await approve_withholding(crm, system_access("tests", "data_subject_rights"), request_id, key_of(kept))
    await approve_withholding(crm, second, request_id, key_of(kept))
    with pytest.raises(NotReady, match="gone"):
        await approve_withholding(crm, second, request_id, key_of(kept))
    assert [(one.by, one.approved_by) for one in await withheld_of(crm, request_id)] == [
        (first.actor.id.hex, second.actor.id.hex)
    ]
    # What the person gets is the same, so that nothing has to be put together anew.
    await release_package(crm, first, request_id)
    assert await state_of(crm, request_id) == "ready"


async def test_withholding_needs_what_and_on_which_ground(crm: Any) -> None:
    request_id = await assembled(crm)
    with pytest.raises(ValueError, match="ground"):
        await withhold(crm, OFFICER, request_id, "Letters", " ")


async def test_only_those_who_decide_may_review_and_release(crm: Any) -> None:
    request_id = await assembled(crm)
    reader, outsider = staff("requests.read"), staff("contacts.read", "contacts.write")
    assert await review_package(crm, reader, request_id) is not None
    for refused in (
        review_package(crm, outsider, request_id),
        open_for_review(crm, reader, request_id),
        release_package(crm, reader, request_id),
        withhold(crm, reader, request_id, "Letters", "Art. 15(4)"),
        decide_redactions(crm, reader, request_id, blacken=[Redaction(words="Mats")]),
        reopen_package(crm, reader, request_id, "Why not"),
        order_package(crm, reader, request_id),
    ):
        with pytest.raises(Forbidden):
            await refused


async def test_looking_at_the_archive_is_a_read_of_the_person(crm: Any) -> None:
    ada = await add_contact(crm)
    request_id = await ask(crm, ada)
    await assemble_package(crm, request_id)
    await open_for_review(crm, OFFICER, request_id)
    assert [read.actor_id for read in await crm.door.read_log.of(ada)] == [OFFICER.actor.id]


async def test_earlier_answers_are_told_without_their_keys(crm: Any) -> None:
    ada = await add_contact(crm)
    first = await ask(crm, ada)
    await assemble_package(crm, first)
    package = await newest_package(crm, SYSTEM, first)
    assert package is not None
    second = await ask(crm, ada)
    await assemble_package(crm, second)
    files = await unpacked(crm, second)
    everything = "\n".join(texts_in(files))
    assert package.content.manifest_sha256 in everything
    assert package.content.secret.hex() not in everything
    assert '"secret"' not in everything


async def pieces_of(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield os.urandom(1 << 20)


async def test_memory_does_not_grow_with_the_files(crm: Any) -> None:
    ada = await add_contact(crm)
    file = await receive_file(crm, "film.bin", pieces_of(24))
    await keep_files(crm, [file], owner_id=ada, people=[ada], permission="contacts.read")
    request_id = await ask(crm, ada)
    tracemalloc.start()
    try:
        await assemble_package(crm, request_id)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 16 << 20
    review = await review_package(crm, OFFICER, request_id)
    assert review is not None
    assert review.size > 24 << 20


async def peak_of_answer(crm: Any, records: int) -> int:
    """Bytes that assembling takes at most, of what Python holds."""
    ada = await add_contact(crm)
    drafts = [
        InteractionDraft(kind="note", people=(ada,), subject="A talk", body="Long. " * 60) for _ in range(records)
    ]
    await log_many(crm, system_access("tests"), drafts)
    request_id = await ask(crm, ada)
    tracemalloc.start()
    try:
        await assemble_package(crm, request_id)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


async def test_memory_does_not_grow_with_the_records(crm: Any) -> None:
    await peak_of_answer(crm, 1)
    few, many = await peak_of_answer(crm, 300), await peak_of_answer(crm, 1_500)
    assert many < few + (1 << 20)


async def test_disk_that_is_full_leaves_no_package_and_the_job_tries_again(crm: Any) -> None:
    request_id = await ask(crm, await add_contact(crm))
    folder = crm.settings.home / "files"
    folder.mkdir(exist_ok=True)
    for each in folder.iterdir():
        each.rmdir()
    folder.rmdir()
    folder.write_bytes(b"")
    with pytest.raises(OSError, match="files"):
        await assemble_package(crm, request_id)
    assert await state_of(crm, request_id) == "failed"
    folder.unlink()
    await assemble_package(crm, request_id)
    assert await state_of(crm, request_id) == "review"
