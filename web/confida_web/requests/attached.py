"""The mandate somebody brought who asks for another person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, get
from litestar.params import FromPath
from litestar.response import Stream

from confida_consent.rights.requests import READ, request_of
from confida_core.storage.sealed_files import open_file
from confida_core.vault.access import NotFound
from confida_web.files.routes import SANDBOX, disposition
from confida_web.security.access import access_for


@get("/requests/{request_id:uuid}/mandate", permission="requests.read")
async def mandate(request: Request[Any, Any, Any], request_id: FromPath[UUID]) -> Stream:
    """The very bytes that were sealed, never shown in place."""
    crm, access = request.state.crm, access_for(request, "data_subject_rights")
    kept = (await request_of(crm, access, request_id)).file.mandate_file_id
    if not kept:
        raise NotFound("file")
    file = await open_file(crm, access, UUID(kept))
    if file.row["permission"] != READ or file.row["owner_id"] != request_id:
        raise NotFound("file")
    return Stream(
        file.pieces,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": disposition(file.content.name),
            "Content-Length": str(file.content.size),
            "Content-Security-Policy": SANDBOX,
        },
    )


ROUTES = (mandate,)
