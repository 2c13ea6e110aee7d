"""Every answer carries every header, whatever its status and whoever answers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from litestar import Litestar, get

from confida_web.security.headers import ALWAYS, complete
from tests.web.client import Browser, browser_of

pytestmark = pytest.mark.anyio

EXPECTED = {name.decode(): value.decode() for name, value in ALWAYS}


def missing(answer: httpx.Response, *, cached: bool = False) -> dict[str, str]:
    return {
        name: value
        for name, value in EXPECTED.items()
        if answer.headers.get_list(name) != [value] and not (cached and name == "cache-control")
    }


CASES: dict[tuple[str, str, tuple[tuple[str, str], ...]], int] = {
    ("GET", "/healthz", ()): 200,
    ("GET", "/login", ()): 200,
    ("HEAD", "/login", ()): 200,
    ("GET", "/account", ()): 303,
    ("GET", "/login?a=%ff", ()): 400,
    ("GET", "/healthz", (("host", "evil.example.org"),)): 400,
    ("GET", "/account", (("HX-Request", "true"),)): 401,
    ("POST", "/login", (("sec-fetch-site", "cross-site"),)): 403,
    ("GET", "/nowhere", ()): 404,
    ("GET", "/static/nothing.css", ()): 404,
    ("POST", "/account", ()): 405,
    ("TRACE", "/login", ()): 405,
    ("OPTIONS", "/login", ()): 405,
    ("GET", "/setup/unknown", ()): 410,
    ("GET", "/login?" + "a" * 9000, ()): 414,
    ("POST", "/login", (("content-encoding", "gzip"), ("content-type", "application/x-www-form-urlencoded"))): 415,
}


async def test_all_headers_on_every_status(stranger: Browser) -> None:
    answers = {case: await stranger.request(case[0], case[1], headers=dict(case[2])) for case in CASES}
    assert {case: answer.status_code for case, answer in answers.items()} == CASES
    assert {case: missing(answer) for case, answer in answers.items()} == {case: {} for case in CASES}
    assert [case for case, answer in answers.items() if "server" in answer.headers] == []


async def test_static_files_and_304_carry_them_too(stranger: Browser) -> None:
    answer = await stranger.get("/static/mark.svg")
    again = await stranger.get("/static/mark.svg", headers={"if-none-match": answer.headers["etag"]})
    assert (answer.status_code, again.status_code, again.content) == (200, 304, b"")
    assert (missing(answer, cached=True), missing(again, cached=True)) == ({}, {})


async def test_failure_of_ours_carries_them_and_shows_nothing(
    own_app: Litestar, caplog: pytest.LogCaptureFixture
) -> None:
    @get("/broken", public=True)
    async def broken() -> None:
        raise LookupError("Ada Lovelace")

    own_app.register(broken)
    async with browser_of(own_app) as browser:
        answer = await browser.get("/broken")
    assert (answer.status_code, missing(answer)) == (500, {})
    assert "Ada" not in answer.text + caplog.text
    record = next(record for record in caplog.records if record.name == "confida.web")
    fields: Any = vars(record)["fields"]
    assert (fields["kind"], fields["route"]) == ("LookupError", "/broken")
    assert fields["reference"] in answer.text


async def test_failure_of_the_error_page_itself_is_a_plain_page(
    app: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("confida_web.errors.answers.page", None)
    async with browser_of(app) as browser:
        answer = await browser.get("/nowhere")
    assert (answer.status_code, missing(answer)) == (404, {})
    assert "<h1>404</h1>" in answer.text
    assert "TypeError" in str([vars(record).get("fields") for record in caplog.records])


async def test_log_out_clears_what_the_browser_kept(client: Browser) -> None:
    answer = await client.post("/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert answer.headers["clear-site-data"] == '"cache", "cookies", "storage"'
    assert (await client.get("/account")).status_code == 303


def test_policy_allows_no_inline_and_no_other_host() -> None:
    policy = EXPECTED["content-security-policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")


def test_handler_may_narrow_the_policy_and_nothing_else() -> None:
    given = [
        (b"Content-Security-Policy", b"sandbox"),
        (b"X-Frame-Options", b"ALLOWALL"),
        (b"Server", b"x"),
        (b"etag", b"1"),
    ]
    done = complete(given)
    assert [value for name, value in done if name.lower() == b"content-security-policy"] == [b"sandbox"]
    assert [value for name, value in done if name.lower() == b"x-frame-options"] == [b"DENY"]
    assert b"server" not in [name.lower() for name, _ in done]
    assert (b"etag", b"1") in done
