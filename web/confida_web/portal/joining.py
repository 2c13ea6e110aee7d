"""Signing up with double opt-in (CF-2), and the one-click way out (CF-6)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_consent.gpc import record_signal
from confida_consent.indications import IndicationRefused
from confida_consent.notices import current_notice, notice
from confida_consent.purposes import all_purposes
from confida_consent.signing_up.asking import accept_sign_up
from confida_consent.signing_up.confirming import confirm, request_behind, unsubscribe
from confida_consent.signing_up.declared import SignUp
from confida_consent.tokens import Action, TokenGrant, find_token
from confida_consent.vocabulary import Basis, Channel, Method
from confida_core.contacts.channels import normal_email
from confida_core.contacts.text import UnstorableText, clean_line
from confida_core.installation import Installation
from confida_core.jobs.queue import enqueue
from confida_core.vault.access import Actor, NotFound
from confida_web.forms import FormData, parse_form
from confida_web.languages import gettext, speaking
from confida_web.portal.entering import is_address, note_attempt
from confida_web.portal.pages import ConfirmPage, MessagePage, Offer, SubscribePage, UnsubscribePage
from confida_web.portal.showing import refused, show
from confida_web.portal.signal import is_signalled
from confida_web.security.access import access_for

ONE_CLICK = ("List-Unsubscribe", "One-Click")


@get("/my/subscribe", public=True)
async def subscribe_form(request: Request[Any, Any, Any]) -> Response[Any]:
    return show(request, SubscribePage(offers=await offers_of(request)))


async def offers_of(request: Request[Any, Any, Any], chosen: frozenset[str] = frozenset()) -> tuple[Offer, ...]:
    """Listed purposes that ask for consent to e-mail, each with the text of today."""
    crm, language = request.state.crm, request.state.frame.words
    offers = []
    for key, purpose in (await all_purposes(crm)).items():
        declared = purpose.declared
        if (
            declared.listed
            and not purpose.retired
            and declared.basis == Basis.CONSENT
            and Channel.EMAIL in declared.channels
        ):
            shown, (_, wording) = await current_notice(crm, key, language), declared.wording(language)
            offers.append(
                Offer(
                    key=key,
                    title=wording.title,
                    description=wording.description,
                    notice=shown.text,
                    notice_id=str(shown.id),
                    notice_language=shown.language,
                    chosen=key in chosen,
                )
            )
    return tuple(offers)


@post("/my/subscribe", public=True, csrf="portal")
async def subscribe(request: Request[Any, Any, Any]) -> Response[Any]:
    """The same answer after the same work, whether or not anybody has the address. Raises TooManyAttempts."""
    crm, form = request.state.crm, await parse_form(request)
    email, name, wanted = form.get("email").strip(), form.get("name").strip(), frozenset(form.all("purpose"))
    offers = await offers_of(request, wanted)
    errors = faults_of(request, email, name, wanted & {offer.key for offer in offers})
    if errors:
        again = SubscribePage(offers=offers, name=name[:200], email=email[:254], errors=errors)
        return show(request, again, status=422)
    await note_attempt(crm, request, f"portal address {email}")
    sign_up = SignUp(
        email=normal_email(email) or email,
        name=clean_line(name),
        language=request.state.frame.words,
        purposes=[(offer.key, await notice_shown(crm, form, offer)) for offer in offers if offer.chosen],
        signalled=is_signalled(request),
    )
    sign_up_id = await accept_sign_up(crm, sign_up)
    await enqueue(crm, "portal.ask_to_confirm", {"sign_up_id": sign_up_id})
    return show(request, MessagePage(kind="sent"))


def faults_of(request: Request[Any, Any, Any], email: str, name: str, wanted: frozenset[str]) -> dict[str, str]:
    errors = {}
    with speaking(request.state.frame.words):
        if not wanted:
            errors["purpose"] = gettext("Please choose at least one thing that you would like to get.")
        if not is_address(email):
            errors["email"] = gettext("Please type an e-mail address, such as name@example.org.")
        if len(name) > 200 or not is_storable(name):
            errors["name"] = gettext("This name cannot be stored; it is too long or holds a strange character.")
    return errors


def is_storable(text: str) -> bool:
    try:
        clean_line(text)
    except UnstorableText:
        return False
    return True


async def notice_shown(crm: Installation, form: FormData, offer: Offer) -> UUID:
    """The text that the form was shown with. Raises NotFound for one that is about something else."""
    try:
        found = await notice(crm, UUID(form.get(f"notice-{offer.key}")))
    except ValueError:
        raise NotFound("notice") from None
    if found.purpose != offer.key:
        raise NotFound("notice")
    return found.id


async def granted(request: Request[Any, Any, Any], token: str, action: Action) -> TokenGrant | None:
    """What the token allows, and from now on the request is the person's whom it names."""
    grant = await find_token(request.state.crm, token, action)
    if grant is not None:
        request.state.actor = Actor(id=grant.subject_id, kind="subject")
    return grant


@get("/my/confirm/{token:str}", public=True)
async def confirm_form(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """Mail scanners open links: this page has a button and does nothing else (CF-1)."""
    crm, grant = request.state.crm, await granted(request, token, "confirm")
    behind = await request_behind(crm, access_for(request, "consent"), grant) if grant else None
    if grant is None or behind is None or behind[0].notice_id is None:
        return refused(request)
    shown = await notice(crm, behind[0].notice_id)
    content = ConfirmPage(
        action=f"/my/confirm/{token}",
        wording=await title_of(request, grant.purpose),
        notice=shown.text,
        notice_language=shown.language,
        channel=grant.channel,
    )
    return show(request, content)


@post("/my/confirm/{token:str}", public=True, csrf="portal")
async def confirm_it(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    crm, grant = request.state.crm, await granted(request, token, "confirm")
    if grant is None:
        return refused(request)
    access = access_for(request, "consent")
    try:
        event = await confirm(crm, access, token)
    except (NotFound, IndicationRefused):
        event = None
    if event is None:
        return refused(request)
    if is_signalled(request):
        await record_signal(crm, access, grant.subject_id, but={(event.purpose, event.channel)}, source="/my/confirm")
    return show(request, MessagePage(kind="confirmed", wording=await title_of(request, grant.purpose)))


async def title_of(request: Request[Any, Any, Any], purpose: str) -> str:
    """What a purpose is called in the reader's language; its key if nobody declares it any more."""
    found = (await all_purposes(request.state.crm)).get(purpose)
    return found.declared.wording(request.state.frame.words)[1].title if found else purpose


@get("/my/unsubscribe/{token:str}", public=True)
async def unsubscribe_form(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    grant = await granted(request, token, "unsubscribe")
    if grant is None:
        return refused(request)
    wording = await title_of(request, grant.purpose) if grant.purpose else ""
    return show(request, UnsubscribePage(action=f"/my/unsubscribe/{token}", wording=wording))


@post("/my/unsubscribe/{token:str}", public=True, csrf="none")
async def unsubscribe_now(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """RFC 8058: no cookie, no token of a form, no redirect. The secret address is all it takes, and all it can end."""
    crm, grant = request.state.crm, await granted(request, token, "unsubscribe")
    form = await parse_form(request)
    if grant is None:
        return refused(request)
    access = access_for(request, "consent")
    method = Method.ONE_CLICK if form.get(ONE_CLICK[0]) == ONE_CLICK[1] else Method.WEB_FORM
    await unsubscribe(crm, access, grant, method)
    if is_signalled(request):
        await record_signal(crm, access, grant.subject_id, source="/my/unsubscribe")
    return show(request, MessagePage(kind="unsubscribed"))


ROUTES = (subscribe_form, subscribe, confirm_form, confirm_it, unsubscribe_form, unsubscribe_now)
