"""Tokens with which programs use the API: one's own, and for those who manage accounts, everybody's."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath

from confida_core.accounts.api_tokens import (
    MOST_DAYS,
    USUAL_DAYS,
    InvalidToken,
    NewToken,
    TokenLine,
    all_tokens,
    list_tokens,
    make_token,
    purposes_for,
    revoke_token,
    scopes_for,
)
from confida_core.accounts.staff import account_names
from confida_core.registry import Registry
from confida_web.account.token_pages import AllTokensPage, NewTokenPage, TokenRow, TokensPage
from confida_web.display import Option
from confida_web.forms import FormData, parse_form
from confida_web.frame import Toast
from confida_web.page import page
from confida_web.redirect import redirect
from confida_web.security.access import access_for

OWN, ALL = "/account/tokens", "/users/tokens"
DAYS = (7, 30, USUAL_DAYS, 180, MOST_DAYS)
REVOKED = Toast(message="The token is revoked. Whatever used it is refused from now on.")


@get(OWN, permission="api.use")
async def tokens(request: Request[Any, Any, Any]) -> Response[Any]:
    return page(request, await tokens_page(request))


async def tokens_page(request: Request[Any, Any, Any], secret: str = "") -> TokensPage:
    """secret: of a token just made, shown this once."""
    crm = request.state.crm
    lines = await list_tokens(crm, request.state.actor.id)
    return TokensPage(tokens=rows_of(request, lines, OWN), secret=secret)


def rows_of(request: Request[Any, Any, Any], lines: Sequence[TokenLine], base: str) -> tuple[TokenRow, ...]:
    registry = request.state.crm.registry
    return tuple(
        TokenRow(
            id=str(line.id),
            label=line.label,
            purpose=purpose_label(registry, line.purpose),
            scopes=tuple(scope_label(registry, scope) for scope in line.scopes),
            created_at=line.created_at,
            expires_at=line.expires_at,
            last_used_on=line.last_used_on,
            expired=line.expired,
            revoke_url=f"{base}/{line.id}/revoke",
        )
        for line in lines
    )


def purpose_label(registry: Registry, key: str) -> str:
    purpose = registry.purposes.get(key)
    return purpose.label if purpose else key


def scope_label(registry: Registry, key: str) -> str:
    """A plugin that has gone may have declared it."""
    permission = registry.permissions.get(key)
    return permission.label if permission else key


@get(f"{OWN}/new", permission="api.use", fresh=True)
async def new_token_form(request: Request[Any, Any, Any]) -> Response[Any]:
    form = FormData((("purpose", "relationship"), ("days", str(USUAL_DAYS))))
    return page(request, new_token_page(request, form))


def new_token_page(
    request: Request[Any, Any, Any], form: FormData, errors: dict[str, str] | None = None
) -> NewTokenPage:
    crm, actor = request.state.crm, request.state.actor
    useful = set(scopes_for(crm, actor)) & scopes_of_the_api(crm.registry)
    chosen = set(form.all("scopes"))
    return NewTokenPage(
        label=form.get("label"),
        purposes=tuple(
            Option(value=key, label=purpose_label(crm.registry, key), chosen=key == form.get("purpose"))
            for key in purposes_for(crm, actor)
        ),
        scopes=tuple(
            Option(value=key, label=f"{scope_label(crm.registry, key)} ({key})", chosen=key in chosen)
            for key in sorted(useful)
        ),
        days=tuple(Option(value=str(days), label=str(days), chosen=str(days) == form.get("days")) for days in DAYS),
        errors=errors or {},
    )


@lru_cache(maxsize=8)
def scopes_of_the_api(registry: Registry) -> frozenset[str]:
    """Permissions that some resource of the API asks for; others would be of no use to a token."""
    asked = {
        key for resource in registry.all("api_resources") for key in (resource.read, resource.write, resource.delete)
    }
    routes = {str(handler.opt.get("permission", "")) for handler in registry.all("api_routes")}
    return frozenset((asked | routes) - {""})


@post(OWN, permission="api.use", fresh=True, status_code=200)
async def new_token(request: Request[Any, Any, Any]) -> Response[Any]:
    """The answer shows the token, the only time that it can be seen."""
    form = await parse_form(request)
    wanted = NewToken(
        label=form.get("label"), purpose=form.get("purpose"), scopes=form.all("scopes"), days=days_of(form.get("days"))
    )
    try:
        _, secret = await make_token(request.state.crm, access_for(request, "security"), wanted)
    except InvalidToken as invalid:
        return page(request, new_token_page(request, form, invalid.errors), block="form", status=422)
    return page(request, await tokens_page(request, secret), block="tokens")


def days_of(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


@post(f"{OWN}/{{token_id:uuid}}/revoke", permission="api.use")
async def revoke(request: Request[Any, Any, Any], token_id: FromPath[UUID]) -> Response[Any]:
    await revoke_token(request.state.crm, access_for(request, "security"), token_id)
    return redirect(request, OWN, REVOKED)


@get(ALL, permission="accounts.manage")
async def everybodys_tokens(request: Request[Any, Any, Any]) -> Response[Any]:
    crm = request.state.crm
    lines = await all_tokens(crm, access_for(request, "security"))
    names = await account_names(crm, [line.account_id for line in lines])
    owners = tuple(names.get(line.account_id, "") for line in lines)
    return page(request, AllTokensPage(tokens=rows_of(request, lines, ALL), owners=owners))


@post(f"{ALL}/{{token_id:uuid}}/revoke", permission="accounts.manage")
async def revoke_anybodys(request: Request[Any, Any, Any], token_id: FromPath[UUID]) -> Response[Any]:
    await revoke_token(request.state.crm, access_for(request, "security"), token_id)
    return redirect(request, ALL, REVOKED)


ROUTES = (tokens, new_token_form, new_token, revoke, everybodys_tokens, revoke_anybodys)
