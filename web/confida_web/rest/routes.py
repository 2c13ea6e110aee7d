"""The document that describes the API, and its page for people."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get

from confida_web.page import page
from confida_web.rest.docs_page import docs_page
from confida_web.rest.handlers import conditional, etag_of
from confida_web.rest.openapi import document_bytes
from confida_web.rest.problems import DOCS, DOCUMENT


@get(DOCUMENT, permission="account.own", api="document")
async def openapi_document(request: Request[Any, Any, Any]) -> Response[Any]:
    """For a token of any kind, and for staff in their browser: which plugins are installed is nobody else's business."""
    body = document_bytes(request.state.crm.registry)
    return conditional(request, body, etag_of(1, body))


@get(DOCS, permission="account.own")
async def api_docs(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await docs_page(request.state.crm))


ROUTES = (openapi_document, api_docs)
