"""Donations for colleagues: the list, one more, and a file of them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import (
    Access,
    Installation,
    InvalidAmount,
    InvalidContent,
    NotFound,
    display_names,
    likely_contacts,
    read_amount,
    visible_contact,
)
from confida_marketing.campaigns.campaigns import list_campaigns
from confida_marketing.sign_up.donation_import import UnreadableDonations, read_donations, store_donations
from confida_marketing.sign_up.donation_pages import (
    DonationFormPage,
    DonationImportPage,
    DonationRow,
    DonationsPage,
    RemoveDonationPage,
)
from confida_marketing.sign_up.donations import (
    A_PAGE,
    DonationDraft,
    add_donation,
    list_donations,
    remove_donation,
    today,
    usual_currency,
    visible_donation,
)
from confida_marketing.sign_up.pages import DONATIONS, tabs_of
from confida_web.api import (
    Errors,
    FormData,
    Option,
    PersonRef,
    Toast,
    access_for,
    formatter_of,
    mark,
    ngettext,
    page,
    parse_form,
    redirect,
)

PURPOSE = "relationship"
MOST_FOUND = 8
WORDS = ("amount", "currency", "on_day", "source", "note", "campaign", "find", "contact")


@get(DONATIONS, permission="marketing.read")
async def show_donations(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access, asked = request.state.crm, access_for(request, PURPOSE), request.query_params
    contact_id = id_in(asked.get("contact", ""))
    whose = await person_of(crm, access, contact_id) if contact_id else None
    found = await list_donations(crm, access, contact_id=contact_id, before=place_in(asked.get("before", "")))
    names = await display_names(crm, access, [one.row["contact_id"] for one in found])
    campaigns = {one.row["id"]: one.content.name for one in await list_campaigns(crm, access)}
    rows = tuple(
        DonationRow(
            id=str(one.row["id"]),
            who=PersonRef(name=names.get(one.row["contact_id"], ""), href=f"/contacts/{one.row['contact_id']}"),
            on_day=one.row["on_day"], amount=one.row["amount"], currency=one.row["currency"], source=one.content.source,
            campaign=campaigns.get(one.row["campaign_id"], ""), recurring=one.row["recurring"],
        )
        for one in found[:A_PAGE]
    )  # fmt: skip
    of_one = f"contact={contact_id}&" if contact_id else ""
    last = found[A_PAGE - 1].row if found[A_PAGE:] else None
    year = today(crm).year
    shown = DonationsPage(
        tabs=tabs_of(DONATIONS),
        rows=rows,
        sums=await sums_of(crm, year) if whose is None else (),
        year=year,
        whose=whose,
        older=f"{DONATIONS}?{of_one}before={last['on_day'].isoformat()}_{last['id']}" if last else "",
        new_href=f"{DONATIONS}/new?{of_one}".rstrip("?&"),
        may_write=access.actor.may("marketing.write"),
    )
    return page(request, shown)


async def sums_of(crm: Installation, year: int) -> tuple[tuple[int, str], ...]:
    rows = await crm.data.fetch(
        "SELECT currency, sum(amount) AS total FROM marketing_donation WHERE on_day >= ? AND on_day <= ? GROUP BY currency "
        "ORDER BY currency",
        date(year, 1, 1), date(year, 12, 31),
    )  # fmt: skip
    return tuple((int(row["total"]), row["currency"]) for row in rows)


async def person_of(crm: Installation, access: Access, contact_id: UUID) -> PersonRef:
    """Raises NotFound."""
    opened = await visible_contact(crm, access, contact_id)
    return PersonRef(name=opened.content.display_name, href=f"/contacts/{contact_id}")


def id_in(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def place_in(text: str) -> tuple[date, UUID] | None:
    """As a link of ours writes it; None for anything else."""
    day, _, last = text.partition("_")
    try:
        return date.fromisoformat(day), UUID(last)
    except ValueError:
        return None


@get(f"{DONATIONS}/new", permission="marketing.write")
async def new_donation(request: Request[Any, Any, Any]) -> Response[Any]:
    crm = request.state.crm
    values = dict.fromkeys(WORDS, "") | {
        "contact": request.query_params.get("contact", ""), "currency": await usual_currency(crm),
        "on_day": today(crm).isoformat(),
    }  # fmt: skip
    return page(request, await form_page(request, values))


@post(f"{DONATIONS}/new", permission="marketing.write", status_code=200)
async def add_one(request: Request[Any, Any, Any]) -> Response[Any]:
    form, crm, access = await parse_form(request), request.state.crm, access_for(request, PURPOSE)
    values = {name: form.get(name)[:20_000] for name in WORDS}
    contact_id = id_in(values["contact"])
    if contact_id is None:
        wanted = mark("Please choose who gave it.") if values["find"] else mark("Please say who gave it.")
        return page(request, await form_page(request, values, {"find": wanted}, form.flag("recurring")), status=422)
    try:
        draft = typed_draft(request, form, contact_id)
        await add_donation(crm, access, draft)
    except InvalidContent as wrong:
        return page(request, await form_page(request, values, wrong.errors, form.flag("recurring")), status=422)
    return redirect(request, f"{DONATIONS}?contact={contact_id}", Toast(message="Written down."))


def typed_draft(request: Request[Any, Any, Any], form: FormData, contact_id: UUID) -> DonationDraft:
    """Raises InvalidContent."""
    errors, amount, day = {}, 0, date.min
    currency = form.get("currency").strip().upper()
    try:
        amount = read_amount(form.get("amount"), currency, str(formatter_of(request).locale))
    except InvalidAmount as wrong:
        errors["amount"] = str(wrong)
    try:
        day = date.fromisoformat(form.get("on_day"))
    except ValueError:
        errors["on_day"] = mark("A day that has been, please.")
    if errors:
        raise InvalidContent(errors)
    return DonationDraft(
        contact_id=contact_id, amount=amount, currency=currency, on_day=day, campaign_id=id_in(form.get("campaign")),
        recurring=form.flag("recurring"), source=form.get("source"), note=form.get("note"),
    )  # fmt: skip


async def form_page(
    request: Request[Any, Any, Any], values: dict[str, str], errors: Errors | None = None, recurring: bool = False
) -> DonationFormPage:
    """With whoever it may be, where only words were typed."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    contact_id = id_in(values["contact"])
    found = (
        await likely_contacts(crm, access, values["find"], limit=MOST_FOUND)
        if values["find"] and not contact_id
        else ()
    )
    return DonationFormPage(
        who=await person_of(crm, access, contact_id) if contact_id else None,
        contact=values["contact"] if contact_id else "",
        candidates=tuple(
            Option(
                value=str(one.row["id"]),
                label=" · ".join([one.content.display_name, *(each.address for each in one.content.emails[:1])]),
            )
            for one in found
        ),
        values=values,
        recurring=recurring,
        campaigns=await campaign_options(crm, access, values["campaign"]),
        errors=errors or {},
    )


async def campaign_options(crm: Installation, access: Access, chosen: str = "") -> tuple[Option, ...]:
    return tuple(
        Option(value=str(one.row["id"]), label=one.content.name, chosen=str(one.row["id"]) == chosen)
        for one in await list_campaigns(crm, access)
    )


@get(DONATIONS + "/{donation_id:uuid}/remove", permission="marketing.write")
async def ask_to_remove(request: Request[Any, Any, Any], donation_id: FromPath[UUID]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    row = (await visible_donation(crm, access, donation_id)).row
    shown = RemoveDonationPage(
        action=f"{DONATIONS}/{donation_id}/remove", who=await person_of(crm, access, row["contact_id"]), on_day=row["on_day"],
        amount=row["amount"], currency=row["currency"],
    )  # fmt: skip
    return page(request, shown)


@post(DONATIONS + "/{donation_id:uuid}/remove", permission="marketing.write", status_code=303)
async def remove_it(request: Request[Any, Any, Any], donation_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await remove_donation(request.state.crm, access_for(request, PURPOSE), donation_id)
    return redirect(request, DONATIONS, Toast(message="Removed."))


@get(f"{DONATIONS}/import", permission="marketing.write")
async def choose_file(request: Request[Any, Any, Any]) -> Response[Any]:
    options = await campaign_options(request.state.crm, access_for(request, PURPOSE))
    return page(request, DonationImportPage(campaigns=options))


@post(f"{DONATIONS}/import", permission="marketing.write", status_code=200)
async def take_in(request: Request[Any, Any, Any]) -> Response[Any]:
    form, crm, access = await parse_form(request), request.state.crm, access_for(request, PURPOSE)
    files = form.files_of("file")
    campaign_id = id_in(form.get("campaign"))
    options = await campaign_options(crm, access, form.get("campaign"))
    if campaign_id is not None and str(campaign_id) not in {one.value for one in options}:
        raise NotFound
    if not files:
        wrong = DonationImportPage(campaigns=options, errors={"file": mark("Please choose a file.")})
        return page(request, wrong, status=422)
    try:
        found = read_donations(files[0].saved, await usual_currency(crm), str(formatter_of(request).locale))
        number = await store_donations(crm, access, found, campaign_id)
    except UnreadableDonations as wrong_rows:
        return page(request, DonationImportPage(campaigns=options, rows=wrong_rows.errors), status=422)
    said = ngettext("%(num)s donation written down.", "%(num)s donations written down.", number)
    return redirect(request, DONATIONS, Toast(message=said))


ROUTES = (show_donations, new_donation, add_one, ask_to_remove, remove_it, choose_file, take_in)
