"""Files of papers, on both engines: made behind the gates, kept as they were, never in the clear, and sent with mails."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from pypdf import PdfReader
from tests.press import BROKEN, BUSY, MOST_WAITING, queue

from confida_core.api import Access, Actor, Forbidden, NotFound, new_id, now
from confida_sales.billing.invoices import Terms, issue_credit_note, issue_invoice, whole_of
from confida_sales.content import PaperContent
from confida_sales.documents.checking import papers_findings
from confida_sales.documents.copy_record import PAPER_COPY
from confida_sales.documents.einvoice.ubl_reading import read_ubl
from confida_sales.documents.making import invoice_file, keep_paper, kept_copy
from confida_sales.tests.e_invoice_cast import DAY, PAPER
from confida_web.api import NoPDF, PrintOrder, print_pdf

pytestmark = pytest.mark.anyio
TERMS = Terms(currency="EUR", issued_on=DAY)
HOUSE = {"controller.street": "Hafenstraße 1", "controller.locality": "Leipzig", "controller.country": "DE"}


@pytest.fixture
def confida_settings() -> dict[str, Any]:
    return {"region": "DE", "name": "Example Boats", "plugin": {"sales": {"vat_id": "DE123456789", "bic": "no BIC"}}}


async def move_in(crm: Any) -> None:
    """The organisation says where it is, so that its papers are complete."""
    for key, value in HOUSE.items():
        await crm.data.fetch("INSERT INTO setting (key, value) VALUES (?, ?)", key, value)


async def billed(crm: Any, access: Access, contact_id: UUID, paper: PaperContent = PAPER) -> UUID:
    return await issue_invoice(crm, access, contact_id, paper, TERMS)


async def test_e_invoice_is_that_of_the_paper(crm: Any, access: Access, contact: Any) -> None:
    await move_in(crm)
    made = await billed(crm, access, await contact("Ada Lovelace"))
    file = await invoice_file(crm, access, made, "xml")
    found = read_ubl(file.data)
    assert (file.name, file.media_type) == ("I-2026-00001.xml", "application/xml")
    assert (found.number, found.buyer.name, found.seller.name, found.seller.vat_id) == (
        "I-2026-00001", "Ada Lovelace", "Example Boats", "DE123456789",
    )  # fmt: skip


async def test_credit_note_names_its_invoice(crm: Any, access: Access, contact: Any) -> None:
    await move_in(crm)
    made = await billed(crm, access, await contact("Ada Lovelace"))
    note = await issue_credit_note(crm, access, made, whole_of(PAPER), DAY)
    found = read_ubl((await invoice_file(crm, access, note, "xml")).data)
    assert (found.code, found.corrects) == ("381", (("I-2026-00001", DAY),))


async def test_what_was_made_once_stays_whatever_the_organisation_says_later(
    crm: Any, access: Access, contact: Any
) -> None:
    await move_in(crm)
    made = await billed(crm, access, await contact("Ada Lovelace"))
    first = await asyncio.gather(*(invoice_file(crm, access, made, "xml") for _ in range(4)))
    await crm.data.fetch("UPDATE setting SET value = 'Dresden' WHERE key = 'controller.locality'")
    assert {file.data for file in first} == {(await invoice_file(crm, access, made, "xml")).data}
    assert len(await crm.data.fetch("SELECT id FROM sales_paper_copy")) == 1


async def test_paper_that_says_too_little_of_the_organisation_is_not_kept(
    crm: Any, access: Access, contact: Any
) -> None:
    made = await billed(crm, access, await contact("Ada Lovelace"))
    await invoice_file(crm, access, made, "xml")
    assert await crm.data.fetch("SELECT id FROM sales_paper_copy") == []
    await move_in(crm)
    assert read_ubl((await invoice_file(crm, access, made, "xml")).data).seller.address.city == "Leipzig"  # type: ignore[union-attr]


async def test_files_of_an_invoice_are_for_those_who_may_read_it(crm: Any, access: Access, contact: Any) -> None:
    made = await billed(crm, access, await contact("Ada Lovelace"))
    nobody = replace(access, actor=Actor(id=access.actor.id, permissions=frozenset({"contacts.read"})))
    with pytest.raises(Forbidden):
        await invoice_file(crm, nobody, made, "xml")
    with pytest.raises(NotFound):
        await invoice_file(crm, access, UUID(int=1), "xml")


async def kept_paper(crm: Any, access: Access, contact: Any) -> tuple[UUID, UUID]:
    await move_in(crm)
    ada = await contact("Ada Lovelace", note="erased-note-of-ada")
    made = await billed(crm, access, ada, msgspec.structs.replace(PAPER, opening="sealed-opening-of-paper"))
    await invoice_file(crm, access, made, "xml")
    return ada, made


async def test_copies_are_sealed_and_handed_out(
    crm: Any, access: Access, contact: Any, assert_sealed: Any, assert_exported: Any
) -> None:
    ada, _ = await kept_paper(crm, access, contact)
    await assert_sealed("sealed-opening-of-paper")
    files = await assert_exported(ada, "sealed-opening-of-paper")
    assert len([name for name in files if name.endswith("I-2026-00001.xml")]) == 1


async def test_copies_end_with_the_year_of_their_invoices(crm: Any, access: Access, contact: Any) -> None:
    await kept_paper(crm, access, contact)
    days = await crm.data.fetch(
        "SELECT c.issued_on AS own, i.issued_on AS its FROM sales_paper_copy c, sales_invoice i"
    )
    assert (PAPER_COPY.begins, [one["own"] == one["its"] for one in days]) == ("issued_on", [True])


async def test_copies_are_kept_as_their_invoices_are(
    crm: Any, access: Access, contact: Any, assert_erased: Any
) -> None:
    ada, made = await kept_paper(crm, access, contact)
    await crm.data.fetch(
        "INSERT INTO sales_paper_mail (id, paper_id, contact_id, message_id, kind, step, at) VALUES (?, ?, ?, ?, 'invoice', 0, ?)",
        new_id(), made, ada, new_id(), now(),
    )  # fmt: skip
    await assert_erased(ada, "erased-note-of-ada")
    assert await crm.data.fetch("SELECT id FROM sales_paper_mail") == []
    assert (await kept_copy(crm, made, "xml")) is not None


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)  # What is printed does not depend on the database.
async def test_invoice_is_printed_once_with_the_e_invoice_inside(
    crm: Any, access: Access, contact: Any, official_rules: Any
) -> None:
    await move_in(crm)
    made = await billed(crm, access, await contact("Ada Lovelace"))
    await keep_paper(crm, {"invoice_id": made})
    kept = await kept_copy(crm, made, "pdf")
    assert kept is not None
    assert (kept.name, kept.media_type, kept.data[:5]) == ("I-2026-00001.pdf", "application/pdf", b"%PDF-")
    assert (await invoice_file(crm, access, made, "pdf")).data == kept.data
    pdf = PdfReader(io.BytesIO(kept.data))
    text = pdf.pages[0].extract_text()
    assert [word in text for word in ("Invoice I-2026-00001", "Ada Lovelace", "Boat", "See you <soon> & often.")] == [
        True
    ] * 4
    [xml] = pdf.attachments["factur-x.xml"]
    assert official_rules.broken(xml) == []
    assert b"I-2026-00001" in xml
    assert pdf.xmp_metadata is not None
    assert all(embedded(pdf))


def embedded(pdf: PdfReader) -> list[bool]:
    """Of each font on each page, whether its shapes are in the file, as archives need."""
    pages: list[Any] = list(pdf.pages)
    fonts = [font.get_object() for page in pages for font in page["/Resources"]["/Font"].values()]
    below = [font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font for font in fonts]
    return [any(name.startswith("/FontFile") for name in font["/FontDescriptor"].get_object()) for font in below]


async def test_press_fetches_nothing(tmp_path: Path) -> None:
    """Without a database: a page that asks for a file of this machine, and for another machine, gets neither."""
    secret, visits = tmp_path / "secret.txt", []
    secret.write_text("secret-of-the-machine")

    async def visited(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        visits.append(1)
        writer.close()

    async with await asyncio.start_server(visited, "127.0.0.1", 0) as server:
        host = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        page = f'<link rel="attachment" href="file://{secret}"><link rel="stylesheet" href="{host}/a.css">'
        page += f'<p>Here<img src="{host}/x.png" style="background: url({host}/b.png)"><a rel="attachment" href="file://{secret}">it</a>'
        pdf = await print_pdf(PrintOrder(html=page, css=f"@import url('{host}/x.css');", plain=True))
    read = PdfReader(io.BytesIO(pdf))
    assert (visits, read.pages[0].extract_text().split(), dict(read.attachments)) == ([], ["Hereit"], {})
    assert b"secret-of-the-machine" not in pdf


async def test_press_that_fails_says_so_in_our_words() -> None:
    with pytest.raises(NoPDF) as refused:
        await print_pdf(PrintOrder(html="<p>Ada", css="", xml=b"<no-invoice/>"))
    assert refused.value.sentence == BROKEN


async def test_paper_that_nobody_waits_for_waits_while_the_press_is_busy(
    crm: Any, access: Access, contact: Any
) -> None:
    await move_in(crm)
    made = await billed(crm, access, await contact("Ada Lovelace"))
    async with queue().turn:
        await keep_paper(crm, {"invoice_id": made})
    kept = await crm.data.fetch("SELECT form FROM sales_paper_copy")
    jobs = await crm.data.fetch("SELECT due_at, queued_at FROM job WHERE key = 'sales.keep_paper' ORDER BY due_at")
    assert [one["form"] for one in kept] == ["xml"]
    assert [(one["due_at"] - one["queued_at"]).total_seconds() >= 60 for one in jobs] == [False, True]


async def test_hundreds_of_papers_at_once_are_refused_instead_of_keeping_everybody_waiting() -> None:
    async with queue().turn:
        asked = [asyncio.create_task(print_pdf(PrintOrder(html="", css=""))) for _ in range(MOST_WAITING + 3)]
        done, _ = await asyncio.wait(asked, timeout=0.2)
        assert [getattr(one.exception(), "sentence", "") for one in done] == [BUSY] * 3
        for one in asked:
            one.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
    assert (queue().waiting, queue().turn.locked()) == (0, False)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_doctor_prints_a_page_and_looks_at_the_numbers(crm: Any) -> None:
    found = await papers_findings(crm)
    assert [(one.name, one.state, one.text) for one in found] == [
        ("Papers", "warning", "The BIC in the settings of sales cannot be right."),
        ("PDFs", "good", "PDFs can be made, with e-invoices inside."),
    ]
