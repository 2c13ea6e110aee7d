"""What was to leave the house: sent, waiting, refused with the reason, failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_consent.purposes import all_purposes
from confida_core.outbound.content import MessageState
from confida_core.outbound.log import OutboundEntry, cancel_message, outbound_log, retry_message
from confida_core.vault.access import NotFound
from confida_web.consents.listing import MessageRow, MessagesPage
from confida_web.consents.words import channel_word, titles
from confida_web.display import PersonRef, Tab
from confida_web.forms import parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.security.access import access_for

PER_PAGE = 50
STATES: Mapping[str, str] = {
    "": "All",
    MessageState.REFUSED: "Refused",
    MessageState.FAILED: "Failed",
    MessageState.QUEUED: "Waiting",
    MessageState.SENT: "Sent",
    MessageState.CANCELLED: "Taken back",
}


@get("/consents/messages", permission="outbound.read")
async def messages(request: Request[Any, Any, Any]) -> Response[Any]:
    wanted = str(request.query_params.get("state", ""))
    state = MessageState(wanted) if wanted in STATES and wanted else None
    before = uuid_or_none(str(request.query_params.get("before", "")))
    found = await outbound_log(
        request.state.crm, access_for(request, "relationship"), state=state, limit=PER_PAGE, before=before
    )
    base = f"/consents/messages?state={state or ''}"
    tabs = tuple(
        Tab(label=label, href="/consents/messages" + (f"?state={key}" if key else ""), current=key == (state or ""))
        for key, label in STATES.items()
    )
    content = MessagesPage(
        tabs=tabs,
        rows=await message_rows(request, found.entries),
        older_href=f"{base}&before={found.next_before}" if found.next_before else None,
    )
    return page(request, content)


def uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def message_rows(request: Request[Any, Any, Any], entries: Sequence[OutboundEntry]) -> tuple[MessageRow, ...]:
    labels = titles(await all_purposes(request.state.crm), request.state.frame.lang) if entries else {}
    may_send = request.state.actor.may("outbound.send")
    return tuple(message_row(entry, labels, may_send=may_send) for entry in entries)


def message_row(entry: OutboundEntry, labels: Mapping[str, str], *, may_send: bool) -> MessageRow:
    contact = f"/contacts/{entry.contact_id}"
    return MessageRow(
        id=str(entry.id),
        at=entry.at,
        contact=PersonRef(name=entry.contact_name, href=contact),
        purpose=labels.get(entry.purpose, entry.purpose),
        channel=channel_word(entry.channel),
        state=entry.state.value,
        path=entry.path,
        subject=entry.subject,
        why=entry.sentence,
        proof_href=f"{contact}/consents/{entry.event_id}" if entry.event_id and entry.state == "refused" else None,
        attempts=entry.attempts,
        may_retry=may_send and entry.may_retry,
        may_cancel=may_send and entry.may_cancel,
    )


@post("/consents/messages/{message_id:uuid}/retry", permission="outbound.send")
async def retry(request: Request[Any, Any, Any], message_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    result = await retry_message(request.state.crm, access_for(request, "relationship"), message_id)
    if result.state is MessageState.QUEUED:
        return redirect(request, "/consents/messages", Toast(message="It is tried again."))
    why = result.verdict.sentence or "The way out is not ready."
    return redirect(request, "/consents/messages", Toast(message=f"It was not sent. {why}", tone="problem"))


@post("/consents/messages/{message_id:uuid}/cancel", permission="outbound.send")
async def cancel(request: Request[Any, Any, Any], message_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    try:
        await cancel_message(request.state.crm, access_for(request, "relationship"), message_id)
    except NotFound:
        # Somebody who may see it, but was too late, is told so; nobody else comes here.
        message = Toast(message="It is no longer waiting, so it cannot be taken back.", tone="problem")
        return redirect(request, "/consents/messages", message)
    return redirect(request, "/consents/messages", Toast(message="It was taken back and does not leave."))


ROUTES = (messages, retry, cancel)
