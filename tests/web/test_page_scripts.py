"""Scripts that plugins have on every page of staff, and streams that end when the server does."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Any

import pytest

from confida_core.loaded_plugin import PluginError
from confida_web.app import create_app
from confida_web.declarations import PageScript
from confida_web.security.headers import complete
from confida_web.stopping import told_to_stop
from tests.web.client import signed_in_browser
from tests.web.plugged import with_plugin

pytestmark = pytest.mark.anyio


def script(key: str, wanted: Any, src: str = "app.js", permission: str = "contacts.read") -> PageScript:
    return PageScript(key=f"sales.{key}", src=src, permission=permission, wanted=wanted)


async def test_script_is_on_the_pages_of_those_who_want_it_and_its_failure_is_its_own(
    crm: Any,
) -> None:
    async def yes(*_: Any) -> bool:
        return True

    async def no(*_: Any) -> bool:
        return False

    async def raises(*_: Any) -> bool:
        raise LookupError

    async def says_more(*_: Any) -> Any:
        return "yes"

    scripts = [
        script("yes", yes, "vendor/htmx.min.js"), script("no", no), script("raises", raises), script("more", says_more),
        script("managers", yes, permission="system.manage"),
    ]  # fmt: skip
    app = create_app(with_plugin(crm, page_scripts=scripts))
    async with await signed_in_browser(app, crm, "Zoe", "staff") as browser:
        html = (await browser.get("/contacts")).text
        assert (html.count('type="module"'), html.count("vendor/htmx.min.js")) == (2, 2)
        assert "vendor/htmx.min.js" not in (await browser.fragment("GET", "/contacts")).text


async def test_script_that_is_not_there_stops_the_start(crm: Any) -> None:
    with pytest.raises(PluginError, match=r"sales\.lost"):
        create_app(with_plugin(crm, page_scripts=[script("lost", None, "x/sales/lost.js")]))


async def test_streams_hear_that_the_server_stops_and_so_does_whoever_heard_before() -> None:
    heard: list[int] = []
    former = signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))
    stopping = asyncio.Event()
    try:
        with told_to_stop(stopping):
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.wait_for(stopping.wait(), 60)
        assert heard == [signal.SIGTERM]
    finally:
        signal.signal(signal.SIGTERM, former)


def test_handler_may_let_a_script_be_loaded_from_elsewhere() -> None:
    done = complete([(b"Cross-Origin-Resource-Policy", b"cross-origin")])
    assert [value for name, value in done if name.lower() == b"cross-origin-resource-policy"] == [b"cross-origin"]
