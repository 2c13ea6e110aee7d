"""The readable receipt in the browser: for staff who print it, and in the frame of the person's own pages."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest

from confida_consent.events import record_event
from confida_consent.receipts.readable import page_of
from confida_core.ids import new_id
from confida_web.frame import STRANGER
from confida_web.page import default_environment, render
from confida_web.receipts.pages import ReceiptDownload, ReceiptPaper
from tests.consent.people import LETTER, SYSTEM, add_contact, says
from tests.consent.receipts.papers import NOTICE, objection, paper
from tests.web.samples import frame

pytestmark = pytest.mark.anyio


async def given(crm: Any, **fields: Any) -> tuple[Any, Any]:
    who = await add_contact(crm)
    event = await record_event(crm, SYSTEM, says(who, "given", method="paper", evidence=LETTER, **fields))
    return who, event.id


async def test_staff_read_and_print_a_receipt_in_the_words_of_the_person(client: Any, crm: Any) -> None:
    who, event_id = await given(crm, language="de")
    path = f"/contacts/{who}/consents/{event_id}/receipt"
    german, english = [(await client.get(f"{path}{query}")).text for query in ("", "?lang=en")]
    assert [re.findall(r"<h1>([^<]+)</h1>", html) for html in (german, english)] == [
        ["Beleg über Ihre Einwilligung"], ["Receipt for your consent"],
    ]  # fmt: skip
    assert f'href="{path}.zip"' in german
    assert re.findall(rf'href="/contacts/{who}/consents/{event_id}/files/([^"]+)"', german) == [
        "receipt.jsonld", "receipt.kantara.json", "receipt.notice.txt", "receipt.tlog-proof",
    ]  # fmt: skip


async def test_receipt_of_somebody_else_is_not_found(client: Any, crm: Any) -> None:
    _, event_id = await given(crm)
    paths = [f"/contacts/{new_id()}/consents/{event_id}/receipt", f"/contacts/{new_id()}/consents/{new_id()}/receipt"]
    assert [(await client.get(path)).status_code for path in paths] == [404, 404]


async def test_reading_a_receipt_is_written_down(client: Any, crm: Any) -> None:
    who, event_id = await given(crm)
    await client.get(f"/contacts/{who}/consents/{event_id}/receipt")
    reads = await crm.door.read_log.of(who)
    place = "GET /contacts/{contact_id}/consents/{event_id}/receipt"
    assert [(read.purpose, read.place) for read in reads] == [("consent", place)]


def test_receipt_stands_in_either_frame() -> None:
    download = ReceiptDownload(href="/x/receipt.jsonld", name="receipt.jsonld", what="for programs")
    shown = ReceiptPaper(receipt=page_of(paper()), downloads=(download,), archive="/x/all.zip", back="/contacts/1")
    staff = render(default_environment(), shown, frame())
    own = render(default_environment(), replace(shown, back=""), replace(STRANGER, portal=True))
    assert ('class="portal"' in own, 'class="portal"' in staff, 'href="/contacts/1"' in staff) == (True, False, True)
    for html in (staff, own):
        assert NOTICE.decode() in unescape(html)
        assert re.findall(r'<h2 id="section-(\w+)"', html) == [
            "decision", "circumstances", "data", "controller", "rights", "proof", "notice",
        ]  # fmt: skip


def test_blocks_of_the_receipt_stand_alone_and_escape() -> None:
    told = replace(paper().circumstances, detail="<script>alert(1)</script>")
    shown = ReceiptPaper(receipt=page_of(paper(circumstances=told)))
    alone = render(default_environment(), shown, frame(), "paper")
    assert ("<script>" in alone, "&lt;script&gt;alert(1)" in alone) == (False, True)
    assert render(default_environment(), shown, frame(), "files").strip() == ""


def test_objection_on_paper_is_no_consent() -> None:
    html = render(default_environment(), ReceiptPaper(receipt=page_of(objection())), frame(), "paper")
    assert re.findall(r"<h1>([^<]+)</h1>", html) == ["Record of your objection"]
