"""The receipt as staff print it for somebody who has no pages of their own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath

from confida_consent.receipts.files import FILES, files_of
from confida_consent.receipts.issuing import receipt_of
from confida_consent.receipts.readable import page_of
from confida_consent.receipts.words import say
from confida_core.vault.access import NotFound
from confida_web.page import page
from confida_web.receipts.pages import ReceiptDownload, ReceiptPaper
from confida_web.security.access import access_for


@get("/contacts/{contact_id:uuid}/consents/{event_id:uuid}/receipt", permission="consents.read")
async def receipt(
    request: Request[Any, Any, Any], contact_id: FromPath[UUID], event_id: FromPath[UUID]
) -> Response[Any]:
    """In the language in which the person was told, or in `lang`."""
    found = await receipt_of(request.state.crm, access_for(request, "consent"), event_id)
    if found.subject_id != contact_id:
        raise NotFound("event")
    paper = page_of(found, request.query_params.get("lang", ""))
    base = f"/contacts/{contact_id}/consents/{event_id}"
    downloads = tuple(
        ReceiptDownload(href=f"{base}/files/{name}", name=name, what=say(FILES[name], paper.language))
        for name in files_of(found)
    )
    shown = ReceiptPaper(receipt=paper, downloads=downloads, archive=f"{base}/receipt.zip", back=base)
    return page(request, shown)


ROUTES = (receipt,)
