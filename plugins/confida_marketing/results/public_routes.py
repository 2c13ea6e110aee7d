"""What a counted link in a mail leads to: on to its target, at once."""

from __future__ import annotations

from string import punctuation
from typing import Any
from urllib.parse import quote

from litestar import Request, Response, get
from litestar.params import FromPath

from confida_marketing.results.clicks import PLACE, follow

HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


@get(PLACE + "{token:str}", public=True)
async def link(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[None]:
    """No cookie, and no note of who asks. Programs that look at links before people do are not counted where they say so."""
    looked_at = request.state.bodiless or "prefetch" in request.headers.get("sec-purpose", "")
    target = await follow(request.state.crm, token, count=not looked_at)
    return Response(None, status_code=302, headers={**HEADERS, "Location": in_ascii(target)})


def in_ascii(url: str) -> str:
    """The same address as a header can hold it; browsers read the host of it as well."""
    return quote(url, safe=punctuation)


PORTAL_ROUTES = (link,)
