"""From a request to the door: who asks, for what, and where."""

from __future__ import annotations

from typing import Any

from litestar import Request

from confida_core.vault.access import Access


def access_for(request: Request[Any, Any, Any], purpose: str) -> Access:
    """The request's access for this purpose, the same each time it is asked for.

    Deferred: what was read is written down once, before the answer leaves (`Envelope` sees to it).
    """
    accesses: dict[str, Access] = request.scope["state"].setdefault("accesses", {})
    found = accesses.get(purpose)
    if found is None:
        where = f"{request.scope['method']} {request.scope.get('path_template', '')}"[:200]
        found = Access(actor=request.state.actor, purpose=purpose, where=where, deferred=True)
        accesses[purpose] = found
    return found
