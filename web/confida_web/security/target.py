"""Which requests are looked at at all: one known host, a clean path, a method we know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from confida_core.settings import Settings

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
SAFE = frozenset({"GET", "HEAD"})
LONGEST_TARGET = 8192
MOST_PARAMETERS = 200
MOST_HEADERS, LONGEST_HEADERS = 100, 32_768
LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})
_HOST = re.compile(rb"(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(:[0-9]{1,5})?")
_BAD_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_CONTROLS = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


class Refused(Exception):
    """The request is not looked at. status: what is answered."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """Lower-case host names without port: the public one, the address we listen on, and this machine's own names."""
    public = urlsplit(settings.public_url).hostname
    listening = settings.host.lower()
    return LOCAL | {name for name in (public, listening) if name}


def check_target(scope: Mapping[str, Any], hosts: Iterable[str]) -> None:
    """Raises Refused: 405 for methods we do not have, 400 for a host that is not ours, 414, 431 and 400 for the rest."""
    if scope["method"] not in METHODS:
        raise Refused(405)
    check_framing(scope["headers"])
    check_host(scope["headers"], hosts)
    raw_path, query = scope.get("raw_path") or b"", scope.get("query_string", b"")
    if len(raw_path) + len(query) > LONGEST_TARGET:
        raise Refused(414)
    path = scope["path"]
    if "\ufffd" in path or _CONTROLS.search(path) or not path.startswith("/"):
        raise Refused(400)
    if _BAD_PERCENT.search(raw_path) or any(part in {".", ".."} for part in path.split("/")):
        raise Refused(400)
    check_query(query)


def check_framing(headers: Sequence[tuple[bytes, bytes]]) -> None:
    """Two ways to say how long the body is are one too many: proxies and servers disagree about which counts."""
    if len(headers) > MOST_HEADERS or sum(len(name) + len(value) for name, value in headers) > LONGEST_HEADERS:
        raise Refused(431)
    framing = [name for name, _ in headers if name.lower() in {b"content-length", b"transfer-encoding"}]
    if len(framing) > 1:
        raise Refused(400)


def check_host(headers: Iterable[tuple[bytes, bytes]], hosts: Iterable[str]) -> None:
    given = [value for name, value in headers if name.lower() == b"host"]
    found = _HOST.fullmatch(given[0]) if len(given) == 1 else None
    if found is None or found.group(1).decode("ascii").lower() not in hosts:
        raise Refused(400)


def check_query(query: bytes) -> None:
    """Parameters must be text: valid percent signs, UTF-8, no NUL, and not thousands of them."""
    if not query:
        return
    if query.count(b"&") >= MOST_PARAMETERS or _BAD_PERCENT.search(query) or b"%00" in query or not query.isascii():
        raise Refused(400)
    if b"%" in query:
        try:
            bytes_of(query).decode("utf-8")
        except UnicodeDecodeError:
            raise Refused(400) from None


def bytes_of(query: bytes) -> bytes:
    from urllib.parse import unquote_to_bytes

    return unquote_to_bytes(query)
