"""Nothing personal leaves before it is written down who reads it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from litestar import Request, get
from litestar.response import Stream

from confida_core.ids import new_id
from confida_core.storage.database import Busy
from tests.web.client import AsRole, Browser, signed_in_browser

pytestmark = pytest.mark.anyio

ADA = new_id()
LOVELACE = new_id()


@get("/peek", permission="contacts.read")
async def peek(request: Request[Any, Any, Any]) -> str:
    """Stands for any page that opens a contact."""
    from confida_web.security.access import access_for

    access_for(request, "relationship").seen.add(ADA)
    return "Ada"


@get("/stream", permission="contacts.read")
async def stream(request: Request[Any, Any, Any]) -> Stream:
    """Stands for an export: it opens more while it is being sent."""
    from confida_web.security.access import access_for

    async def pieces() -> AsyncIterator[bytes]:
        for subject in (ADA, LOVELACE):
            access_for(request, "import_export").seen.add(subject)
            yield b"Ada"

    return Stream(pieces())


@pytest.fixture
async def reader(own_app: Any, crm: Any) -> AsyncIterator[Browser]:
    own_app.register(peek)
    own_app.register(stream)
    async with await signed_in_browser(own_app, crm, "Mats", "staff") as browser:
        yield browser


async def reads_of(crm: Any, subject: UUID) -> list[tuple[Any, str, str]]:
    return [(read.actor_id, read.purpose, read.place) for read in await crm.door.read_log.of(subject)]


async def test_page_is_in_the_read_log_with_actor_purpose_and_pattern(reader: Browser, crm: Any) -> None:
    assert (await reader.get("/peek?name=Ada")).text == "Ada"
    assert await reads_of(crm, ADA) == [(reader.account_id, "relationship", "GET /peek")]


async def test_stream_writes_each_reading_down_before_its_piece(reader: Browser, crm: Any) -> None:
    assert (await reader.get("/stream")).text == "AdaAda"
    expected = [(reader.account_id, "import_export", "GET /stream")]
    assert (await reads_of(crm, ADA), await reads_of(crm, LOVELACE)) == (expected, expected)


async def test_page_whose_reading_cannot_be_written_down_is_not_sent(
    reader: Browser, crm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(access: Any) -> None:
        access.seen.clear()
        raise Busy("no room")

    monkeypatch.setattr(crm.door.read_log, "settle", full)
    answer = await reader.get("/peek")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "Ada" not in answer.text
    monkeypatch.undo()
    assert (await reader.get("/peek")).text == "Ada"


async def test_visit_that_opens_nothing_writes_nothing(client: Browser, as_role: AsRole, crm: Any) -> None:
    assert (await client.get("/users")).status_code == 200
    assert await crm.data.fetch("SELECT id FROM read_entry") == []
