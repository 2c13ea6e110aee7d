"""A file of an interaction as a download, and pictures as a drawing of our own."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Stream

from confida_core.contacts.people import visible_contact
from confida_core.interactions.interactions import visible_interaction
from confida_core.storage.file_seal import TooLarge
from confida_core.storage.pictures import PICTURE_TYPES, NoPicture
from confida_core.storage.sealed_files import OpenFile, open_file, open_picture
from confida_core.vault.access import NotFound
from confida_web.security.access import access_for

# Whatever a file is, a browser treats it as nobody's page: no script, no form, no way back to us.
SANDBOX = "sandbox; default-src 'none'"
SHOWN_SIDE = 1200


@get("/files/{file_id:uuid}", permission="contacts.read")
async def download(request: Request[Any, Any, Any], file_id: FromPath[UUID]) -> Stream:
    """The very bytes that were sealed, never shown in place."""
    file = await visible_file(request, file_id)
    return Stream(
        file.pieces,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": disposition(file.content.name),
            "Content-Length": str(file.content.size),
            "Content-Security-Policy": SANDBOX,
        },
    )


@get("/files/{file_id:uuid}/picture", permission="contacts.read")
async def picture(request: Request[Any, Any, Any], file_id: FromPath[UUID]) -> Response[bytes]:
    """A picture, redrawn, to be shown in a page. What is no picture is not found."""
    file = await visible_file(request, file_id)
    if file.content.media_type not in PICTURE_TYPES:
        raise NotFound("picture")
    try:
        drawn = await open_picture(file, SHOWN_SIDE)
    except (NoPicture, TooLarge):
        raise NotFound("picture") from None
    return Response(
        drawn.data,
        media_type=drawn.media_type,
        headers={"Content-Security-Policy": SANDBOX, "Content-Disposition": "inline"},
    )


async def visible_file(request: Request[Any, Any, Any], file_id: UUID) -> OpenFile:
    """The file of an interaction or contact, unless that is hidden or in the trash. Raises NotFound, Forbidden.

    Others, such as the file of an import, have no address: nobody could say whom their reader has seen.
    """
    crm, access = request.state.crm, access_for(request, "relationship")
    file = await open_file(crm, access, file_id)
    if file.row["permission"] == "interactions.read":
        await visible_interaction(crm, access, file.row["owner_id"])
    elif file.row["permission"] == "contacts.read":
        await visible_contact(crm, access, file.row["owner_id"])
    else:
        raise NotFound("file")
    return file


def disposition(name: str) -> str:
    """An attachment under its own name (RFC 6266, RFC 5987), with an ASCII name for those who cannot read that."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in " ._-()") else "_" for c in name).strip() or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name or 'file', safe='')}"


ROUTES = (download, picture)
