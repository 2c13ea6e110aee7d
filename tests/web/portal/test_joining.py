"""Double opt-in (CF-2, CF-3), one click out (CF-6), and that looking changes nothing (CF-1)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_consent.events import events_of, states_of
from confida_consent.gate import may
from confida_consent.tokens import make_token
from confida_core.contacts.content import ContactContent
from confida_core.contacts.people import visible_contact
from confida_core.vault.access import SYSTEM as PROGRAM
from confida_core.vault.access import Access, system_access
from confida_core.vault.suppressions import suppressed
from confida_web.routing import handlers_of
from tests.web.client import Browser
from tests.web.portal.people import (
    ADDRESS,
    counted,
    event_count,
    let_pass,
    make_person,
    newest_mail,
    press,
    session_of,
    work_off,
)

pytestmark = pytest.mark.anyio
SYSTEM = system_access("test", "consent")
PLAIN = {"accept-encoding": "identity"}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


async def filled(browser: Browser, email: str = ADDRESS, *purposes: str, **fields: str) -> dict[str, Any]:
    """The form as a person would send it."""
    page = (await browser.get("/my/subscribe")).text
    notices = dict(re.findall(r'name="(notice-[\w.]+)" value="([^"]*)"', page))
    return {"email": email, "purpose": list(purposes or ["newsletter"]), **notices, **fields}


async def path_in_mail(crm: Any) -> str:
    await work_off(crm)
    mail = await newest_mail(crm)
    found = re.search(r"/my/confirm/[\w-]{43}", mail.text if mail else "")
    return found[0] if found else ""


async def person(crm: Any, contact_id: UUID) -> ContactContent:
    access = Access(actor=PROGRAM, purpose="operation", where="test")
    return (await visible_contact(crm, access, contact_id)).content


async def state(crm: Any, ada: UUID, purpose: str = "newsletter") -> str:
    found = (await states_of(crm, ada)).get((purpose, "email"))
    return found.state if found else "unknown"


async def test_boxes_are_not_ticked_and_only_consent_is_asked_for(stranger: Browser) -> None:
    page = (await stranger.get("/my/subscribe")).text
    assert re.findall(r'<input type="checkbox" name="purpose" value="(\w+)"( checked)?>', page) == [("newsletter", "")]


async def test_consent_is_given_by_the_button_behind_the_mail_and_by_nothing_else(stranger: Browser, crm: Any) -> None:
    answer = await stranger.post("/my/subscribe", data=await filled(stranger, "zoe@example.org", name="Zoe"))
    assert (answer.status_code, "Please look into your mailbox" in answer.text) == (200, True)
    path = await path_in_mail(crm)
    [row] = await crm.data.fetch("SELECT id FROM contact")
    zoe = row["id"]
    assert ((await person(crm, zoe)).display_name, await state(crm, zoe)) == ("Zoe", "requested")
    assert not (await may(crm, zoe, "newsletter", "email")).allowed
    page = await stranger.get(path)
    assert (page.status_code, page.text.count("<button"), await state(crm, zoe)) == (200, 1, "requested")
    done = await stranger.post(path, data={})
    assert (done.status_code, "Thank you, it is recorded" in done.text) == (200, True)
    assert (await may(crm, zoe, "newsletter", "email")).allowed
    given, asked = await events_of(crm, SYSTEM, zoe)
    assert (given.event.kind, given.event.method, given.event.actor_kind) == ("given", "web_form", "subject")
    assert given.event.notice_id == asked.event.notice_id
    assert (given.evidence.address, given.evidence.request_id) == ("zoe@example.org", asked.evidence.request_id)
    assert (len(given.evidence.token_hash), given.evidence.confirmed_at is not None) == (64, True)


async def test_mail_asks_and_says_nothing_else_in_the_readers_language(stranger: Browser, crm: Any) -> None:
    form = await filled(stranger)
    await stranger.post("/my/subscribe", data=form, headers={"accept-language": "de"})
    await work_off(crm)
    mail = await newest_mail(crm)
    assert mail.subject == "Bitte bestätigen: Confida"
    assert re.sub(r"/my/confirm/[\w-]{43}", "/my/confirm/*", mail.text) == (
        "Jemand, vermutlich Sie, hat diese Adresse bei Confida eingetragen, um von uns etwas per E-Mail zu erhalten.\n\n"
        "Wenn das stimmt, öffnen Sie bitte diese Seite und drücken Sie dort auf die Schaltfläche:\n\n"
        "Newsletter\nhttp://localhost:8000/my/confirm/*?lang=de\n\n"
        "Erst dann verwenden wir Ihre Adresse dafür. Die Seite gilt sieben Tage.\n\n"
        "Wenn Sie das nicht waren, brauchen Sie nichts zu tun."
    )


async def test_known_and_unknown_address_get_the_same_answer_after_the_same_work(stranger: Browser, crm: Any) -> None:
    ada = await make_person(crm)
    await stranger.post("/my/subscribe", data=await filled(stranger, "first@example.org"))
    answers, work = [], []
    for email in (ADDRESS, "zoe@example.org"):
        form = await filled(stranger, email)
        with counted(crm) as statements:
            answers.append(await stranger.post("/my/subscribe", data=form, headers=PLAIN))
        work.append(list(statements))
    assert work[0] == work[1]
    assert (answers[0].status_code, answers[0].content) == (answers[1].status_code, answers[1].content)
    await work_off(crm)
    assert await state(crm, ada) == "requested"
    assert (await crm.data.fetch("SELECT count(*) AS people FROM contact"))[0]["people"] == 3
    assert await crm.data.fetch("SELECT * FROM consent_sign_up") == []


async def test_whoever_agreed_already_is_not_asked_again(stranger: Browser, crm: Any) -> None:
    await stranger.post("/my/subscribe", data=await filled(stranger))
    await stranger.post(await path_in_mail(crm), data={})
    before = await crm.data.fetch("SELECT count(*) AS mails FROM outbound_message")
    await stranger.post("/my/subscribe", data=await filled(stranger))
    await work_off(crm)
    assert await crm.data.fetch("SELECT count(*) AS mails FROM outbound_message") == before


async def test_mailbox_is_not_filled_by_the_form(stranger: Browser, crm: Any) -> None:
    await make_person(crm)
    for _ in range(8):
        await stranger.post("/my/subscribe", data=await filled(stranger))
        await work_off(crm)
    assert (await crm.data.fetch("SELECT count(*) AS mails FROM outbound_message"))[0]["mails"] == 5


@pytest.mark.parametrize("changes", [{"purpose": []}, {"purpose": ["profiling"]}, {"email": "x"}, {"name": "x" * 201}])
async def test_form_that_is_not_complete_says_so_and_keeps_what_was_typed(
    stranger: Browser, crm: Any, changes: dict[str, Any]
) -> None:
    answer = await stranger.post("/my/subscribe", data=await filled(stranger, name="Zoe") | changes)
    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)
    assert await crm.data.fetch("SELECT * FROM consent_sign_up") == []


async def tokens(crm: Any, action: str) -> dict[str, str]:
    """What is no token (any more) for this action: each must look like one that never was."""
    ada, mats = await make_person(crm), await make_person(crm, "Mats", "mats@example.org")
    good = await make_token(crm, ada, action, purpose="newsletter", channel="email")  # type: ignore[arg-type]
    other = await make_token(crm, mats, "session")
    old = await make_token(crm, ada, action, purpose="newsletter", channel="email", lasts=-timedelta(seconds=1))  # type: ignore[arg-type]
    last = "A" if good[-1] != "A" else "B"
    return {
        "unknown": "x" * 43,
        "changed at the end": good[:-1] + last,
        "changed at the beginning": ("A" if good[0] != "A" else "B") + good[1:],
        "shortened": good[:-1],
        "lengthened": good + "A",
        "expired": old,
        "of another action": other,
        "upper case": good.swapcase(),
        "long": "x" * 4000,
    }


@pytest.mark.parametrize("place", ["/my/confirm/", "/my/unsubscribe/", "/my/p/"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_token_that_does_not_work_looks_like_one_that_never_was(
    stranger: Browser, crm: Any, place: str, method: str
) -> None:
    action = {"/my/confirm/": "confirm", "/my/unsubscribe/": "unsubscribe", "/my/p/": "preferences"}[place]
    suffix = "/withdraw-all" if place == "/my/p/" and method == "POST" else ""
    found, work = {}, {}
    for name, token in (await tokens(crm, action)).items():
        with counted(crm) as statements:
            answer = await stranger.request(method, f"{place}{token}{suffix}", headers=PLAIN)
        # The page links to itself in other languages, so the address itself is taken out before comparing.
        found[name] = (answer.status_code, answer.text.replace(token, "*"), answer.headers.get_list("set-cookie"))
        work[name] = len(statements)
    assert {name for name, one in found.items() if one != found["unknown"]} == set()
    assert found["unknown"][0] == 404
    assert {name for name, one in work.items() if one != work["unknown"] and name != "long"} == set()
    assert await event_count(crm) == 0


async def test_confirmation_works_once(stranger: Browser, crm: Any) -> None:
    await stranger.post("/my/subscribe", data=await filled(stranger))
    path = await path_in_mail(crm)
    assert (await stranger.post(path, data={})).status_code == 200
    events = await event_count(crm)
    again, never = (
        await stranger.post(path, data={}, headers=PLAIN),
        await stranger.post(f"/my/confirm/{'x' * 43}", headers=PLAIN),
    )
    assert (again.status_code, never.status_code) == (404, 404)
    assert again.text.replace(path, "*") == never.text.replace(f"/my/confirm/{'x' * 43}", "*")
    assert await event_count(crm) == events


async def test_confirmation_expires_after_seven_days(stranger: Browser, crm: Any) -> None:
    await stranger.post("/my/subscribe", data=await filled(stranger))
    path = await path_in_mail(crm)
    await let_pass(crm, timedelta(days=7))
    assert [(await stranger.get(path)).status_code, (await stranger.post(path, data={})).status_code] == [404, 404]


async def test_two_presses_at_once_give_one_consent(stranger: Browser, crm: Any) -> None:
    import asyncio

    await stranger.post("/my/subscribe", data=await filled(stranger))
    path = await path_in_mail(crm)
    answers = await asyncio.gather(*(stranger.post(path, data={}) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [404] * 7
    assert await event_count(crm) == 2


async def subscribed(browser: Browser, crm: Any) -> UUID:
    await browser.post("/my/subscribe", data=await filled(browser))
    await browser.post(await path_in_mail(crm), data={})
    found: UUID = (await crm.data.fetch("SELECT id FROM contact"))[0]["id"]
    return found


async def test_one_click_unsubscribes_without_cookie_token_or_redirect(stranger: Browser, crm: Any, app: Any) -> None:
    import httpx

    ada = await subscribed(stranger, crm)
    token = await make_token(crm, ada, "unsubscribe", purpose="newsletter", channel="email")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as mail_program:
        answer = await mail_program.post(f"/my/unsubscribe/{token}", data=ONE_CLICK)
        assert (answer.status_code, answer.history, answer.headers.get_list("set-cookie")) == (200, [], [])
        assert (await may(crm, ada, "newsletter", "email")).allowed is False
        events = await event_count(crm)
        assert (await mail_program.post(f"/my/unsubscribe/{token}", data=ONE_CLICK)).status_code == 200
        assert await event_count(crm) == events
    newest = (await events_of(crm, SYSTEM, ada))[0]
    assert (newest.event.kind, newest.event.method, newest.event.actor_kind) == ("withdrawn", "one_click", "subject")
    assert await suppressed(crm, "email", ADDRESS, "newsletter")


async def test_one_click_as_mail_programs_send_it_in_several_parts(stranger: Browser, crm: Any) -> None:
    ada = await subscribed(stranger, crm)
    token = await make_token(crm, ada, "unsubscribe", purpose="newsletter", channel="email")
    answer = await stranger.post(f"/my/unsubscribe/{token}", files={"List-Unsubscribe": (None, "One-Click")})
    assert (answer.status_code, await state(crm, ada)) == (200, "withdrawn")


async def test_page_to_unsubscribe_has_one_button_and_changes_nothing_by_itself(stranger: Browser, crm: Any) -> None:
    ada = await subscribed(stranger, crm)
    token = await make_token(crm, ada, "unsubscribe", purpose="newsletter", channel="email")
    page = await stranger.get(f"/my/unsubscribe/{token}")
    assert (page.text.count("<button"), await state(crm, ada)) == (1, "given")
    assert not await suppressed(crm, "email", ADDRESS, "newsletter")
    await stranger.post(f"/my/unsubscribe/{token}", data={"_csrf": ""})
    assert (await events_of(crm, SYSTEM, ada))[0].event.method == "web_form"


async def test_link_without_purpose_ends_all_marketing_on_its_channel(stranger: Browser, crm: Any) -> None:
    ada = await subscribed(stranger, crm)
    token = await make_token(crm, ada, "unsubscribe", channel="email")
    await stranger.post(f"/my/unsubscribe/{token}", data=ONE_CLICK)
    states = {key: one.state for key, one in (await states_of(crm, ada)).items()}
    assert states == {("newsletter", "email"): "withdrawn", ("customer_offers", "email"): "objected"}
    assert await suppressed(crm, "email", ADDRESS, "anything else")


async def test_signing_up_anew_takes_the_address_off_the_list(stranger: Browser, crm: Any) -> None:
    ada = await subscribed(stranger, crm)
    token = await make_token(crm, ada, "unsubscribe", purpose="newsletter", channel="email")
    await stranger.post(f"/my/unsubscribe/{token}", data=ONE_CLICK)
    await subscribed(stranger, crm)
    assert (await may(crm, ada, "newsletter", "email")).allowed


async def test_taking_the_objection_back_takes_the_address_off_the_list_for_this_purpose_only(
    stranger: Browser, crm: Any
) -> None:
    ada = await make_person(crm)
    token = await make_token(crm, ada, "unsubscribe", channel="email")
    await stranger.post(f"/my/unsubscribe/{token}", data=ONE_CLICK)
    inside = await session_of(crm, ada)
    page = await press(stranger, inside, "customer_offers", "email")
    assert "Your objection is taken back." in page
    assert not await suppressed(crm, "email", ADDRESS, "customer_offers")
    assert await suppressed(crm, "email", ADDRESS, "anything else")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_looking_at_any_public_address_changes_nothing(stranger: Browser, crm: Any, method: str) -> None:
    ada = await subscribed(stranger, crm)
    made = {
        "confirm": await make_token(crm, ada, "confirm", purpose="newsletter", channel="email"),
        "unsubscribe": await make_token(crm, ada, "unsubscribe", purpose="newsletter", channel="email"),
        "p": await make_token(crm, ada, "preferences"),
    }
    session = {"cookie": f"__Host-my={await make_token(crm, ada, 'session')}", "sec-gpc": "1"}
    event_id = (await events_of(crm, SYSTEM, ada))[0].event.id
    paths = []
    for handler in handlers_of(crm.registry):
        for path in handler.paths if {"public", "person"} & set(handler.opt) else ():
            token = next((made[part] for part in path.split("/") if part in made), "x")
            paths.append(
                path.replace("{token:str}", token)
                .replace("{event_id:uuid}", str(event_id))
                .replace("{name:str}", "all.zip")
            )

    async def facts() -> Any:
        tables = ("consent_event", "consent_sign_up", "outbound_message", "job", "contact", "ledger_leaf")
        counts = [(await crm.data.fetch(f"SELECT count(*) AS n FROM {table}"))[0]["n"] for table in tables]
        used = await crm.data.fetch("SELECT id, used_at, tries FROM consent_token ORDER BY id")
        return counts, used, len(list(crm.orders.all()))

    before = await facts()
    statuses = {path: (await stranger.request(method, path, headers=session)).status_code for path in sorted(paths)}
    assert await facts() == before
    assert {path: status for path, status in statuses.items() if status >= 500} == {}
    assert len([path for path in paths if path.startswith("/my")]) >= 20


async def test_link_to_unsubscribe_of_a_merged_contact_ends_it_for_whom_they_are_now(
    stranger: Browser, crm: Any
) -> None:
    from confida_consent.merging import merge_consents

    ada, double = await make_person(crm), await make_person(crm, "A. Lovelace", "a.lovelace@example.org")
    unsubscribe = (
        f"/my/unsubscribe/{await make_token(crm, double, 'unsubscribe', purpose='newsletter', channel='email')}"
    )
    pages = f"/my/p/{await make_token(crm, double, 'preferences')}"
    await merge_consents(crm, SYSTEM, double, ada)
    await crm.data.fetch("DELETE FROM contact WHERE id = ?", double)
    assert (await stranger.post(unsubscribe, data=ONE_CLICK)).status_code == 200
    assert (await state(crm, ada), (await stranger.get(pages)).status_code) == ("withdrawn", 404)


async def test_who_never_confirms_is_put_into_the_trash_after_two_weeks(stranger: Browser, crm: Any) -> None:
    from confida_core.clock import now
    from confida_web.portal.tidying import remove_spent

    await make_person(crm)
    for email in (ADDRESS, "zoe@example.org", "mats@example.org"):
        await stranger.post("/my/subscribe", data=await filled(stranger, email))
        path = await path_in_mail(crm)
    await stranger.post(path, data={})
    long_ago = now() - timedelta(days=15)
    await remove_spent(crm, {})
    assert await crm.data.fetch("SELECT id FROM contact WHERE deleted_at IS NOT NULL") == []
    await crm.data.fetch("UPDATE contact SET created_at = ?", long_ago)
    await crm.data.fetch("UPDATE consent_event SET recorded_at = ?", long_ago)
    await remove_spent(crm, {})
    gone = await crm.data.fetch("SELECT id FROM contact WHERE deleted_at IS NOT NULL")
    stay = await crm.data.fetch("SELECT id FROM contact WHERE deleted_at IS NULL")
    assert (len(gone), len(stay)) == (1, 2)
