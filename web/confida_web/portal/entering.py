"""Ways in and out: an address, a code, a session (CF-3, CF-5); no account anywhere."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get, post

from confida_consent.tokens import LIFE
from confida_consent.ways_in import TRIES, ask_for_code, end_person_session, say_who, try_code
from confida_core.accounts.attempts import begin_attempt, network_of
from confida_core.contacts.channels import normal_email
from confida_core.installation import Installation
from confida_core.jobs.queue import enqueue
from confida_web.account.browsers import address_of
from confida_web.forms import parse_form
from confida_web.languages import LANGUAGES, gettext, speaking
from confida_web.portal.cookies import CODE, code_cookie, no_code_cookie, no_person_cookie, person_cookie
from confida_web.portal.pages import CodePage, EnterPage, WhoPage
from confida_web.portal.showing import person_or_none, refused, show
from confida_web.portal.wanted import leading_to, wanted, wanted_in
from confida_web.redirect import elsewhere
from confida_web.security.cookies import read_cookie
from confida_web.security.headers import CLEAR_SITE_DATA


@get("/my", public=True)
async def enter_form(request: Request[Any, Any, Any]) -> Response[Any]:
    """Also /my/: the router makes no difference."""
    following = wanted_in(request.scope)
    if person_or_none(request) is not None:
        return elsewhere(following or "/my/consents")
    return show(request, EnterPage(signed_out="out" in request.query_params, following=following))


@post("/my", public=True, csrf="portal")
async def enter(request: Request[Any, Any, Any]) -> Response[Any]:
    """The same answer after the same work, whether or not anybody has the address. Raises TooManyAttempts."""
    crm, form = request.state.crm, await parse_form(request)
    email, following = form.get("email").strip(), wanted(form.get("next", ""))
    if not is_address(email):
        with speaking(request.state.frame.words):
            errors = {"email": gettext("Please type an e-mail address, such as name@example.org.")}
        return show(request, EnterPage(email=email[:254], errors=errors, following=following), status=422)
    await note_attempt(crm, request, f"portal address {email}")
    asked = await ask_for_code(crm, normal_email(email) or email, client_of(request))
    spoken = tuple(LANGUAGES).index(request.state.frame.words)
    arguments = {"token_id": asked.token_id, "candidates": asked.candidates, "language": spoken}
    await enqueue(crm, "portal.send_code", arguments)
    return elsewhere(leading_to("/my/code", following), cookies=(code_cookie(asked.handle),))


def is_address(text: str) -> bool:
    """Whether it has the form of one; whether it exists, only a mail can tell."""
    return len(text) <= 254 and normal_email(text) is not None


async def note_attempt(crm: Installation, request: Request[Any, Any, Any], account: str) -> None:
    """Counted like a log-in, apart from those of staff: nobody on the public side can lock a colleague out.

    What is typed counts for each network by itself, so that nobody keeps somebody else out by typing their address.
    """
    client = client_of(request)
    await begin_attempt(crm, f"{account} from {client}", f"portal {client}")


def client_of(request: Request[Any, Any, Any]) -> str:
    """The network somebody asks from, for limits."""
    return network_of(address_of(request))


@get("/my/code", public=True)
async def code_form(request: Request[Any, Any, Any]) -> Response[Any]:
    return show(request, code_page(following=wanted_in(request.scope)))


def code_page(**changes: Any) -> CodePage:
    return CodePage(minutes=int(LIFE["code"].total_seconds() // 60), tries=TRIES, **changes)


@post("/my/code", public=True, csrf="portal")
async def enter_code(request: Request[Any, Any, Any]) -> Response[Any]:
    """A right code opens a session under a new secret; anything else gets one answer. Raises TooManyAttempts."""
    crm, form = request.state.crm, await parse_form(request)
    code, following = form.get("code")[:40], wanted(form.get("next", ""))
    handle = read_cookie(request.scope["headers"], CODE)
    await note_attempt(crm, request, f"portal code {handle}")
    entered = await try_code(crm, handle, code)
    if entered is None:
        with speaking(request.state.frame.words):
            errors = {
                "code": gettext("This code is not right, or it is too old. After three tries you need a new one.")
            }
        return show(request, code_page(errors=errors, following=following), status=422)
    if entered.naming:
        return elsewhere(leading_to("/my/who", following), cookies=(code_cookie(entered.naming),))
    return await inside(request, entered.session, following)


async def inside(request: Request[Any, Any, Any], secret: str, following: str) -> Response[Any]:
    """To the page they wanted, or the first of their own, under a new secret; whoever was in before in this browser is out."""
    before = person_or_none(request)
    if before is not None and before.session_id is not None:
        await end_person_session(request.state.crm, before.session_id)
    return elsewhere(following or "/my/consents", cookies=(person_cookie(secret), no_code_cookie()))


@get("/my/who", public=True)
async def who_form(request: Request[Any, Any, Any]) -> Response[Any]:
    return show(request, WhoPage(following=wanted_in(request.scope)))


@post("/my/who", public=True, csrf="portal")
async def who(request: Request[Any, Any, Any]) -> Response[Any]:
    """Of those who share an address, the one who says their full name. Raises TooManyAttempts."""
    crm, form = request.state.crm, await parse_form(request)
    name, following = form.get("name")[:200], wanted(form.get("next", ""))
    handle = read_cookie(request.scope["headers"], CODE)
    await note_attempt(crm, request, f"portal naming {handle}")
    secret = await say_who(crm, handle, name)
    if secret is None:
        with speaking(request.state.frame.words):
            errors = {
                "name": gettext("By this we cannot tell whose pages to open. After three tries you need a new code.")
            }
        return show(request, WhoPage(name=name, errors=errors, following=following), status=422)
    return await inside(request, secret, following)


@post("/my/leave", public=True, csrf="portal")
async def leave(request: Request[Any, Any, Any]) -> Response[Any]:
    """Ends the session on the server, and the browser forgets what it kept of us."""
    person = person_or_none(request)
    if person is None or person.session_id is None:
        return refused(request)
    await end_person_session(request.state.crm, person.session_id)
    response = elsewhere("/my?out", cookies=(no_person_cookie(),))
    response.headers["Clear-Site-Data"] = CLEAR_SITE_DATA
    return response


ROUTES = (enter_form, enter, code_form, enter_code, who_form, who, leave)
