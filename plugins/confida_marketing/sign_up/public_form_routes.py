"""Forms as visitors see them: a page of the public side, which the sites that are named may also show in a frame.

It sets no cookie, needs no scripts, and asks nobody else. Other sites may send it, too (`stamps` tells what counts then).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from weakref import WeakKeyDictionary

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from confida_consent.api import current_notice, notice, read_controller
from confida_core.api import Installation, NotFound, Opened, custom_fields, now
from confida_marketing.sign_up.arriving import accept
from confida_marketing.sign_up.content import ArrivalContent, FormContent
from confida_marketing.sign_up.fields import asked_of, kinds_of
from confida_marketing.sign_up.forms import offered_purposes, public_form
from confida_marketing.sign_up.public_pages import Offer, PublicFormPage, ThanksPage
from confida_marketing.sign_up.stamps import is_timely, stamp_of
from confida_marketing.sign_up.typed import read_answers
from confida_web.api import (
    Errors,
    FormData,
    Meter,
    Page,
    Policy,
    TooManyRequests,
    client_of,
    granted,
    is_signalled,
    mark,
    origin_of,
    page,
    parse_form,
)

FORMS = "/my/x/marketing/f"
ONE = FORMS + "/{slug:str}"
# For each network, and for everybody together; the counts are of one process and are lost with it.
SENT = Policy("forms", 10, 600)
SENT_BY_ALL = Policy("forms-of-all", 600, 3_600)
TOO_MUCH = mark("That was a lot at once. Please wait a little, then send it again.")
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'{onward}; "
    "base-uri 'none'; object-src 'none'; frame-ancestors {sites}"
)


class Limits:
    """What one process has counted."""

    def __init__(self) -> None:
        self.each, self.all = Meter(SENT), Meter(SENT_BY_ALL)


_limits: WeakKeyDictionary[object, Limits] = WeakKeyDictionary()


def spend(request: Request[Any, Any, Any]) -> None:
    """Raises TooManyRequests."""
    limits = _limits.setdefault(request.state.crm.keyring, Limits())
    granted(limits.each.spend(client_of(request)))
    granted(limits.all.spend("all"))


def language_of(request: Request[Any, Any, Any]) -> str:
    return "de" if request.state.frame.lang == "de" else "en"


def is_framed(request: Request[Any, Any, Any]) -> bool:
    return request.query_params.get("frame") == "yes"


def shown(request: Request[Any, Any, Any], content: FormContent, what: Page, *, status: int = 200) -> Response[Any]:
    """With the policy that lets just the named sites show it. No language is kept in a cookie: it stands in the address."""
    response = page(request, what, status=status)
    onward = f" {origin_at(content.redirect)}" if content.redirect else ""
    response.headers["Content-Security-Policy"] = POLICY.format(
        onward=onward, sites=" ".join(content.sites) or "'none'"
    )
    return response


def origin_at(address: str) -> str:
    parts = urlsplit(address)
    return origin_of(f"{parts.scheme}://{parts.netloc}")


def here(request: Request[Any, Any, Any], slug: str, rest: str = "", **more: str) -> str:
    given = "".join(f"&{name}={value}" for name, value in more.items())
    return f"{FORMS}/{slug}{rest}?lang={language_of(request)}{'&frame=yes' if is_framed(request) else ''}{given}"


@get(ONE, public=True)
async def show_form(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[Any]:
    form = await public_form(request.state.crm, slug)
    return shown(request, form.content, await form_page(request, form))


@post(ONE, public=True, csrf="none", status_code=200)
async def send_form(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[Any]:
    """From our own page, or from one of anybody's: it rests on no session, and gets the same answer whoever is known."""
    crm, form = request.state.crm, await public_form(request.state.crm, slug)
    typed = await parse_form(request)
    asked = asked_of(form.content.fields, kinds_of(await custom_fields(crm)))
    values, errors = read_answers(typed, asked)
    if typed.get("website"):
        # Only a program fills in what nobody sees; it learns nothing of that.
        return onward(request, form, ticked=False)
    if not is_timely(crm, form.row["id"], typed.get("stamp")):
        return shown(request, form.content, await form_page(request, form, typed, values, again=True))
    if errors:
        return shown(request, form.content, await form_page(request, form, typed, values, errors), status=422)
    try:
        spend(request)
    except TooManyRequests:
        answer = await form_page(request, form, typed, values, {"": TOO_MUCH})
        return shown(request, form.content, answer, status=429)
    ticked = await purposes_ticked(crm, form.content, typed)
    await accept(
        crm,
        ArrivalContent(
            form_id=form.row["id"],
            values={key: text for key, text in values.items() if text},
            purposes=ticked,
            language=language_of(request),
            signalled=is_signalled(request),
        ),
    )
    return onward(request, form, ticked=bool(ticked))


async def purposes_ticked(crm: Installation, content: FormContent, typed: FormData) -> list[tuple[str, UUID]]:
    """Those of the form that are offered still, each with the text that it was shown with. Raises NotFound for another text."""
    offered = await offered_purposes(crm)
    found = []
    for key in content.purposes:
        if key in offered and key in typed.all("purpose"):
            try:
                text = await notice(crm, UUID(typed.get(f"notice-{key}")))
            except ValueError:
                raise NotFound("notice") from None
            if text.purpose != key:
                raise NotFound("notice")
            found.append((key, text.id))
    return found


def onward(request: Request[Any, Any, Any], form: Opened[FormContent], *, ticked: bool) -> Response[Any]:
    """To the organisation's own page, or to ours. Within a frame always ours: that page says nothing of being in one."""
    if form.content.redirect and not is_framed(request):
        return Redirect(form.content.redirect, status_code=303)
    more = {"confirm": "yes"} if ticked else {}
    return Redirect(here(request, form.row["slug"], "/thanks", **more), status_code=303)


@get(f"{ONE}/thanks", public=True)
async def thank(request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[Any]:
    form = await public_form(request.state.crm, slug)
    said = ThanksPage(
        text=form.content.thanks, framed=is_framed(request), confirm=request.query_params.get("confirm") == "yes"
    )
    return shown(request, form.content, said)


async def form_page(
    request: Request[Any, Any, Any],
    form: Opened[FormContent],
    typed: FormData | None = None,
    values: dict[str, str] | None = None,
    errors: Errors | None = None,
    *,
    again: bool = False,
) -> PublicFormPage:
    """The form, with what was typed. again: it came from elsewhere, or too soon, and is to be looked at once more."""
    crm, content = request.state.crm, form.content
    asked = asked_of(content.fields, kinds_of(await custom_fields(crm)))
    chosen = frozenset(typed.all("purpose")) if typed is not None else frozenset[str]()
    return PublicFormPage(
        action=here(request, form.row["slug"]),
        heading=content.title,
        intro=content.intro,
        button=content.button,
        stamp=stamp_of(crm, form.row["id"], now()),
        framed=is_framed(request),
        again=again,
        asked=asked,
        offers=await offers_of(request, content, chosen),
        values={one.name: (values or {}).get(one.key, "") for one in asked},
        policy_href=(await read_controller(crm)).privacy_policy,
        errors=errors or {},
    )


async def offers_of(request: Request[Any, Any, Any], content: FormContent, chosen: frozenset[str]) -> tuple[Offer, ...]:
    """Unticked, each with the text of today. A box is ticked only where the visitor ticked it on a page of ours."""
    crm, language = request.state.crm, language_of(request)
    offered, offers = await offered_purposes(crm), []
    for key in content.purposes:
        if key in offered:
            text, (_, wording) = await current_notice(crm, key, language), offered[key].declared.wording(language)
            offers.append(
                Offer(
                    key=key, title=wording.title, description=wording.description, notice=text.text,
                    notice_id=str(text.id), language=text.language, chosen=key in chosen,
                )
            )  # fmt: skip
    return tuple(offers)


PORTAL_ROUTES = (show_form, send_form, thank)
