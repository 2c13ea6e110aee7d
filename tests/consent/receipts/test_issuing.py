"""Receipts of stored events, from recording to the person's own check, on both engines."""

from __future__ import annotations

import dataclasses
import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from confida_consent.content import Evidence
from confida_consent.controller import save_controller
from confida_consent.events import record_event
from confida_consent.indications import Indication
from confida_consent.ledger.verify import check_receipt, parse_verifier_key
from confida_consent.notices import current_notice
from confida_consent.receipts.files import files_of, receipt_archive
from confida_consent.receipts.issuing import receipt_of
from confida_consent.receipts.jsonld import jsonld_of
from confida_consent.receipts.receipt import Receipt, record_id_of
from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.vault.access import Forbidden, NotFound
from tests.consent.people import READING, SYSTEM, add_contact, person, staff
from tests.consent.receipts.rdf import conforms, graph_of, unknown_terms
from tests.consent.receipts.test_controller import EXAMPLE
from tests.consent.receipts.test_files import check

pytestmark = pytest.mark.anyio


async def said(crm: Any, who: UUID, kind: str = "given", **changes: Any) -> UUID:
    usual: dict[str, Any] = {
        "purpose": "newsletter",
        "channel": "email",
        "method": "paper",
        "evidence": Evidence(indicated_by="Ada"),
    }
    return (await record_event(crm, SYSTEM, Indication(subject_id=who, kind=kind, **(usual | changes)))).id


async def issued(crm: Any, event_id: UUID) -> Receipt:
    return await receipt_of(crm, SYSTEM, event_id)


async def test_receipt_of_a_stored_consent_is_complete_and_proves_itself(crm: Any, tmp_path: Path) -> None:
    await save_controller(crm, SYSTEM, EXAMPLE)
    who = await add_contact(crm)
    receipt = await issued(crm, await said(crm, who, language="de"))
    graph = graph_of(jsonld_of(receipt))
    assert (conforms(graph), unknown_terms(graph)) == (True, set())
    assert (receipt.subject_id, receipt.controller, receipt.language) == (who, EXAMPLE, "de")
    assert receipt.circumstances.indicated_by == "Ada"
    with zipfile.ZipFile(io.BytesIO(receipt_archive(receipt))) as archive:
        archive.extractall(tmp_path)
    assert check(tmp_path, "--key", "verifier.key")[0] == 0


async def test_cr3_receipt_keeps_the_notice_that_was_shown_then(crm: Any) -> None:
    who = await add_contact(crm)
    event_id = await said(crm, who)
    before = await issued(crm, event_id)
    await save_controller(crm, SYSTEM, dataclasses.replace(EXAMPLE, name="Another Name"))
    changed = await current_notice(crm, "newsletter", "en")
    after = await issued(crm, event_id)
    assert before.notice == after.notice
    assert before.notice is not None
    assert (changed.content == before.notice.content, b"Another Name" in changed.content) == (False, True)
    key = parse_verifier_key(after.ledger.verifier_key)
    proven = check_receipt(after.ledger.proof, before.notice.content, [key])
    assert proven.payload["id"] == str(event_id)


async def test_later_receipt_rests_on_the_newest_checkpoint_and_tells_the_withdrawal(crm: Any) -> None:
    who = await add_contact(crm)
    given = await said(crm, who)
    first = await issued(crm, given)
    withdrawn = await said(crm, who, "withdrawn", method="phone")
    second = await issued(crm, given)
    assert (first.record_id, first.ledger.index) == (second.record_id, second.ledger.index)
    assert (first.ledger.size, second.ledger.size, first.id == second.id) == (1, 2, False)
    assert ([one.kind for one in first.later], [one.kind for one in second.later]) == ([], ["withdrawn"])
    assert ["receipt.kantara.json" in files_of(receipt) for receipt in (first, second)] == [True, False]
    last = await issued(crm, withdrawn)
    assert (last.record_id == first.record_id, last.notice, last.later) == (False, None, ())
    graph = graph_of(jsonld_of(last))
    assert (conforms(graph), unknown_terms(graph)) == (True, set())


async def test_event_that_was_corrected_names_its_correction(crm: Any) -> None:
    who = await add_contact(crm)
    wrong = await said(crm, who)
    await said(crm, who, "invalidated", supersedes=wrong)
    receipt = await issued(crm, wrong)
    assert ([one.kind for one in receipt.later], receipt.holds) == (["invalidated"], False)


async def test_other_channels_and_purposes_say_nothing_about_this_one(crm: Any) -> None:
    who = await add_contact(crm)
    given = await said(crm, who)
    await said(crm, who, "refused", channel="phone")
    await said(crm, who, "objected", purpose="customer_offers")
    assert (await issued(crm, given)).later == ()


async def test_cr6_objection_gets_a_record_and_no_consent(crm: Any) -> None:
    who = await add_contact(crm)
    receipt = await issued(crm, await said(crm, who, "objected", purpose="customer_offers"))
    assert (receipt.basis, receipt.is_consent, list(files_of(receipt))) == (
        "legitimate_interest", False, ["receipt.tlog-proof"],
    )  # fmt: skip


async def test_receipt_about_a_purpose_nobody_declares_any_more_can_still_be_issued(crm: Any) -> None:
    who = await add_contact(crm)
    receipt = await issued(crm, await said(crm, who, "withdrawn", purpose="bygone.letter"))
    assert receipt.purpose.texts["en"].title == "bygone.letter"
    assert "receipt.tlog-proof" in files_of(receipt)


async def test_old_consent_that_was_imported_keeps_its_time(crm: Any) -> None:
    who, then = await add_contact(crm), now() - timedelta(days=30)
    evidence = Evidence(origin="List of the old system", salt=b"x")
    event_id = await said(crm, who, method="import", actor_kind="import", indicated_at=then, evidence=evidence)
    receipt = await issued(crm, event_id)
    assert (receipt.status.indicated_at, receipt.circumstances.origin) == (then, "List of the old system")
    assert receipt.record_id != record_id_of(b"x")


async def test_person_gets_their_own_receipts_and_nobody_elses(crm: Any) -> None:
    who = await add_contact(crm)
    event_id = await said(crm, who)
    assert (await receipt_of(crm, person(who), event_id)).subject_id == who
    assert (await receipt_of(crm, staff(READING), event_id)).subject_id == who
    with pytest.raises(NotFound):
        await receipt_of(crm, person(new_id()), event_id)
    with pytest.raises(Forbidden):
        await receipt_of(crm, staff(frozenset({"contacts.read"})), event_id)
    with pytest.raises(NotFound):
        await receipt_of(crm, SYSTEM, new_id())
