"""Which page somebody wanted before they had to say who they are, so that they come to it afterwards."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

# Pages of the public side alone, and none that is reached by a secret of its own: a stranger's link leads nobody elsewhere.
_WANTED = re.compile(r"/my/(?!p/|confirm/|code\Z|who\Z|leave\Z)[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+){0,8}")


def wanted(path: str) -> str:
    """The path if it is one of the public side's pages, else ""."""
    return path if len(path) <= 300 and _WANTED.fullmatch(path) else ""


def wanted_in(scope: Mapping[str, Any]) -> str:
    """What the query of a request says."""
    query = scope.get("query_string", b"")
    return wanted(parse_qs(query.decode("latin-1")).get("next", [""])[0]) if b"next=" in query else ""


def leading_to(place: str, path: str) -> str:
    """A place of signing in that remembers the page. path: "" for none, or for one that is not ours."""
    known = wanted(path)
    return f"{place}?next={known}" if known else place
