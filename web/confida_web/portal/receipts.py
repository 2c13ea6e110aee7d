"""A person's own receipts: a page to read and print, and every file to take home (RC-5)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.params import FromPath

from confida_consent.receipts.files import FILES, archive_files_of, archive_name, receipt_archive
from confida_consent.receipts.issuing import receipt_of
from confida_consent.receipts.readable import page_of
from confida_consent.receipts.receipt import Receipt
from confida_consent.receipts.words import say
from confida_core.vault.access import NotFound
from confida_web.portal.showing import enter_first, person_or_none, show
from confida_web.receipts.pages import ReceiptDownload, ReceiptPaper
from confida_web.security.access import access_for

ARCHIVE = "all.zip"


@get(["/my/receipts/{event_id:uuid}", "/my/p/{token:str}/receipts/{event_id:uuid}"], public=True)
async def receipt(request: Request[Any, Any, Any], event_id: FromPath[UUID]) -> Response[Any]:
    person = person_or_none(request)
    if person is None:
        return enter_first(request)
    found = await receipt_of(request.state.crm, access_for(request, "consent"), event_id)
    language = request.state.frame.words
    base = f"{person.base}/receipts/{event_id}"
    downloads = [
        ReceiptDownload(href=f"{base}/{name}", name=name, what=say(FILES[name], language)) for name in names(found)
    ]
    return show(
        request, ReceiptPaper(receipt=page_of(found, language), downloads=tuple(downloads), archive=f"{base}/{ARCHIVE}")
    )


def names(found: Receipt) -> list[str]:
    return [name for name in archive_files_of(found) if name in FILES]


@get(["/my/receipts/{event_id:uuid}/{name:str}", "/my/p/{token:str}/receipts/{event_id:uuid}/{name:str}"], public=True)
async def receipt_file(request: Request[Any, Any, Any], event_id: FromPath[UUID], name: FromPath[str]) -> Response[Any]:
    """One of the files, or all of them in an archive. A new receipt of the same record each time it is asked for."""
    if person_or_none(request) is None:
        return enter_first(request)
    found = await receipt_of(request.state.crm, access_for(request, "consent"), event_id)
    language = request.state.frame.words
    if name == ARCHIVE:
        return attachment(archive_name(found), "application/zip", receipt_archive(found, language))
    files = archive_files_of(found, language)
    if name not in files:
        raise NotFound("file")
    return attachment(name, *files[name])


def attachment(name: str, media_type: str, content: bytes) -> Response[bytes]:
    """name: one of ours, in plain ASCII."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


ROUTES = (receipt, receipt_file)
