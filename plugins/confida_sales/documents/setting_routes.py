"""The page about papers: what they lack, the logo, the words of mails, and a paper to look at before anything is issued."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import (
    InvalidContent,
    NoPicture,
    NotFound,
    PostalAddress,
    ReceivedFile,
    TooLarge,
    discard_files,
    plugin_settings,
    receive_picture,
)
from confida_sales.content import PaperContent, PaperLine
from confida_sales.documents.checking import missing_of, wrong_of
from confida_sales.documents.composing import shown_invoice
from confida_sales.documents.copy_content import CopyContent
from confida_sales.documents.einvoice.building import Issued
from confida_sales.documents.file_routes import answered
from confida_sales.documents.letterhead import logo_of, set_logo
from confida_sales.documents.mail_texts import KINDS, OURS, all_texts, write_text
from confida_sales.documents.making import PDF, printed
from confida_sales.documents.pages import MailTextPage, PapersPage, TextRow
from confida_sales.documents.seller import Seller, seller_of
from confida_sales.documents.words import known_language
from confida_sales.offers.offers import today
from confida_sales.settings import SalesSettings
from confida_web.api import (
    FormData,
    Toast,
    UploadedFile,
    access_for,
    can_embed,
    can_print,
    mark,
    page,
    parse_form,
    redirect,
)

HOME = "/x/sales/papers"
PURPOSE = "relationship"
LABELS = {
    "quote": mark("Quote"),
    "order": mark("Order"),
    "invoice": mark("Invoice"),
    "credit_note": mark("Credit note"),
    "reminder": mark("Reminder"),
    "statement": mark("Statement"),
}
LANGUAGES = {"en": mark("English"), "de": mark("German")}
PLACES = (
    ("{name}", mark("the customer")),
    ("{number}", mark("the paper's number")),
    ("{amount}", mark("its sum; of a reminder, what is still open")),
    ("{due}", mark("payable or valid until")),
    ("{organisation}", mark("your name")),
    ("{link}", mark("where they find it on their own pages")),
)


@get(HOME, permission="sales.manage")
async def papers(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await papers_page(request))


async def papers_page(request: Request[Any, Any, Any], errors: dict[str, str] | None = None) -> PapersPage:
    crm = request.state.crm
    seller = await seller_of(crm)
    place = f"{seller.postal_code} {seller.locality}".strip()
    texts = await all_texts(crm)
    lines = (seller.name, *seller.street, place, seller.email, seller.vat_id, seller.tax_number, seller.iban)
    return PapersPage(
        lines=tuple(line for line in lines if line),
        missing=missing_of(seller),
        wrong=wrong_of(await plugin_settings(crm, SalesSettings), seller),
        can_print=can_print(),
        can_embed=can_embed(),
        has_logo=bool((await logo_of(crm))[0]),
        texts=tuple(
            TextRow(
                href=f"{HOME}/mails/{kind}/{language}",
                kind=LABELS[kind],
                language=LANGUAGES[language],
                subject=subject,
                own=own,
            )
            for (kind, language), (subject, _, own) in texts.items()
        ),
        errors=errors or {},
    )


@post(f"{HOME}/logo", permission="sales.manage", status_code=200)
async def save_logo(request: Request[Any, Any, Any]) -> Response[Any]:
    crm = request.state.crm
    form, received, errors = await read_logo(request)
    if not received and not form.flag("remove"):
        errors = errors or {"logo": "Please choose a picture."}
    if errors:
        await discard_files(crm, received)
        return page(request, await papers_page(request, errors), block="logo", status=422)
    await set_logo(crm, access_for(request, PURPOSE), received[0] if received else None)
    return redirect(request, HOME, Toast(message="Saved. Papers that were kept before stay as they are."))


async def read_logo(request: Request[Any, Any, Any]) -> tuple[FormData, list[ReceivedFile], dict[str, str]]:
    received: list[ReceivedFile] = []
    errors: dict[str, str] = {}

    async def save(upload: UploadedFile) -> None:
        if upload.field != "logo" or received:
            return
        try:
            received.append(await receive_picture(request.state.crm, upload.filename, upload.pieces))
        except NoPicture:
            errors["logo"] = "This is no picture that can be read. JPEG, PNG and WebP are."
        except TooLarge:
            errors["logo"] = "This picture is too large."

    try:
        form = await parse_form(request, save)
    except BaseException:
        await discard_files(request.state.crm, received)
        raise
    return form, received, errors


@get(f"{HOME}/logo", permission="sales.manage")
async def logo(request: Request[Any, Any, Any]) -> Response[bytes]:
    data, media_type = await logo_of(request.state.crm)
    if not data:
        raise NotFound
    return Response(data, media_type=media_type, headers={"Content-Disposition": "inline"})


@get(f"{HOME}/sample.pdf", permission="sales.manage")
async def sample(request: Request[Any, Any, Any]) -> Response[Any]:
    """An invoice to nobody, with the letterhead as it is."""
    crm = request.state.crm
    language = known_language(request.query_params.get("language", ""), known_language(crm.settings.language))
    issued = sample_invoice(await seller_of(crm), today(crm), language)

    async def making() -> CopyContent:
        return CopyContent(name="sample.pdf", media_type=PDF, data=await printed(crm, shown_invoice(issued)))

    return await answered(request, making())


def sample_invoice(seller: Seller, day: date, language: str) -> Issued:
    paper = PaperContent(
        name="Ada Lovelace",
        address=PostalAddress(street="Example Street 1", postal_code="12345", locality="Example Town"),
        reference="A-1815",
        lines=(
            PaperLine(name="Boat", description="Two masts, blue", quantity=1_000, price=1_250_00, tax_rate=1_900),
            PaperLine(name="Oars", unit="pair", quantity=2_000, price=49_90, tax_rate=1_900, discount=1_000),
        ),
    )
    row = {
        "kind": "invoice", "number": "0000-00000", "issued_on": day, "due_on": day + timedelta(days=14), "currency": "EUR",
    }  # fmt: skip
    return Issued(row=row, paper=paper, seller=seller, language=language)


@get(f"{HOME}/mails/{{kind:str}}/{{language:str}}", permission="sales.manage")
async def mail_text(request: Request[Any, Any, Any], kind: FromPath[str], language: FromPath[str]) -> Response[Any]:
    subject, text, own = await known_text(request, kind, language)
    return page(request, text_page(kind, language, subject, text, own))


async def known_text(request: Request[Any, Any, Any], kind: str, language: str) -> tuple[str, str, bool]:
    if kind not in KINDS or language not in OURS:
        raise NotFound
    return (await all_texts(request.state.crm))[kind, language]


@post(f"{HOME}/mails/{{kind:str}}/{{language:str}}", permission="sales.manage", status_code=200)
async def save_text(request: Request[Any, Any, Any], kind: FromPath[str], language: FromPath[str]) -> Response[Any]:
    _, _, own = await known_text(request, kind, language)
    form = await parse_form(request)
    subject, text = ("", "") if form.flag("ours") else (form.get("subject"), form.get("text"))
    try:
        await write_text(request.state.crm, access_for(request, PURPOSE), kind, language, subject=subject, text=text)
    except InvalidContent as wrong:
        shown = replace(text_page(kind, language, subject, text, own), errors=dict(wrong.errors))
        return page(request, shown, block="form", status=422)
    return redirect(request, HOME, Toast(message="Saved."))


def text_page(kind: str, language: str, subject: str, text: str, own: bool) -> MailTextPage:
    return MailTextPage(
        action=f"{HOME}/mails/{kind}/{language}",
        kind=LABELS[kind],
        language=LANGUAGES[language],
        subject=subject,
        text=text,
        own=own,
        placeholders=PLACES,
    )


ROUTES = (papers, save_logo, logo, sample, mail_text, save_text)
