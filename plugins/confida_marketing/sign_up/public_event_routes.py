"""Events as everybody sees them: the page with its form, the calendar file, and somebody's own place."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from confida_consent.api import read_controller
from confida_core.api import NotFound, Opened, now
from confida_marketing.sign_up.arriving import accept
from confida_marketing.sign_up.calendar_file import calendar_file
from confida_marketing.sign_up.content import ArrivalContent, EventContent, FormField
from confida_marketing.sign_up.event_mails import PLACE, with_event
from confida_marketing.sign_up.events import public_event, shown_event
from confida_marketing.sign_up.fields import FIELDS, asked_of
from confida_marketing.sign_up.public_form_routes import TOO_MUCH, language_of, spend
from confida_marketing.sign_up.public_pages import PlacePage, PublicEventPage, ThanksPage
from confida_marketing.sign_up.registering import CANCELLED, cancel, place_with
from confida_marketing.sign_up.stamps import is_timely, stamp_of
from confida_marketing.sign_up.typed import read_answers
from confida_web.api import Errors, TooManyRequests, mark, page, parse_form

EVENTS = "/my/x/marketing/e"
ONE = EVENTS + "/{slug:str}"
OWN = PLACE + "/{token:str}"
ASKED = asked_of(
    [
        FormField(key="name", required=True),
        FormField(key="email", required=True),
        FormField(key="phone"),
        FormField(key="message", label=mark("What we should know")),
    ],
    FIELDS,
)


@get(ONE, public=True)
async def show_event(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[Any]:
    return page(request, await event_page(request, await public_event(request.state.crm, slug)))


@post(ONE, public=True, csrf="none", status_code=200)
async def sign_up(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[Any]:
    """The same answer whoever has the address, and whether or not there is a seat: a mail says so."""
    crm, event = request.state.crm, await public_event(request.state.crm, slug)
    typed = await parse_form(request)
    values, errors = read_answers(typed, ASKED)
    there = f"{EVENTS}/{slug}/thanks?lang={language_of(request)}"
    if typed.get("website"):
        return Redirect(there, status_code=303)
    if not is_timely(crm, event.row["id"], typed.get("stamp")):
        return page(request, await event_page(request, event, values, again=True))
    if errors or event.row["ends_at"] < now():
        return page(request, await event_page(request, event, values, errors), status=422)
    try:
        spend(request)
    except TooManyRequests:
        return page(request, await event_page(request, event, values, {"": TOO_MUCH}), status=429)
    kept = {key: text for key, text in values.items() if text}
    await accept(crm, ArrivalContent(event_id=event.row["id"], values=kept, language=language_of(request)))
    return Redirect(there, status_code=303)


@get(f"{ONE}/thanks", public=True)
async def thank(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[Any]:
    await public_event(request.state.crm, slug)
    return page(request, ThanksPage(event=True))


@get(f"{ONE}/event.ics", public=True)
async def event_file(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[str]:
    return as_calendar(await public_event(request.state.crm, slug))


def as_calendar(event: Opened[EventContent]) -> Response[str]:
    row, content = event.row, event.content
    text = calendar_file(
        uid=f"{row['id']}@confida", title=content.title, place=content.place, description=content.description,
        begins=row["starts_at"], ends=row["ends_at"], at=row["changed_at"],
    )  # fmt: skip
    headers = {"Content-Disposition": 'attachment; filename="event.ics"'}
    return Response(text, media_type="text/calendar; charset=utf-8", headers=headers)


async def event_page(
    request: Request[Any, Any, Any],
    event: Opened[EventContent],
    values: dict[str, str] | None = None,
    errors: Errors | None = None,
    *,
    again: bool = False,
) -> PublicEventPage:
    crm, slug = request.state.crm, event.row["slug"]
    return PublicEventPage(
        action=f"{EVENTS}/{slug}?lang={language_of(request)}",
        calendar=f"{EVENTS}/{slug}/event.ics",
        event=shown_event(crm, event, language_of(request)),
        stamp=stamp_of(crm, event.row["id"], now()),
        again=again,
        asked=ASKED,
        values={one.name: (values or {}).get(one.key, "") for one in ASKED},
        policy_href=(await read_controller(crm)).privacy_policy,
        errors=errors or {},
    )


@get(OWN, public=True)
async def show_place(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """Opening it changes nothing: programs open links, too. Raises NotFound."""
    return page(request, await place_page(request, token))


@post(OWN, public=True, status_code=303)
async def give_back(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """Cancelled at once; the secret address is all it takes, and all it can end."""
    await parse_form(request)
    place = await place_with(request.state.crm, token)
    await cancel(request.state.crm, place.row["id"])
    return Redirect(f"{PLACE}/{token}?lang={language_of(request)}", status_code=303)


async def place_page(request: Request[Any, Any, Any], token: str) -> PlacePage:
    """Raises NotFound."""
    crm = request.state.crm
    place = await place_with(crm, token)
    found = await with_event(crm, place.row["id"])
    if found is None:
        raise NotFound
    event, state = found[1], place.row["state"]
    public = event.row["active"] and state != CANCELLED
    return PlacePage(
        action=f"{PLACE}/{token}?lang={language_of(request)}",
        event=shown_event(crm, event, language_of(request)),
        state=state,
        name=place.content.name,
        calendar=f"{EVENTS}/{event.row['slug']}/event.ics" if public else "",
    )


PORTAL_ROUTES = (show_event, sign_up, thank, event_file, show_place, give_back)
