"""Setting up, signing in, staying signed in and being signed out, through the pages."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from confida_core.clock import now
from tests.web.client import PASSWORD, AsRole, Browser, token_in

pytestmark = pytest.mark.anyio

OWNER = {
    "display_name": "Olga",
    "email": "olga@example.org",
    "password": PASSWORD,
    "password_again": PASSWORD,
    "organisation_name": "Haus am See",
}


@pytest.fixture
async def setup_path(crm: Any) -> str:
    from confida_core.accounts.signing_in import make_setup_link

    link = await make_setup_link(crm)
    assert link is not None
    return link.removeprefix("http://localhost:8000")


def cookie_of(answer: Any) -> str:
    found = re.search(r"__Host-confida=([^;]*);", answer.headers.get("set-cookie", ""))
    return found[1] if found else ""


async def set_up(browser: Browser, path: str) -> Any:
    answer = await browser.post(path, data=OWNER)
    browser.secret, browser.csrf_token = cookie_of(answer), token_in(answer.text)
    return answer


async def test_setup_link_makes_the_owner_shows_the_recovery_key_once_and_is_gone(
    stranger: Browser, setup_path: str, crm: Any
) -> None:
    from confida_core.vault.unlock import recover

    assert (await stranger.get(setup_path)).status_code == 200
    answer = await set_up(stranger, setup_path)
    groups = re.findall(r"<code>([A-Z0-9]{4})</code>", answer.text)
    assert (answer.status_code, len(groups)) == (200, 8)
    assert answer.headers["cache-control"] == "no-store"
    assert (
        (await stranger.get(setup_path)).status_code,
        (await stranger.post(setup_path, data=OWNER)).status_code,
    ) == (
        410,
        410,
    )
    assert "recovery key" in (await stranger.get("/account")).text
    assert (await stranger.post("/account/recovery-key/stored", data={"stored": "yes"})).status_code == 303
    assert "recovery key" not in (await stranger.get("/account")).text
    assert len(recover(crm.settings.key_places, "-".join(groups))) == 32


async def test_setup_form_comes_back_with_the_errors_and_without_the_password(
    stranger: Browser, setup_path: str
) -> None:
    answer = await stranger.post(
        setup_path, data={**OWNER, "password": "kurz und gut", "password_again": "kurz und gut"}
    )
    assert answer.status_code == 422
    assert "15" in answer.text
    assert "kurz und gut" not in answer.text
    assert 'value="olga@example.org"' in answer.text


async def test_log_in_sets_a_new_cookie_that_only_this_server_gets(stranger: Browser, setup_path: str) -> None:
    await set_up(stranger, setup_path)
    stranger.secret = "chosen-by-somebody-else"
    answer = await stranger.post(
        "/login", data={"email": "olga@example.org", "password": PASSWORD, "next": "/account?tab=1"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/account?tab=1")
    cookie = answer.headers["set-cookie"]
    assert re.fullmatch(r"__Host-confida=[\w-]{43}; HttpOnly; Path=/; SameSite=strict; Secure", cookie)
    stranger.secret = cookie_of(answer)
    assert (await stranger.get("/account")).status_code == 200


async def test_log_in_while_signed_in_ends_the_session_before(stranger: Browser, setup_path: str, crm: Any) -> None:
    await set_up(stranger, setup_path)
    before = stranger.secret
    answer = await stranger.post("/login", data={"email": "olga@example.org", "password": PASSWORD})
    assert cookie_of(answer) not in {"", before}
    assert len(await crm.data.fetch("SELECT id FROM session")) == 1


def test_no_address_leads_away_from_this_server() -> None:
    from confida_web.redirect import own_path

    away = [
        "//evil.example.org",
        "https://evil.example.org",
        "/\\evil",
        "javascript:1",
        "",
        "\n/x",
        "/x\r\nSet-Cookie: a=b",
    ]
    assert [own_path(target) for target in away] == ["/"] * len(away)
    assert own_path("/contacts?page=2&q=%C3%B6") == "/contacts?page=2&q=%C3%B6"


async def test_wrong_password_and_unknown_address_get_the_same_page(stranger: Browser, setup_path: str) -> None:
    await set_up(stranger, setup_path)
    stranger.secret = ""
    pages, plain = [], {"accept-encoding": "identity"}
    for email in ("olga@example.org", "zoe@example.org"):
        form = {"email": email, "password": "something quite else"}
        answer = await stranger.post("/login", data=form, headers=plain)
        pages.append((answer.status_code, answer.text.replace(email, ""), sorted(answer.headers)))
    assert pages[0] == pages[1]
    assert pages[0][0] == 422


async def test_too_many_failures_are_answered_429_with_the_time_to_wait(stranger: Browser, crm: Any) -> None:
    from confida_core.accounts.attempts import begin_attempt

    for number in range(10):
        await begin_attempt(crm, "olga@example.org", f"203.0.113.{number}")
    answer = await stranger.post("/login", data={"email": "olga@example.org", "password": PASSWORD})
    assert answer.status_code == 429
    assert 20 < int(answer.headers["retry-after"]) <= 30


async def test_page_behind_the_log_in_comes_back_after_it(stranger: Browser) -> None:
    answer = await stranger.get("/account?tab=sessions")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Faccount%3Ftab%3Dsessions")
    answer = await stranger.fragment("GET", "/account")
    assert answer.status_code == 401
    assert "<html" not in answer.text
    assert 'href="/login' in answer.text


async def test_two_session_cookies_are_none(client: Browser) -> None:
    cookie = f"__Host-confida={client.secret}; __Host-confida={client.secret}"
    assert (await client.get("/account", headers={"cookie": cookie})).status_code == 303


async def test_disabled_account_is_out_with_its_next_request(client: Browser, as_role: AsRole) -> None:
    mats = await as_role("staff")
    assert (await mats.get("/account")).status_code == 200
    assert (await client.post(f"/users/{mats.account_id}/disable")).status_code == 303
    assert (await mats.get("/account")).status_code == 303


async def test_matters_of_rights_need_the_password_again_after_five_minutes(
    stranger: Browser, setup_path: str, crm: Any
) -> None:
    await set_up(stranger, setup_path)
    await crm.data.fetch("UPDATE session SET fresh_at = ?", now() - timedelta(minutes=6))
    invitation = {"display_name": "Mats", "email": "mats@example.org", "role": "staff"}
    answer = await stranger.post("/users", data=invitation, headers={"referer": "http://localhost/users"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login/fresh?next=%2Fusers")
    assert (await stranger.post("/login/fresh", data={"password": "wrong"})).status_code == 422
    before = stranger.secret
    answer = await stranger.post("/login/fresh", data={"password": PASSWORD, "next": "/users"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/users")
    stranger.secret = cookie_of(answer)
    assert stranger.secret not in {"", before}
    stranger.csrf_token = token_in((await stranger.get("/users")).text)
    assert (await stranger.post("/users", data=invitation)).status_code == 200


async def test_invitation_is_to_staff_until_somebody_says_otherwise(client: Browser) -> None:
    chosen = r'<option value="(\w+)" selected'
    refused = await client.post("/users", data={"display_name": "Mats", "email": "nobody", "role": "readonly"})
    invite = [page.text.partition('name="email"')[2] for page in (await client.get("/users"), refused)]
    assert [re.findall(chosen, part) for part in invite] == [["staff"], ["readonly"]]


async def test_invited_colleague_joins_with_the_link_that_is_shown_once(client: Browser, stranger: Browser) -> None:
    answer = await client.post("/users", data={"display_name": "Mats", "email": "mats@example.org", "role": "staff"})
    link = re.search(r"/invitation/[\w-]{43}", answer.text)
    assert link is not None
    assert link[0] not in (await client.get("/users")).text
    assert "mats@example.org" in (await stranger.get(link[0])).text
    given = {"display_name": "Mats", "password": PASSWORD, "password_again": PASSWORD, "role": "owner"}
    answer = await stranger.post(link[0], data=given)
    stranger.secret = cookie_of(answer)
    page = (await stranger.get("/account")).text
    assert ("Staff" in page, "Owner" in page) == (True, False)
    assert (await stranger.get(link[0])).status_code == 410


async def test_own_sessions_are_listed_and_revoked(client: Browser, crm: Any) -> None:
    from confida_core.accounts.content import SessionContent
    from confida_core.accounts.sessions import list_sessions, start_session

    assert client.account_id is not None
    await start_session(crm, client.account_id, SessionContent(device="Firefox on Linux", address="203.0.113.7"))
    page = (await client.get("/account")).text
    assert ("Firefox on Linux" in page, "203.0.113.7" in page) == (True, True)
    other = next(line for line in await list_sessions(crm, client.account_id) if line.device)
    assert (await client.post(f"/account/sessions/{other.id}/revoke")).status_code == 303
    assert (await client.post(f"/account/sessions/{other.id}/revoke")).status_code == 404
    assert len(await list_sessions(crm, client.account_id)) == 1


async def test_sentence_travels_to_the_next_page_once_and_only_if_we_wrote_it(client: Browser) -> None:
    answer = await client.post("/account/profile", data={"display_name": "Olga Ö."})
    cookie = re.search(r"__Host-toast=([^;]+)", answer.headers["set-cookie"])
    assert cookie is not None
    session = f"__Host-confida={client.secret}"
    shown = await client.get("/account", headers={"cookie": f"{session}; __Host-toast={cookie[1]}"})
    assert "Saved." in shown.text
    assert "Olga Ö." in shown.text
    assert "Max-Age=0" in shown.headers["set-cookie"]
    signature, _, content = cookie[1].partition(".")
    for forged in (f"{'0' * 64}.{content}", f"{signature}.AAAA", "x", "ü.ü"):
        headers = {b"cookie": f"{session}; __Host-toast={forged}".encode("latin-1"), b"sec-fetch-site": b"same-origin"}
        page = await client.send(client.build_request("GET", "/account", headers=headers))
        assert (page.status_code, "Saved." in page.text) == (200, False)


async def test_audit_page_names_who_did_what(client: Browser, as_role: AsRole) -> None:
    mats = await as_role("staff")
    await client.post(f"/users/{mats.account_id}/role", data={"role": "readonly"})
    page = (await client.get("/audit?kind=account")).text
    assert "Changed the role of: Mats0" in page
    assert (await client.get("/audit?before=nonsense&kind=nonsense")).status_code == 200
    assert (await mats.get("/audit")).status_code == 303


async def test_nobody_invites_themselves_again(client: Browser) -> None:
    answer = await client.post(f"/users/{client.account_id}/invite")
    assert answer.status_code == 422
