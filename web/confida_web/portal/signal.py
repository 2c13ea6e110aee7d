"""The browser's signal (Global Privacy Control), and the file that says that it is honoured."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.enums import MediaType

from confida_consent.gpc import LAST_UPDATE, is_signal


def is_signalled(request: Request[Any, Any, Any]) -> bool:
    """Fields of the same name are looked at one by one: joined, two of them would read as something else."""
    values = [value.decode("latin-1") for name, value in request.scope["headers"] if name.lower() == b"sec-gpc"]
    return is_signal(values)


@get("/.well-known/gpc.json", public=True, sync_to_thread=False)
def gpc_support(request: Request[Any, Any, Any]) -> Response[bytes]:
    body = msgspec.json.encode({"gpc": True, "lastUpdate": LAST_UPDATE})
    return Response(body, media_type=MediaType.JSON, headers={"Cache-Control": "public, max-age=3600"})


ROUTES = (gpc_support,)
