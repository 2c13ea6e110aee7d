"""Every page of consent opens, empty and with something in it, and costs the same however much is in it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases import in_one_installation
from tests.web.people import make

pytestmark = pytest.mark.anyio

PAGES = (
    "/consents",
    "/consents/expiring",
    "/consents/ledger",
    "/consents/messages",
    "/consents/purposes",
    "/consents/purposes/new",
    "/consents/purposes/newsletter",
    "/consents/suppressions",
)


@in_one_installation("path", PAGES)
async def test_page_opens_in_an_empty_installation(client: Any, path: str) -> None:
    assert (await client.get(path)).status_code == 200


async def test_pages_of_a_contact_open_before_anything_was_said(client: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada")
    for path in ("", "/consents", "/consents/record", "/consents/record?answer=no"):
        page = await client.get(f"/contacts/{contact_id}{path}")
        assert (path, page.status_code) == (path, 200)
        assert "could not be loaded" not in page.text
