"""The chat as visitors see it: a page of the public side, which the sites that are named may also show in a frame.

It sets no cookie, works without scripts, and asks nobody else. The token of a conversation stands in its address alone.
"""

from __future__ import annotations

import contextlib
from functools import lru_cache
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from confida_consent.api import read_controller
from confida_core.api import Installation, InvalidContent, NotFound
from confida_service.chat.box import BoxSettings, box_settings, open_now
from confida_service.chat.chats import (
    LONGEST_TEXT,
    TooMuch,
    Visitor,
    chat_of,
    end_chat,
    hash_of,
    said_in,
    say,
    start_chat,
)
from confida_service.chat.pages import ChatPage, StartPage
from confida_web.api import (
    Errors,
    FormData,
    Meter,
    Page,
    Policy,
    TooManyRequests,
    client_of,
    granted,
    mark,
    page,
    parse_form,
)

START = "/my/x/service/chat"
ONE = START + "/{token:str}"
# For each network, and for everybody together; the counts are of one process and are lost with it.
NEW = Policy("chat", 6, 600)
NEW_OF_ALL = Policy("chats", 300, 3_600)
LINES = Policy("chat-lines", 20, 60)
TOO_MUCH = mark("That was a lot at once. Please wait a little, then send it again.")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors {sites}"
)
BOX = Path(__file__).with_name("box.js")


class Limits:
    """What one process has counted."""

    def __init__(self) -> None:
        self.new, self.all, self.lines = Meter(NEW), Meter(NEW_OF_ALL), Meter(LINES)


_limits: WeakKeyDictionary[object, Limits] = WeakKeyDictionary()


def limits_of(crm: Installation) -> Limits:
    return _limits.setdefault(crm.keyring, Limits())


def shown(
    request: Request[Any, Any, Any],
    settings: BoxSettings,
    content: Page,
    *,
    block: str | None = None,
    status: int = 200,
) -> Response[Any]:
    """With the policy that lets just those sites show it. No language is kept in a cookie: it stands in the address."""
    response = page(request, content, block, status=status)
    response.headers["Content-Security-Policy"] = POLICY.format(sites=" ".join(settings.sites) or "'none'")
    return response


def elsewhere(request: Request[Any, Any, Any], path: str, **more: str) -> Response[Any]:
    given = "".join(f"&{name}={value}" for name, value in more.items())
    return Redirect(f"{path}?lang={language_of(request)}{given}", status_code=303)


def language_of(request: Request[Any, Any, Any]) -> str:
    return "de" if request.state.frame.lang == "de" else "en"


async def active_box(crm: Installation) -> BoxSettings:
    """Raises NotFound where there is no chat."""
    settings = await box_settings(crm)
    if not settings.active:
        raise NotFound
    return settings


@get("/x/service/chat/box.js", public=True)
async def box_script(request: Request[Any, Any, Any]) -> Response[str]:
    """What a site puts into its pages; it may be loaded from anywhere, and holds nothing of anybody. Raises NotFound."""
    await active_box(request.state.crm)
    headers = {"Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "public, max-age=3600"}
    return Response(script(), media_type="text/javascript", headers=headers)


@lru_cache(maxsize=1)
def script() -> str:
    return BOX.read_text(encoding="utf-8")


@get(START, public=True)
async def chat_start(request: Request[Any, Any, Any]) -> Response[Any]:
    settings = await active_box(request.state.crm)
    return shown(request, settings, await start_page(request, settings, {}))


@post(START, public=True, status_code=200)
async def begin_chat(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    crm = request.state.crm
    settings = await active_box(crm)
    if form.get("website"):
        # Only a program fills in what nobody sees.
        return elsewhere(request, START)
    values = {name: form.get(name) for name in ("text", "name", "email")}
    visitor = Visitor(name=values["name"], email=values["email"], language=language_of(request))
    try:
        limits = limits_of(crm)
        granted(limits.new.spend(client_of(request)))
        granted(limits.all.spend("all"))
        token = await start_chat(crm, visitor, values["text"])
    except InvalidContent as wrong:
        again = await start_page(request, settings, values, wrong.errors)
        return shown(request, settings, again, status=422)
    except TooManyRequests:
        again = await start_page(request, settings, values, {"text": TOO_MUCH})
        return shown(request, settings, again, status=429)
    return elsewhere(request, f"{START}/{token}")


async def start_page(
    request: Request[Any, Any, Any], settings: BoxSettings, values: dict[str, str], errors: Errors | None = None
) -> StartPage:
    crm, language = request.state.crm, language_of(request)
    return StartPage(
        greeting=settings.greetings[language],
        notice=settings.notices[language],
        policy_href=(await read_controller(crm)).privacy_policy,
        working=await open_now(crm),
        over="over" in request.query_params,
        values={"text": "", "name": "", "email": ""} | {key: text[:LONGEST_TEXT] for key, text in values.items()},
        errors=errors or {},
    )


@get(ONE, public=True)
async def show_chat(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """The conversation, or a new one where it is over, so that nothing tells a wrong token from an old one."""
    settings = await active_box(request.state.crm)
    try:
        return shown(request, settings, await chat_page(request, token))
    except NotFound:
        return elsewhere(request, START, over="yes")


@get(f"{ONE}/said", public=True)
async def new_lines(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    """What the window asks again and again. 204 where nothing is new. Raises NotFound."""
    settings = await active_box(request.state.crm)
    found = await chat_page(request, token)
    if found.last == request.query_params.get("last", ""):
        return Response(b"", status_code=204)
    return shown(request, settings, found, block="said")


@post(ONE, public=True, status_code=200)
async def say_more(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    form = await parse_form(request)
    crm = request.state.crm
    settings, text = await active_box(crm), form.get("text")
    try:
        granted(limits_of(crm).lines.spend(hash_of(token)))
        await say(crm, token, text)
    except NotFound:
        return elsewhere(request, START, over="yes")
    except InvalidContent as wrong:
        return await said_wrong(request, settings, token, form, wrong.errors, 422)
    except (TooManyRequests, TooMuch):
        return await said_wrong(request, settings, token, form, {"text": TOO_MUCH}, 429)
    return elsewhere(request, f"{START}/{token}")


async def said_wrong(  # noqa: PLR0917 -- All of them belong to one answer.
    request: Request[Any, Any, Any], settings: BoxSettings, token: str, form: FormData, errors: Errors, status: int
) -> Response[Any]:
    """The conversation with what was typed kept."""
    try:
        again = await chat_page(request, token, text=form.get("text")[:LONGEST_TEXT], errors=errors)
    except NotFound:
        return elsewhere(request, START, over="yes")
    return shown(request, settings, again, status=status)


@post(f"{ONE}/end", public=True, status_code=303)
async def leave_chat(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[Any]:
    await parse_form(request)
    with contextlib.suppress(NotFound):
        await end_chat(request.state.crm, token)
    return elsewhere(request, START, over="yes")


async def chat_page(
    request: Request[Any, Any, Any], token: str, *, text: str = "", errors: Errors | None = None
) -> ChatPage:
    """Raises NotFound."""
    crm = request.state.crm
    chat = await chat_of(crm, token)
    said = await said_in(crm, chat)
    return ChatPage(href=f"{START}/{token}", said=said, working=await open_now(crm), text=text, errors=errors or {})


PUBLIC = (box_script,)
PORTAL_ROUTES = (chat_start, begin_chat, show_chat, new_lines, say_more, leave_chat)
