"""Pages about papers: who gets which file, mails looked at and called off, and the words and logo of an organisation."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
import pytest
from PIL import Image
from pypdf import PdfReader
from tests.press import printing

from confida_core.api import Access
from confida_sales.billing.invoices import Terms, issue_invoice
from confida_sales.documents.checking import papers_findings
from confida_sales.documents.einvoice.ubl_reading import read_ubl
from confida_sales.documents.letterhead import logo_of
from confida_sales.documents.mail_texts import text_of
from confida_sales.documents.mailing import Wanted, mails_about, send_paper
from confida_sales.documents.making import keep_paper
from confida_sales.offers.offers import OfferTerms, create_quote
from confida_sales.offers.quotes import send_quote
from confida_sales.tests.e_invoice_cast import DAY, PAPER

pytestmark = pytest.mark.anyio
TERMS = Terms(currency="EUR", issued_on=DAY)
HOUSE = {"controller.street": "Hafenstraße 1", "controller.locality": "Leipzig", "controller.country": "DE"}
TYPED = {"to": "ada@example.org", "subject": "Your invoice", "text": "Dear Ada"}


@pytest.fixture
def confida_settings() -> dict[str, Any]:
    return {
        "region": "DE",
        "name": "Example Boats",
        "smtp_host": "127.0.0.1",
        "mail_from": "crm@example.org",
        "plugin": {"sales": {"vat_id": "DE123456789"}},
    }


async def invoice_of(crm: Any, access: Access, contact_id: UUID) -> UUID:
    for key, value in HOUSE.items():
        await crm.data.fetch("INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING", key, value)
    return await issue_invoice(crm, access, contact_id, PAPER, TERMS)


def mail_of(invoice_id: UUID, kind: str = "invoice") -> str:
    return f"/x/sales/mails/new?{urlencode({'kind': kind, 'id': invoice_id, 'back': '/x/sales/quotes'})}"


async def test_e_invoice_is_a_download_for_those_who_may_read_sales(
    crm: Any, access: Access, contact: Any, client: Any, as_role: Any
) -> None:
    made = await invoice_of(crm, access, await contact("Ada Lovelace"))
    answer = await client.get(f"/x/sales/invoices/{made}/ubl.xml")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml")
    assert answer.headers["content-disposition"].startswith('attachment; filename="I-2026-00001.xml"')
    assert read_ubl(answer.content).number == "I-2026-00001"
    assert (await (await as_role("readonly")).get(f"/x/sales/invoices/{made}/ubl.xml")).content == answer.content
    assert (await client.get(f"/x/sales/invoices/{UUID(int=1)}/ubl.xml")).status_code == 404


async def test_paper_that_cannot_be_written_says_why_and_where_to_go(
    crm: Any, access: Access, contact: Any, client: Any
) -> None:
    nowhere = msgspec.structs.replace(PAPER, address=None)
    made = await issue_invoice(crm, access, await contact("Ada Lovelace"), nowhere, TERMS)
    answer = await client.get(f"/x/sales/invoices/{made}/ubl.xml")
    assert (answer.status_code, "The customer&#39;s country is missing." in answer.text) == (409, True)
    assert 'href="/x/sales/papers"' in answer.text


async def test_own_papers_are_for_the_person_alone(crm: Any, access: Access, contact: Any, as_person: Any) -> None:
    ada, zoe = await contact("Ada Lovelace", email="ada@example.org"), await contact("Zoe", email="zoe@example.org")
    made = await invoice_of(crm, access, ada)
    address = f"/my/x/sales/invoices/{made}/ubl.xml"
    answer = await (await as_person(ada)).get(address)
    assert (answer.status_code, read_ubl(answer.content).number) == (200, "I-2026-00001")
    assert (await (await as_person(zoe)).get(address)).status_code == 404
    assert (await (await as_person(zoe)).get(f"/my/x/sales/offers/{made}/paper.pdf")).status_code == 404


async def test_mail_is_looked_at_sent_and_called_off(
    crm: Any, access: Access, contact: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Printing takes longer than all of the rest, and is tried elsewhere.
    monkeypatch.setattr(printing, "find_spec", lambda name: None)
    ada = await contact("Ada Lovelace", email="ada@example.org")
    made = await invoice_of(crm, access, ada)
    shown = await client.get(mail_of(made))
    assert [
        word in shown.text for word in ("Invoice I-2026-00001", "I-2026-00001.xml", "€70.27", "6 December 2026")
    ] == [True] * 4
    wrong = await client.post(mail_of(made), data=TYPED | {"subject": " "})
    assert (wrong.status_code, "Please write a subject." in wrong.text, "Dear Ada" in wrong.text) == (422, True, True)
    wrong = await client.post(mail_of(made), data=TYPED | {"to": "nobody"})
    assert (wrong.status_code, "no e-mail address" in wrong.text) == (422, True)
    answer = await client.post(mail_of(made), data=TYPED)
    assert (answer.status_code, answer.headers["location"]) == (303, "/x/sales/quotes")
    [mail] = (await mails_about(crm, access, [made]))[made]
    assert (mail.kind, mail.to, mail.state.value, mail.may_cancel) == ("invoice", "ada@example.org", "queued", True)
    job = await crm.data.fetch("SELECT due_at, queued_at FROM job WHERE key = 'outbound.deliver'")
    assert [(one["due_at"] - one["queued_at"]).total_seconds() > 20 for one in job] == [True]
    await client.post(f"/x/sales/mails/{mail.message_id}/undo")
    [mail] = (await mails_about(crm, access, [made]))[made]
    assert mail.state.value == "cancelled"
    assert "Called off" in (await client.get(mail_of(made))).text


async def test_mail_is_for_those_who_may_send_and_of_what_is_there(
    crm: Any, access: Access, contact: Any, client: Any, as_role: Any
) -> None:
    made = await invoice_of(crm, access, await contact("Ada Lovelace", email="ada@example.org"))
    assert (await (await as_role("readonly")).get(mail_of(made))).status_code == 404
    for address in (mail_of(UUID(int=1)), mail_of(made, "credit_note"), mail_of(made, "quote"), "/x/sales/mails/new"):
        assert (await client.get(address)).status_code == 404, address


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # It prints, which takes longer than all of the rest.
async def test_mail_says_what_was_written_before_and_in_the_language_of_the_contact(
    crm: Any, access: Access, contact: Any, client: Any
) -> None:
    ada = await contact("Ada Lovelace", email="ada@example.org", language="de")
    made = await invoice_of(crm, access, ada)
    words = {"subject": "Zettel {number}", "text": "Hallo {name}, {amount} bis {due}. {organisation}"}
    answer = await client.post("/x/sales/papers/mails/invoice/de", data=words)
    assert (answer.status_code, answer.headers["location"]) == (303, "/x/sales/papers")
    sent = await send_paper(crm, access, Wanted(kind="invoice", id=made))
    forms = await crm.data.fetch("SELECT form FROM sales_paper_copy ORDER BY form")
    assert (sent.state.value, [one["form"] for one in forms]) == ("queued", ["pdf", "xml"])
    shown = await client.get(mail_of(made))
    assert "Zettel I-2026-00001" in shown.text
    assert "Hallo Ada Lovelace, 70,27\N{NO-BREAK SPACE}€ bis 6. Dezember 2026. Example Boats" in shown.text


async def test_words_of_mails_are_checked_and_can_be_taken_back(crm: Any, client: Any, as_role: Any) -> None:
    address = "/x/sales/papers/mails/invoice/en"
    ours = await text_of(crm, "invoice", "en")
    wrong = await client.post(address, data={"subject": "Pay {sum}", "text": "Dear {name}"})
    assert (wrong.status_code, "{sum} is nothing we know." in wrong.text, "Pay {sum}" in wrong.text) == (
        422,
        True,
        True,
    )
    await client.post(address, data={"subject": "Pay", "text": "Dear {name}"})
    assert await text_of(crm, "invoice", "en") == ("Pay", "Dear {name}")
    await client.post(address, data={"ours": "yes"})
    assert await text_of(crm, "invoice", "en") == ours
    assert (await client.get("/x/sales/papers/mails/invoice/fr")).status_code == 404
    assert (await (await as_role("staff")).get("/x/sales/papers")).status_code == 404


async def test_page_of_papers_says_what_is_missing_or_wrong(crm: Any, client: Any) -> None:
    shown = await client.get("/x/sales/papers")
    assert ("Address, IBAN" in shown.text, "Example Boats" in shown.text) == (True, True)


async def test_logo_is_redrawn_shown_replaced_and_removed(crm: Any, client: Any) -> None:
    out = io.BytesIO()
    Image.new("RGB", (2_000, 500), (20, 90, 140)).save(out, "PNG")
    wrong = await client.post("/x/sales/papers/logo", files={"logo": ("a.png", b"no picture", "image/png")})
    assert (wrong.status_code, "no picture that can be read" in wrong.text) == (422, True)
    for _ in range(2):
        await client.post("/x/sales/papers/logo", files={"logo": ("a.png", out.getvalue(), "image/png")})
    data, media_type = await logo_of(crm)
    assert Image.open(io.BytesIO(data)).size == (512, 128)
    answer = await client.get("/x/sales/papers/logo")
    assert (answer.content, answer.headers["content-type"]) == (data, media_type)
    assert len(await crm.data.fetch("SELECT id FROM sealed_file")) == 1
    await client.post("/x/sales/papers/logo", data={"remove": "yes"})
    assert (await logo_of(crm), await crm.data.fetch("SELECT id FROM sealed_file")) == ((b"", ""), [])
    assert (await client.get("/x/sales/papers/logo")).status_code == 404


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_without_the_extra_everything_but_pdfs_works_and_says_so(
    crm: Any, access: Access, contact: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "find_spec", lambda name: None)
    ada = await contact("Ada Lovelace", email="ada@example.org")
    made = await invoice_of(crm, access, ada)
    for days in ("until=0001-01-01", "since=9999-12-31&until=0001-01-01", "since=2026-02-30"):
        assert (await client.get(f"/x/sales/contacts/{ada}/statement.pdf?{days}")).status_code == 409, days
    answer = await client.get(f"/x/sales/invoices/{made}/paper.pdf")
    assert (answer.status_code, "PDFs need the extra `pdf` and Pango" in answer.text) == (409, True)
    assert "PDFs need the extra `pdf` and Pango" in (await client.get("/x/sales/papers")).text
    shown = await client.get(mail_of(made))
    assert [name in shown.text for name in ("I-2026-00001.pdf", "I-2026-00001.xml", "PDFs need the extra")] == [
        False,
        True,
        True,
    ]
    await client.post(mail_of(made), data=TYPED)
    assert [one["form"] for one in await crm.data.fetch("SELECT form FROM sales_paper_copy")] == ["xml"]
    await keep_paper(crm, {"invoice_id": made})
    assert [one.text for one in await papers_findings(crm)] == ["PDFs are not made."]


async def test_colleagues_get_papers_of_quotes_and_statements_where_they_are(
    crm: Any, client: Any, as_role: Any
) -> None:
    nowhere = UUID(int=1)
    for address in (
        f"/x/sales/offers/{nowhere}/paper.pdf", f"/x/sales/invoices/{nowhere}/reminder.pdf?step=x",
        f"/x/sales/contacts/{nowhere}/statement.pdf?since=never", f"/x/sales/invoices/{nowhere}/paper.pdf",
    ):  # fmt: skip
        assert (await client.get(address)).status_code == 404, address
        assert (await (await as_role("privacy_officer")).get(address)).status_code == 404, address


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_quotes_reminders_and_statements_are_printed(
    crm: Any, access: Access, contact: Any, client: Any, as_person: Any
) -> None:
    ada = await contact("Ada Lovelace", email="ada@example.org", language="de")
    made = await invoice_of(crm, access, ada)
    quote = await create_quote(crm, access, ada, PAPER, OfferTerms(currency="EUR"))
    [row] = await crm.data.fetch("SELECT version FROM sales_offer")
    await send_quote(crm, access, quote, seen=row["version"])
    found = {}
    for browser, address in (
        (await as_person(ada), f"/my/x/sales/offers/{quote}/paper.pdf"),
        (client, f"/x/sales/invoices/{made}/reminder.pdf?step=1"),
        (client, f"/x/sales/contacts/{ada}/statement.pdf"),
    ):
        answer = await browser.get(address)
        found[answer.headers["content-disposition"].split('"')[1]] = PdfReader(io.BytesIO(answer.content))
    assert {name: pdf.metadata and pdf.metadata.title for name, pdf in found.items()} == {
        "Q-2026-00001.pdf": "Angebot Q-2026-00001",
        "Zahlungserinnerung-I-2026-00001-1.pdf": "Zahlungserinnerung",
        "Kontoauszug.pdf": "Kontoauszug",
    }
    texts = [pdf.pages[0].extract_text() for pdf in found.values()]
    assert ["Ada Lovelace" in text and "70,27" in text for text in texts] == [True] * 3


async def test_person_is_told_in_their_language_that_a_file_cannot_be_made(
    crm: Any, access: Access, contact: Any, as_person: Any
) -> None:
    ada = await contact("Ada Lovelace", email="ada@example.org")
    made = await issue_invoice(crm, access, ada, msgspec.structs.replace(PAPER, address=None), TERMS)
    answer = await (await as_person(ada)).get(f"/my/x/sales/invoices/{made}/ubl.xml?lang=de")
    assert (answer.status_code, "Bitte schreiben Sie uns, dann schicken wir sie Ihnen." in answer.text) == (409, True)
    assert "country is missing" not in answer.text
