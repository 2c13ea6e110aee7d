"""The editor of quotes, orders and invoices: one form, whose buttons the server answers, with and without scripts.

A page of the editor has the blocks "paper" and "totals" (templates/sales/papers/form.html says how); its handler reads the form with
`read_paper`, and where a button of the editor was pressed (`typed.block`) shows the page again instead of saving.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from litestar import Request

from confida_core.api import (
    ContactContent,
    Installation,
    InvalidAmount,
    InvalidContent,
    PostalAddress,
    clean_line,
    clean_text,
    minor_digits,
    plugin_settings,
    read_amount,
    read_number,
    shown_amount,
)
from confida_sales.content import PaperContent, PaperLine
from confida_sales.papers import MOST_LINES, added_up, check_lines, check_paper
from confida_sales.papers_choices import choices_for
from confida_sales.papers_lines import changed_lines
from confida_sales.papers_shown import (
    ADDRESS,
    TEXTS,
    LineForm,
    PaperForm,
    Reader,
    line_form,
    read_id,
    shown_sums,
    texts_of,
)
from confida_sales.settings import SalesSettings
from confida_sales.totals import RATE_PARTS
from confida_web.api import FormData, formatter

LONGEST = {
    "opening": 20_000,
    "closing": 20_000,
    "name": 500,
    "email": 500,
    "discount_reason": 500,
    "street": 500,
    "country": 2,
}
LONGEST_LINE = {"description": 20_000, "unit": 200, "sku": 200}
LINE_PARTS = (
    "product",
    "sku",
    "name",
    "description",
    "unit",
    "quantity",
    "price",
    "discount",
    "tax",
    "recurs",
    "listed",
)
SEVERAL_LINES = frozenset({"street", "opening", "closing"})
TAX = re.compile(r"(S|Z|E|AE|K|G|O)-([0-9]{1,5})")


@dataclass(frozen=True, kw_only=True, slots=True)
class TypedPaper:
    """What a form said. paper: to be stored, if there are no errors. block: what to send back after a button of the editor, "" to save.

    shown: the same form again, with errors and sums.
    """

    shown: PaperForm
    paper: PaperContent
    currency: str
    errors: Mapping[str, str]
    block: str = ""


def reader_of(request: Request[Any, Any, Any]) -> Reader:
    known = formatter(request.state.frame.lang, request.state.frame.time_zone)
    return Reader(locale=str(known.locale), today=known.today())


def addressed_to(contact: ContactContent, paper: PaperContent | None = None) -> PaperContent:
    """A paper for a contact: their name, first address and first mail address."""
    return msgspec.structs.replace(
        paper or PaperContent(),
        name=contact.display_name,
        address=contact.addresses[0] if contact.addresses else None,
        email=contact.emails[0].address if contact.emails else "",
    )


async def show_paper(
    crm: Installation, reader: Reader, paper: PaperContent, currency: str = "", *, fixed_currency: bool = False
) -> PaperForm:
    """The form of a paper as it is stored, or of a new one; currency: "" for what the organisation usually sells in."""
    settings = await plugin_settings(crm, SalesSettings)
    currency = currency or settings.currency
    shown = PaperForm(
        texts=texts_of(paper, currency, reader.locale),
        lines=tuple(line_form(line, currency, reader.locale) for line in paper.lines),
        currency=currency,
        fixed_currency=fixed_currency,
    )
    shown = with_sums(shown, paper, {}, reader.locale)
    return await choices_for(crm, settings, shown, reader.locale)


async def read_paper(
    crm: Installation, reader: Reader, form: FormData, *, base: PaperContent | None = None, currency: str = ""
) -> TypedPaper:
    """base: the paper before, of which stays what the form does not hold. currency: fixed, if not "".

    Reads products and prices; changes nothing. The errors stand in the form's own names (`lines-2-price`).
    """
    settings = await plugin_settings(crm, SalesSettings)
    chosen = currency or known_currency(form.get("currency"), settings.currency)
    shown = PaperForm(
        texts={name: form.get(name) for name in (*TEXTS, *ADDRESS, "discount")},
        lines=tuple(line for line in typed_lines(form) if not line.blank),
        currency=chosen,
        fixed_currency=bool(currency),
        price_list=form.get("price_list"),
        pick=form.get("pick"),
    )
    button = form.get("_do")
    # Enter in the field of the products presses the first button of the form, and means the product.
    if not button and form.get("pick").strip():
        button = "pick"
    if button:
        shown = await changed_lines(crm, settings, shown, button, reader)
    paper, errors = parsed(shown, base or PaperContent(), reader.locale)
    shown = with_sums(shown, paper, errors, reader.locale)
    if button != "totals":
        shown = await choices_for(crm, settings, shown, reader.locale)
    if not button:
        errors = errors or refused(paper)
        shown = replace(shown, errors=errors)
    return TypedPaper(
        shown=shown,
        paper=paper,
        currency=chosen,
        errors=errors,
        block={"": "", "totals": "totals"}.get(button, "paper"),
    )


def known_currency(typed: str, otherwise: str) -> str:
    try:
        minor_digits(typed.strip().upper())
    except InvalidAmount:
        return otherwise
    return typed.strip().upper()


def typed_lines(form: FormData) -> list[LineForm]:
    """In the order of their numbers; at most as many as a paper may have."""
    pattern = re.compile(r"lines-(\d{1,4})-[a-z]+")
    numbers = sorted({int(found[1]) for key in form.names() if (found := pattern.fullmatch(key))})
    values = dict(reversed(form.fields))
    return [
        LineForm(**{part: values.get(f"lines-{number}-{part}", "") for part in LINE_PARTS})
        for number in numbers[:MOST_LINES]
    ]


def parsed(shown: PaperForm, base: PaperContent, locale: str) -> tuple[PaperContent, dict[str, str]]:
    errors: dict[str, str] = {}
    texts = {name: (clean_text if name in SEVERAL_LINES else clean_line)(text) for name, text in shown.texts.items()}
    for name, text in texts.items():
        if len(text) > (most := LONGEST.get(name, 200)):
            errors[name] = f"At most {most} characters, please."
    lines = tuple(
        parsed_line(line, at, shown.currency, locale, errors)
        for at, line in enumerate(line for line in shown.lines if not line.blank)
    )
    address = PostalAddress(
        label=base.address.label if base.address else "",
        **{name: texts[name] for name in ADDRESS if name != "country"},
        country=texts["country"].upper(),
    )
    paper = msgspec.structs.replace(
        base,
        **{name: texts[name] for name in TEXTS},
        address=address if any(texts[name] for name in ADDRESS) else None,
        lines=lines,
        discount=0,
    )
    if texts["discount"]:
        discount = whole_discount(texts["discount"], paper, shown.currency, locale, errors)
        paper = msgspec.structs.replace(paper, discount=discount)
    return paper, errors


def parsed_line(line: LineForm, at: int, currency: str, locale: str, errors: dict[str, str]) -> PaperLine:
    def number(part: str, otherwise: int, digits: int) -> int:
        text = getattr(line, part).strip().removesuffix("%")
        try:
            return read_number(text, digits, locale) if text else otherwise
        except InvalidAmount as wrong:
            errors[f"lines-{at}-{part}"] = str(wrong)
            return otherwise

    for part, most in LONGEST_LINE.items():
        if len(getattr(line, part)) > most:
            errors[f"lines-{at}-{part}"] = f"At most {most} characters, please."
    if not line.name.strip():
        errors[f"lines-{at}-name"] = "Please say what it is."
    tax = TAX.fullmatch(line.tax)
    return PaperLine(
        product=line.product if read_id(line.product) else "",
        sku=clean_line(line.sku),
        name=clean_line(line.name),
        description=clean_text(line.description),
        unit=clean_line(line.unit),
        quantity=number("quantity", 1_000, 3),
        price=number("price", 0, minor_digits(currency)),
        discount=number("discount", 0, 2),
        tax_category=tax[1] if tax else "?",
        tax_rate=int(tax[2]) if tax else 0,
        recurs_months=int(line.recurs) if re.fullmatch("[0-9]{1,3}", line.recurs) else 0,
    )


def whole_discount(typed: str, paper: PaperContent, currency: str, locale: str, errors: dict[str, str]) -> int:
    """Minor units of an amount, or of a percentage of all lines ("10 %")."""
    try:
        if not typed.endswith("%"):
            return read_amount(typed, currency, locale)
        rate = read_number(typed.removesuffix("%"), 2, locale)
        lines = sum(added_up(paper).lines)
    except InvalidAmount as wrong:
        errors["discount"] = str(wrong)
        return 0
    except ValueError:
        return 0
    if not 0 <= rate <= RATE_PARTS:
        errors["discount"] = "From 0 to 100 percent."
    return (lines * rate * 2 + RATE_PARTS) // (2 * RATE_PARTS)


def with_sums(shown: PaperForm, paper: PaperContent, errors: Mapping[str, str], locale: str) -> PaperForm:
    """The net of each line and what all add up to; nothing of it while a number is no number."""
    if any(not name.endswith("-name") for name in errors if name.startswith("lines-")) or "discount" in errors:
        return shown
    # What no line can hold is no sum either: it could have more digits than anybody can show.
    if any(not name.endswith(".name") for name in check_lines(paper.lines)):
        return shown
    try:
        sums = added_up(paper)
    except ValueError:
        return shown
    nets = iter(sums.lines)
    lines = tuple(
        line if line.blank else replace(line, net=shown_amount(next(nets), shown.currency, locale))
        for line in shown.lines
    )
    return replace(shown, lines=lines, sums=shown_sums(sums, shown.currency, locale))


def refused(paper: PaperContent) -> dict[str, str]:
    """What a paper that may be stored still lacks, by the names of the form."""
    try:
        check_paper(paper)
    except InvalidContent as wrong:
        return {re.sub(r"^lines\.(\d+)\.", r"lines-\1-", name): message for name, message in wrong.errors.items()}
    return {}
