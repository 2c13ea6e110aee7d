"""After a change: to the next page, with a sentence about what was done."""

from __future__ import annotations

import re
from typing import Any

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.enums import MediaType

from confida_web.frame import Toast
from confida_web.security.cookies import toast_cookie

_OWN_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,2000}")


def redirect(
    request: Request[Any, Any, Any], path: str, toast: Toast | None = None, cookies: tuple[Cookie, ...] = ()
) -> Response[bytes]:
    """303 to a page of our own. toast: shown there, once; it travels in a signed cookie and is stored nowhere."""
    visitor = request.state.visitor
    if toast is not None and visitor is not None:
        cookies = (*cookies, toast_cookie(toast, visitor.csrf_token))
    return elsewhere(own_path(path), cookies)


def elsewhere(path: str, cookies: tuple[Cookie, ...] = ()) -> Response[bytes]:
    """A bare 303 with nothing in it."""
    # Bytes of a named type: of None, Litestar would make the word "null" as JSON.
    headers = {"Location": path}
    return Response(b"", status_code=303, media_type=MediaType.HTML, headers=headers, cookies=list(cookies))


def own_path(path: str, otherwise: str = "/") -> str:
    """The path if it leads to a page of ours, else `otherwise`: no link of somebody else sends people elsewhere."""
    return path if _OWN_PATH.fullmatch(path) else otherwise
