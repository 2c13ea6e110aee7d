"""The preference centre: one button each way, the text as it was shown, and nothing by merely looking."""

from __future__ import annotations

import html
import re
from typing import Any
from uuid import UUID

import pytest

from confida_consent.events import events_of, states_of
from confida_consent.gate import may
from confida_consent.notices import current_notice
from confida_consent.rules import reading
from confida_consent.tokens import make_token
from confida_core.vault.access import system_access
from tests.cases import in_one_installation
from tests.web.client import Browser, token_in
from tests.web.portal.people import buttons, counted, event_count, make_person, press, session_of

pytestmark = pytest.mark.anyio
SYSTEM = system_access("test", "consent")


async def state(crm: Any, ada: UUID, purpose: str = "newsletter", channel: str = "email") -> str:
    found = (await states_of(crm, ada)).get((purpose, channel))
    return found.state if found else "unknown"


async def test_consent_is_given_and_withdrawn_by_one_button_each(stranger: Browser, crm: Any) -> None:
    ada = await make_person(crm)
    inside = await session_of(crm, ada)
    assert not (await may(crm, ada, "newsletter", "email")).allowed
    given = await press(stranger, inside, "newsletter", "email")
    assert ("Your consent is recorded." in given, await state(crm, ada)) == (True, "given")
    assert (await may(crm, ada, "newsletter", "email")).allowed
    assert not (await may(crm, ada, "newsletter", "phone")).allowed
    withdrawn = await press(stranger, inside, "newsletter", "email")
    assert ("Your withdrawal is recorded." in withdrawn, await state(crm, ada)) == (True, "withdrawn")
    assert not (await may(crm, ada, "newsletter", "email")).allowed
    assert await event_count(crm) == 2


async def test_objection_is_made_and_taken_back(stranger: Browser, crm: Any) -> None:
    ada = await make_person(crm)
    inside = await session_of(crm, ada)
    await press(stranger, inside, "profiling", "profiling")
    assert not (await may(crm, ada, "profiling", "profiling")).allowed
    await press(stranger, inside, "profiling", "profiling")
    assert (await may(crm, ada, "profiling", "profiling")).allowed
    assert [one.event.kind for one in await events_of(crm, SYSTEM, ada)] == ["objection_ended", "objected"]


async def test_event_says_who_how_where_and_which_text(stranger: Browser, crm: Any) -> None:
    ada = await make_person(crm)
    await press(stranger, {**await session_of(crm, ada), "accept-language": "de"}, "newsletter", "email")
    [opened] = await events_of(crm, SYSTEM, ada)
    event, evidence = opened.event, opened.evidence
    assert (event.kind, event.method, event.actor_kind, event.actor_id) == (
        "given",
        "preference_centre",
        "subject",
        ada,
    )
    assert (event.consent_type, event.language) == ("expressed", "de")
    assert event.notice_id == (await current_notice(crm, "newsletter", "de")).id
    assert (evidence.indicated_by, evidence.source) == ("Ada Lovelace", "/my/consents")


@pytest.mark.parametrize("language", ["en", "de"])
async def test_notice_is_shown_exactly_as_it_is_stored(stranger: Browser, crm: Any, language: str) -> None:
    inside = await session_of(crm, await make_person(crm))
    page = (await stranger.get("/my/consents", headers={**inside, "accept-language": language})).text
    shown = re.findall(r'<div class="notice-text" lang="(\w+)" dir="auto">(.*?)</div>', page, re.DOTALL)
    for purpose in ("newsletter", "customer_offers", "profiling", "agreement"):
        notice = await current_notice(crm, purpose, language)
        assert (language, notice.content) in [(lang, html.unescape(text).encode()) for lang, text in shown]


async def test_yes_to_a_text_that_has_changed_meanwhile_is_not_recorded_but_a_no_is(
    stranger: Browser, crm: Any
) -> None:
    ada = await make_person(crm)
    inside = await session_of(crm, ada)
    page = (await stranger.get("/my/consents", headers=inside)).text
    old = buttons(page)
    await crm.data.fetch("INSERT INTO setting (key, value) VALUES ('organisation_name', 'Another name')")
    action, fields = old["newsletter", "email"]
    answer = await stranger.post(action, data=fields, headers=inside)
    assert (answer.status_code, answer.headers["location"]) == (303, "/my/consents?done=changed")
    assert "The text has changed" in (await stranger.get(answer.headers["location"], headers=inside)).text
    assert await event_count(crm) == 0
    action, fields = old["profiling", "profiling"]
    await stranger.post(action, data=fields, headers=inside)
    assert await state(crm, ada, "profiling", "profiling") == "objected"


async def test_every_channel_has_one_button_and_all_look_the_same(stranger: Browser, crm: Any) -> None:
    inside = await session_of(crm, await make_person(crm))
    await press(stranger, inside, "newsletter", "email")
    page = (await stranger.get("/my/consents", headers=inside)).text
    ways = re.findall(r'<ul class="ways">(.*?)</ul>', page, re.DOTALL)
    rows = [row for way in ways for row in way.split("<li>")[1:]]
    assert {row.count("<button") for row in rows} <= {0, 1}
    assert {tag for row in rows for tag in re.findall(r"<button[^>]*>", row)} == {'<button class="choice">'}
    assert {fields["do"] for _, fields in buttons(page).values()} == {"give", "withdraw", "object"}
    assert ("consent_confirmation", "email") not in buttons(page)


async def test_withdraw_everything_ends_everything_and_is_repeatable(stranger: Browser, crm: Any) -> None:
    ada = await make_person(crm)
    inside = await session_of(crm, ada)
    await press(stranger, inside, "newsletter", "email")
    page = await press(stranger, inside, "newsletter", "post")
    for _ in range(2):
        answer = await stranger.post("/my/withdraw-all", data={"_csrf": token_in(page)}, headers=inside)
        assert (answer.status_code, answer.headers["location"]) == (303, "/my/consents?done=all")
        states = await states_of(crm, ada)
        assert {key: one.state for key, one in states.items() if key[0] == "newsletter"} == {
            ("newsletter", "email"): "withdrawn",
            ("newsletter", "post"): "withdrawn",
        }
        assert {one.state for key, one in states.items() if key[0] in {"customer_offers", "profiling"}} == {"objected"}
    assert await event_count(crm) == 2 + 2 + 5 + 1


async def test_link_carries_itself_on_and_works_like_a_session(stranger: Browser, crm: Any) -> None:
    ada = await make_person(crm)
    base = f"/my/p/{await make_token(crm, ada, 'preferences')}"
    page = await press(stranger, {}, "newsletter", "email", base)
    assert "Your consent is recorded." in page
    assert {action for action, _ in buttons(page).values()} == {f"{base}/consents"}
    # Requests need no link of one's own, and a link that lay in a mail shows no details.
    assert set(re.findall(r'href="(/my[^"?]*)', page)) == {f"{base}/consents", f"{base}/history", "/my/requests"} | {
        link for link in re.findall(r'href="(/my[^"?]*)', page) if link.startswith(f"{base}/receipts/")
    }
    assert (await stranger.get(base)).status_code == 200
    story = (await stranger.get(f"{base}/history")).text
    assert ("You agreed: Newsletter" in story, "these pages" in story) == (True, True)


@in_one_installation(
    "fields",
    [
        {"do": "give", "purpose": "newsletter", "channel": "email", "notice": "x"},
        {"do": "give", "purpose": "newsletter", "channel": "email"},
        {"do": "give", "purpose": "nonsense", "channel": "email"},
        {"do": "give", "purpose": "newsletter", "channel": "fax"},
        {"do": "revoke", "purpose": "newsletter", "channel": "email"},
        {"do": "withdraw", "purpose": "newsletter", "channel": "fax"},
        {"do": "withdraw", "purpose": "<x>", "channel": "email"},
        {"do": "object", "purpose": "newsletter", "channel": "email"},
        {"do": "withdraw", "purpose": "newsletter", "channel": "x" * 5000},
        {},
    ],
)
async def test_forms_nobody_was_shown_change_nothing(stranger: Browser, crm: Any, fields: dict[str, str]) -> None:
    ada = await make_person(crm)
    base = f"/my/p/{await make_token(crm, ada, 'preferences')}"
    answer = await stranger.post(f"{base}/consents", data=fields)
    assert answer.status_code in {404, 422}
    assert await event_count(crm) == 0


async def test_history_and_choices_of_a_stranger_begin_with_the_address(stranger: Browser, client: Browser) -> None:
    for browser in (stranger, client):
        for path in ("/my/consents", "/my/history"):
            answer = await browser.get(path)
            assert (answer.status_code, answer.headers["location"]) == (303, f"/my/?next={path}")
        assert (await browser.post("/my/consents", data={"do": "withdraw"})).status_code == 404


async def test_choices_can_be_made_while_a_file_of_rules_is_broken(stranger: Browser, crm: Any) -> None:
    ada = await make_person(crm)
    inside = await session_of(crm, ada)
    await press(stranger, inside, "newsletter", "email")
    rules = crm.settings.home / "rules"
    rules.mkdir()
    for name in ("default", crm.settings.region.lower() or "default"):
        (rules / f"{name}.toml").write_text("country = 7")
    reading._rules.cache_clear()
    assert "Your withdrawal is recorded." in await press(stranger, inside, "newsletter", "email")
    reading._rules.cache_clear()


async def test_page_of_choices_asks_the_database_little_for_many_purposes(stranger: Browser, crm: Any) -> None:
    ada = await make_person(crm)
    inside = await session_of(crm, ada)
    await stranger.get("/my/consents", headers=inside)
    with counted(crm) as asked:
        assert (await stranger.get("/my/consents", headers=inside)).status_code == 200
    assert len(asked) <= 25


@in_one_installation("purpose", ["consent_confirmation", "agreement", "profiling"])
async def test_what_is_no_consent_is_not_withdrawn(stranger: Browser, crm: Any, purpose: str) -> None:
    """A forged form of their own would keep the code from them with which they come in."""
    ada = await make_person(crm)
    inside = await session_of(crm, ada)
    action, fields = buttons((await stranger.get("/my/consents", headers=inside)).text)["newsletter", "email"]
    answer = await stranger.post(action, data={**fields, "purpose": purpose, "do": "withdraw"}, headers=inside)
    assert (answer.status_code, await event_count(crm)) == (422, 0)
