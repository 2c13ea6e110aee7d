"""What a person gets at the portal: the answer once, the plan before an erasure, the certificate after it."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_consent.controller import Controller, save_controller
from confida_consent.rights.erasure import erase_person
from confida_consent.rights.package import assemble_package
from confida_consent.rights.package_review import release_package
from confida_core.vault.access import system_access
from tests.consent.rights.requests_cast import INSIDE, steps_of
from tests.web.client import Browser
from tests.web.portal.people import let_pass, make_person, session_of
from tests.web.portal.requesting import asks, only_request, proves

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def german_house(crm: Any) -> None:
    await save_controller(crm, system_access("tests"), Controller(name="Example House", country="DE"))


async def released(browser: Browser, crm: Any, kind: str = "access") -> tuple[str, dict[str, str], UUID]:
    """A request of Ada's whose answer lies ready; its address, the proof, and its id."""
    await make_person(crm)
    known, proof = await proves(browser, crm, await asks(browser, kind))
    request_id: UUID = (await only_request(crm))["id"]
    await assemble_package(crm, request_id)
    await release_package(crm, INSIDE, request_id)
    return known, proof, request_id


async def test_answer_is_handed_over_once_after_fresh_proof(stranger: Browser, crm: Any) -> None:
    known, proof, _ = await released(stranger, crm)
    assert "Our answer is ready" in (await stranger.get(known)).text
    assert (await stranger.post(f"{known}/package")).headers["location"] == known
    answer = await stranger.post(f"{known}/package", headers=proof)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert re.fullmatch(r'attachment; filename="answer-R-[\w-]+\.zip"', answer.headers["content-disposition"])
    assert "manifest.json" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    again = await stranger.post(f"{known}/package", headers=proof)
    assert (again.status_code, again.headers["location"]) == (303, f"{known}?done=late")
    assert "The answer was downloaded on" in (await stranger.get(known)).text


async def test_session_alone_does_not_hand_over_the_answer(stranger: Browser, crm: Any) -> None:
    known, _, _ = await released(stranger, crm)
    row = await only_request(crm)
    inside = await session_of(crm, row["contact_id"])
    page = (await stranger.get(known, headers=inside)).text
    token = re.search(r'name="_csrf" value="(\w+)"', page)
    assert (token is not None, "Download the answer" in page, "Send me a code" in page) == (True, False, True)
    data = {"_csrf": token[1] if token else ""}
    assert (await stranger.post(f"{known}/package", data=data, headers=inside)).headers["location"] == known


async def test_proof_that_is_ten_minutes_old_hands_over_nothing(stranger: Browser, crm: Any) -> None:
    known, proof, _ = await released(stranger, crm)
    await let_pass(crm, timedelta(minutes=10))
    assert (await stranger.post(f"{known}/package", headers=proof)).headers["location"] == known
    assert "Our answer is ready" in (await stranger.get(known)).text


async def test_answer_whose_time_is_over_is_said_to_be_gone(stranger: Browser, crm: Any) -> None:
    known, proof, request_id = await released(stranger, crm)
    rows = await crm.data.fetch("SELECT id, expires_at FROM rights_package WHERE request_id = ?", request_id)
    before = rows[0]["expires_at"] - timedelta(days=15)
    await crm.data.fetch("UPDATE rights_package SET expires_at = ? WHERE id = ?", before, rows[0]["id"])
    assert "The time to download the answer is over" in (await stranger.get(known)).text
    assert (await stranger.post(f"{known}/package", headers=proof)).headers["location"] == f"{known}?done=late"


async def planned(browser: Browser, crm: Any) -> tuple[str, dict[str, str], UUID, dict[str, str]]:
    """A request for erasure: its address, the proof, whose data, and the form of the plan."""
    ada = await make_person(crm)
    known, proof = await proves(browser, crm, await asks(browser, "erasure"))
    page = (await browser.get(f"{known}/erasure", headers=proof)).text
    seen = re.search(r'name="seen" value="(\w+)"', page)
    return known, proof, ada, {"seen": seen[1] if seen else ""}


async def test_plan_is_shown_to_the_person_alone_and_confirmed_once(stranger: Browser, crm: Any) -> None:
    known, proof, _, form = await planned(stranger, crm)
    page = (await stranger.get(f"{known}/erasure", headers={**proof, "accept-language": "de"})).text
    assert ("Kontaktdaten: 1" in page, "Nachweis, wie Ihr Antrag beantwortet wurde" in page) == (True, True)
    assert re.findall("consent_token|Links and|GDPR", page) == []
    assert (await stranger.get(f"{known}/erasure")).headers["location"] == known
    assert (await stranger.post(f"{known}/erasure", data=form)).headers["location"] == known
    changed = await stranger.post(f"{known}/erasure", data={"seen": "x"}, headers=proof)
    assert (changed.status_code, "Something has changed" in changed.text) == (409, True)
    row = await only_request(crm)
    assert "plan_confirmed" not in await steps_of(crm, row["id"])
    for _ in range(2):
        await stranger.post(f"{known}/erasure", data={**form, "suppress": "yes"}, headers=proof)
    assert (await steps_of(crm, row["id"])).count("plan_confirmed") == 1
    assert "We are working on it" in (await stranger.get(known, headers=proof)).text


async def test_plan_says_that_a_hold_stands_in_the_way(stranger: Browser, crm: Any) -> None:
    known, proof, ada, form = await planned(stranger, crm)
    await crm.orders.give("hold", ada)
    page = (await stranger.get(f"{known}/erasure", headers=proof)).text
    assert ("cannot be erased at present" in page, "Yes, erase this" in page) == (True, False)
    assert (await stranger.post(f"{known}/erasure", data=form, headers=proof)).status_code == 409


async def test_certificate_lies_at_the_address_for_thirty_days(stranger: Browser, crm: Any) -> None:
    known, proof, ada, form = await planned(stranger, crm)
    assert (await stranger.get(f"{known}/certificate")).status_code == 404
    await stranger.post(f"{known}/erasure", data=form, headers=proof)
    done = await erase_person(crm, INSIDE, ada, request_id=(await only_request(crm))["id"])
    assert "This certificate proves it" in (await stranger.get(known)).text
    answer = await stranger.get(f"{known}/certificate")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert "certificate.tlog-proof" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert done.finished_at is not None
    long_ago = done.finished_at - timedelta(days=30)
    await crm.data.fetch("UPDATE rights_erasure SET finished_at = ? WHERE id = ?", long_ago, done.id)
    assert (await stranger.get(f"{known}/certificate")).status_code == 404
    assert "This certificate proves it" not in (await stranger.get(known)).text
