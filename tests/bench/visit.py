"""The first visit of a page: every byte that comes over the wire, and every host that is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from tests.bench.server import Server

LOADED = re.compile(
    r"<(?:link|script|img|use|source|iframe)\b[^>]*?\b(?:href|src)=\"([^\"]+)\"|url\(\s*[\"']?([^\"')]+)|\bimport\s+[\"']([^\"']+)"
)
TEXT = (b"text/html", b"text/css", b"text/javascript", b"image/svg+xml")


@dataclass
class Visit:
    """compressed: bytes of the bodies as sent. whole: with their heads, which HTTP/1.1 does not compress. hosts: others."""

    compressed: int = 0
    whole: int = 0
    hosts: set[str] = field(default_factory=set)


def first_visit(server: Server, path: str, cookie: str) -> Visit:
    """The page, and everything that it and its style sheets name."""
    visit, waiting, seen = Visit(), [path], set[str]()
    while waiting:
        address = waiting.pop().partition("#")[0]
        parts = urlsplit(address)
        if address in seen or parts.scheme == "data":
            continue
        seen.add(address)
        if parts.netloc:
            visit.hosts.add(parts.netloc)
            continue
        answer = server.get(address, cookie)
        if not answer.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{address} answered {answer[:40]!r}")
        visit.whole += len(answer)
        visit.compressed += len(answer.partition(b"\r\n\r\n")[2])
        waiting += [urljoin(address, found) for found in addresses_in(answer)]
    return visit


def addresses_in(answer: bytes) -> list[str]:
    """What a browser would load for a page, a style sheet or a script."""
    import gzip

    head, _, body = answer.partition(b"\r\n\r\n")
    lowered = head.lower()
    if not any(kind in lowered for kind in TEXT):
        return []
    text = (gzip.decompress(body) if b"content-encoding: gzip" in lowered else body).decode()
    text = re.sub(r"<link\b(?![^>]*\brel=\"(?:stylesheet|icon|modulepreload|preload|manifest)\")[^>]*>", "", text)
    return ["".join(groups).replace("&amp;", "&") for groups in LOADED.findall(text)]
