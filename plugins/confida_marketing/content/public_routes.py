"""What everybody may see: pictures of e-mails, and the e-mails that were put on the public page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath

from confida_core.api import NotFound
from confida_marketing.content.archive import archived_email, archived_emails
from confida_marketing.content.pictures import ADDRESS, picture_at
from confida_marketing.content.public_pages import ArchivedPage, ArchivePage
from confida_web.api import show_portal

ARCHIVE = "/my/x/marketing/archive"


@get(ADDRESS + "{token:str}", public=True)
async def picture(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[bytes]:
    """Web mail shows it in a page of somebody else, so that this, unlike all else, may be loaded from there.

    Kept by others for a day: one that was removed shall be gone soon.
    """
    found = await picture_at(request.state.crm, token)
    headers = {
        "Cache-Control": "public, max-age=86400",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return Response(found.data, media_type=found.media_type, headers=headers)


@get(ARCHIVE, public=True)
async def archive(request: Request[Any, Any, Any]) -> Response[Any]:
    """As long as nothing is shown there is no such page."""
    found = await archived_emails(request.state.crm)
    if not found:
        raise NotFound
    return show_portal(request, ArchivePage(emails=tuple(found), base=ARCHIVE))


@get(ARCHIVE + "/{email_id:uuid}", public=True)
async def archived(request: Request[Any, Any, Any], email_id: FromPath[UUID]) -> Response[Any]:
    shown = await archived_email(request.state.crm, email_id)
    return show_portal(request, ArchivedPage(email=shown, base=ARCHIVE))


PORTAL_ROUTES = (picture, archive, archived)
