"""Set-up of mailboxes: added, tried, paused, looked into, removed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import InvalidContent, VersionConflict
from confida_service.mail.accounts import (
    AccountDraft,
    accounts,
    open_account,
    pause_account,
    remove_account,
    save_account,
)
from confida_service.mail.content import MailAccountContent
from confida_service.mail.fetching import fetch_now
from confida_service.mail.mailboxes import PROBLEMS
from confida_service.mail.pages import MailboxesPage, MailboxPage
from confida_service.queues.queues import first_queue
from confida_service.tickets.choices import id_in, options, queue_options
from confida_service.tickets.listing import queue_names
from confida_web.api import Errors, FormData, Toast, access_for, ngettext, page, parse_form, redirect

PURPOSE = "relationship"
MAILBOXES = "/x/service/settings/mailboxes"
ONE = MAILBOXES + "/{account_id:uuid}"
TYPED = ("label", "address", "host", "port", "security", "username", "folder", "token_url", "client_id", "queue")
SECRETS = ("password", "client_secret", "refresh_token")
SECURITIES = {
    "tls": "TLS (usually port 993)",
    "starttls": "STARTTLS (usually port 143)",
    "none": "None (this machine only)",
}
CHANGED_MEANWHILE = "Somebody else changed this mailbox meanwhile. Save again to replace theirs."


@get(MAILBOXES, permission="service.manage")
async def show_mailboxes(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    found = await accounts(crm, access)
    return page(request, MailboxesPage(accounts=tuple(found), queues=await queue_names(crm)))


@get(f"{MAILBOXES}/new", permission="service.manage")
async def new_mailbox(request: Request[Any, Any, Any]) -> Response[Any]:
    values = dict.fromkeys(TYPED, "") | {"port": "993", "security": "tls", "folder": "INBOX"}
    return page(request, await mailbox_page(request, values), "form")


@post(f"{MAILBOXES}/new", permission="service.manage", status_code=200)
async def add_mailbox(request: Request[Any, Any, Any]) -> Response[Any]:
    return await saved(request, None)


@get(ONE, permission="service.manage")
async def show_mailbox(request: Request[Any, Any, Any], account_id: FromPath[UUID]) -> Response[Any]:
    opened = await open_account(request.state.crm, account_id)
    content = opened.content
    values = {name: str(getattr(content, name)) for name in TYPED if name != "queue"}
    values["queue"] = str(opened.row["queue_id"])
    shown = await mailbox_page(request, values, account_id=account_id, version=opened.row["version"])
    return page(request, shown, "form")


@post(ONE, permission="service.manage", status_code=200)
async def change_mailbox(request: Request[Any, Any, Any], account_id: FromPath[UUID]) -> Response[Any]:
    return await saved(request, account_id)


async def saved(request: Request[Any, Any, Any], account_id: UUID | None) -> Response[Any]:
    """Tried before it is kept: what the server says against it stands beside the field."""
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    values, seen = {name: form.get(name).strip() for name in TYPED}, form.integer("version")
    try:
        draft = AccountDraft(
            content=content_of(form, values), queue_id=id_in(dict(form.fields), "queue") or await first_queue(crm)
        )
        await save_account(crm, access, draft, account_id=account_id, seen=seen, whole=form.flag("whole"))
    except InvalidContent as wrong:
        shown = await mailbox_page(request, values, account_id=account_id, version=seen, errors=wrong.errors)
        return page(request, shown, "form", status=422)
    except VersionConflict as conflict:
        shown = await mailbox_page(
            request, values, account_id=account_id, version=conflict.current or 0, errors={"": CHANGED_MEANWHILE}
        )
        return page(request, shown, "form", status=409)
    return redirect(request, MAILBOXES, Toast(message="It can be read. Saved."))


def content_of(form: FormData, values: dict[str, str]) -> MailAccountContent:
    """Secrets are taken letter by letter, everything else without spaces around it."""
    texts = {name: values[name] for name in TYPED if name not in {"port", "queue"}}
    return MailAccountContent(
        **texts,
        port=int(values["port"])
        if values["port"].isascii() and values["port"].isdecimal() and len(values["port"]) < 6
        else 0,
        **{name: form.get(name) for name in SECRETS},
    )


async def mailbox_page(
    request: Request[Any, Any, Any],
    values: dict[str, str],
    *,
    account_id: UUID | None = None,
    version: int = 0,
    errors: Errors | None = None,
) -> MailboxPage:
    crm = request.state.crm
    await first_queue(crm)
    return MailboxPage(
        action=f"{MAILBOXES}/{account_id or 'new'}",
        new=account_id is None,
        values=values,
        errors=errors or {},
        securities=options(SECURITIES, values["security"]),
        queues=await queue_options(crm, values["queue"]),
        version=version,
    )


@post(f"{ONE}/pause", permission="service.manage", status_code=303)
async def pause_mailbox(request: Request[Any, Any, Any], account_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await pause_account(request.state.crm, access_for(request, PURPOSE), account_id, paused=True)
    toast = Toast(message="It is no longer read.", undo_url=f"{MAILBOXES}/{account_id}/resume")
    return redirect(request, MAILBOXES, toast)


@post(f"{ONE}/resume", permission="service.manage", status_code=303)
async def resume_mailbox(request: Request[Any, Any, Any], account_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await pause_account(request.state.crm, access_for(request, PURPOSE), account_id, paused=False)
    return redirect(request, MAILBOXES, Toast(message="It is read again."))


@post(f"{ONE}/look", permission="service.manage", status_code=303)
async def look_now(request: Request[Any, Any, Any], account_id: FromPath[UUID]) -> Response[Any]:
    """For somebody who waits for a mail."""
    await parse_form(request)
    read = await fetch_now(request.state.crm, access_for(request, PURPOSE), account_id)
    if read.problem:
        return redirect(request, MAILBOXES, Toast(message=PROBLEMS[read.problem], tone="problem"))
    new = sum(not one.known for one in read.taken)
    message = ngettext("%(num)s new message.", "%(num)s new messages.", new) if new else "Nothing new."
    return redirect(request, MAILBOXES, Toast(message=message))


@post(f"{ONE}/remove", permission="service.manage", status_code=303)
async def remove_mailbox(request: Request[Any, Any, Any], account_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await remove_account(request.state.crm, access_for(request, PURPOSE), account_id)
    return redirect(request, MAILBOXES, Toast(message="Removed. What it brought stays."))


ROUTES = (
    show_mailboxes, new_mailbox, add_mailbox, show_mailbox, change_mailbox, pause_mailbox, resume_mailbox, look_now,
    remove_mailbox,
)  # fmt: skip
