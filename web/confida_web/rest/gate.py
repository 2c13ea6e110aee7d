"""In front of every handler of the API: whose token, what it may, and what it is for. Cookies count for nothing here."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from litestar import Request
from litestar.handlers import BaseRouteHandler

from confida_core.accounts.api_tokens import ApiGrant, token_grant
from confida_core.registry import Registry
from confida_core.vault.access import Forbidden
from confida_web.account.browsers import address_of
from confida_web.rest.declarations import ApiResource
from confida_web.rest.problems import Problem
from confida_web.security.limits import note_wrong_token, spend_request

CHALLENGE = 'Bearer realm="Confida"'


async def check_client(request: Request[Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Puts `grant` and `actor` into the request's state.

    The document that describes the API is there for whoever is signed in, too.
    Raises Problem (unauthorised) without a token that counts; Forbidden where the token lacks a permission, or is for a
    purpose that does not reach the resource, so that it looks as if there were nothing; TooManyRequests.
    """
    visitor = request.state.visitor
    if visitor is not None and handler.opt["api"] == "document":
        visitor.actor.require(str(handler.opt["permission"]))
        return
    grant = await recognise_client(request)
    request.state.grant, request.state.actor = grant, grant.actor
    request.state.answer_headers = spend_request(request.state.crm, grant.token_id).headers
    resource = handler.opt["api"]
    if isinstance(resource, ApiResource):
        grant.actor.require(resource.read)
        grant.actor.require(str(handler.opt["permission"]))
        if grant.purpose not in purposes_of(request.state.crm.registry, resource):
            raise Forbidden(grant.purpose)


async def recognise_client(request: Request[Any, Any, Any]) -> ApiGrant:
    """Raises Problem (unauthorised), TooManyRequests where a network goes on sending wrong tokens."""
    given = [value for name, value in request.scope["headers"] if name.lower() == b"authorization"]
    if not given:
        raise Problem("unauthorised", headers={"WWW-Authenticate": CHALLENGE})
    scheme, _, secret = given[0].decode("latin-1").partition(" ")
    grant = None
    if len(given) == 1 and scheme.lower() == "bearer":
        grant = await token_grant(request.state.crm, secret.strip())
    if grant is None:
        note_wrong_token(request.state.crm, address_of(request))
        raise Problem("unauthorised", headers={"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'})
    return grant


@lru_cache(maxsize=512)
def purposes_of(registry: Registry, resource: ApiResource) -> frozenset[str]:
    """What a token must be for. Where the resource does not say: whatever is closed to restricted people."""
    if resource.purposes:
        return frozenset(resource.purposes)
    return frozenset(key for key, purpose in registry.purposes.items() if not purpose.allowed_when_restricted)
