"""Writing: the editor, its preview while somebody types, and the pictures in it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_consent.api import read_controller
from confida_core.api import Access, Installation, InvalidContent, NoPicture, NotFound, TooLarge, VersionConflict
from confida_marketing.content.editor import Edited, edited_of, emptied, merged, read_editor
from confida_marketing.content.email_content import KINDS, EmailContent
from confida_marketing.content.emails import Email, save_email, visible_email
from confida_marketing.content.list_routes import EMAILS, PURPOSE
from confida_marketing.content.pages import EditEmailPage
from confida_marketing.content.pictures import (
    add_picture,
    pictures_of,
)
from confida_marketing.content.preparing import known_fields, picture_ids, sender_of
from confida_marketing.content.preview import POLICY, document, previewed
from confida_marketing.content.recipients import sample_recipient
from confida_marketing.content.variants import FIRST, as_variant
from confida_web.api import BadBody, FormData, Option, Toast, UploadedFile, access_for, page, parse_form, redirect

FONTS = {"sans": "Sans serif", "serif": "Serif"}
LANGUAGES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "nl": "Dutch",
    "es": "Spanish",
    "it": "Italian",
    "pl": "Polish",
}


@get(EMAILS + "/{email_id:uuid}/edit", permission="marketing.write")
async def edit_email(request: Request[Any, Any, Any], email_id: FromPath[UUID]) -> Response[Any]:
    email = await visible_email(request.state.crm, access_for(request, PURPOSE), email_id)
    shown = edited_of(email.content, request.query_params.get("version", "")[:1], email.version)
    return page(request, await edit_page(request.state.crm, email, shown))


@post(EMAILS + "/{email_id:uuid}/edit", permission="marketing.write", status_code=200)
async def change_email(request: Request[Any, Any, Any], email_id: FromPath[UUID]) -> Response[Any]:
    """A button of the editor answers with the editor; without one, or with `look`, it is saved."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    email = await visible_email(crm, access, email_id)
    form, shown = await typed(request, crm, access, email)
    button = form.get("_do")
    if shown.errors or button not in {"", "look"}:
        return page(request, await edit_page(crm, email, shown), block="editor", status=422 if shown.errors else 200)
    if emptied(email.content, shown):
        bare = replace(shown, errors={"blocks": "A version with other words needs at least one block."})
        return page(request, await edit_page(crm, email, bare), status=422)
    try:
        await save_email(crm, access, email_id, merged(email.content, shown), seen=shown.seen)
    except InvalidContent as wrong:
        refused = replace(shown, errors=wrong.errors)
        return page(request, await edit_page(crm, email, refused), status=422)
    except VersionConflict as conflict:
        return await overtaken(request, email, shown, conflict)
    query = f"?version={shown.version}" if shown.version not in {"", FIRST} else ""
    place = f"{EMAILS}/{email_id}{query}" if button == "look" else f"{EMAILS}/{email_id}/edit{query}"
    return redirect(request, place, Toast(message="Saved."))


async def overtaken(
    request: Request[Any, Any, Any], email: Email, shown: Edited, conflict: VersionConflict
) -> Response[Any]:
    """Somebody else was quicker: what was typed stays, and saving again puts it over theirs."""
    if conflict.current is None:
        raise NotFound
    again = replace(shown, seen=conflict.current)
    return page(request, await edit_page(request.state.crm, email, again, theirs=True), status=409)


async def typed(
    request: Request[Any, Any, Any], crm: Installation, access: Access, email: Email
) -> tuple[FormData, Edited]:
    """The form, with pictures that came with it kept already. Raises NotFound for a variant there is not."""
    errors: dict[str, str] = {}

    async def keep(upload: UploadedFile) -> str:
        try:
            return (await add_picture(crm, access, upload.filename, upload.pieces)).hex
        except NoPicture:
            errors[upload.field] = "This is no picture that can be shown; PNG, JPEG, GIF and WebP can."
        except TooLarge:
            errors[upload.field] = "This picture is too large; take one of fewer megabytes."
        return ""

    form = await parse_form(request, save=keep)
    pictures = {file.field: str(file.saved) for file in form.files if file.saved and isinstance(file.saved, str)}
    base = as_variant(email.content, form.get("version")[:1])
    return form, read_editor(form, base, pictures, errors)


async def edit_page(crm: Installation, email: Email, shown: Edited, *, theirs: bool = False) -> EditEmailPage:
    whole = shown.version in {"", FIRST} or any(
        one.blocks for one in email.content.variants if one.key == shown.version
    )
    known = await known_fields(crm)
    return EditEmailPage(
        id=str(email.id),
        name=email.name,
        shown=shown,
        theirs=theirs,
        is_template=bool(email.row["template"]),
        whole=whole,
        kinds=KINDS,
        known=known,
        fonts=tuple(Option(value=key, label=label) for key, label in FONTS.items()),
        languages=language_options(shown.content.language),
    )


def language_options(chosen: str) -> tuple[Option, ...]:
    """With the one that is chosen, also if it is not among the usual ones."""
    known = {**LANGUAGES, **({} if chosen in LANGUAGES or not chosen else {chosen: chosen})}
    return tuple(Option(value=key, label=label) for key, label in known.items())


@post(EMAILS + "/{email_id:uuid}/edit/preview", permission="marketing.write", status_code=200)
async def preview_typed(request: Request[Any, Any, Any], email_id: FromPath[UUID]) -> Response[str]:
    """What is typed, in the frame beside the editor; stores nothing."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    email = await visible_email(crm, access, email_id)
    form = await parse_form(request)
    if form.files:
        raise BadBody(422, "A preview takes no files.")
    shown = read_editor(form, as_variant(email.content, form.get("version")[:1]), {}, {})
    return await frame(crm, shown.content, form.get("look"), request.state.frame.account_name)


async def frame(crm: Installation, content: EmailContent, look: str, name: str) -> Response[str]:
    """As somebody of this name gets it of whom nothing else is known."""
    sender = sender_of(await read_controller(crm))
    pictures = await pictures_of(crm, picture_ids(content))
    someone = sample_recipient(crm, content.language, {"name": name, "first_name": name.partition(" ")[0]})
    shown = previewed(content, sender, pictures, someone)
    return in_frame(document(shown, look, content.preheader, content.language))


def in_frame(html: str) -> Response[str]:
    return Response(html, media_type="text/html", headers={"Content-Security-Policy": POLICY})


ROUTES = (edit_email, change_email, preview_typed)
