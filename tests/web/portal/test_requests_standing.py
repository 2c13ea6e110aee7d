"""The page of a request: proved by a code, how it stands, what its person can do about it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from confida_consent.controller import Controller, save_controller
from confida_core.vault.access import system_access
from tests.consent.rights.requests_cast import INSIDE, newest_code, steps_of, with_mail
from tests.web.client import Browser
from tests.web.portal.people import ADDRESS, let_pass, make_person, session_of, work_off
from tests.web.portal.requesting import PLAIN, asks, form, headings, only_request, proves, request_id_of, without_own
from tests.web.portal.test_entering import cookie_of

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def german_house(crm: Any) -> None:
    """The organisation says where it is, so that nobody has to choose whose rules apply."""
    await save_controller(crm, system_access("tests"), Controller(name="Example House", country="DE"))


async def test_code_proves_it_and_shows_how_it_stands(stranger: Browser, crm: Any) -> None:
    await make_person(crm)
    path = await asks(stranger)
    assert "Being worked on" not in (await stranger.get(path)).text
    known, proof = await proves(stranger, crm, path)
    page = (await stranger.get(known, headers=proof)).text
    assert ("Being worked on" in page, "It was proved who asks" in page, "Letters" in headings(page)) == (True,) * 3
    assert "Being worked on" not in (await stranger.get(path)).text
    later = (await stranger.get(known)).text
    assert ("Being worked on" in later, "Letters" in headings(later)) == (True, False)
    row = await only_request(crm)
    reads = await crm.door.read_log.of(row["id"])
    assert {(one.actor_id, one.purpose, one.place) for one in reads} == {
        (row["contact_id"], "data_subject_rights", "GET /my/requests/{token}")
    }


async def test_wrong_codes_get_one_answer_and_three_tries(stranger: Browser, crm: Any) -> None:
    await make_person(crm)
    with_mail(crm)
    answers = []
    for identifier in (ADDRESS, "zoe@example.org"):
        path = await asks(stranger, identifier=identifier)
        sent = await stranger.post(f"{path}/code", data={"do": "send"})
        await work_off(crm)
        half = {"cookie": f"__Host-my-asked={cookie_of(sent, '__Host-my-asked')}"}
        for _ in range(3):
            answer = await stranger.post(f"{path}/code", data={"code": "0000000"}, headers={**half, **PLAIN})
            answers.append((answer.status_code, without_own(answer.text, path)))
        if identifier == ADDRESS:
            code = await newest_code(crm)
            assert (await stranger.post(f"{path}/code", data={"code": code}, headers=half)).status_code == 422
    assert {status for status, _ in answers} == {422}
    assert len({text for _, text in answers}) == 1


async def test_code_is_too_old_after_ten_minutes(stranger: Browser, crm: Any) -> None:
    await make_person(crm)
    with_mail(crm)
    path = await asks(stranger)
    sent = await stranger.post(f"{path}/code", data={"do": "send"})
    await work_off(crm)
    half = {"cookie": f"__Host-my-asked={cookie_of(sent, '__Host-my-asked')}"}
    await let_pass(crm, timedelta(minutes=10))
    assert (await stranger.post(f"{path}/code", data={"code": await newest_code(crm)}, headers=half)).status_code == 422


async def test_proof_lasts_ten_minutes_and_is_for_one_request(stranger: Browser, crm: Any) -> None:
    await make_person(crm)
    known, proof = await proves(stranger, crm, await asks(stranger))
    other = await asks(stranger, "objection")
    other_known, _ = await proves(stranger, crm, other)
    assert "Letters" not in headings((await stranger.get(other_known, headers=proof)).text)
    assert "Letters" in headings((await stranger.get(known, headers=proof)).text)
    await let_pass(crm, timedelta(minutes=10))
    assert "Letters" not in headings((await stranger.get(known, headers=proof)).text)


async def test_whoever_is_in_has_proved_it_already_and_sees_their_own(stranger: Browser, crm: Any) -> None:
    ada, mats = await make_person(crm), await make_person(crm, "Mats", "mats@example.org")
    inside, other = await session_of(crm, ada), await session_of(crm, mats)
    token = re.search(r'name="_csrf" value="(\w+)"', (await stranger.get("/my/requests", headers=inside)).text)
    assert token is not None
    fields = form("access", "", _csrf=token[1])
    answer = await stranger.post("/my/requests", files=fields, headers=inside)
    assert answer.status_code == 303
    row = await only_request(crm)
    assert (row["contact_id"], row["state"]) == (ada, "in_progress")
    await work_off(crm)
    assert row["reference"] in (await stranger.get("/my/requests", headers=inside)).text
    assert row["reference"] not in (await stranger.get("/my/requests", headers=other)).text
    own = f"/my/requests/{row['reference']}"
    assert "Being worked on" in (await stranger.get(own, headers=inside)).text
    nobody = await stranger.get(f"/my/requests/{'x' * 43}", headers={**other, **PLAIN})
    assert [(await stranger.get(own, headers=headers)).status_code for headers in (other, {})] == [404, 404]
    assert (await stranger.get(own, headers={**other, **PLAIN})).text.replace(
        row["reference"], "*"
    ) == nobody.text.replace("x" * 43, "*")


async def test_request_in_ones_name_is_claimed_or_withdrawn_by_whoever_is_in(stranger: Browser, crm: Any) -> None:
    ada = await make_person(crm)
    await asks(stranger)
    await work_off(crm)
    row, inside = await only_request(crm), await session_of(crm, ada)
    own = f"/my/requests/{row['reference']}"
    page = (await stranger.get(own, headers=inside)).text
    token = re.search(r'name="_csrf" value="(\w+)"', page)
    assert (token is not None, "Yes, this is my request" in page) == (True, True)
    data = {"do": "mine", "_csrf": token[1] if token else ""}
    assert (await stranger.post(f"{own}/code", data=data)).status_code == 404
    assert (await stranger.post(f"{own}/code", data=data, headers=inside)).status_code == 303
    assert (await only_request(crm))["verified_at"] is not None


async def test_withdrawn_by_a_button_only_where_it_is_known_who_asks(stranger: Browser, crm: Any) -> None:
    await make_person(crm)
    path = await asks(stranger)
    assert (await stranger.post(f"{path}/withdraw")).status_code == 404
    known, _ = await proves(stranger, crm, path)
    assert (await stranger.post(f"{known}/withdraw")).headers["location"].endswith("done=withdrawn")
    row = await only_request(crm)
    assert (row["state"], row["closed_at"] is not None) == ("withdrawn", True)
    assert (await stranger.post(f"{known}/withdraw")).headers["location"].endswith("done=late")
    assert "Withdrawn by you" in (await stranger.get(known)).text


async def test_asked_twice_is_one_request_under_both_numbers(stranger: Browser, crm: Any) -> None:
    await make_person(crm)
    first, second = await asks(stranger), await asks(stranger)
    known_first, proof = await proves(stranger, crm, first)
    known_second, _ = await proves(stranger, crm, second)
    await stranger.post(f"{known_second}/withdraw")
    assert [one["merged_into"] is None for one in await crm.data.fetch("SELECT * FROM rights_request ORDER BY id")] == [
        True,
        False,
    ]
    for known in (known_first, known_second):
        assert "Withdrawn by you" in (await stranger.get(known)).text
    assert proof != {}


async def test_lost_address_leads_to_staff(stranger: Browser, crm: Any) -> None:
    path = await asks(stranger)
    await work_off(crm)
    answer = await stranger.post(f"{path}/message", data={"text": "My old mailbox is gone."})
    assert answer.headers["location"] == f"{path}?done=written"
    row = await only_request(crm)
    assert "address_lost" in await steps_of(crm, row["id"])
    letters = await crm.data.fetch("SELECT direction, channel FROM rights_letter")
    assert [(one["direction"], one["channel"]) for one in letters] == [("in", "portal")]


async def test_message_about_a_double_goes_to_the_request_that_goes_on(stranger: Browser, crm: Any) -> None:
    await make_person(crm)
    first, second = await asks(stranger), await asks(stranger)
    await work_off(crm)
    await stranger.post(f"{second}/message", data={"text": "My old mailbox is gone."})
    rows = await crm.data.fetch("SELECT request_id FROM rights_letter WHERE direction = 'in'")
    assert [row["request_id"] for row in rows] == [await request_id_of(crm, first)]


@pytest.mark.parametrize("text", ["", "  ", "x" * 10_001])
async def test_message_without_words_is_refused(stranger: Browser, crm: Any, text: str) -> None:
    path = await asks(stranger)
    assert (await stranger.post(f"{path}/message", data={"text": text})).status_code == 422
    assert await crm.data.fetch("SELECT id FROM rights_letter") == []


async def test_reply_to_a_question_starts_the_clock_again(stranger: Browser, crm: Any) -> None:
    from confida_consent.rights.requests_deciding import ask

    await make_person(crm)
    known, _ = await proves(stranger, crm, await asks(stranger))
    await ask(crm, INSIDE, await request_id_of(crm, known), "Which of the two accounts?", needed=True)
    assert "Waits for your reply" in (await stranger.get(known)).text
    assert (await stranger.post(f"{known}/message", data={"text": "Both."})).status_code == 303
    assert (await only_request(crm))["state"] == "in_progress"


async def test_extension_is_shown_with_its_reasons(stranger: Browser, crm: Any) -> None:
    from confida_consent.rights.requests_deciding import extend, propose_refusal
    from tests.consent.rights.requests_cast import officer

    await make_person(crm)
    known, proof = await proves(stranger, crm, await asks(stranger))
    request_id = await request_id_of(crm, known)
    await extend(crm, INSIDE, request_id, "There are four archives to search.")
    await propose_refusal(crm, officer(), request_id, "Not meant for Ada yet.")
    due = (await only_request(crm))["due_on"]
    page = (await stranger.get(known, headers=proof)).text
    assert ("four archives" in page, f'datetime="{due}' in page, "(extended)" in page) == (True, True, True)
    assert "Not meant for Ada yet." not in page
    assert "four archives" not in (await stranger.get(known)).text
