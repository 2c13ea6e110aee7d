"""Writing to a customer with a paper: looked at before it leaves, called off for half a minute after."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import (
    MessageState,
    NotFound,
    cancel_message,
    messages_shown,
    visible_contact,
)
from confida_sales.documents.checking import warnings_of
from confida_sales.documents.mailing import Drafted, Wanted, drafted, send_paper
from confida_sales.documents.mails_shown import mail_rows
from confida_sales.documents.pages import MailPage
from confida_web.api import (
    FormData,
    NoPDF,
    PersonRef,
    Toast,
    access_for,
    own_path,
    page,
    parse_form,
    redirect,
    whole_number,
)

PURPOSE = "relationship"
HOLD_SECONDS = 30
PLACES = {
    "quote": "quotes",
    "order": "orders",
    "invoice": "invoices",
    "credit_note": "invoices",
    "reminder": "invoices",
}


@get("/x/sales/mails/new", permission="outbound.send")
async def new_mail(request: Request[Any, Any, Any]) -> Response[Any]:
    wanted = wanted_of(request)
    access = access_for(request, PURPOSE)
    draft = await drafted(request.state.crm, access, wanted)
    return page(request, await mail_page(request, wanted, draft))


@post("/x/sales/mails/new", permission="outbound.send", status_code=200)
async def send_mail(request: Request[Any, Any, Any]) -> Response[Any]:
    form = await parse_form(request)
    wanted = wanted_of(request, form)
    draft = await drafted(request.state.crm, access_for(request, PURPOSE), wanted)
    errors = errors_of(form)
    if errors:
        return page(request, await mail_page(request, wanted, draft, errors), block="form", status=422)
    return await sent(request, wanted, draft)


async def sent(request: Request[Any, Any, Any], wanted: Wanted, draft: Drafted) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    try:
        result = await send_paper(crm, access, wanted, hold_seconds=HOLD_SECONDS)
    except NoPDF as refused:
        return await again(request, wanted, draft, {"": refused.sentence})
    except ValueError as wrong:
        # The door names the field and never its value.
        field = "to" if "address" in str(wrong) else "subject" if "subject" in str(wrong) else "text"
        return await again(request, wanted, draft, {field: f"This cannot be sent: {wrong}."})
    if result.state is not MessageState.QUEUED:
        [entry] = await messages_shown(crm, access, [result.id])
        return await again(request, wanted, draft, {"": entry.sentence})
    toast = Toast(message="It leaves in half a minute.", undo_url=undo_of(request, result.id))
    return redirect(request, back_of(request), toast)


def undo_of(request: Request[Any, Any, Any], message_id: UUID) -> str:
    return f"/x/sales/mails/{message_id}/undo?{urlencode({'back': back_of(request)})}"


async def again(
    request: Request[Any, Any, Any], wanted: Wanted, draft: Drafted, errors: dict[str, str]
) -> Response[Any]:
    return page(request, await mail_page(request, wanted, draft, errors), block="form", status=422)


@post("/x/sales/mails/{message_id:uuid}/undo", permission="outbound.send", status_code=200)
async def undo_mail(request: Request[Any, Any, Any], message_id: FromPath[UUID]) -> Response[Any]:
    try:
        await cancel_message(request.state.crm, access_for(request, PURPOSE), message_id)
        toast = Toast(message="Called off. Nothing has left.")
    except NotFound:
        toast = Toast(message="It has left already.", tone="problem")
    return redirect(request, back_of(request), toast)


def wanted_of(request: Request[Any, Any, Any], form: FormData | None = None) -> Wanted:
    """What the address asks for, and what was typed. Raises NotFound for what is no id."""
    query = request.query_params
    kind = query.get("kind", "")
    try:
        paper_id = UUID(query.get("id", ""))
    except ValueError:
        raise NotFound from None
    typed = {name: form.get(name).strip() for name in ("to", "subject", "text")} if form else {}
    return Wanted(
        kind=kind,
        id=paper_id,
        step=whole_number(query.get("step", ""), 0, lowest=0, highest=99),
        link=link_of(request, kind, paper_id),
        **typed,
    )


def link_of(request: Request[Any, Any, Any], kind: str, paper_id: UUID) -> str:
    """Where the customer finds it on their own pages; "" as long as nobody said how these are reached from outside."""
    base = request.state.crm.settings.public_url.rstrip("/")
    return f"{base}/my/x/sales/{PLACES[kind]}/{paper_id}" if base and kind in PLACES else ""


def errors_of(form: FormData) -> dict[str, str]:
    needed = {"subject": "Please write a subject.", "text": "Please write something."}
    return {name: sentence for name, sentence in needed.items() if not form.get(name).strip()}


def back_of(request: Request[Any, Any, Any]) -> str:
    return own_path(request.query_params.get("back", ""), "/x/sales/invoices")


async def mail_page(
    request: Request[Any, Any, Any], wanted: Wanted, draft: Drafted, errors: dict[str, str] | None = None
) -> MailPage:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    contact = await visible_contact(crm, access, draft.contact_id)
    query = {name: value for name in ("kind", "id", "step", "back") if (value := request.query_params.get(name, ""))}
    return MailPage(
        query=urlencode(query),
        contact=PersonRef(name=contact.content.display_name, href=f"/contacts/{draft.contact_id}"),
        to=draft.to or next((one.address for one in contact.content.emails if one.address), ""),
        subject=draft.subject,
        text=draft.text,
        files=draft.files,
        warnings=await warnings_of(crm, access, wanted.kind, wanted.id),
        before=await mail_rows(crm, access, wanted.id),
        back=back_of(request),
        errors=errors or {},
    )


ROUTES = (new_mail, send_mail, undo_mail)
