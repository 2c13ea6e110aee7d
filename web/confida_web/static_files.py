"""Static files, read once at start: no path of a request ever reaches the disk."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from confida_core.registry import Registry
from confida_core.vault.access import NotFound
from confida_web.page import STATIC_FOLDER

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"
OURS = (("", STATIC_FOLDER),)
_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
}
"""What is served; anything else in such a folder is not, above all no page that would run beside ours."""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """compressed: gzip, or None where that is no smaller."""

    content: bytes
    compressed: bytes | None
    etag: str
    media_type: str


def folders_of(registry: Registry) -> tuple[tuple[str, Path], ...]:
    """Every folder of the hook `static_folders`, with how the names of its files begin: a plugin's with `x/<key>/`."""
    return tuple(
        ("" if item.plugin.built_in else f"x/{item.plugin.info.key}/", item.value)
        for item in registry.with_owner("static_folders")
    )


@lru_cache(maxsize=4)
def static_files(folders: tuple[tuple[str, Path], ...] = OURS) -> dict[str, StaticFile]:
    """By name below /static/; what stands in the first of two folders counts."""
    return {
        start + path.relative_to(folder).as_posix(): read_file(path)
        for start, folder in reversed(folders)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in _TYPES and "oat-src" not in path.parts
    }


def read_file(path: Path) -> StaticFile:
    content = path.read_bytes()
    packed = gzip.compress(content, 9, mtime=0)
    return StaticFile(
        content,
        packed if len(packed) < len(content) else None,
        hashlib.sha256(content).hexdigest()[:10],
        _TYPES[path.suffix],
    )


@get("/static/{name:path}", public=True, sync_to_thread=False)
def static_file(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """Kept for a year where the address names the content (?v=), else asked for again; 304 where it has not changed."""
    found = request.app.state.static_files.get(str(name).lstrip("/"))
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
