"""The readable receipt in the browser: for staff who print it, and in the frame of the person's own pages."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from confida_consent.events import record_event
from confida_consent.receipts.readable import page_of
from confida_consent.tokens import make_token
from confida_core.ids import new_id
from confida_web.frame import STRANGER
from confida_web.page import build_environment, render
from confida_web.receipts.pages import ReceiptDownload, ReceiptPaper
from tests.consent.people import LETTER, SYSTEM, add_contact, says
from tests.consent.receipts.papers import NOTICE, objection, paper
from tests.consent.receipts.test_files import check
from tests.web.portal.people import buttons
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


async def test_person_reads_and_takes_home_their_own_receipt(stranger: Any, crm: Any, tmp_path: Path) -> None:
    who, event_id = await given(crm)
    base = f"/my/p/{await make_token(crm, who, 'preferences')}/receipts"
    html = (await stranger.get(f"{base}/{event_id}", headers={"accept-language": "de"})).text
    assert re.findall(r"<h1>([^<]+)</h1>", html) == ["Beleg über Ihre Einwilligung"]
    names = re.findall(rf'href="{base}/{event_id}/([^"]+)" download', html)
    answers = {name: await stranger.get(f"{base}/{event_id}/{name}") for name in names}
    assert [(name, answer.status_code) for name, answer in answers.items()] == [
        ("all.zip", 200), ("receipt.jsonld", 200), ("receipt.kantara.json", 200), ("receipt.notice.txt", 200),
        ("receipt.tlog-proof", 200), ("verifier.key", 200), ("verify.py", 200),
    ]  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(answers["all.zip"].content)) as archive:
        archive.extractall(tmp_path)
    assert check(tmp_path, "--key", "verifier.key")[0] == 0


async def test_person_gets_no_receipt_of_somebody_else(stranger: Any, crm: Any) -> None:
    _, event_id = await given(crm)
    zoe = await add_contact(crm, "Zoe", "zoe@example.org")
    base = f"/my/p/{await make_token(crm, zoe, 'preferences')}/receipts/{event_id}"
    assert [(await stranger.get(path)).status_code for path in (base, f"{base}/receipt.jsonld", f"{base}/all.zip")] == [
        404
    ] * 3


def test_receipt_stands_in_either_frame() -> None:
    download = ReceiptDownload(href="/x/receipt.jsonld", name="receipt.jsonld", what="for programs")
    shown = ReceiptPaper(receipt=page_of(paper()), downloads=(download,), archive="/x/all.zip", back="/contacts/1")
    staff = render(build_environment(), shown, frame())
    own = render(build_environment(), replace(shown, back=""), replace(STRANGER, portal=True))
    assert ('class="portal"' in own, 'class="portal"' in staff, 'href="/contacts/1"' in staff) == (True, False, True)
    for html in (staff, own):
        assert NOTICE.decode() in unescape(html)
        assert re.findall(r'<h2 id="section-(\w+)"', html) == [
            "decision", "circumstances", "data", "controller", "rights", "proof", "notice",
        ]  # fmt: skip


def test_blocks_of_the_receipt_stand_alone_and_escape() -> None:
    told = replace(paper().circumstances, detail="<script>alert(1)</script>")
    shown = ReceiptPaper(receipt=page_of(paper(circumstances=told)))
    alone = render(build_environment(), shown, frame(), "paper")
    assert ("<script>" in alone, "&lt;script&gt;alert(1)" in alone) == (False, True)
    assert render(build_environment(), shown, frame(), "files").strip() == ""


def test_objection_on_paper_is_no_consent() -> None:
    html = render(build_environment(), ReceiptPaper(receipt=page_of(objection())), frame(), "paper")
    assert re.findall(r"<h1>([^<]+)</h1>", html) == ["Record of your objection"]


async def break_ledger(crm: Any) -> None:
    """As if somebody had changed the hashes of the leaves behind our back."""
    tile = (await crm.data.fetch("SELECT hashes FROM ledger_tile WHERE level = 0 AND number = 0"))[0]["hashes"]
    await crm.data.fetch("UPDATE ledger_tile SET hashes = ? WHERE level = 0", bytes(len(bytes(tile))))


async def test_receipt_of_a_broken_ledger_says_so_to_staff_and_to_the_person(
    client: Any, stranger: Any, crm: Any
) -> None:
    who, event_id = await given(crm)
    await given(crm)
    await break_ledger(crm)
    token = await make_token(crm, who, "session")
    base = f"/contacts/{who}/consents/{event_id}"
    paths = [f"{base}/receipt", f"{base}/receipt.zip", f"{base}/files/receipt.jsonld"]
    found = [await client.get(path) for path in paths]
    assert [answer.status_code for answer in found] == [503, 503, 503]
    assert all("confida ledger verify" in answer.text for answer in found)
    own = await stranger.get(f"/my/receipts/{event_id}", headers={"cookie": f"__Host-my={token}"})
    assert own.status_code == 503


async def test_no_of_a_person_is_taken_though_the_ledger_cannot_be_signed(stranger: Any, crm: Any) -> None:
    from confida_consent.gate import may

    who, _ = await given(crm)
    await break_ledger(crm)
    inside = {"cookie": f"__Host-my={await make_token(crm, who, 'session')}"}
    page = (await stranger.get("/my/consents", headers=inside)).text
    action, fields = buttons(page)["newsletter", "email"]
    assert fields["do"] == "withdraw"
    answer = await stranger.post(action, data=fields, headers=inside)
    assert (answer.status_code, answer.headers.get("location")) == (303, "/my/consents?done=withdraw")
    rows = await crm.data.fetch("SELECT kind FROM consent_event WHERE subject_id = ? ORDER BY ledger_index", who)
    assert [row["kind"] for row in rows] == ["given", "withdrawn"]
    assert not (await may(crm, who, "newsletter", "email")).allowed
