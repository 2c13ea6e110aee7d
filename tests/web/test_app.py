"""The application stands: machines get their answers, unguarded routes stop the start, errors are pages."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import get

from tests.web.client import Browser

pytestmark = pytest.mark.anyio


async def test_machines_are_answered_without_a_session(stranger: Browser) -> None:
    assert ((await stranger.get("/healthz")).text, (await stranger.get("/readyz")).text) == ("alive\n", "ready\n")


async def test_head_is_answered_like_get_without_a_body(stranger: Browser) -> None:
    answer = await stranger.head("/healthz")
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "6")


async def test_unknown_page_is_a_page_of_ours(client: Browser) -> None:
    answer = await client.get("/nowhere")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "nowhere" not in answer.text


@pytest.mark.parametrize("opt", [{}, {"permission": "contacts.guess"}, {"public": "yes"}])
def test_route_without_declared_permission_stops_the_start(opt: dict[str, Any]) -> None:
    from confida_web.security.guard import UnguardedRoute, check_routes

    @get("/somewhere", sync_to_thread=False, **opt)
    def somewhere() -> None: ...

    with pytest.raises(UnguardedRoute):
        check_routes([somewhere], ["contacts.read"])
