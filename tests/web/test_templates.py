"""page(), and what the templates promise to readers: escaping, fragments, weight."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar, Request, Response, get
from litestar.testing import TestClient

from confida_web.errors.pages import ErrorPage
from confida_web.frame import Frame
from confida_web.page import STATIC_FOLDER, build_environment, page, render, static_url
from tests.contracts.test_templates import icon_sheets, read
from tests.web.samples import LONG, TOAST_FRAME, contact_page, contacts_page, frame, head

FIRST_VISIT_BYTES = 60_000  # DESIGN.md 8: compressed, with every file the page asks for.


@get("/contacts")
async def contacts(request: Request[Any, Any, Any]) -> Response[bytes]:
    request.state.frame = frame()
    return page(request, contacts_page(3), block="results")


@get("/missing")
async def missing(request: Request[Any, Any, Any]) -> Response[bytes]:
    return page(request, ErrorPage(status=404), status=404)


@get("/wrong-block")
async def wrong_block(request: Request[Any, Any, Any]) -> Response[bytes]:
    return page(request, contacts_page(3), block="nonsense")


@pytest.fixture(scope="module")
def client() -> Any:
    with TestClient(Litestar([contacts, missing, wrong_block], openapi_config=None)) as client:
        yield client


@pytest.mark.parametrize(
    ("headers", "whole"),
    [
        ({}, True),
        ({"HX-Request": "true"}, False),
        ({"HX-Request": "true", "HX-Boosted": "true"}, True),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, True),
        ({"HX-Target": "div#results"}, True),
    ],
)
def test_page_sends_block_only_for_htmx(client: TestClient[Litestar], headers: dict[str, str], whole: bool) -> None:
    response = client.get("/contacts", headers=headers)
    assert response.status_code == 200
    assert response.headers["vary"] == "HX-Request, Accept-Encoding"
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.text.startswith("<!doctype html>") is whole
    assert response.text.count("<table") == (2 if whole else 1)  # The list, and the shortcuts of the layout.


def test_page_renders_error_without_frame_and_environment(client: TestClient[Litestar]) -> None:
    response = client.get("/missing")
    assert response.status_code == 404
    assert "There is nothing here for you to see" in response.text
    assert "<nav" not in response.text


def test_undeclared_block_is_refused(client: TestClient[Litestar]) -> None:
    assert client.get("/wrong-block", headers={"HX-Request": "true"}).status_code == 500
    with pytest.raises(ValueError, match="declares no block 'nonsense'"):
        render(build_environment(), contacts_page(3), frame(), "nonsense")


def test_forbidden_and_missing_look_alike() -> None:
    environment = build_environment()
    assert render(environment, ErrorPage(status=403), frame()) == render(environment, ErrorPage(status=404), frame())


def test_every_value_of_a_contact_is_escaped() -> None:
    nasty = "<script>alert(1)</script>\"'"
    html = render(build_environment(), contact_page(contact=head(name=nasty, nickname=nasty, tags=(nasty,))), frame())
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert(1)") >= 4  # Title, heading, nickname and tag.


def test_toast_follows_a_block_and_can_be_undone() -> None:
    html = render(build_environment(), contact_page(), TOAST_FRAME, "head")
    assert '<hx-partial hx-target="#toasts" hx-swap="beforeend">' in html
    assert 'action="/contacts/1/unarchive"' in html


def test_lone_surrogate_in_a_name_breaks_no_page(client: TestClient[Litestar]) -> None:
    html = render(build_environment(), contact_page(contact=head(name="\ud800")), frame())
    assert html.encode("utf-8", "replace").decode("utf-8").startswith("<!doctype html>")


def test_first_visit_of_the_list_is_light() -> None:
    html = render(build_environment(), contacts_page(50), frame())
    page_bytes = len(gzip.compress(html.encode()))
    files = {address.partition("?")[0].removeprefix("/static/") for address in read(html).addresses}
    weights = {name: len(gzip.compress((STATIC_FOLDER / name).read_bytes())) for name in files}
    assert "icons.svg" in files
    assert page_bytes + sum(weights.values()) < FIRST_VISIT_BYTES, weights


def test_static_address_changes_with_content() -> None:
    assert re.fullmatch(r"/static/app\.css\?v=[0-9a-f]{10}", static_url("app.css"))
    assert static_url("app.css") != static_url("parts.css")


def test_person_without_name_is_called_by_mail_or_says_so() -> None:
    environment = build_environment()
    assert "<h1><bdi>kontakt@example.org</bdi></h1>" in render(environment, contact_page(3), frame())
    assert "<h1><bdi>(no name)</bdi></h1>" in render(environment, contact_page(5), frame())
    assert f"<bdi>{LONG}</bdi>" in render(environment, contact_page(1), frame())


def test_every_icon_of_the_sheet_is_used() -> None:
    sheet = set(re.findall(r'<symbol id="([^"]+)"', icon_sheets()))
    folders = (STATIC_FOLDER.parent, Path(__file__).parents[2] / "plugins")
    sources = [path for folder in folders for kind in ("*.html", "*.py") for path in folder.rglob(kind)]
    sources.append(Path(__file__).parent / "samples.py")
    words = set(re.findall(r"[a-z-]+", " ".join(path.read_text(encoding="utf-8") for path in sources)))
    assert sorted(sheet - words) == []


def test_signed_in_frame_names_the_account_once() -> None:
    html = render(build_environment(), contacts_page(0), Frame(account_name="Olga", csrf_token="a'b<c>"))
    assert "a'b<c>" not in html
    assert "\\u0027" in html
