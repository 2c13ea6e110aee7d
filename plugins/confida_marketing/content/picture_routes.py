"""The pictures of all e-mails: to see where they are, and to take one away for good."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.api import Access, Installation
from confida_marketing.content.emails import Email, list_emails
from confida_marketing.content.list_routes import EMAILS, PURPOSE
from confida_marketing.content.pages import PictureRow, PicturesPage
from confida_marketing.content.pictures import all_pictures, is_picture, picture_bytes, remove_picture
from confida_web.api import Toast, access_for, page, parse_form, redirect

PICTURES = "/x/marketing/pictures"
# E-mails that are looked through for pictures; older ones were sent long ago.
LOOKED_THROUGH = 500


@get(PICTURES, permission="marketing.read")
async def show_pictures(request: Request[Any, Any, Any]) -> Response[Any]:
    crm, access = request.state.crm, access_for(request, PURPOSE)
    used = await uses(crm, access)
    rows = tuple(
        PictureRow(
            id=str(row["id"]),
            width=row["width"],
            height=row["height"],
            added_at=row["added_at"],
            used=tuple(used.get(row["id"].hex, ())),
        )
        for row in await all_pictures(crm)
    )
    return page(request, PicturesPage(pictures=rows, may_write=access.actor.may("marketing.write")))


async def uses(crm: Installation, access: Access) -> dict[str, list[tuple[str, str]]]:
    """Id (hex) of a picture -> name and address of each e-mail that shows it."""
    found: dict[str, list[tuple[str, str]]] = {}
    for template in (False, True):
        for email in await list_emails(crm, access, template=template, limit=LOOKED_THROUGH):
            for picture in sorted(pictures_in(email)):
                found.setdefault(picture, []).append((email.name, f"{EMAILS}/{email.id}"))
    return found


def pictures_in(email: Email) -> set[str]:
    """Of all its versions."""
    several = (email.content.blocks, *(one.blocks for one in email.content.variants))
    return {block.picture for blocks in several for block in blocks if block.picture}


@get(PICTURES + "/{picture_id:uuid}", permission="marketing.read")
async def show_picture(request: Request[Any, Any, Any], picture_id: FromPath[UUID]) -> Response[bytes]:
    """For pages of colleagues; mails show it at its public address."""
    await is_picture(request.state.crm, picture_id)
    found = await picture_bytes(request.state.crm, picture_id)
    return Response(found.data, media_type=found.media_type)


@post(PICTURES + "/{picture_id:uuid}/remove", permission="marketing.write", status_code=303)
async def take_away(request: Request[Any, Any, Any], picture_id: FromPath[UUID]) -> Response[Any]:
    """For good: whoever no longer wants to be seen is not seen, in mails that were sent neither."""
    await parse_form(request)
    await remove_picture(request.state.crm, access_for(request, PURPOSE), picture_id)
    return redirect(request, PICTURES, Toast(message="Removed for good."))


ROUTES = (show_pictures, show_picture, take_away)
