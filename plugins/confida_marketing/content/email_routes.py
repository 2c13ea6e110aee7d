"""One e-mail: as this or that person gets it, what to look at before it is sent, and trials."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_consent.api import read_controller
from confida_core.api import (
    InvalidContent,
    MessageState,
    VersionConflict,
    likely_contacts,
    visible_contact,
)
from confida_marketing.content.checks import checks_of
from confida_marketing.content.edit_routes import in_frame
from confida_marketing.content.email_content import EmailContent
from confida_marketing.content.emails import (
    Email,
    add_variant,
    bring_variant_back,
    remove_variant,
    show_in_archive,
    visible_email,
)
from confida_marketing.content.faults import BrokenEmail
from confida_marketing.content.list_routes import EMAILS, PURPOSE
from confida_marketing.content.pages import EmailPage, VersionRow
from confida_marketing.content.pictures import pictures_of
from confida_marketing.content.preparing import known_fields, picture_ids, sender_of
from confida_marketing.content.preview import LOOKS, document, previewed
from confida_marketing.content.recipients import fields_of, sample_recipient
from confida_marketing.content.rendering import Recipient
from confida_marketing.content.trial import send_trial, trial_file
from confida_marketing.content.variants import FIRST, as_variant, variants_of
from confida_marketing.segments.segments import purposes_offered
from confida_web.api import Option, Tab, Toast, access_for, disposition, page, parse_form, redirect

MOST_FOUND = 8
ONE = EMAILS + "/{email_id:uuid}"


@get(ONE, permission="marketing.read")
async def show_email(request: Request[Any, Any, Any], email_id: FromPath[UUID]) -> Response[Any]:
    email = await visible_email(request.state.crm, access_for(request, PURPOSE), email_id)
    return page(request, await email_page(request, email))


def asked(request: Request[Any, Any, Any], name: str) -> str:
    return str(request.query_params.get(name, ""))


async def email_page(request: Request[Any, Any, Any], email: Email, **more: Any) -> EmailPage:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    version, look = asked(request, "version")[:1] or FIRST, asked(request, "look")
    look = look if look in LOOKS else "computer"
    content = as_variant(email.content, version)
    reader_id, reader_name, recipient = await reader_of(request, content)
    sender = sender_of(await read_controller(crm))
    pictures = await pictures_of(crm, picture_ids(content))
    shown = previewed(content, sender, pictures, recipient)
    kept = {"version": version, "as": reader_id}
    purposes = await purposes_offered(crm) if access.actor.may("outbound.send") else {}
    return EmailPage(
        id=str(email.id),
        name=email.name,
        version=email.version,
        is_template=bool(email.row["template"]),
        frame_href=f"{EMAILS}/{email.id}/frame?{urlencode({**kept, 'look': look})}",
        looks=tuple(
            Tab(label=label, href=f"{EMAILS}/{email.id}?{urlencode({**kept, 'look': key})}", current=key == look)
            for key, label in LOOKS.items()
        ),
        look=look,
        versions=version_rows(email.content, version),
        chosen_version=version,
        reader_id=reader_id,
        reader_name=reader_name,
        checks=tuple(
            checks_of(
                content,
                known=await known_fields(crm),
                pictures=pictures,
                sender=sender,
                shown=shown,
                base=crm.settings.public_url,
            )
        ),
        size=len(shown.html.encode()),
        shown_since=email.row["shown_since"],
        may_write=access.actor.may("marketing.write"),
        may_send=access.actor.may("marketing.send"),
        purposes=tuple(
            Option(value=key, label=one.declared.wording(request.state.frame.lang)[1].title)
            for key, one in sorted(purposes.items())
            if "email" in one.declared.channels
        ),
        own_address=request.state.visitor.account.email,
        **more,
    )


async def reader_of(request: Request[Any, Any, Any], content: EmailContent) -> tuple[str, str, Recipient]:
    """Id, name and fields of the contact it is looked at as, who passes the gate of contacts; else of nobody in particular."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    try:
        contact_id = UUID(asked(request, "as"))
    except ValueError:
        return "", "", sample_recipient(crm, content.language)
    contact = await visible_contact(crm, access, contact_id)
    someone = sample_recipient(crm, contact.content.language or content.language)
    known = Recipient(
        fields=fields_of(contact.content),
        language=someone.language,
        preferences=someone.preferences,
        unsubscribe=someone.unsubscribe,
        why=someone.why,
    )
    return str(contact_id), contact.content.display_name, known


def version_rows(content: EmailContent, chosen: str) -> tuple[VersionRow, ...]:
    whole = {one.key: bool(one.blocks) for one in content.variants}
    return tuple(
        VersionRow(key=one.key, subject=one.subject, whole=whole.get(one.key, True), current=one.key == chosen)
        for one in variants_of(content)
    )


@get(ONE + "/frame", permission="marketing.read")
async def show_frame(request: Request[Any, Any, Any], email_id: FromPath[UUID]) -> Response[str]:
    """Only ever in the frame of the e-mail's page."""
    crm = request.state.crm
    email = await visible_email(crm, access_for(request, PURPOSE), email_id)
    content = as_variant(email.content, asked(request, "version")[:1])
    _, _, recipient = await reader_of(request, content)
    sender, pictures = sender_of(await read_controller(crm)), await pictures_of(crm, picture_ids(content))
    shown = previewed(content, sender, pictures, recipient)
    return in_frame(document(shown, asked(request, "look"), content.preheader, content.language))


@post(ONE, permission="marketing.read", status_code=200)
async def find_reader(request: Request[Any, Any, Any], email_id: FromPath[UUID]) -> Response[Any]:
    """Contacts to look at it as; names never stand in an address."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    email = await visible_email(crm, access, email_id)
    text = (await parse_form(request)).get("q").strip()[:200]
    people = await likely_contacts(crm, access, text, limit=MOST_FOUND) if text else ()
    version = asked(request, "version")[:1]
    found = tuple(
        (
            f"{EMAILS}/{email_id}?{urlencode({'version': version, 'as': one.row['id']})}",
            one.content.display_name,
            next((each.address for each in one.content.emails), ""),
        )
        for one in people
    )
    return page(request, await email_page(request, email, q=text, found=found), block="found")


@post(ONE + "/versions", permission="marketing.write", status_code=303)
async def add_version(request: Request[Any, Any, Any], email_id: FromPath[UUID]) -> Response[Any]:
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    email = await visible_email(crm, access, email_id)
    try:
        key = await add_variant(crm, access, email_id, whole=form.get("what") == "content", seen=email.version)
    except InvalidContent as wrong:
        return redirect(
            request, f"{EMAILS}/{email_id}", Toast(message=next(iter(wrong.errors.values())), tone="problem")
        )
    return redirect(request, f"{EMAILS}/{email_id}/edit?version={key}")


@post(ONE + "/versions/{key:str}/remove", permission="marketing.write", status_code=303)
async def drop_version(request: Request[Any, Any, Any], email_id: FromPath[UUID], key: FromPath[str]) -> Response[Any]:
    form = await parse_form(request)
    crm, access = request.state.crm, access_for(request, PURPOSE)
    try:
        await remove_variant(crm, access, email_id, key[:1], seen=form.integer("seen"))
    except VersionConflict:
        return redirect(
            request, f"{EMAILS}/{email_id}", Toast(message="It was changed meanwhile; look again.", tone="problem")
        )
    undo = f"{EMAILS}/{email_id}/versions/restore"
    return redirect(request, f"{EMAILS}/{email_id}", Toast(message="Removed.", undo_url=undo))


@post(ONE + "/versions/restore", permission="marketing.write", status_code=303)
async def restore_version(request: Request[Any, Any, Any], email_id: FromPath[UUID]) -> Response[Any]:
    await parse_form(request)
    await bring_variant_back(request.state.crm, access_for(request, PURPOSE), email_id)
    return redirect(request, f"{EMAILS}/{email_id}", Toast(message="It is back."))


@post(ONE + "/shown", permission="marketing.send", status_code=303)
async def show_publicly(request: Request[Any, Any, Any], email_id: FromPath[UUID]) -> Response[Any]:
    """On the public page of what was sent, or off it."""
    shown = (await parse_form(request)).flag("shown")
    await show_in_archive(request.state.crm, access_for(request, PURPOSE), email_id, shown=shown)
    words = "Everybody can read it now." if shown else "Nobody sees it there any more."
    return redirect(request, f"{EMAILS}/{email_id}", Toast(message=words))


@post(ONE + "/trial", permission="outbound.send", status_code=200)
async def send_to_one(request: Request[Any, Any, Any], email_id: FromPath[UUID]) -> Response[Any]:
    """A trial to one contact, whom the gates may refuse like everybody else."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    email = await visible_email(crm, access, email_id)
    form = await parse_form(request)
    version, contact = form.get("version")[:1], form.get("as")
    try:
        contact_id = UUID(contact)
    except ValueError:
        errors = {"q": "Choose first to whom the trial goes."}
        return page(request, await email_page(request, email, errors=errors), status=422)
    await visible_contact(crm, access, contact_id)
    try:
        result = await send_trial(
            crm, access, email.content, variant=version, contact_id=contact_id, purpose=form.get("purpose")
        )
    except BrokenEmail as broken:
        return page(request, await email_page(request, email, errors={"": broken.sentences[0]}), status=422)
    if result.state is not MessageState.QUEUED:
        sentence = (
            result.verdict.sentence if not result.allowed else "No mail server is set up, or they have no address."
        )
        return page(request, await email_page(request, email, errors={"": f"Not sent. {sentence}"}), status=422)
    return redirect(
        request, f"{EMAILS}/{email_id}?{urlencode({'version': version, 'as': contact})}", Toast(message="On its way.")
    )


@get(ONE + "/trial.eml", permission="marketing.read")
async def take_file(request: Request[Any, Any, Any], email_id: FromPath[UUID]) -> Response[Any]:
    """To oneself, as a file."""
    crm = request.state.crm
    email = await visible_email(crm, access_for(request, PURPOSE), email_id)
    account = request.state.visitor.account
    controller = await read_controller(crm)
    try:
        version = asked(request, "version")[:1]
        data = await trial_file(crm, email.content, version, controller, (account.display_name, account.email))
    except BrokenEmail as broken:
        return page(request, await email_page(request, email, errors={"": broken.sentences[0]}), status=422)
    headers = {
        "Content-Disposition": disposition("trial.eml"),
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(data, media_type="message/rfc822", headers=headers)


ROUTES = (
    show_email,
    show_frame,
    find_reader,
    add_version,
    drop_version,
    restore_version,
    show_publicly,
    send_to_one,
    take_file,
)
