"""Answers and notes: written, sent, called off."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, post
from litestar.params import FromPath

from confida_core.api import (
    AttachedFile,
    InvalidContent,
    MessageState,
    NotFound,
    SendResult,
    TooLarge,
    VersionConflict,
    account_names,
    messages_shown,
)
from confida_service.answering.canned import canned_answer, filled
from confida_service.content import MessageContent
from confida_service.knowledge.suggesting import with_article
from confida_service.mail.replying import Answer, Answered
from confida_service.tickets.answering import answer_with_files, call_off
from confida_service.tickets.choices import LIST, PURPOSE, id_in
from confida_service.tickets.listing import shown_tickets
from confida_service.tickets.messages import MessageDraft, add_message
from confida_service.tickets.presence import leave, newest
from confida_service.tickets.routes import ONE
from confida_service.tickets.showing import show_ticket_page
from confida_service.tickets.states import may_follow
from confida_service.tickets.tickets import TicketChange, change_ticket, visible_ticket
from confida_web.api import FormData, Toast, access_for, parse_form, redirect

HOLD_SECONDS = 30
MOST_BYTES = 7_000_000
SOMETHING_NEW = (
    "Something was added to this ticket while you were writing. Please read it; then send your answer again."
)
# What somebody writes down by hand: direction and channel.
WRITTEN_DOWN = {"note": ("note", "staff"), "told": ("out", "phone"), "asked": ("in", "phone"), "letter": ("in", "post")}


@post(f"{ONE}/answer", permission="service.write", status_code=303)
async def answer_ticket(request: Request[Any, Any, Any], ticket_id: FromPath[UUID]) -> Response[Any]:
    """Leaves after half a minute, so that it can be called off. Buttons of the form fill in a ready answer or an article instead."""
    form = await parse_form(request)
    crm = request.state.crm
    typed = {name: form.get(name) for name in ("text", "to", "then")}
    if form.get("_canned"):
        typed["text"] = await with_canned(request, ticket_id, form)
        return await show_ticket_page(request, ticket_id, answer=typed)
    if form.get("_article"):
        typed["text"] = await with_article(crm, access_for(request, PURPOSE), form.get("text"), form.get("_article"))
        return await show_ticket_page(request, ticket_id, answer=typed)
    if "last" in form and form.get("last") != await newest(crm, ticket_id):
        return await show_ticket_page(request, ticket_id, answer=typed, errors={"": SOMETHING_NEW}, status=409)
    state = (await visible_ticket(crm, access_for(request, PURPOSE), ticket_id)).row["state"]
    try:
        answered = await sent(request, ticket_id, form)
    except InvalidContent as wrong:
        return await show_ticket_page(request, ticket_id, answer=typed, errors=wrong.errors, status=422)
    if answered.message_id is None:
        sentence = await why_not(request, answered.result)
        return await show_ticket_page(request, ticket_id, answer=typed, errors={"text": sentence}, status=422)
    await afterwards(request, ticket_id, form.get("then"))
    undo = f"/x/service/answers/{answered.message_id}/undo?{urlencode({'state': state})}"
    return redirect(request, f"{LIST}/{ticket_id}", Toast(message="It leaves in half a minute.", undo_url=undo))


async def sent(request: Request[Any, Any, Any], ticket_id: UUID, form: FormData) -> Answered:
    """Raises InvalidContent."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    files = tuple(
        AttachedFile(name=one.filename, media_type=one.content_type or "application/octet-stream", data=one.saved)
        for one in form.files_of("files")
        if one.filename
    )
    if sum(len(one.data) for one in files) > MOST_BYTES:
        raise InvalidContent({"files": "At most 7 MB of files."})
    answer = Answer(
        text=form.get("text"),
        to=form.get("to").strip(),
        files=files,
        hold_seconds=HOLD_SECONDS,
        keep_state=form.get("then") in {"keep", "solved"},
    )
    try:
        return await answer_with_files(crm, access, ticket_id, answer)
    except TooLarge:
        raise InvalidContent({"files": "A file is too large."}) from None
    except ValueError as wrong:
        # The door names the field and never its value.
        field = "to" if "address" in str(wrong) else "files" if "file" in str(wrong) else "text"
        raise InvalidContent({field: f"This cannot be sent: {wrong}."}) from None


async def why_not(request: Request[Any, Any, Any], result: SendResult) -> str:
    """What the door said, in its words."""
    if result.verdict is not None and result.state is MessageState.REFUSED and result.verdict.sentence:
        return str(result.verdict.sentence)
    entries = await messages_shown(request.state.crm, access_for(request, PURPOSE), [result.id] if result.id else [])
    return entries[0].sentence if entries else "It cannot leave."


async def afterwards(request: Request[Any, Any, Any], ticket_id: UUID, then: str) -> None:
    """The answer's writer has gone from the ticket; and what is solved is solved, unless somebody was quicker."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    await leave(crm, access, ticket_id)
    row = (await visible_ticket(crm, access, ticket_id)).row
    if then == "solved" and may_follow(row["state"], "solved"):
        try:
            await change_ticket(crm, access, ticket_id, TicketChange(state="solved"), seen=row["version"])
        except VersionConflict:
            return


async def with_canned(request: Request[Any, Any, Any], ticket_id: UUID, form: FormData) -> str:
    """What was typed so far, and a ready answer below it, filled in for this ticket."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    before = form.get("text").rstrip()
    chosen = id_in(dict(form.fields), "canned")
    if chosen is None:
        return before
    [one] = await shown_tickets(crm, access, [(await visible_ticket(crm, access, ticket_id)).row])
    me = request.state.actor.id
    values = {
        "name": one.contact, "number": f"#{one.number}", "subject": one.subject,
        "me": (await account_names(crm, [me])).get(me, ""),
    }  # fmt: skip
    ready = filled((await canned_answer(crm, chosen)).text, values)
    return f"{before}\n\n{ready}" if before else ready


@post("/x/service/answers/{message_id:uuid}/undo", permission="service.write", status_code=200)
async def undo_answer(request: Request[Any, Any, Any], message_id: FromPath[UUID]) -> Response[Any]:
    """Called off, with its text back in the form."""
    await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    state = request.query_params.get("state", "")
    try:
        ticket_id, text = await call_off(crm, access, message_id, state)
    except NotFound:
        rows = await crm.data.fetch("SELECT ticket_id FROM service_message WHERE id = ?", message_id)
        back = f"{LIST}/{rows[0]['ticket_id']}" if rows else LIST
        return redirect(request, back, Toast(message="It has left already.", tone="problem"))
    notice = {"notice": "Called off. Nothing has left."}
    return await show_ticket_page(request, ticket_id, answer={"text": text, **notice})


@post(f"{ONE}/note", permission="service.write", status_code=303)
async def write_note(request: Request[Any, Any, Any], ticket_id: FromPath[UUID]) -> Response[Any]:
    """What staff alone see, or what was said on the phone or in a letter."""
    form = await parse_form(request)
    direction, channel = WRITTEN_DOWN.get(form.get("what"), WRITTEN_DOWN["note"])
    draft = MessageDraft(content=MessageContent(text=form.get("note").strip()), direction=direction, channel=channel)
    try:
        await add_message(request.state.crm, access_for(request, PURPOSE), ticket_id, draft)
    except InvalidContent as wrong:
        errors = {"note" if name == "text" else name: sentence for name, sentence in wrong.errors.items()}
        answer = {"note": form.get("note"), "what": form.get("what")}
        return await show_ticket_page(request, ticket_id, answer=answer, errors=errors, status=422)
    return redirect(request, f"{LIST}/{ticket_id}", Toast(message="Written down."))


ROUTES = (answer_ticket, undo_answer, write_note)
