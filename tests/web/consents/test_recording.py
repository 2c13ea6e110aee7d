"""What somebody said is written down with its evidence, shown with its proof, and put right when it was a mistake."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from confida_consent.events import Indication, events_of, record_event
from confida_consent.gate import may
from confida_core.clock import now
from confida_core.vault.access import Access, Actor, system_access
from tests.cases import in_one_installation
from tests.web.people import make

pytestmark = pytest.mark.anyio
ACCESS = system_access("test", "consent")


async def record(client: Any, contact_id: UUID, **fields: Any) -> Any:
    """The form as a browser sends it, with a consent on paper in it."""
    typed = {"answer": "yes", "purpose": "newsletter", "channels": ["email"], "method": "paper", "note": "Sheet 17"}
    typed |= {"day": "", "time": "", "indicated_by": "", "script": "", "language": "en"} | fields
    return await client.post(f"/contacts/{contact_id}/consents/record", data=typed)


async def told(crm: Any, contact_id: UUID) -> list[tuple[str, str, str]]:
    """(purpose, channel, kind), the oldest first."""
    found = await events_of(crm, ACCESS, contact_id)
    return [(one.event.purpose, one.event.channel, one.event.kind) for one in reversed(found)]


async def newest(crm: Any, contact_id: UUID) -> Any:
    return (await events_of(crm, ACCESS, contact_id))[0]


async def test_consent_on_paper_is_one_event_for_each_channel(client: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada Lovelace")
    answer = await record(client, contact_id, channels=["email", "post"], indicated_by="Her mother")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/contacts/{contact_id}")
    assert await told(crm, contact_id) == [("newsletter", "email", "given"), ("newsletter", "post", "given")]
    event = await newest(crm, contact_id)
    assert (event.evidence.detail, event.evidence.indicated_by) == ("Sheet 17", "Her mother")
    assert (event.event.method, event.event.actor_id, event.event.language) == ("paper", client.account_id, "en")
    assert [(await may(crm, contact_id, "newsletter", one)).allowed for one in ("email", "post", "phone")] == [
        True,
        True,
        False,
    ]


async def test_panel_and_strip_tell_what_was_recorded(client: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada Lovelace")
    await record(client, contact_id)
    page = (await client.get(f"/contacts/{contact_id}")).text
    event = (await newest(crm, contact_id)).event
    assert "They consented." in page
    assert f"/contacts/{contact_id}/consents/{event.id}" in page
    strip = re.sub(
        r"<[^>]+>|\s+", " ", page[page.index('id="strip"') : page.index("</section>", page.index('id="strip"'))]
    )
    assert "E-mail Newsletter" in re.sub(r"\s+", " ", strip)


@in_one_installation(
    ("fields", "field", "sentence"),
    [
        ({"purpose": "nonsense"}, "purpose", "Choose what it was about."),
        ({"purpose": "agreement"}, "purpose", "Choose what it was about."),
        ({"channels": []}, "channels", "Choose at least one."),
        ({"channels": ["profiling"]}, "channels", "This purpose does not use one of these ways."),
        ({"method": "gpc"}, "method", "Choose how it was said."),
        ({"day": "tomorrow"}, "day", "This is not a day, or not a time."),
        ({"day": "2999-01-01"}, "day", "This is still to come."),
        ({"day": "0001-01-01"}, "day", "This is not a day we can keep."),
        ({"note": ""}, "script", "Say what was asked, or add a note or a scan: a consent has to be proved."),
        ({"indicated_by": "x" * 201}, "indicated_by", "Please keep it under 200 characters."),
    ],
)
async def test_wrong_field_is_named_and_nothing_typed_is_lost(
    client: Any, crm: Any, fields: dict[str, Any], field: str, sentence: str
) -> None:
    contact_id = await make(crm, "Ada Lovelace")
    answer = await record(client, contact_id, **{"script": "", "note": "Sheet 17", **fields})
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert f'href="#{field}"' in answer.text
    assert ("Sheet 17" in answer.text) is (fields.get("note") != "")
    assert await told(crm, contact_id) == []


async def test_scan_is_sealed_and_given_back_to_the_byte(client: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada Lovelace")
    fields = {
        "_csrf": client.csrf_token,
        "answer": "yes",
        "purpose": "newsletter",
        "channels": "email",
        "method": "paper",
    }
    scan = b"%PDF-1.4 signed by Ada " + bytes(range(256))
    answer = await client.post(
        f"/contacts/{contact_id}/consents/record", data=fields, files={"scan": ("Bogen.pdf", scan, "application/pdf")}
    )
    assert answer.status_code == 303
    event = (await newest(crm, contact_id)).event
    base = f"/contacts/{contact_id}/consents/{event.id}"
    assert "Bogen.pdf" in (await client.get(base)).text
    assert (await client.get(f"{base}/scan")).content == scan
    stored = [path.read_bytes() for path in (crm.settings.home / "files").rglob("*") if path.is_file()]
    assert [b"signed by Ada" in content for content in stored] == [False]


async def test_refused_form_leaves_no_file_behind(client: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada Lovelace")
    fields = {
        "_csrf": client.csrf_token,
        "answer": "yes",
        "purpose": "nonsense",
        "channels": "email",
        "method": "paper",
    }
    answer = await client.post(
        f"/contacts/{contact_id}/consents/record",
        data=fields,
        files={"scan": ("Bogen.pdf", b"%PDF-1.4", "application/pdf")},
    )
    assert (answer.status_code, "Please choose the file again." in answer.text) == (422, True)
    assert [path for path in (crm.settings.home / "files").rglob("*") if path.is_file()] == []


async def test_receipt_of_somebody_else_is_evidence_and_no_more(client: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada Lovelace")
    receipt = b'{"@context": {}, "@type": "dpv:ConsentReceipt", "dct:identifier": "r-1", "dpv:hasPurpose": "x"}'
    fields = {
        "_csrf": client.csrf_token,
        "answer": "yes",
        "purpose": "newsletter",
        "channels": "email",
        "method": "paper",
    }
    path = f"/contacts/{contact_id}/consents/record"
    wrong = await client.post(path, data=fields, files={"receipt": ("r.json", b"{}", "application/json")})
    assert (wrong.status_code, 'href="#receipt"' in wrong.text) == (422, True)
    assert (
        await client.post(path, data=fields, files={"receipt": ("r.json", receipt, "application/json")})
    ).status_code == 303
    assert await told(crm, contact_id) == [("newsletter", "email", "given")]
    evidence = (await newest(crm, contact_id)).evidence
    assert "/dct:identifier: r-1" in evidence.origin
    event_id = (await newest(crm, contact_id)).event.id
    assert (await client.get(f"/contacts/{contact_id}/consents/{event_id}/scan")).content == receipt


async def test_no_holds_from_now_on_and_asks_for_no_proof(client: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada Lovelace")
    await record(client, contact_id)
    answer = await record(
        client, contact_id, answer="no", method="phone", note="", day=(now() - timedelta(days=9)).date().isoformat()
    )
    assert answer.status_code == 303
    assert await told(crm, contact_id) == [("newsletter", "email", "given"), ("newsletter", "email", "withdrawn")]
    assert (await may(crm, contact_id, "newsletter", "email")).reason == "withdrawn"


async def test_no_to_everything_reaches_every_purpose_that_is_not_agreed(client: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada Lovelace")
    assert (await record(client, contact_id, answer="no", purpose="*", channels=["phone"])).status_code == 303
    assert sorted(await told(crm, contact_id)) == [
        ("customer_offers", "phone", "objected"),
        ("newsletter", "phone", "refused"),
    ]
    assert (await may(crm, contact_id, "agreement", "phone")).allowed


async def test_undo_of_a_mistaken_no_brings_back_the_yes_before_it(client: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada Lovelace")
    await record(client, contact_id)
    before = await may(crm, contact_id, "newsletter", "email")
    await record(client, contact_id, answer="no")
    mistake = (await newest(crm, contact_id)).event
    undone = await client.post(f"/contacts/{contact_id}/consents/{mistake.id}/undo")
    assert undone.status_code == 303
    after = await may(crm, contact_id, "newsletter", "email")
    assert (after.allowed, after.since, after.until) == (True, before.since, before.until)
    assert [one[2] for one in await told(crm, contact_id)] == ["given", "withdrawn", "given"]
    assert (await client.post(f"/contacts/{contact_id}/consents/{mistake.id}/undo")).status_code == 404


async def test_mistaken_yes_is_corrected_with_a_reason(client: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada Lovelace")
    await record(client, contact_id)
    event = (await newest(crm, contact_id)).event
    path = f"/contacts/{contact_id}/consents/{event.id}"
    silent = await client.post(f"{path}/correct", data={"reason": " "})
    assert (silent.status_code, "Say in a sentence what went wrong." in silent.text) == (422, True)
    assert (await client.post(f"{path}/correct", data={"reason": "It was Grace, not Ada"})).status_code == 303
    correction = await newest(crm, contact_id)
    assert (correction.event.kind, correction.event.supersedes, correction.evidence.detail) == (
        "invalidated", event.id, "It was Grace, not Ada",
    )  # fmt: skip
    assert "A later event took the place of this one." in (await client.get(path)).text


async def test_what_the_person_did_alone_is_not_ours_to_undo(client: Any, crm: Any) -> None:
    from confida_consent.events import Indication, record_event
    from confida_core.vault.access import Access, Actor

    contact_id = await make(crm, "Ada Lovelace")
    await record(client, contact_id)
    ada = Access(actor=Actor(id=contact_id, kind="subject"), purpose="consent", where="test")
    said = Indication(
        subject_id=contact_id, purpose="newsletter", channel="email", kind="withdrawn", method="one_click"
    )
    event = await record_event(crm, ada, said)
    path = f"/contacts/{contact_id}/consents/{event.id}"
    assert "Recorded by mistake?" not in (await client.get(path)).text
    assert (await client.post(f"{path}/undo")).status_code == 404
    assert (await client.post(f"{path}/correct", data={"reason": "please"})).status_code == 404


async def test_proof_shows_notice_evidence_and_place_in_the_ledger(client: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada Lovelace")
    await record(client, contact_id, script="May we write to you?")
    event = (await newest(crm, contact_id)).event
    page = await client.get(f"/contacts/{contact_id}/consents/{event.id}")
    shown = (
        "May we write to you?",
        "Included, proof worked out just now",
        "We send you news about our work.",
        "receipt.zip",
        "Entry 1 of",
    )
    assert [text for text in shown if text not in page.text] == []
    reads = await crm.door.read_log.of(contact_id)
    assert ("consent", client.account_id) in {(read.purpose, read.actor_id) for read in reads}


async def test_receipt_downloads_are_complete(client: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada Lovelace")
    await record(client, contact_id)
    event = (await newest(crm, contact_id)).event
    base = f"/contacts/{contact_id}/consents/{event.id}"
    links = re.findall(rf'href="({base}/(?:files|receipt)[^"]+)"', (await client.get(base)).text)
    names = [link.rpartition("/")[2] for link in links]
    assert names == [
        "receipt.zip",
        "receipt.jsonld",
        "receipt.kantara.json",
        "receipt.notice.txt",
        "receipt.tlog-proof",
    ]
    for link in links:
        answer = await client.get(link)
        assert (answer.status_code, answer.headers["content-disposition"].startswith("attachment")) == (200, True)
    assert (await client.get(f"{base}/files/verify.py")).status_code == 404


@pytest.mark.parametrize("what", ["another contact's event", "nobody's event"])
async def test_event_of_another_contact_is_not_found(client: Any, crm: Any, what: str) -> None:
    ada, grace = await make(crm, "Ada"), await make(crm, "Grace")
    await record(client, ada)
    event_id = (await newest(crm, ada)).event.id if what == "another contact's event" else grace
    for path in ("", "/scan", "/receipt.zip", "/files/receipt.jsonld"):
        assert (await client.get(f"/contacts/{grace}/consents/{event_id}{path}")).status_code == 404


async def test_readonly_colleague_sees_the_proof_and_records_nothing(as_role: Any, client: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada Lovelace")
    await record(client, contact_id)
    event = (await newest(crm, contact_id)).event
    mats = await as_role("readonly")
    assert (await mats.get(f"/contacts/{contact_id}/consents/{event.id}")).status_code == 200
    history = await mats.get(f"/contacts/{contact_id}/consents")
    assert (history.status_code, "consents/record" in history.text) == (200, False)
    assert (await record(mats, contact_id)).status_code == 404


async def test_history_is_newest_first_and_filtered_by_purpose(client: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada Lovelace")
    await record(client, contact_id)
    await record(client, contact_id, answer="no", purpose="customer_offers")
    page = (await client.get(f"/contacts/{contact_id}/consents")).text
    assert re.findall(r"<strong>([^<]+)</strong> <bdi>([^<]+)</bdi>, E-mail", page) == [
        ("Objected", "Offers to existing customers"), ("Said yes", "Newsletter"),
    ]  # fmt: skip
    only = await client.fragment("GET", f"/contacts/{contact_id}/consents?purpose=newsletter")
    assert re.findall(r"<strong>([^<]+)</strong>", only.text) == ["Said yes"]


async def test_no_of_the_person_stands_when_a_colleagues_note_of_it_is_taken_back(client: Any, crm: Any) -> None:
    contact_id = await make(crm, "Ada Lovelace")
    own = Access(actor=Actor(id=contact_id, kind="subject"), purpose="consent", where="test")
    said = Indication(
        subject_id=contact_id, purpose="profiling", channel="profiling", kind="objected", method="preference_centre"
    )
    await record_event(crm, own, said)
    answer = await record(client, contact_id, answer="no", purpose="profiling", channels=["profiling"])
    assert answer.status_code == 303
    event = (await newest(crm, contact_id)).event
    assert "undo" not in (await client.get(f"/contacts/{contact_id}")).text
    assert (await client.post(f"/contacts/{contact_id}/consents/{event.id}/undo")).status_code == 404
    assert (await may(crm, contact_id, "profiling", "profiling")).reason == "objected"
