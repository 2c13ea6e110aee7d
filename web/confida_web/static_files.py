"""Static files, read once at start: no path of a request ever reaches the disk."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from confida_core.vault.access import NotFound
from confida_web.page import STATIC_FOLDER

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """compressed: gzip, or None where that is no smaller."""

    content: bytes
    compressed: bytes | None
    etag: str
    media_type: str


@cache
def static_files() -> dict[str, StaticFile]:
    """By name below static/."""
    found = {}
    for path in sorted(STATIC_FOLDER.rglob("*")):
        if path.is_file() and "oat-src" not in path.parts and path.name != "vendor.lock":
            content = path.read_bytes()
            packed = gzip.compress(content, 9, mtime=0)
            found[path.relative_to(STATIC_FOLDER).as_posix()] = StaticFile(
                content,
                packed if len(packed) < len(content) else None,
                hashlib.sha256(content).hexdigest()[:10],
                _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream",
            )
    return found


@get("/static/{name:path}", public=True, sync_to_thread=False)
def static_file(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """Kept for a year where the address names the content (?v=), else asked for again; 304 where it has not changed."""
    found = static_files().get(str(name).lstrip("/"))
    if found is None:
        raise NotFound("static")
    named = request.scope["query_string"] == b"v=" + found.etag.encode()
    headers = {
        "ETag": f'"{found.etag}"',
        "Cache-Control": FOR_EVER if named else ASK_AGAIN,
        "Vary": "Accept-Encoding",
    }
    if found.etag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type=found.media_type)
    if found.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(found.compressed, headers=headers, media_type=found.media_type)
    return Response(found.content, headers=headers, media_type=found.media_type)
