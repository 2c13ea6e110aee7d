"""Bad input on every route: a 4xx or a harmless answer, never a failure of ours, and the next request is fine."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler

from tests.web.client import Browser

pytestmark = pytest.mark.anyio

LEAVES = {"/logout", "/users/end-all-sessions"}
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=bound"
PART = b'--bound\r\nContent-Disposition: form-data; name="%s"\r\n%s\r\n%s\r\n--bound--\r\n'

QUERIES = (
    b"page=-1&sort=%27%3B--&q=%2a",
    b"page=" + b"9" * 400 + b"&before=x&limit=9223372036854775808&kind=%7B%7B7*7%7D%7D",
    b"q=%ff",
    b"q=%00",
    b"q=%ED%A0%80",
    b"q=%zz",
    b"cursor=" + b"A" * 4000,
    b"&".join(b"filter=%d" % number for number in range(150)),
    b"&".join(b"q=%d" % number for number in range(300)),
    b"filter=" + b"%5B" * 1000,
    b"next=//evil.example.org&month=13&year=99999&date=0000-00-00&zone=Mars%2FOlympus",
)
HEADERS: tuple[dict[str, str], ...] = (
    {"accept-language": ",".join(["de;q=0.5"] * 2000)},
    {"accept": ",".join(["text/html"] * 1000)},
    {"range": "bytes=9-1,0-0,-1"},
    {"if-none-match": '"' * 500},
    {"hx-request": "true", "hx-target": "<script>", "hx-boosted": "1"},
    {"x-forwarded-for": "evil", "x-forwarded-host": "evil.example.org", "x-forwarded-proto": "gopher"},
    {"cookie": "__Host-confida=\x01\xff; __Host-toast=.; =; ;;"},
    {"cookie": "__Host-confida=" + "x" * 8000},
)
NUMBERS = ("-1", "2147483648", "9223372036854775808", "9" * 400, "1,5", "1e3", "٣", "NaN", "0000-00-00", "2023-02-29")
NAMES = (
    "version", "limit", "email", "password", "display_name", "role", "name", "subject", "body", "kind", "at", "due_on",
    "emails-0-address", "phones-0-number", "label", "key", "type", "ids", "q", "people-q", "theme", "time_zone", "reason",
    "minutes", "direction", "format", "scope", "origin", "file", "column-0", "duplicates", "birthday-month", "members",
)  # fmt: skip


def form_with(value: str) -> bytes:
    from urllib.parse import urlencode

    return urlencode([(name, value) for name in NAMES]).encode()


BODIES: tuple[tuple[str, bytes], ...] = (
    ("", b""),
    (FORM, b""),
    (FORM, b"&".join([b"a=1"] * 20_000)),
    (FORM, b"name=%ff"),
    (FORM, b"name=%00&email=%00"),
    (FORM, b"name=%ED%A0%80"),
    *((FORM, form_with(value)) for value in NUMBERS),
    (FORM, form_with("'; DROP TABLE account; -- {{7*7}} {0.__class__} %n <script>alert(1)</script>")),
    (FORM, form_with("\u202e\u200b" + "\u0301" * 500)),
    (FORM, form_with("x" * 30_000)),
    (MULTIPART, PART % (b"name", b"Content-Type: text/plain; charset=x-unknown\r\n", b"a")),
    (MULTIPART, PART % (b"name", b"", b"\xff\xfe")),
    (MULTIPART, PART % (b'file"; filename="../../x', b"", b"\x89PNG\r\n\x1a\nnot really")),
    (MULTIPART, PART % (b'_csrf"; filename="token', b"", b"x")),
    (MULTIPART, b"--bound\r\nContent-Disposition: form"),
    ("multipart/form-data", b"x"),
    ("application/json", b"[" * 100_000),
    ("application/json", b'{"a": 1, "a": NaN}'),
    ("text/plain", b'{"a": 1}'),
    ("\x7f;;;==", b"x"),
)


def routes_of(app: Litestar) -> list[tuple[str, str]]:
    """(method, path) of every route, with path parameters filled with something that fits and does not exist."""
    found = set()
    for route in app.routes:
        for handler in getattr(route, "route_handlers", []):
            if isinstance(handler, HTTPRouteHandler):
                found |= {(str(method), filled(route.path_format)) for method in handler.http_methods}
    return sorted(pair for pair in found if pair[0] != "OPTIONS")


def filled(path: str) -> str:
    parts = [str(UUID(int=7)) if "_id" in part else "x" if part.startswith("{") else part for part in path.split("/")]
    return "/".join(parts)


@pytest.fixture
async def failures(caplog: pytest.LogCaptureFixture) -> Any:
    """What our log says about failures of ours during the test."""
    caplog.set_level(logging.ERROR, logger="confida.web")
    return lambda: [vars(record).get("fields") for record in caplog.records if record.name == "confida.web"]


async def test_no_query_and_no_header_makes_any_page_fail(app: Litestar, client: Browser, failures: Any) -> None:
    bad: list[tuple[Any, ...]] = []
    for method, path in routes_of(app):
        if method != "GET":
            continue
        for query in QUERIES:
            answer = await client.get(f"{path}?{query.decode()}")
            bad += [(path, query[:40], answer.status_code)] if answer.status_code >= 500 else []
        for headers in HEADERS:
            raw = {name.encode(): value.encode("latin-1") for name, value in headers.items()}
            cookie = {b"cookie": f"__Host-confida={client.secret}".encode()}
            answer = await client.send(client.build_request("GET", path, headers={**cookie, **raw}))
            bad += [(path, str(headers)[:40], answer.status_code)] if answer.status_code >= 500 else []
    assert (bad, failures()) == ([], [])
    assert (await client.get("/account")).status_code == 200


async def test_no_body_makes_any_form_fail(app: Litestar, client: Browser, failures: Any) -> None:
    bad: list[tuple[Any, ...]] = []
    for method, path in routes_of(app):
        if method == "GET" or path in LEAVES:
            continue
        for kind, body in BODIES:
            answer = await client.request(method, path, headers={"content-type": kind}, content=body)
            bad += [(path, kind, body[:40], answer.status_code)] if answer.status_code >= 500 else []
    assert (bad, failures()) == ([], [])
    assert (await client.get("/account")).status_code == 200


async def test_no_path_makes_routing_fail(app: Litestar, client: Browser, failures: Any) -> None:
    patterns = {
        "/".join("*" if part.startswith("{") else part for part in route.path_format.split("/")) for route in app.routes
    }
    values = ["%2e%2e", "%252e", "%00", "%zz", "%ff", "..%2f..", "A" * 300, "0", "-1", "x%0d%0ay", "*", "%F0%9F%9A%A3"]
    bad: list[tuple[Any, ...]] = []
    for pattern in sorted(pattern for pattern in patterns if "*" in pattern):
        for value in values:
            answer = await client.get(pattern.replace("*", value))
            bad += [(pattern, value, answer.status_code)] if answer.status_code >= 500 else []
    assert (bad, failures()) == ([], [])


async def test_only_our_own_names_are_answered(stranger: Browser) -> None:
    expected = {
        "localhost": 200,
        "LOCALHOST:8000": 200,
        "127.0.0.1:1": 200,
        "[::1]:8000": 200,
        "evil.example.org": 400,
        "localhost.evil.example.org": 400,
        "localhost@evil.example.org": 400,
        "localhost:port": 400,
        "localhost, localhost": 400,
        "": 400,
        "localhost\x00": 400,
        "ümlaut": 400,
    }
    found = {}
    for host in expected:
        request = stranger.build_request("GET", "/healthz")
        request.headers = type(request.headers)([(b"host", host.encode())])
        found[host] = (await stranger.send(request)).status_code
    assert found == expected
    request = stranger.build_request("GET", "/healthz")
    request.headers = type(request.headers)([(b"host", b"localhost"), (b"host", b"localhost")])
    assert (await stranger.send(request)).status_code == 400


async def test_report_of_a_browser_leaves_no_address_in_the_log(
    stranger: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    report = (
        b'[{"body": {"documentURL": "http://localhost/contacts/0192f0c1-aaaa-7bbb-8ccc-1234567890ab?q=Ada", '
        b'"effectiveDirective": "script-src-elem", "blockedURL": "https://evil.example.org"}}, 7, {"body": 1}]'
    )
    for body in (report, b"[" * 60_000, b"\xff", b"{}", b"null"):
        assert (await stranger.post("/csp-report", content=body, headers={"sec-fetch-site": "none"})).status_code == 204
    assert (await stranger.post("/csp-report", content=b"x" * 70_000)).status_code == 413
    fields: list[Any] = [vars(record).get("fields") for record in caplog.records if record.getMessage() == "csp"]
    assert fields == [{"page": "/contacts/*", "directive": "script-src-elem"}]
