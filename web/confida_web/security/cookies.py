"""The session cookie, and the one that carries a sentence to the next page."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable

import msgspec
from litestar.datastructures import Cookie

from confida_web.frame import Toast

SESSION = "__Host-confida"
TOAST = "__Host-toast"
LONGEST = 4096


def read_cookie(headers: Iterable[tuple[bytes, bytes]], name: str) -> str:
    """The value; "" if it is absent, given twice or too long: nobody gets to choose which of two counts."""
    found = []
    for header, value in headers:
        if header.lower() != b"cookie":
            continue
        for part in value.decode("latin-1").split(";"):
            key, _, content = part.strip().partition("=")
            if key == name:
                found.append(content)
    return found[0] if len(found) == 1 and len(found[0]) <= LONGEST else ""


def session_cookie(secret: str) -> Cookie:
    """A cookie of the browser's session: when the browser closes it is gone, and the server's limits hold anyway."""
    return Cookie(key=SESSION, value=secret, path="/", secure=True, httponly=True, samesite="strict")


def no_session_cookie() -> Cookie:
    return Cookie(key=SESSION, value="", path="/", secure=True, httponly=True, samesite="strict", max_age=0)


def toast_cookie(toast: Toast, csrf_token: str) -> Cookie:
    """A sentence for the next page, signed so that nobody else can write one; empty to take it away."""
    # Without padding: a cookie with "=" in its value is written in quotation marks, which browsers send back.
    content = base64.urlsafe_b64encode(msgspec.json.encode(toast)).decode("ascii").rstrip("=")
    value = f"{sign(content, csrf_token)}.{content}"
    return Cookie(key=TOAST, value=value, path="/", secure=True, httponly=True, samesite="strict", max_age=60)


def no_toast_cookie() -> Cookie:
    return Cookie(key=TOAST, value="", path="/", secure=True, httponly=True, samesite="strict", max_age=0)


def read_toast(value: str, csrf_token: str) -> Toast | None:
    """The sentence, or None if it was not signed for this session."""
    signature, _, content = value.partition(".")
    if not hmac.compare_digest(signature.encode("utf-8", "replace"), sign(content, csrf_token).encode()):
        return None
    return msgspec.json.decode(base64.urlsafe_b64decode(content + "=" * (-len(content) % 4)), type=Toast)


def sign(content: str, csrf_token: str) -> str:
    return hmac.new(b"toast " + csrf_token.encode(), content.encode("utf-8", "replace"), "sha256").hexdigest()
