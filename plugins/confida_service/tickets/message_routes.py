"""One message: its HTML in a frame of its own, its files, and the whole of it as it came."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Stream

from confida_core.api import NotFound, open_file
from confida_service.tickets.choices import PURPOSE
from confida_service.tickets.conversation import visible_message
from confida_service.tickets.html_mail import POLICY, document
from confida_web.api import access_for, disposition

# Whatever a file is, a browser treats it as nobody's page.
SANDBOX = "sandbox; default-src 'none'"


@get("/x/service/messages/{message_id:uuid}/html", permission="service.read")
async def show_html(request: Request[Any, Any, Any], message_id: FromPath[UUID]) -> Response[str]:
    """Only ever in the frame of a ticket's page; what it may do is said by its own policy, and that is: be read."""
    crm, access = request.state.crm, access_for(request, PURPOSE)
    message = await visible_message(crm, access, message_id)
    if not message.content.html.strip():
        raise NotFound
    return Response(
        await document(crm, access, message), media_type="text/html", headers={"Content-Security-Policy": POLICY}
    )


@get("/x/service/messages/{message_id:uuid}/raw", permission="service.read")
async def download_raw(request: Request[Any, Any, Any], message_id: FromPath[UUID]) -> Stream:
    """The very bytes that came."""
    message = await visible_message(request.state.crm, access_for(request, PURPOSE), message_id)
    if message.row["raw_file_id"] is None:
        raise NotFound
    return await sent_file(request, message.row["raw_file_id"])


@get("/x/service/messages/{message_id:uuid}/files/{file_id:uuid}", permission="service.read")
async def download_file(request: Request[Any, Any, Any], message_id: FromPath[UUID], file_id: FromPath[UUID]) -> Stream:
    """A file of this message, never shown in place."""
    message = await visible_message(request.state.crm, access_for(request, PURPOSE), message_id)
    if file_id not in {one.id for one in message.content.files}:
        raise NotFound
    return await sent_file(request, file_id)


async def sent_file(request: Request[Any, Any, Any], file_id: UUID) -> Stream:
    file = await open_file(request.state.crm, access_for(request, PURPOSE), file_id)
    return Stream(
        file.pieces,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": disposition(file.content.name),
            "Content-Length": str(file.content.size),
            "Content-Security-Policy": SANDBOX,
        },
    )


ROUTES = (show_html, download_raw, download_file)
