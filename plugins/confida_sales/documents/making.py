"""Makes the files of a paper: its PDF, and of invoices and credit notes the e-invoice.

What was issued stays as it was: the first file that is complete, or was sent, is sealed and is what everybody gets from then on.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from confida_core.api import (
    Access,
    Installation,
    NotFound,
    Opened,
    UniqueViolation,
    enqueue,
    now,
    system_access,
    visible_contact,
)
from confida_sales.billing.invoices import bookkeeping, visible_invoice
from confida_sales.content import INVOICE, PaperContent
from confida_sales.documents.composing import shown_invoice, shown_offer
from confida_sales.documents.copy_content import CopyContent
from confida_sales.documents.copy_record import PAPER_COPY
from confida_sales.documents.einvoice.building import Issued, NotExpressible, e_invoice
from confida_sales.documents.einvoice.cii import cii
from confida_sales.documents.einvoice.ubl import ubl
from confida_sales.documents.letterhead import logo_of
from confida_sales.documents.seller import seller_of
from confida_sales.documents.shown import ShownPaper
from confida_sales.documents.typesetting import order_of
from confida_sales.documents.words import known_language
from confida_web.api import NO_PRESS, NoPDF, can_embed, can_print, press_is_busy, print_pdf

PDF, XML = "application/pdf", "application/xml"
LATER = timedelta(minutes=1)
MEDIA_TYPES = {"pdf": PDF, "xml": XML}


async def invoice_file(crm: Installation, access: Access, invoice_id: UUID, form: str) -> CopyContent:
    """The PDF ("pdf") or the e-invoice in UBL ("xml") of an invoice or credit note, for colleagues.

    Raises Forbidden, NotFound, NoPDF and NotExpressible.
    """
    return await file_of(crm, await visible_invoice(crm, bookkeeping(access), invoice_id), form)


async def own_invoice_file(crm: Installation, access: Access, invoice_id: UUID, form: str) -> CopyContent:
    """The same for the person whose invoice it is. Raises NotFound for every other one, NoPDF and NotExpressible."""
    rows = await crm.data.fetch(
        "SELECT * FROM sales_invoice WHERE id = ? AND contact_id = ?", invoice_id, access.actor.id
    )
    opened = await crm.door.open_one(bookkeeping(access), INVOICE, rows[0]) if rows else None
    if opened is None:
        raise NotFound
    return await file_of(crm, opened, form)


async def file_of(crm: Installation, opened: Opened[PaperContent], form: str, *, keep: bool = False) -> CopyContent:
    """The kept copy, or a new one, which is kept if the organisation's details are complete, or `keep` says so."""
    if kept := await kept_copy(crm, opened.row["id"], form):
        return kept
    issued = await issued_of(crm, opened)
    # Some hundred lines take a tenth of a second, which others must not wait for.
    data = await asyncio.to_thread(e_invoice_xml, issued) if form == "xml" else await invoice_pdf(crm, issued)
    content = CopyContent(name=file_name(opened.row["number"], form), media_type=MEDIA_TYPES[form], data=data)
    return await keep_copy(crm, opened, form, content) if keep or issued.seller.complete else content


async def invoice_pdf(crm: Installation, issued: Issued) -> bytes:
    """With the e-invoice inside, where it can be written and the extra `einvoice` is installed."""
    xml = b""
    if can_embed():
        with suppress(NotExpressible):
            xml = await asyncio.to_thread(lambda: cii(e_invoice(issued)))
    return await printed(crm, shown_invoice(issued), xml)


def e_invoice_xml(issued: Issued) -> bytes:
    return ubl(e_invoice(issued))


async def printed(crm: Installation, paper: ShownPaper, xml: bytes = b"") -> bytes:
    order = await asyncio.to_thread(order_of, paper, xml=xml, logo=await logo_of(crm))
    return await print_pdf(order)


async def issued_of(crm: Installation, opened: Opened[PaperContent]) -> Issued:
    """Everything an invoice's files are made of."""
    row = opened.row
    corrected = (
        await crm.data.fetch("SELECT number, issued_on FROM sales_invoice WHERE id = ?", row["corrects_id"])
        if row["corrects_id"]
        else []
    )
    return Issued(
        row=dict(row),
        paper=opened.content,
        seller=await seller_of(crm),
        language=await language_of(crm, row["contact_id"]),
        corrects=(corrected[0]["number"], corrected[0]["issued_on"]) if corrected else None,
    )


async def language_of(crm: Installation, contact_id: UUID) -> str:
    """In which language papers for this contact are written; the installation's where nothing is known."""
    usual = known_language(crm.settings.language)
    try:
        contact = await visible_contact(crm, system_access("sales: language of a paper"), contact_id)
    except NotFound:
        return usual
    return known_language(contact.content.language, usual) if contact.content.language else usual


async def offer_pdf(crm: Installation, opened: Opened[PaperContent]) -> CopyContent:
    """The PDF of a quote or order, made anew each time, because it may still change. Raises NoPDF."""
    row = opened.row
    language = await language_of(crm, row["contact_id"])
    shown = shown_offer(row, opened.content, await seller_of(crm), language)
    return CopyContent(
        name=file_name(row["number"] or row["kind"], "pdf"), media_type=PDF, data=await printed(crm, shown)
    )


def file_name(number: str, form: str) -> str:
    """A name without a folder, whatever the pattern of numbers holds."""
    plain = "".join(char if char.isalnum() or char in "-_." else "-" for char in number)
    return f"{plain}.{form}"


def copy_id(invoice_id: UUID, form: str) -> UUID:
    """The same for everybody who makes it, so that two at once keep one."""
    return uuid5(invoice_id, form)


async def kept_copy(crm: Installation, invoice_id: UUID, form: str) -> CopyContent | None:
    """The caller has passed the gate of the invoice, and its reading is noted with that."""
    rows = await crm.records.rows(PAPER_COPY, [copy_id(invoice_id, form)])
    opened = await crm.door.open_one(system_access("sales: kept paper"), PAPER_COPY, rows[0]) if rows else None
    return opened.content if opened else None


async def keep_copy(crm: Installation, opened: Opened[PaperContent], form: str, content: CopyContent) -> CopyContent:
    """What is kept from now on: this, or what somebody else kept a moment before."""
    row = opened.row
    columns = {
        "id": copy_id(row["id"], form),
        "invoice_id": row["id"],
        "contact_id": row["contact_id"],
        "form": form,
        "issued_on": row["issued_on"],
        "made_at": now(),
    }
    try:
        await crm.records.insert(PAPER_COPY, columns, content)
    except UniqueViolation:
        return await kept_copy(crm, row["id"], form) or content
    return content


async def keep_paper(crm: Installation, arguments: Mapping[str, Any]) -> None:
    """The job: make and keep the files of what was just issued, so that they say what was true then.

    Without the extra `pdf` only the e-invoice; what cannot be written as one has none. Once is as good as twice.
    """
    rows = await crm.data.fetch("SELECT * FROM sales_invoice WHERE id = ?", arguments["invoice_id"])
    opened = await crm.door.open_one(system_access("job sales.keep_paper"), INVOICE, rows[0]) if rows else None
    if opened is None:
        return
    with suppress(NotExpressible):
        await file_of(crm, opened, "xml")
    if can_print() and press_is_busy():
        # A thousand invoices of one night must not keep every worker from sending mails.
        await enqueue(crm, "sales.keep_paper", arguments, run_at=now() + LATER * random.uniform(1, 5))  # noqa: S311 -- Spreads work, hides nothing.
    elif can_print():
        try:
            await file_of(crm, opened, "pdf")
        except NoPDF as reason:
            # Where Pango is not installed it is of no use to try again. The queue notes the kind of an error only.
            if reason.sentence != NO_PRESS:
                raise
