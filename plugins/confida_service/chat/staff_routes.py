"""Answering in a chat from its ticket, and setting the box up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import Access, Installation, InvalidContent, VersionConflict
from confida_core.api import address_of as own_address
from confida_service.chat.box import LANGUAGES, BoxSettings, box_settings, save_box
from confida_service.chat.chats import answer_in_chat, chat_of_ticket, is_there, said_in
from confida_service.chat.pages import BoxPage, TicketChat
from confida_service.tickets.choices import LIST, PURPOSE, id_in, queue_options
from confida_service.tickets.tickets import visible_ticket
from confida_web.api import Errors, FormData, Toast, access_for, page, parse_form, redirect

BOX = "/x/service/settings/chat"
ONE = LIST + "/{ticket_id:uuid}/chat"
OVER = "The conversation is over. Please answer by mail."
CHANGED_MEANWHILE = "Somebody else changed this meanwhile. Please look at it again."
MOST_LINES = 30


async def chat_on_ticket(
    crm: Installation, access: Access, ticket_id: UUID, *, text: str = "", errors: Errors | None = None
) -> TicketChat | None:
    """The open conversation of a ticket that has passed its gate; None where there is none, or nothing may be written."""
    if not access.actor.may("service.write"):
        return None
    chat = await chat_of_ticket(crm, ticket_id)
    if chat is None:
        return None
    return TicketChat(
        href=f"{LIST}/{ticket_id}",
        said=(await said_in(crm, chat))[-MOST_LINES:],
        there=is_there(chat),
        text=text,
        errors=errors or {},
    )


@get(ONE, permission="service.write")
async def ticket_chat(request: Request[Any, Any, Any], ticket_id: FromPath[UUID]) -> Response[Any]:
    """A page of its own, and what the ticket's page asks again and again."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    await visible_ticket(crm, access, ticket_id)
    found = await chat_on_ticket(crm, access, ticket_id)
    if found is None:
        found = TicketChat(href=f"{LIST}/{ticket_id}", errors={"": OVER})
    return page(request, found, "lines")


@post(ONE, permission="service.write", status_code=200)
async def answer_chat(request: Request[Any, Any, Any], ticket_id: FromPath[UUID]) -> Response[Any]:
    """Into the conversation, at once."""
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    text = form.get("text")
    await visible_ticket(crm, access, ticket_id)
    try:
        sent = await answer_in_chat(crm, access, ticket_id, text)
    except InvalidContent as wrong:
        found = await chat_on_ticket(crm, access, ticket_id, text=text, errors=wrong.errors)
        return page(
            request, found or TicketChat(href=f"{LIST}/{ticket_id}", text=text, errors={"text": OVER}), status=422
        )
    if not sent:
        return page(request, TicketChat(href=f"{LIST}/{ticket_id}", text=text, errors={"text": OVER}), status=409)
    return redirect(request, f"{LIST}/{ticket_id}#chat")


@get(BOX, permission="service.manage")
async def show_box(request: Request[Any, Any, Any]) -> Response[Any]:
    settings = await box_settings(request.state.crm)
    return page(request, await box_page(request, settings, settings.version), "form")


@post(BOX, permission="service.manage", status_code=200)
async def change_box(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    typed, seen, status = typed_box(form), form.integer("version"), 422
    try:
        await save_box(request.state.crm, access_for(request, PURPOSE), typed, seen=seen)
    except InvalidContent as wrong:
        errors: Errors = wrong.errors
    except VersionConflict as conflict:
        errors, seen, status = {"": CHANGED_MEANWHILE}, conflict.current or 0, 409
    else:
        return redirect(
            request, BOX, Toast(message="Saved. The chat is on." if typed.active else "Saved. The chat is off.")
        )
    return page(request, await box_page(request, typed, seen, errors), "form", status=status)


def typed_box(form: FormData) -> BoxSettings:
    return BoxSettings(
        active=form.flag("active"),
        queue_id=id_in(dict(form.fields), "queue"),
        sites=tuple(form.get("sites")[:4_000].split()),
        greetings={language: form.get(f"greeting_{language}") for language in LANGUAGES},
        notices={language: form.get(f"notice_{language}") for language in LANGUAGES},
    )


async def box_page(
    request: Request[Any, Any, Any], settings: BoxSettings, version: int, errors: Errors | None = None
) -> BoxPage:
    crm = request.state.crm
    values = {"sites": "\n".join(settings.sites)}
    for language in LANGUAGES:
        values |= {
            f"greeting_{language}": settings.greetings[language],
            f"notice_{language}": settings.notices[language],
        }
    return BoxPage(
        script=f'<script src="{own_address(crm)}/x/service/chat/box.js" async></script>',
        active=settings.active,
        values=values,
        queues=await queue_options(crm, settings.queue_id or "", every="The first queue"),
        version=version,
        errors=errors or {},
    )


ROUTES = (ticket_chat, answer_chat, show_box, change_box)
