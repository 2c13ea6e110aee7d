"""What everybody may see: pictures of e-mails, and the e-mails that were put on the public page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath

from confida_consent.api import read_controller
from confida_core.api import NotFound, address_of
from confida_marketing.content.archive import ArchivedEmail, archived_email, archived_emails
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


@get(ARCHIVE + "/feed.xml", public=True)
async def feed(request: Request[Any, Any, Any]) -> Response[str]:
    """The same list for feed readers (Atom, RFC 4287); whoever reads it there tells nobody an address."""
    crm = request.state.crm
    found = await archived_emails(crm)
    if not found:
        raise NotFound
    xml = atom(address_of(crm) + ARCHIVE, (await read_controller(crm)).name, found)
    return Response(xml, media_type="application/atom+xml")


def atom(base: str, sender: str, emails: Sequence[ArchivedEmail]) -> str:
    entries = "".join(
        f"<entry><id>urn:uuid:{one.id}</id><title>{escape(one.title)}</title><updated>{one.since.isoformat()}</updated>"
        f'<link href="{escape(base)}/{one.id}"/></entry>'
        for one in emails
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><id>{escape(base)}</id>'
        f"<title>{escape(sender)}</title><author><name>{escape(sender)}</name></author>"
        f"<updated>{emails[0].since.isoformat()}</updated>"
        f'<link href="{escape(base)}"/><link rel="self" href="{escape(base)}/feed.xml"/>{entries}</feed>'
    )


PORTAL_ROUTES = (picture, archive, archived, feed)
