"""Ways in: an address gets the same answer whoever has it, a code works three times at most, a session ends."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from confida_consent.ways_in import MOST_CODES_IN_ALL, ask_for_code, prepare_code
from confida_web.portal.wanted import leading_to, wanted
from tests.cases import in_one_installation
from tests.web.client import Browser, browser_of, token_in
from tests.web.portal.people import ADDRESS, counted, let_pass, make_person, newest_mail, session_of, work_off

pytestmark = pytest.mark.anyio
# Compressed pages carry a random comment, so that their length says nothing.
PLAIN = {"accept-encoding": "identity"}


def cookie_of(answer: Any, name: str) -> str:
    found = [line for line in answer.headers.get_list("set-cookie") if line.startswith(f"{name}=")]
    return found[0].partition("=")[2].partition(";")[0] if found else ""


async def asked(browser: Browser, email: str = ADDRESS) -> dict[str, str]:
    """The header of a browser that has asked for a code."""
    answer = await browser.post("/my", data={"email": email})
    assert (answer.status_code, answer.headers["location"]) == (303, "/my/code")
    return {"cookie": f"__Host-my-code={cookie_of(answer, '__Host-my-code')}"}


async def code_sent(crm: Any) -> str:
    await work_off(crm)
    mail = await newest_mail(crm)
    found = re.search(r"\b(\d{4}) (\d{4})\b", mail.text) if mail else None
    return found[1] + found[2] if found else ""


async def test_code_opens_a_session_and_leaving_ends_it(stranger: Browser, crm: Any) -> None:
    await make_person(crm)
    half = await asked(stranger)
    code = await code_sent(crm)
    answer = await stranger.post("/my/code", data={"code": f"{code[:4]} {code[4:]}"}, headers=half)
    assert (answer.status_code, answer.headers["location"]) == (303, "/my/consents")
    inside = {"cookie": f"__Host-my={cookie_of(answer, '__Host-my')}"}
    page = (await stranger.get("/my/nowhere", headers=inside)).text
    assert "<bdi>Ada Lovelace</bdi>" in page
    left = await stranger.post("/my/leave", data={"_csrf": token_in(page)}, headers=inside)
    assert (left.status_code, left.headers["location"]) == (303, "/my?out")
    assert "Ada" not in (await stranger.get("/my/nowhere", headers=inside)).text
    rows = await crm.data.fetch("SELECT token_hash FROM consent_token")
    assert cookie_of(answer, "__Host-my").encode() not in b"".join(bytes(row["token_hash"]) for row in rows)


async def test_page_that_was_asked_for_comes_after_the_code(stranger: Browser, crm: Any) -> None:
    await make_person(crm)
    place = (await stranger.get("/my/history")).headers["location"]
    assert place == "/my/?next=/my/history"
    form = (await stranger.get(place)).text
    assert ('name="next" value="/my/history"' in form, "?lang=de&amp;next=/my/history" in form) == (True, True)
    wanted = {"next": "/my/history"}
    sent = await stranger.post("/my", data={"email": ADDRESS} | wanted)
    assert sent.headers["location"] == "/my/code?next=/my/history"
    half = {"cookie": f"__Host-my-code={cookie_of(sent, '__Host-my-code')}"}
    code = await code_sent(crm)
    wrong = await stranger.post("/my/code", data={"code": "nothing"} | wanted, headers={**half, **PLAIN})
    assert (wrong.status_code, 'name="next" value="/my/history"' in wrong.text) == (422, True)
    answer = await stranger.post("/my/code", data={"code": code} | wanted, headers=half)
    assert (answer.status_code, answer.headers["location"]) == (303, "/my/history")
    inside = {"cookie": f"__Host-my={cookie_of(answer, '__Host-my')}"}
    assert (await stranger.get(place, headers=inside)).headers["location"] == "/my/history"


@pytest.mark.parametrize(
    "path",
    ["https://example.org", "//example.org", "/my//example.org", "/contacts", "/my/../contacts", "/my/p/AAAA/consents", "/my/code",
     "/my/history?a=b", "/my/history\nx", "/my/" + "a" * 300],
)  # fmt: skip
def test_nobody_is_led_elsewhere_after_the_code(path: str) -> None:
    assert (wanted(path), leading_to("/my/", path)) == ("", "/my/")


async def test_mail_goes_to_the_address_as_it_is_stored_in_the_readers_language(stranger: Browser, crm: Any) -> None:
    await make_person(crm, address="Ada.Lovelace@example.org")
    await stranger.post("/my", data={"email": " ADA.lovelace@EXAMPLE.org "}, headers={"accept-language": "de"})
    await work_off(crm)
    mail = await newest_mail(crm)
    assert (mail.to, mail.headers["Content-Language"]) == ("Ada.Lovelace@example.org", "de")
    assert mail.text.startswith("Jemand, vermutlich Sie, möchte die Daten")


async def test_address_that_only_looks_alike_gets_no_code(stranger: Browser, crm: Any) -> None:
    await make_person(crm, address="müller@example.org")
    await asked(stranger, "muller@example.org")
    await work_off(crm)
    assert await newest_mail(crm) is None


async def test_known_and_unknown_address_get_the_same_answer_after_the_same_work(stranger: Browser, crm: Any) -> None:
    await make_person(crm)
    await stranger.post("/my", data={"email": "first@example.org"})
    answers, work = [], []
    for email in (ADDRESS, "zoe@example.org"):
        with counted(crm) as statements:
            answers.append(await stranger.post("/my", data={"email": email}))
        work.append(list(statements))
    assert work[0] == work[1]
    assert [(one.status_code, one.content, one.headers["location"]) for one in answers] == [(303, b"", "/my/code")] * 2
    assert [re.sub("=[^;]{43};", "=*;", one.headers["set-cookie"]) for one in answers] == [
        "__Host-my-code=*; HttpOnly; Max-Age=900; Path=/; SameSite=strict; Secure"
    ] * 2


async def test_wrong_code_and_unknown_address_get_the_same_answer(stranger: Browser, crm: Any) -> None:
    await make_person(crm)
    known, unknown = await asked(stranger), await asked(stranger, "zoe@example.org")
    code = await code_sent(crm)
    wrong = f"{(int(code) + 1) % 10**8:08}"
    answers, work = [], []
    for half in (known, unknown, {"cookie": "__Host-my-code=" + "x" * 43}, {}):
        with counted(crm) as statements:
            answers.append(await stranger.post("/my/code", data={"code": wrong}, headers={**half, **PLAIN}))
        work.append(len(statements))
    assert {answer.status_code for answer in answers} == {422}
    assert len({answer.content for answer in answers}) == 1
    assert len(set(work)) == 1
    assert [answer.headers.get_list("set-cookie") for answer in answers] == [[]] * 4


async def test_code_is_tried_three_times_at_most(stranger: Browser, crm: Any) -> None:
    await make_person(crm)
    half = await asked(stranger)
    code = await code_sent(crm)
    for _ in range(3):
        assert (await stranger.post("/my/code", data={"code": "0000000x"}, headers=half)).status_code == 422
    assert (await stranger.post("/my/code", data={"code": code}, headers=half)).status_code == 422


async def test_code_works_once_in_its_own_browser_within_ten_minutes(stranger: Browser, crm: Any) -> None:
    await make_person(crm)
    half, other = await asked(stranger), await asked(stranger, "zoe@example.org")
    code = await code_sent(crm)
    assert (await stranger.post("/my/code", data={"code": code}, headers=other)).status_code == 422
    await let_pass(crm, timedelta(minutes=10))
    assert (await stranger.post("/my/code", data={"code": code}, headers=half)).status_code == 422
    await let_pass(crm, -timedelta(minutes=1))
    assert (await stranger.post("/my/code", data={"code": code}, headers=half)).status_code == 303
    assert (await stranger.post("/my/code", data={"code": code}, headers=half)).status_code == 422


async def test_mailbox_is_not_filled_by_whoever_types_its_address(stranger: Browser, crm: Any) -> None:
    await make_person(crm)
    for _ in range(5):
        await asked(stranger)
    await work_off(crm)
    assert (await crm.data.fetch("SELECT count(*) AS mails FROM outbound_message"))[0]["mails"] == 3


async def test_stranger_elsewhere_uses_up_nobodys_codes(app: Any, stranger: Browser, crm: Any) -> None:
    """Somebody asks again and again for a code for Ada's address; then she asks, from her own network."""
    await make_person(crm)
    for _ in range(12):
        await stranger.post("/my", data={"email": ADDRESS})
    await work_off(crm)
    assert (await stranger.post("/my", data={"email": ADDRESS})).status_code == 429
    async with browser_of(app, client=("203.0.113.7", 4711)) as her:
        half = await asked(her)
        code = await code_sent(crm)
        answer = await her.post("/my/code", data={"code": code}, headers=half)
    assert (answer.status_code, answer.headers["location"]) == (303, "/my/consents")


async def test_mailbox_gets_no_more_than_a_bound_from_all_networks_together(crm: Any) -> None:
    await make_person(crm)
    for number in range(40):
        token = await ask_for_code(crm, ADDRESS, f"198.51.100.{number}")
        await prepare_code(crm, token.token_id, token.candidates)
    rows = await crm.data.fetch("SELECT count(*) AS codes FROM consent_token WHERE subject_id IS NOT NULL")
    assert rows[0]["codes"] == MOST_CODES_IN_ALL


async def named_after_the_code(browser: Browser, crm: Any) -> dict[str, str]:
    """The header of a browser in which the right code was typed for an address that several have."""
    half = await asked(browser)
    answer = await browser.post("/my/code", data={"code": await code_sent(crm)}, headers=half)
    assert (answer.status_code, answer.headers["location"]) == (303, "/my/who")
    assert cookie_of(answer, "__Host-my") == ""
    return {"cookie": f"__Host-my-code={cookie_of(answer, '__Host-my-code')}"}


async def test_who_shares_an_address_says_the_full_name_and_sees_their_own_pages(stranger: Browser, crm: Any) -> None:
    for name in ("Ada Lovelace", "Mats Lovelace"):
        await make_person(crm, name)
    half = await named_after_the_code(stranger, crm)
    page = await stranger.get("/my/who", headers=half)
    assert "More than one person has this address" in page.text
    for wrong in ("Lovelace", "Mats", ""):
        answer = await stranger.post("/my/who", data={"name": wrong}, headers={**half, **PLAIN})
        assert answer.status_code == 422
        assert "Ada" not in answer.text
    half = await named_after_the_code(stranger, crm)
    answer = await stranger.post("/my/who", data={"name": " mats  LOVELACE ", "next": "/my/history"}, headers=half)
    assert (answer.status_code, answer.headers["location"]) == (303, "/my/history")
    inside = {"cookie": f"__Host-my={cookie_of(answer, '__Host-my')}"}
    assert "<bdi>Mats Lovelace</bdi>" in (await stranger.get("/my/nowhere", headers=inside)).text
    again = await stranger.post("/my/who", data={"name": "Mats Lovelace"}, headers=half)
    assert again.status_code == 422


async def test_names_are_guessed_three_times_at_most(stranger: Browser, crm: Any) -> None:
    for name in ("Ada Lovelace", "Mats Lovelace"):
        await make_person(crm, name)
    half = await named_after_the_code(stranger, crm)
    for wrong in ("Zoe Lovelace", "Eve Lovelace", "Paul Lovelace"):
        assert (await stranger.post("/my/who", data={"name": wrong}, headers=half)).status_code == 422
    assert (await stranger.post("/my/who", data={"name": "Ada Lovelace"}, headers=half)).status_code == 422


async def test_namesakes_at_one_address_see_nobodys_pages(stranger: Browser, crm: Any) -> None:
    for _ in range(2):
        await make_person(crm)
    half = await named_after_the_code(stranger, crm)
    assert (await stranger.post("/my/who", data={"name": "Ada Lovelace"}, headers=half)).status_code == 422


async def test_guessing_is_slowed_down(stranger: Browser, crm: Any) -> None:
    statuses = [(await stranger.post("/my/code", data={"code": "1"})).status_code for _ in range(12)]
    assert statuses == [422] * 10 + [429] * 2
    answer = await stranger.post("/my/code", data={"code": "1"}, headers={"accept-language": "de"})
    assert "Zu viele Versuche" in answer.text
    assert int(answer.headers["retry-after"]) > 0


async def test_session_ends_after_half_an_hour_of_silence_and_after_twelve_hours(stranger: Browser, crm: Any) -> None:
    ada = await session_of(crm, await make_person(crm))

    async def is_in_after(minutes: int) -> bool:
        await let_pass(crm, timedelta(minutes=minutes))
        return "Ada" in (await stranger.get("/my/nowhere", headers=ada)).text

    assert [await is_in_after(25) for _ in range(28)] == [True] * 28
    assert not await is_in_after(20)
    ada = await session_of(crm, await make_person(crm, "Ada the second", "ada2@example.org"))
    assert not await is_in_after(31)


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}])
async def test_forms_of_other_sites_are_refused(stranger: Browser, crm: Any, headers: dict[str, str]) -> None:
    assert (await stranger.post("/my", data={"email": ADDRESS}, headers=headers)).status_code == 403
    ada = await session_of(crm, await make_person(crm))
    assert (await stranger.post("/my/leave", data={}, headers=ada)).status_code == 403
    assert "Ada" in (await stranger.get("/my/nowhere", headers=ada)).text


async def test_browser_that_only_says_null_as_origin_may_ask_for_a_code(app: Any) -> None:

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as old:
        plain = await old.post("/my", data={"email": ADDRESS}, headers={"origin": "null"})
        foreign = await old.post("/my", data={"email": ADDRESS}, headers={"origin": "http://evil.example.org"})
    assert (plain.status_code, foreign.status_code) == (303, 403)


@in_one_installation(
    "email", ["", "ada", "a@b@c", "ada@example.org\nbcc: x", "a" * 300 + "@example.org", "@", "é\x01@x"]
)
async def test_what_is_no_address_is_said_so(stranger: Browser, email: str) -> None:
    answer = await stranger.post("/my", data={"email": email})
    assert (answer.status_code, "Please type an e-mail address" in answer.text) == (422, True)


async def test_link_opens_the_persons_pages_and_changes_nothing(stranger: Browser, crm: Any) -> None:
    from confida_consent.tokens import make_token

    ada = await make_person(crm)
    token = await make_token(crm, ada, "preferences")
    before = await crm.data.fetch("SELECT * FROM consent_token")
    page = await stranger.get(f"/my/p/{token}/nowhere")
    assert ("<bdi>Ada Lovelace</bdi>" in page.text, "/my/leave" in page.text) == (True, False)
    assert await crm.data.fetch("SELECT * FROM consent_token") == before
    assert page.headers["referrer-policy"] == "no-referrer"
