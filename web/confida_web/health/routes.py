"""What machines ask: is it alive, is it ready, whom to tell about a weakness, what the browser refused."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.enums import MediaType

from confida_core.clock import now
from confida_core.storage.database import DatabaseError
from confida_core.vault.access import NotFound
from confida_web.forms import whole_body
from confida_web.logs import note
from confida_web.security.reports import directives_of
from confida_web.static_files import static_file


@get("/healthz", public=True, sync_to_thread=False)
def alive() -> Response[str]:
    """The process answers; nothing else is looked at."""
    return Response("alive\n", media_type=MediaType.TEXT)


@get("/readyz", public=True)
async def ready(request: Request[Any, Any, Any]) -> Response[str]:
    """Both stores answer."""
    crm = request.state.crm
    try:
        await crm.data.fetch("SELECT 1 AS one")
        await crm.keyring.database.fetch("SELECT 1 AS one")
    except DatabaseError:
        return Response("not ready\n", status_code=503, media_type=MediaType.TEXT)
    return Response("ready\n", media_type=MediaType.TEXT)


@get("/.well-known/security.txt", public=True, sync_to_thread=False)
def security_txt(request: Request[Any, Any, Any]) -> Response[str]:
    """RFC 9116; only where a public address is known."""
    public_url = request.state.crm.settings.public_url.rstrip("/")
    if not public_url.startswith("https://"):
        raise NotFound("security.txt")
    expires = (now() + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    host = public_url.removeprefix("https://").split("/")[0].split(":")[0]
    text = f"Contact: mailto:security@{host}\nExpires: {expires}\nCanonical: {public_url}/.well-known/security.txt\n"
    return Response(text, media_type=MediaType.TEXT)


@post("/csp-report", public=True, csrf="none", status_code=204)
async def csp_report(request: Request[Any, Any, Any]) -> None:
    """What a browser refused to load. Only the route and the directive are written to the log, never an address."""
    for path, directive in directives_of(await whole_body(request, 64_000)):
        note(logging.WARNING, "csp", page=path, directive=directive)


ROUTES = (alive, ready, security_txt, csp_report, static_file)
