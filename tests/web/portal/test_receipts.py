"""A person's receipts: their own only, in their language, with every file."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any
from uuid import UUID

import pytest

from confida_consent.events import events_of
from confida_consent.notices import current_notice
from confida_core.vault.access import system_access
from tests.web.client import Browser
from tests.web.portal.people import make_person, press, session_of

pytestmark = pytest.mark.anyio
SYSTEM = system_access("test", "consent")


async def consented(browser: Browser, crm: Any) -> tuple[UUID, dict[str, str], str]:
    """Ada, her session, and the address of the receipt of her one consent."""
    ada = await make_person(crm)
    inside = await session_of(crm, ada)
    await press(browser, inside, "newsletter", "email")
    event = (await events_of(crm, SYSTEM, ada))[0].event
    return ada, inside, f"/my/receipts/{event.id}"


async def test_receipt_is_readable_in_both_languages_and_names_every_file(stranger: Browser, crm: Any) -> None:
    _, inside, path = await consented(stranger, crm)
    english, german = await stranger.get(path, headers=inside), await stranger.get(f"{path}?lang=de", headers=inside)
    assert "Receipt for your consent" in english.text
    assert re.findall(r'<article[^>]* lang="(\w+)">', english.text + german.text) == ["en", "de"]
    for name in (
        "receipt.jsonld",
        "receipt.kantara.json",
        "receipt.notice.txt",
        "receipt.tlog-proof",
        "verify.py",
        "all.zip",
    ):
        assert f'href="{path}/{name}"' in english.text


async def test_every_file_is_sent_as_a_download(stranger: Browser, crm: Any) -> None:
    _, inside, path = await consented(stranger, crm)
    record = await stranger.get(f"{path}/receipt.jsonld", headers=inside)
    assert json.loads(record.text)["@type"] is not None
    assert record.headers["content-disposition"] == 'attachment; filename="receipt.jsonld"'
    notice = await stranger.get(f"{path}/receipt.notice.txt", headers=inside)
    assert notice.content == (await current_notice(crm, "newsletter", "en")).content
    archive = await stranger.get(f"{path}/all.zip", headers=inside)
    assert "verify.py" in zipfile.ZipFile(io.BytesIO(archive.content)).namelist()
    assert (await stranger.get(f"{path}/nothing.txt", headers=inside)).status_code == 404


async def test_nobody_sees_the_receipt_of_somebody_else(stranger: Browser, crm: Any) -> None:
    _, _, path = await consented(stranger, crm)
    zoe = await session_of(crm, await make_person(crm, "Zoe", "zoe@example.org"))
    missing = "/my/receipts/00000000-0000-7000-8000-000000000000"
    for suffix in ("", "/receipt.jsonld", "/all.zip"):
        assert [(await stranger.get(one + suffix, headers=zoe)).status_code for one in (path, missing)] == [404, 404]
        # A file is no page to come back to.
        following = "" if suffix else f"?next={path}"
        assert (await stranger.get(path + suffix)).headers["location"] == f"/my/{following}"
