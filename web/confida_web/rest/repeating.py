"""Requests that a program sends again, because it never saw the answer: told apart by their idempotency key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Request

from confida_core.accounts.api_requests import Made, Repeated, make_once

HEADER = "Idempotency-Key"
REPEATED = "Idempotent-Replayed"


async def made_once(request: Request[Any, Any, Any], body: bytes, create: Callable[[], Awaitable[UUID]]) -> Made:
    """What this request made, or made when it came before with the same key. Raises as `make_once` does."""
    key = request.headers.get(HEADER)
    if key is None:
        return Made(await create(), repeated=False)
    content = b"\n".join((request.method.encode(), request.scope["path"].encode(), body))
    asked = Repeated(token_id=request.state.grant.token_id, key=key.strip(), content=content)
    return await make_once(request.state.crm, asked, create)


def headers_of(made: Made) -> dict[str, str]:
    return {REPEATED: "true"} if made.repeated else {}
