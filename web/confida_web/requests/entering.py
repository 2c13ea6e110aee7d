"""A request that came by letter, mail, telephone or in person, entered by staff; any form counts (SDM M62.P03)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from litestar import Request, Response, get, post

from confida_consent.rights.requests import NewRequest, default_country, open_request
from confida_core.clock import now
from confida_core.contacts.lists import likely_contacts
from confida_core.contacts.people import display_names
from confida_core.contacts.validation import InvalidContent
from confida_core.storage.sealed_files import ReceivedFile, discard_files, receive_file
from confida_web.display import Errors, Option
from confida_web.formatting import formatter
from confida_web.forms import FormData, UploadedFile, parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.requests.listing import HERE
from confida_web.requests.pages import NewRequestPage
from confida_web.requests.words import DELIVERIES, KINDS, SOURCES, country_options, language_options, options
from confida_web.security.access import access_for

FIELDS = ("name", "identifier", "scope", "message", "mandate", "received", "subdivision", "find")
SHOWN = 8
LONGEST_SEARCH = 200


@get("/requests/new", permission="requests.decide")
async def form(request: Request[Any, Any, Any]) -> Response[Any]:
    given = tuple((name, str(value)) for name, value in request.query_params.items() if name in {"contact", "kind"})
    return page(request, await new_page(request, FormData(given)))


async def new_page(request: Request[Any, Any, Any], form: FormData, errors: Errors | None = None) -> NewRequestPage:
    crm, lang = request.state.crm, request.state.frame.lang
    country = await default_country(crm)
    sources = {key: label for key, label in SOURCES.items() if key != "portal"}
    return NewRequestPage(
        values={name: form.get(name) for name in FIELDS},
        kinds=options(KINDS, {form.get("kind")}),
        sources=options(sources, {form.get("source") or "letter"}),
        countries=country_options(lang, form.get("country") or country),
        languages=language_options(form.get("language") or crm.settings.language),
        deliveries=options(DELIVERIES, {form.get("delivery") or "portal"}),
        people=await people_for(request, form.get("find"), form.get("contact")),
        today=formatter(lang, request.state.frame.time_zone).today().isoformat(),
        country_known=bool(country),
        errors=errors or {},
    )


async def people_for(request: Request[Any, Any, Any], text: str, chosen: str = "") -> tuple[Option, ...]:
    """Contacts that may be meant, to choose from, the one that was chosen before among them."""
    crm, access = request.state.crm, access_for(request, "data_subject_rights")
    found = await likely_contacts(crm, access, text.strip()[:LONGEST_SEARCH], limit=SHOWN) if text.strip() else []
    labels = {str(one.row["id"]): label_of(one.content) for one in found}
    contact_id = id_in(chosen)
    if contact_id is not None and str(contact_id) not in labels:
        names = await display_names(crm, access, [contact_id])
        labels |= {str(one): name for one, name in names.items()}
    return options(labels, {str(contact_id)})


def label_of(content: Any) -> str:
    """Enough to tell namesakes apart: where they are reached, and where they live."""
    mail = content.emails[0].address if content.emails else ""
    phone = content.phones[0].number if content.phones else ""
    home = content.addresses[0] if content.addresses else None
    place = " ".join(part for part in (home.postal_code, home.locality) if part) if home else ""
    parts = (content.display_name, mail or phone, home.street if home else "", place)
    return ", ".join(" ".join(part.split()) for part in parts if part)


def id_in(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@post("/requests/new", permission="requests.decide", status_code=200)
async def enter(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, received = request.state.crm, list[ReceivedFile]()

    async def save(file: UploadedFile) -> None:
        if not received:
            received.append(await receive_file(crm, file.filename, file.pieces))

    try:
        form = await parse_form(request, save)
        if form.get("_find"):
            return page(request, await new_page(request, form), block="form")
        new = new_request(request, form, received)
        opened = await open_request(crm, access_for(request, "data_subject_rights"), new)
    except InvalidContent as wrong:
        await discard_files(crm, received)
        return page(request, await new_page(request, form, form_errors(wrong.errors)), block="form", status=422)
    except BaseException:
        await discard_files(crm, received)
        raise
    await discard_files(crm, received)
    message = f"The request is entered as {opened.reference}."
    return redirect(request, f"{HERE}/{opened.id}", Toast(message=message))


def form_errors(errors: Mapping[str, str]) -> Errors:
    return {"received" if name == "received_at" else name: sentence for name, sentence in errors.items()}


def new_request(request: Request[Any, Any, Any], form: FormData, files: Sequence[ReceivedFile]) -> NewRequest:
    """Raises InvalidContent for a day that is none."""
    return NewRequest(
        kind=form.get("kind"),
        source=form.get("source"),
        country=form.get("country"),
        subdivision=form.get("subdivision").strip(),
        language=form.get("language"),
        identifier=form.get("identifier"),
        name=form.get("name"),
        scope=form.get("scope"),
        message=form.get("message"),
        mandate=form.get("mandate"),
        mandate_files=tuple(files),
        delivery=form.get("delivery"),
        contact_id=id_in(form.get("contact")),
        received_at=instant_of(form.get("received"), request.state.crm.settings.time_zone, "received"),
    )


def instant_of(day: str, zone: str, field: str) -> datetime | None:
    """Noon of that day where the organisation is, or now, if it is today and not yet noon; None for no day.

    Raises InvalidContent.
    """
    if not day.strip():
        return None
    try:
        noon = datetime.combine(date.fromisoformat(day.strip()), time(12), ZoneInfo(zone))
    except (ValueError, OverflowError):
        raise InvalidContent({field: "This is no day."}) from None
    moment = now()
    return moment if noon.date() == moment.astimezone(ZoneInfo(zone)).date() else noon


ROUTES = (form, enter)
