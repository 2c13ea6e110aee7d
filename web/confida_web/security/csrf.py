"""Whether a change really comes from one of our own pages. Two proofs, both needed; no content type is trusted."""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import urlsplit

from litestar import Request

from confida_core.settings import Settings

HEADER, FIELD = "x-csrftoken", "_csrf"


class ForeignRequest(Exception):
    """Answered with 403; nothing was done."""


def check_origin(request: Request[Any, Any, Any], settings: Settings) -> None:
    """The browser says that the request comes from our own origin. Raises ForeignRequest."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site != "same-origin":
            raise ForeignRequest
        return
    if request.headers.get("origin") not in our_origins(request, settings):
        raise ForeignRequest


def our_origins(request: Request[Any, Any, Any], settings: Settings) -> set[str]:
    """The public address if one is set, and the very host asked (which was checked to be ours)."""
    origins = {f"{request.scope['scheme']}://{request.headers.get('host', '').lower()}"}
    if settings.public_url:
        public = urlsplit(settings.public_url)
        origins.add(f"{public.scheme}://{public.netloc}".lower())
    return origins


def is_token(given: str | bytes, expected: str) -> bool:
    """Compared as bytes in constant time; whatever was given, it does not raise."""
    if isinstance(given, str):
        given = given.encode("utf-8", "surrogatepass")
    return bool(expected) and hmac.compare_digest(given, expected.encode("ascii"))
