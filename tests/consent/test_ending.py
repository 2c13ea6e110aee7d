"""Consents that end by themselves, and proof that is erased when nobody needs it any more."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_consent.content import Evidence
from confida_consent.erasing import (
    erase_evidence,
    evidence_kept_for,
    finish_erasures,
    keep_evidence_for,
    retire_evidence,
)
from confida_consent.events import Indication, events_of, record_event, record_events, states_of
from confida_consent.expiry import expire_consents, expiring_soon
from confida_consent.ledger.audit import verify_stored
from confida_consent.merging import merge_consents
from confida_consent.records import EVENT
from confida_consent.scans import keep_scans, make_scan_keys
from confida_consent.tables import ConsentEvent
from confida_core.clock import now
from confida_core.contacts.trash import purge_contact, trash_contact
from confida_core.storage.sealed_files import collected, only, open_file, receive_file
from confida_core.vault.access import Forbidden, NotFound, system_access
from tests.consent.people import LETTER, MANAGING, READING, SYSTEM, add_contact, person, says, staff

pytestmark = pytest.mark.anyio


def ended(subject_id: Any, **fields: Any) -> Indication:
    """A consent whose time was over an hour ago."""
    begun, over = now() - timedelta(days=9), now() - timedelta(hours=1)
    return says(subject_id, "given", indicated_at=begun, valid_until=over, **fields)


async def test_consent_past_its_time_is_expired_before_and_after_the_job(crm: Any) -> None:
    ada = await add_contact(crm)
    given = await record_event(crm, SYSTEM, ended(ada))
    before = (await states_of(crm, ada))["newsletter", "email"].state

    await expire_consents(crm, {})
    await expire_consents(crm, {})

    events = [each.event for each in await events_of(crm, SYSTEM, ada)]
    assert before == "expired"
    assert [(each.kind, each.indicated_at, each.actor_kind) for each in events] == [
        ("expired", given.valid_until, "system"),
        ("given", given.indicated_at, "system"),
    ]
    assert crm.orders.of(ada) == []
    assert (await verify_stored(crm)).faults == []


async def test_renewed_withdrawn_or_unlimited_consents_do_not_expire(crm: Any) -> None:
    ada, mats, zoe = [await add_contact(crm, name, f"{name}@example.org") for name in ("ada", "mats", "zoe")]
    await record_events(crm, SYSTEM, [ended(ada), says(ada, "renewed"), ended(mats), says(mats, "withdrawn")])
    await record_event(crm, SYSTEM, says(zoe, "given"))

    await expire_consents(crm, {})

    assert await ConsentEvent.count().where(ConsentEvent.kind == "expired") == 0


async def test_renewal_beside_the_job_is_not_undone(crm: Any) -> None:
    ada = await add_contact(crm)
    await record_event(crm, SYSTEM, ended(ada))

    await asyncio.gather(expire_consents(crm, {}), record_event(crm, person(ada), says(ada, "renewed")))

    assert (await states_of(crm, ada))["newsletter", "email"].state == "renewed"


async def test_consent_of_somebody_in_the_trash_expires_too(crm: Any) -> None:
    ada = await add_contact(crm)
    await record_event(crm, SYSTEM, ended(ada))
    await trash_contact(crm, system_access("tests"), ada)

    await expire_consents(crm, {})

    assert await ConsentEvent.count().where(ConsentEvent.kind == "expired") == 1


async def test_expiring_soon_names_who_can_be_seen_and_nobody_else(crm: Any) -> None:
    ada, mats, zoe = [await add_contact(crm, name, f"{name}@example.org") for name in ("ada", "mats", "zoe")]
    soon, later = now() + timedelta(days=5), now() + timedelta(days=50)
    first = await record_event(crm, SYSTEM, says(ada, "given", valid_until=soon))
    await record_event(crm, SYSTEM, says(mats, "given", valid_until=later))
    await record_event(crm, SYSTEM, says(zoe, "given", valid_until=soon))
    await record_event(crm, SYSTEM, says(zoe, "withdrawn"))

    found = await expiring_soon(crm, staff(READING), 30)

    assert [(each.subject_id, each.name, each.purpose, each.event_id) for each in found] == [
        (ada, "ada", "newsletter", first.id)
    ]
    with pytest.raises(Forbidden):
        await expiring_soon(crm, staff(frozenset()), 30)


async def test_lg4_erased_proof_opens_nowhere_and_the_ledger_stays_whole(crm: Any) -> None:
    ada, mats = await add_contact(crm), await add_contact(crm, "Mats", "mats@example.org")
    await record_events(crm, SYSTEM, [says(ada, "given"), says(mats, "given"), says(ada, "withdrawn")])
    rows = await crm.data.fetch("SELECT * FROM consent_event WHERE subject_id = ?", ada)
    await purge_contact(crm, ada)

    erased = await erase_evidence(crm, [ada])

    report = await verify_stored(crm)
    leaves = await crm.data.fetch("SELECT kind, erased FROM ledger_leaf ORDER BY position")
    assert (erased.subjects, erased.events, erased.held) == (1, 2, frozenset())
    assert (report.faults, report.erased) == ([], 2)
    assert [(leaf["kind"], bool(leaf["erased"])) for leaf in leaves] == [
        ("consent", True),
        ("consent", False),
        ("consent", True),
        ("erasure", False),
    ]
    assert await crm.door.open(SYSTEM, EVENT, rows) == []
    assert crm.orders.of(ada) == []
    assert [each.event.kind for each in await events_of(crm, SYSTEM, mats)] == ["given"]


@pytest.mark.parametrize("step", ["remove_rows", "forget_orders", "checkpoint"])
async def test_erasure_cut_short_is_finished_by_the_job(crm: Any, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    ada = await add_contact(crm)
    await record_events(crm, SYSTEM, [says(ada, "given"), says(ada, "withdrawn")])
    await purge_contact(crm, ada)

    async def killed(*_: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(f"confida_consent.erasing.{step}", killed)
        with pytest.raises(ConnectionError):
            await erase_evidence(crm, [ada])
    await finish_erasures(crm)
    await erase_evidence(crm, [ada])

    report = await verify_stored(crm)
    assert (await ConsentEvent.count(), report.faults, report.erased, crm.orders.of(ada)) == (0, [], 2, [])


async def test_rows_that_a_backup_brought_back_are_accounted_for(crm: Any) -> None:
    ada = await add_contact(crm)
    await record_event(crm, SYSTEM, says(ada, "given"))
    await purge_contact(crm, ada)
    await crm.keyring.destroy(ada, ["evidence"])

    assert (await finish_erasures(crm), await finish_erasures(crm)) == (1, 0)
    assert (await verify_stored(crm)).faults == []


async def test_proof_under_a_hold_is_kept(crm: Any) -> None:
    ada = await add_contact(crm)
    await record_event(crm, SYSTEM, says(ada, "given"))
    await crm.orders.give("hold", ada)

    erased = await erase_evidence(crm, [ada])

    assert (erased.held, await ConsentEvent.count()) == (frozenset({ada}), 1)


async def test_evidence_is_kept_three_years_after_the_newest_event(crm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ada, mats = await add_contact(crm), await add_contact(crm, "Mats", "mats@example.org")
    await record_events(crm, SYSTEM, [says(ada, "given"), says(mats, "given")])
    await purge_contact(crm, ada)
    moment = now()
    for years, left in ((2, 2), (4, 1)):
        monkeypatch.setattr("confida_consent.erasing.now", lambda years=years: moment + timedelta(days=365 * years))
        await retire_evidence(crm, {})
        assert await ConsentEvent.count() == left

    assert [each.event.subject_id for each in await events_of(crm, SYSTEM, mats)] == [mats]


async def test_period_is_set_by_those_who_may_and_never_under_a_year(crm: Any) -> None:
    for duration in ("P6M", "three years", "P0Y"):
        with pytest.raises(ValueError, match="at least a year"):
            await keep_evidence_for(crm, staff(MANAGING), duration)
    with pytest.raises(Forbidden):
        await keep_evidence_for(crm, staff(), "P5Y")
    await keep_evidence_for(crm, staff(MANAGING), "P5Y")

    assert await evidence_kept_for(crm) == "P5Y"


async def test_no_of_somebody_whose_proof_was_erased_still_stands(crm: Any) -> None:
    ada = await add_contact(crm)
    await record_event(crm, SYSTEM, says(ada, "given", evidence=LETTER))
    await erase_evidence(crm, [ada])

    with pytest.raises(NotFound):
        await record_event(crm, person(ada), says(ada, "withdrawn"))

    assert crm.orders.denies(ada, "newsletter", "email") is not None


async def scanned(crm: Any, subject_id: Any) -> UUID:
    """A consent on paper with its scan; the file's id."""
    scan = await receive_file(crm, "form.txt", only(b"I agree. Ada"))
    await make_scan_keys(crm, [scan])
    proof = Evidence(detail="On paper.", file_id=scan.id.hex)
    async with crm.data.transaction():
        given = await record_event(crm, SYSTEM, says(subject_id, "given", method="paper", evidence=proof))
        await keep_scans(crm, [scan], given.id)
    return scan.id


async def text_of(crm: Any, file_id: UUID) -> bytes:
    return await collected((await open_file(crm, staff(READING), file_id)).pieces, 100)


async def test_scan_lasts_as_long_as_the_proof_and_no_longer(crm: Any) -> None:
    ada = await add_contact(crm)
    file_id = await scanned(crm, ada)
    rows = await crm.data.fetch("SELECT * FROM shared_key WHERE record_id = ?", file_id)
    await purge_contact(crm, ada)
    kept = await text_of(crm, file_id)

    await erase_evidence(crm, [ada])

    with pytest.raises(NotFound):
        await text_of(crm, file_id)
    assert kept == b"I agree. Ada"
    assert list((crm.settings.home / "files").glob("*/*")) == []
    assert await crm.keyring.destroyed([row["subject_id"] for row in rows], "relationship") == {file_id}


async def test_scan_of_a_merged_contact_lasts_with_whom_it_went_to(crm: Any) -> None:
    ada, mats = await add_contact(crm), await add_contact(crm, "Mats", "mats@example.org")
    file_id = await scanned(crm, ada)
    await merge_consents(crm, staff(MANAGING), ada, mats)
    await purge_contact(crm, ada)

    await erase_evidence(crm, [ada])

    assert await text_of(crm, file_id) == b"I agree. Ada"
