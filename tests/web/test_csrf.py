"""A change needs both proofs: the browser's word that it is ours, and the session's token."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.client import AsRole, Browser

pytestmark = pytest.mark.anyio

FORM = "application/x-www-form-urlencoded"
PATH = "/account/preferences"


async def change(browser: Browser, headers: dict[str, str], content: bytes = b"density=compact") -> int:
    """A change with exactly these headers besides the session's cookie."""
    browser.csrf_token, token = "", browser.csrf_token
    try:
        given = {"content-type": FORM, **{name: value.replace("{token}", token) for name, value in headers.items()}}
        return (
            await browser.post(PATH, headers=given, content=content.replace(b"{token}", token.encode()))
        ).status_code
    finally:
        browser.csrf_token = token


Case = tuple[tuple[tuple[str, str], ...], bytes]
TOKEN = ("x-csrftoken", "{token}")
TAKEN: list[Case] = [((TOKEN,), b""), ((), b"_csrf={token}")]
REFUSED: list[Case] = [
    ((), b""),
    ((("x-csrftoken", ""),), b"_csrf={token}"),
    ((("x-csrftoken", "0" * 64),), b""),
    ((("x-csrftoken", "{token}0"),), b""),
    ((TOKEN, ("sec-fetch-site", "cross-site")), b""),
    ((TOKEN, ("sec-fetch-site", "same-site")), b""),
    ((TOKEN, ("sec-fetch-site", "none")), b""),
    ((TOKEN, ("sec-fetch-site", "cross-site"), ("origin", "http://localhost")), b""),
    ((), b"_csrf=%C3%BCmlaut"),
    ((("content-type", "text/plain"),), b"_csrf={token}"),
    ((("content-type", "application/json"),), b'{"_csrf": "{token}"}'),
    ((("content-type", ""),), b"_csrf={token}"),
]


async def test_change_needs_token_and_our_origin(client: Browser) -> None:
    for case in REFUSED:
        assert (case, await change(client, dict(case[0]), b"density=compact&" + case[1])) == (case, 403)
    assert 'data-density="comfortable"' in (await client.get("/account")).text
    for case in TAKEN:
        assert (case, await change(client, dict(case[0]), b"density=compact&" + case[1])) == (case, 303)
    assert 'data-density="compact"' in (await client.get("/account")).text


async def test_browser_without_fetch_metadata_needs_our_origin(client: Browser) -> None:
    expected = {
        "http://localhost": 303,
        "http://localhost:8000": 403,
        "https://localhost": 403,
        "null": 403,
        "http://evil.example.org": 403,
        "http://localhost.evil.example.org": 403,
        "": 403,
    }
    statuses = {}
    for origin in expected:
        headers = {"x-csrftoken": client.csrf_token, "cookie": f"__Host-confida={client.secret}", "content-type": FORM}
        if origin:
            headers["origin"] = origin
        request = client.build_request("POST", PATH, headers=headers, content=b"density=compact")
        statuses[origin] = (await client.send(request)).status_code
    assert statuses == expected


async def test_token_with_non_ascii_bytes_is_refused_without_failure(client: Browser) -> None:
    request = client.build_request("POST", PATH, content=b"density=compact")
    request.headers = type(request.headers)(
        [
            (b"host", b"localhost"),
            (b"cookie", f"__Host-confida={client.secret}".encode()),
            (b"sec-fetch-site", b"same-origin"),
            (b"x-csrftoken", "ümlaut".encode()),
            (b"content-type", FORM.encode()),
        ]
    )
    assert (await client.send(request)).status_code == 403


async def test_token_of_another_session_is_refused(client: Browser, as_role: AsRole) -> None:
    mats = await as_role("staff")
    assert await change(client, {"x-csrftoken": mats.csrf_token}) == 403


async def test_token_of_the_session_before_the_password_was_typed_again_is_void(client: Browser, crm: Any) -> None:
    from confida_core.accounts.sessions import find_session, renew_session

    found = await find_session(crm, client.secret)
    assert found is not None
    client.secret = await renew_session(crm, found.session_id)
    assert await change(client, {"x-csrftoken": "{token}"}) == 403


async def test_multipart_form_with_the_token_first_is_taken_and_otherwise_not(client: Browser) -> None:
    token, client.csrf_token = client.csrf_token, ""
    first = {"_csrf": (None, token), "density": (None, "compact")}
    last = {"density": (None, "comfortable"), "_csrf": (None, token)}
    as_file = {"_csrf": ("token.txt", token.encode()), "density": (None, "comfortable")}
    answers = [(await client.post(PATH, files=form)).status_code for form in (first, last, as_file)]  # type: ignore[arg-type]
    assert answers == [303, 403, 403]
    assert 'data-density="compact"' in (await client.get("/account")).text


async def test_log_in_form_needs_our_origin_too(stranger: Browser) -> None:
    answer = await stranger.post("/login", data={"email": "a@example.org"}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
