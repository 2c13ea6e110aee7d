"""The frame of the public side: its language, its headers, and that it knows no staff."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.cases import in_one_installation
from tests.web.client import Browser
from tests.web.portal.people import make_person, session_of

pytestmark = pytest.mark.anyio


def language_of(html: str) -> tuple[str, str]:
    found = re.search(r'<html lang="([^"]*)" dir="([^"]*)"', html)
    assert found is not None
    return found[1], found[2]


@pytest.mark.parametrize(
    ("query", "headers", "language"),
    [
        ("", {}, "en"),
        ("", {"accept-language": "de-AT,de;q=0.9,en;q=0.8"}, "de"),
        ("", {"accept-language": "fr,en;q=0.1"}, "en"),
        ("", {"accept-language": "de;q=0,fr"}, "en"),
        ("", {"accept-language": "de", "cookie": "__Host-language=en"}, "en"),
        ("?lang=de", {"cookie": "__Host-language=en"}, "de"),
        ("?lang=fr", {"cookie": "__Host-language=de"}, "de"),
        ("?lang=%00" if False else "?lang=../de", {}, "en"),
    ],
)
async def test_language_is_chosen(stranger: Browser, query: str, headers: dict[str, str], language: str) -> None:
    answer = await stranger.get(f"/my{query}", headers=headers)
    assert (answer.status_code, language_of(answer.text)) == (200, (language, "ltr"))
    assert ("Ihre E-Mail-Adresse" in answer.text) is (language == "de")


async def test_language_asked_for_is_kept_in_a_cookie_and_nothing_else_is(stranger: Browser) -> None:
    plain, asked = await stranger.get("/my"), await stranger.get("/my?lang=de")
    assert plain.headers.get_list("set-cookie") == []
    [cookie] = asked.headers.get_list("set-cookie")
    assert cookie.startswith("__Host-language=de;")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))


async def test_language_of_the_person_comes_before_the_browsers(stranger: Browser, crm: Any) -> None:
    ada = await session_of(crm, await make_person(crm, language="de-CH"))
    answer = await stranger.get("/my/nowhere", headers={**ada, "accept-language": "en"})
    assert language_of(answer.text) == ("de", "ltr")


async def test_pages_of_staff_stay_english_whatever_the_installation_speaks(crm: Any) -> None:
    from confida_web.app import create_app
    from tests.web.client import browser_of

    german = crm.settings.model_copy(update={"language": "de"})
    crm.settings = german
    async with browser_of(create_app(crm)) as browser:
        staff, person = await browser.get("/login"), await browser.get("/my")
    assert "Sign in" in staff.text
    assert language_of(person.text) == ("de", "ltr")


@in_one_installation(("method", "path", "status"), [
    ("GET", "/my", 200), ("GET", "/my/", 200), ("HEAD", "/my", 200), ("GET", "/my/code", 200), ("GET", "/my/nowhere", 404),
    ("GET", "/my?a=%ff", 400), ("DELETE", "/my", 405), ("POST", "/my/leave", 404), ("POST", "/my/code", 422),
])  # fmt: skip
async def test_every_answer_is_kept_from_caches_referrers_and_search_engines(
    stranger: Browser, method: str, path: str, status: int
) -> None:
    answer = await stranger.request(method, path)
    named = ("referrer-policy", "cache-control", "x-robots-tag")
    assert answer.status_code == status
    assert [answer.headers.get_list(name) for name in named] == [["no-referrer"], ["no-store"], ["noindex, nofollow"]]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


async def test_pages_hold_no_script_and_know_no_staff(client: Browser) -> None:
    for path in ("/my", "/my/code", "/my/nowhere"):
        html = (await client.get(path)).text
        assert "<script" not in html
        assert "hx-" not in html
        assert "/contacts" not in html
        assert "Olga" not in html
