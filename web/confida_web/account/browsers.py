"""Which browser somebody uses, in words; no more of what it says about itself is kept."""

from __future__ import annotations

from typing import Any

from litestar import Request

_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device_of(request: Request[Any, Any, Any]) -> str:
    """As in "Firefox on Linux"."""
    agent = request.headers.get("user-agent", "")
    browser = next((name for mark, name in _BROWSERS if mark in agent), "A browser")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{browser} on {system}" if system else browser


def address_of(request: Request[Any, Any, Any]) -> str:
    """The network address, as the server sees it (a trusted proxy's word included)."""
    client = request.scope.get("client")
    return str(client[0]) if client else ""
