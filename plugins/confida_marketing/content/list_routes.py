"""The lists of e-mails and templates, and how one begins and ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import Access, Installation, NotFound, clean_line
from confida_marketing.content.email_content import EmailContent
from confida_marketing.content.emails import (
    Email,
    copy_email,
    create_email,
    list_emails,
    remove_email,
    trash_email,
    visible_email,
)
from confida_marketing.content.pages import EmailRow, EmailsPage, NewEmailPage
from confida_marketing.content.ready import ready_email, ready_emails
from confida_web.api import Tab, Toast, access_for, page, parse_form, redirect

PURPOSE = "relationship"
EMAILS = "/x/marketing/emails"
KINDS = {"emails": "E-mails", "templates": "Templates", "trash": "Trash"}
A_PAGE = 50


def row_of(email: Email) -> EmailRow:
    return EmailRow(
        id=str(email.id),
        name=email.name,
        subject=email.content.subject,
        changed_at=email.row["changed_at"],
        shown=email.row["shown_since"] is not None,
        versions=1 + len(email.content.variants),
    )


@get(EMAILS, permission="marketing.read")
async def show_emails(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    kind = request.query_params.get("kind", "")
    kind = kind if kind in KINDS else "emails"
    found = await list_emails(
        crm,
        access,
        template=kind == "templates",
        trashed=kind == "trash",
        limit=A_PAGE + 1,
        before=moment_of(request.query_params.get("before", "")),
    )
    older = (
        urlencode({"kind": kind, "before": found[A_PAGE - 1].row["changed_at"].isoformat()}) if found[A_PAGE:] else ""
    )
    shown = EmailsPage(
        kind=kind,
        rows=tuple(row_of(one) for one in found[:A_PAGE]),
        tabs=tuple(Tab(label=label, href=f"{EMAILS}?kind={key}", current=key == kind) for key, label in KINDS.items()),
        older_href=f"{EMAILS}?{older}" if older else "",
        may_write=access.actor.may("marketing.write"),
    )
    return page(request, shown)


def moment_of(text: str) -> datetime | None:
    """An aware moment as a link of ours writes it; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and 2000 <= moment.year <= 2200 else None


@get(f"{EMAILS}/new", permission="marketing.write")
async def new_email(request: Request[Any, Any, Any]) -> Response[Any]:
    asked = request.query_params.get("language", request.state.frame.lang)
    language = "de" if asked.startswith("de") else "en"
    own = await list_emails(request.state.crm, access_for(request, PURPOSE), template=True)
    shown = NewEmailPage(ready=ready_emails(language), own=tuple(row_of(one) for one in own), language=language)
    return page(request, shown)


@post(f"{EMAILS}/new", permission="marketing.write", status_code=303)
async def begin_email(request: Request[Any, Any, Any]) -> Response[Any]:
    """From a ready one, a template of one's own, or nothing."""
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    content = await beginning(crm, access, form.get("from"), form.get("language"))
    email_id = await create_email(crm, access, content, template=form.flag("template"))
    return redirect(request, f"{EMAILS}/{email_id}/edit")


async def beginning(crm: Installation, access: Access, key: str, language: str) -> EmailContent:
    """Raises NotFound for a template that there is not."""
    if not key:
        return EmailContent(language="de" if language == "de" else "en")
    ready = ready_email(key, language)
    if ready is not None:
        return ready
    try:
        template_id = UUID(key)
    except ValueError:
        raise NotFound from None
    return (await visible_email(crm, access, template_id)).content


@post(EMAILS + "/{email_id:uuid}/copy", permission="marketing.write", status_code=303)
async def copy_it(request: Request[Any, Any, Any], email_id: FromPath[UUID]) -> Response[Any]:
    """Another e-mail, or a template to begin others from."""
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    template = form.flag("template")
    made = await copy_email(crm, access, email_id, template=template, name=clean_line(form.get("name"))[:200])
    words = "Kept as a template." if template else "Copied. This is the copy."
    return redirect(request, f"{EMAILS}/{made}", Toast(message=words))


@post(EMAILS + "/{email_id:uuid}/trash", permission="marketing.write", status_code=303)
async def trash_it(request: Request[Any, Any, Any], email_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await trash_email(request.state.crm, access_for(request, PURPOSE), email_id)
    return redirect(request, EMAILS, Toast(message="In the trash.", undo_url=f"{EMAILS}/{email_id}/restore"))


@post(EMAILS + "/{email_id:uuid}/restore", permission="marketing.write", status_code=303)
async def restore_it(request: Request[Any, Any, Any], email_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await trash_email(request.state.crm, access_for(request, PURPOSE), email_id, trashed=False)
    return redirect(request, f"{EMAILS}/{email_id}", Toast(message="Back from the trash."))


@post(EMAILS + "/{email_id:uuid}/remove", permission="marketing.write", status_code=303)
async def remove_it(request: Request[Any, Any, Any], email_id: FromPath[UUID]) -> Response[Any]:
    """From the trash, for good."""
    await parse_form(request)
    await remove_email(request.state.crm, access_for(request, PURPOSE), email_id)
    return redirect(request, f"{EMAILS}?kind=trash", Toast(message="Removed for good."))


ROUTES = (show_emails, new_email, begin_email, copy_it, trash_it, restore_it, remove_it)
