"""What the forms of invoices and subscriptions share: whom they are for, and the editor of papers with more fields beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from litestar import Request, Response

from confida_core.api import (
    ContactContent,
    InvalidContent,
    Opened,
    active_accounts,
    likely_contacts,
    visible_contact,
)
from confida_sales.billing.pages import BillFormPage, ForWhomPage
from confida_sales.billing.showing import BOOKS
from confida_sales.papers_form import TypedPaper
from confida_sales.papers_shown import read_id
from confida_web.api import FormData, Option, access_for, page

MOST_FOUND = 12
WORK = "relationship"
"""Whom something new is for is looked up like anybody else; who is restricted is billed from their order or their page."""


async def asked_contact(request: Request[Any, Any, Any]) -> Opened[ContactContent] | None:
    """The contact that the address names; None where it names none. Raises NotFound."""
    contact_id = read_id(str(request.query_params.get("contact", "")))
    if contact_id is None:
        return None
    return await visible_contact(request.state.crm, access_for(request, BOOKS), contact_id)


async def found_contacts(request: Request[Any, Any, Any], what: str, action: str, words: str) -> Response[Any]:
    text = words.strip()[:200]
    access = access_for(request, WORK)
    found = await likely_contacts(request.state.crm, access, text, limit=MOST_FOUND) if text else ()
    hits = tuple(
        (f"{action}?contact={one.row['id']}", one.content.display_name, detail_of(one.content)) for one in found
    )
    return page(request, ForWhomPage(what=what, action=action, q=text, found=hits), block="found")


def detail_of(content: ContactContent) -> str:
    return content.organisation or next((mail.address for mail in content.emails), "")


async def owner_options(request: Request[Any, Any, Any], chosen: str) -> tuple[Option, ...]:
    accounts = await active_accounts(request.state.crm)
    return tuple(Option(value=str(one.id), label=one.name, chosen=str(one.id) == chosen) for one in accounts)


def values_of(form: FormData, *names: str) -> dict[str, str]:
    return {name: form.get(name) for name in names}


def by_form(errors: Mapping[str, str]) -> dict[str, str]:
    """The names of the functions' errors as those of the form: `lines.2.price` is `lines-2-price`."""
    return {name.replace(".", "-"): message for name, message in errors.items()}


def again(
    request: Request[Any, Any, Any],
    shown: BillFormPage,
    typed: TypedPaper,
    errors: Mapping[str, str],
    status: int = 422,
) -> Response[Any]:
    """The form with everything that was typed. A button of the editor is no mistake, so it shows none of the other fields'."""
    if typed.block:
        return page(request, shown, block=typed.block)
    paper = replace(typed.shown, errors={**typed.errors, **errors})
    return page(request, replace(shown, paper=paper), block="paper", status=status)


def refusal(wrong: InvalidContent) -> dict[str, str]:
    return by_form(wrong.errors)
