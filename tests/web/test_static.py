"""Static files: from memory, compressed, kept for a year where the address names the content."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import Any

import pytest

from confida_web.page import STATIC_FOLDER, build_environment, static_url
from confida_web.static_files import OURS, folders_of, static_files
from tests.web.client import Browser

pytestmark = pytest.mark.anyio


async def test_named_content_is_kept_and_unnamed_is_asked_for_again(stranger: Browser) -> None:
    named = await stranger.get(static_url("app.css"))
    plain = await stranger.get("/static/app.css")
    stale = await stranger.get("/static/app.css?v=0000000000")
    assert [answer.headers["cache-control"] for answer in (named, plain, stale)] == [
        "public, max-age=31536000, immutable",
        "public, no-cache",
        "public, no-cache",
    ]
    assert named.content == (STATIC_FOLDER / "app.css").read_bytes()
    assert (named.headers["content-encoding"], named.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert named.headers["content-type"] == "text/css; charset=utf-8"


async def test_browser_that_does_not_unpack_gets_it_plain(stranger: Browser) -> None:
    answer = await stranger.get("/static/app.css", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.content == (STATIC_FOLDER / "app.css").read_bytes()


async def test_nothing_outside_the_folder_is_served(stranger: Browser) -> None:
    tried = [
        "../page.py",
        "..%2fpage.py",
        "%2e%2e/page.py",
        "/etc/passwd",
        "vendor/vendor.lock",
        "vendor",
        "",
        "app.css/",
    ]
    statuses = {path: (await stranger.get(f"/static/{path}")).status_code for path in tried[:-1]}
    assert {path: status for path, status in statuses.items() if status not in {400, 404, 405}} == {}


def test_packed_files_unpack_to_the_same() -> None:
    assert {
        name
        for name, file in static_files().items()
        if file.compressed and gzip.decompress(file.compressed) != file.content
    } == set()


def test_every_file_of_the_first_page_together_is_small() -> None:
    first = ["vendor/oat.min.css", "app.css", "parts.css", "vendor/htmx.min.js", "app.js", "icons.svg"]
    assert sum(len(static_files()[name].compressed or static_files()[name].content) for name in first) < 60_000


@pytest.fixture
def folders(tmp_path: Path) -> tuple[tuple[str, Path], ...]:
    """Our own folder, and that of a plugin that ships a style sheet, a name of ours, and by mistake a page."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "card.css").write_text("@layer app { .card { color: var(--ink); } }")
    (tmp_path / "app.css").write_text("of the plugin")
    (tmp_path / "card.html").write_text("<script src='card.js'></script>")
    return (*OURS, ("x/membership/", tmp_path))


def test_files_of_a_plugin_stand_below_its_key(folders: tuple[tuple[str, Path], ...]) -> None:
    found = static_files(folders)
    assert set(found) - set(static_files()) == {"x/membership/deep/card.css", "x/membership/app.css"}
    assert found["x/membership/app.css"].content == b"of the plugin"
    assert {name: found[name] for name in static_files()} == static_files()


def test_address_of_a_plugins_file_names_its_content(folders: tuple[tuple[str, Path], ...]) -> None:
    shown = build_environment((), folders).from_string("{{ static('x/membership/app.css') }} {{ static('app.css') }}")
    name = hashlib.sha256(b"of the plugin").hexdigest()[:10]
    assert shown.render().split() == [f"/static/x/membership/app.css?v={name}", static_url("app.css")]
    with pytest.raises(FileNotFoundError):
        static_url("x/membership/nothing.css", folders)


async def test_places_of_the_hook_begin_with_the_key_of_the_plugin(crm: Any) -> None:
    assert folders_of(crm.registry) == OURS
