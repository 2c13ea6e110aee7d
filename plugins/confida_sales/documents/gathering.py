"""Which paper is meant, behind its gate, with what a mail says of it and how its files are made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from confida_core.api import Access, AttachedFile, Installation, NotFound, Opened, visible_contact
from confida_sales.billing.invoices import bookkeeping, open_amount, visible_invoice
from confida_sales.billing.reminders import reminders_of
from confida_sales.billing.statement import statement_of
from confida_sales.content import PaperContent, ReminderContent
from confida_sales.documents.composing import Reminded, shown_reminder, shown_statement
from confida_sales.documents.copy_content import CopyContent
from confida_sales.documents.einvoice.building import NotExpressible, obstacles
from confida_sales.documents.making import PDF, file_name, file_of, issued_of, language_of, offer_pdf, printed
from confida_sales.documents.seller import seller_of
from confida_sales.documents.shown import Wording
from confida_sales.documents.words import say
from confida_sales.offers.billing_details import paper_for
from confida_sales.offers.offers import today, visible_offer
from confida_sales.papers import added_up
from confida_web.api import can_print

Files = Callable[[], Awaitable[tuple[AttachedFile, ...]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A mail with a paper. kind: quote, order, invoice, credit_note, reminder (then `step`) or statement (then `id` is a contact's).

    to, subject, text: "" for the address on the paper, else the contact's own, and for the words of the settings.
    link: where the customer finds it on their own pages, as a whole address; "" for none.
    """

    kind: str
    id: UUID
    step: int = 0
    to: str = ""
    subject: str = ""
    text: str = ""
    link: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Gathered:
    """values: for the placeholders of a mail's text. own: subject and text that were written for this very paper already."""

    contact_id: UUID
    language: str
    to: str
    values: dict[str, str]
    files: Files
    own: tuple[str, str] = ("", "")
    names: tuple[str, ...] = field(default=())


async def gathered(crm: Installation, access: Access, wanted: Wanted) -> Gathered:
    """Raises Forbidden, and NotFound for whatever is not there or not of this kind."""
    found = {
        "quote": of_offer, "order": of_offer, "invoice": of_invoice, "credit_note": of_invoice, "reminder": of_reminder,
        "statement": of_statement,
    }.get(wanted.kind)  # fmt: skip
    if found is None:
        raise NotFound
    return await found(crm, access, wanted)


async def of_offer(crm: Installation, access: Access, wanted: Wanted) -> Gathered:
    opened = await visible_offer(crm, access, wanted.id, wanted.kind)
    row, language = opened.row, await language_of(crm, opened.row["contact_id"])
    due = row["expires_on"]

    async def files() -> tuple[AttachedFile, ...]:
        return (attached(await offer_pdf(crm, opened)),) if can_print() else ()

    return Gathered(
        contact_id=row["contact_id"],
        language=language,
        to=opened.content.email,
        values=await values_of(crm, opened, language, row["gross"], due),
        files=files,
        names=(file_name(row["number"] or row["kind"], "pdf"),) if can_print() else (),
    )


async def of_invoice(crm: Installation, access: Access, wanted: Wanted) -> Gathered:
    opened = await visible_invoice(crm, bookkeeping(access), wanted.id)
    if opened.row["kind"] != wanted.kind:
        raise NotFound
    language = await language_of(crm, opened.row["contact_id"])
    return Gathered(
        contact_id=opened.row["contact_id"],
        language=language,
        to=opened.content.email,
        values=await values_of(crm, opened, language, opened.row["gross"], opened.row["due_on"]),
        files=lambda: files_of_invoice(crm, opened),
        names=await names_of_invoice(crm, opened),
    )


async def names_of_invoice(crm: Installation, opened: Opened[PaperContent]) -> tuple[str, ...]:
    expressible = not obstacles(await issued_of(crm, opened), added_up(opened.content))
    forms = ("pdf",) * can_print() + ("xml",) * expressible
    return tuple(file_name(opened.row["number"], form) for form in forms)


async def files_of_invoice(crm: Installation, opened: Opened[PaperContent]) -> tuple[AttachedFile, ...]:
    """Kept from now on, whatever they lack: what was sent must stay what it was."""
    found = [attached(await file_of(crm, opened, "pdf", keep=True))] if can_print() else []
    try:
        found.append(attached(await file_of(crm, opened, "xml", keep=True)))
    except NotExpressible:
        return tuple(found)
    return tuple(found)


async def of_reminder(crm: Installation, access: Access, wanted: Wanted) -> Gathered:
    opened = await visible_invoice(crm, bookkeeping(access), wanted.id)
    if opened.row["kind"] != "invoice":
        raise NotFound
    reminded = await reminded_of(crm, access, wanted.id, wanted.step)
    language = await language_of(crm, opened.row["contact_id"])
    amount = max(0, open_amount(opened.row)) + reminded.fee

    return Gathered(
        contact_id=opened.row["contact_id"],
        language=language,
        to=opened.content.email,
        values=await values_of(crm, opened, language, amount, opened.row["due_on"]),
        # The mail is the reminder; what is attached is the invoice, which is kept, so that hundreds can go at once.
        files=lambda: files_of_invoice(crm, opened),
        own=(reminded.content.subject, reminded.content.text),
        names=await names_of_invoice(crm, opened),
    )


async def reminded_of(crm: Installation, access: Access, invoice_id: UUID, step: int) -> Reminded:
    """The step as it was proposed or sent; where none was, a first one in our words."""
    for one in await reminders_of(crm, bookkeeping(access), invoice_id):
        if one.row["step"] == step:
            day = (one.row["sent_at"] or one.row["created_at"]).date()
            return Reminded(step=step, on=day, fee=one.row["fee"], content=one.content)
    return Reminded(step=max(1, step), on=today(crm), fee=0, content=ReminderContent())


async def reminder_pdf(crm: Installation, opened: Opened[PaperContent], reminded: Reminded) -> CopyContent:
    """Raises NoPDF."""
    issued = await issued_of(crm, opened)
    data = await printed(crm, shown_reminder(issued, reminded))
    return CopyContent(name=reminder_name(opened, reminded, issued.language), media_type=PDF, data=data)


def reminder_name(opened: Opened[PaperContent], reminded: Reminded, language: str) -> str:
    return file_name(f"{say(language, 'reminder')}-{opened.row['number']}-{reminded.step}", "pdf")


async def of_statement(crm: Installation, access: Access, wanted: Wanted) -> Gathered:
    contact = await visible_contact(crm, access, wanted.id)
    paper = await paper_for(crm, access, contact)
    language = await language_of(crm, wanted.id)

    async def files() -> tuple[AttachedFile, ...]:
        return (attached(await statement_pdf(crm, access, wanted.id)),) if can_print() else ()

    values = {"name": paper.name, "number": "", "amount": "", "due": "", "organisation": (await seller_of(crm)).name}
    return Gathered(
        contact_id=wanted.id,
        language=language,
        to=paper.email,
        values=values,
        files=files,
        names=(file_name(say(language, "statement"), "pdf"),) if can_print() else (),
    )


async def statement_pdf(
    crm: Installation, access: Access, contact_id: UUID, since: date | None = None, until: date | None = None
) -> CopyContent:
    """Of these days, both included; without them of the last twelve months. Raises Forbidden, NotFound and NoPDF."""
    until = until or today(crm)
    since = since or date(max(1, until.year - 1), until.month, 1)
    statement = await statement_of(crm, bookkeeping(access), contact_id, since, until)
    paper = await paper_for(crm, access, await visible_contact(crm, access, contact_id))
    language = await language_of(crm, contact_id)
    shown = shown_statement(statement, paper, await seller_of(crm), language)
    return CopyContent(
        name=file_name(say(language, "statement"), "pdf"), media_type=PDF, data=await printed(crm, shown)
    )


async def values_of(
    crm: Installation, opened: Opened[PaperContent], language: str, amount: int, due: date | None
) -> dict[str, str]:
    row = opened.row
    wording = Wording(language=language, currency=row["currency"])
    return {
        "name": opened.content.name,
        "number": row["number"] or "",
        "amount": wording.money(amount),
        "due": wording.day(due) if due else "",
        "organisation": (await seller_of(crm)).name,
    }


def attached(copy: CopyContent) -> AttachedFile:
    return AttachedFile(name=copy.name, media_type=copy.media_type, data=copy.data)
