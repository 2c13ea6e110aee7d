"""Origins of other sites, as they may stand in a policy that browsers read."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
HERE = frozenset({"localhost", "127.0.0.1"})


def origin_of(text: str) -> str:
    """The origin of an address, "" for what is none: it becomes part of a policy that browsers read."""
    try:
        parts = urlsplit(text.strip().lower())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    secure = parts.scheme == "https" or (parts.scheme == "http" and host in HERE)
    if not secure or not HOST.fullmatch(host) or parts.username or parts.query or parts.path not in {"", "/"}:
        return ""
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")
