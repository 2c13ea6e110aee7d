"""Programs that use the REST API: over ASGI like the browsers, with a token and without any cookie."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx

from confida_web.testing.browser import BASE, make_account

if TYPE_CHECKING:
    from confida_core.installation import Installation


class Program(httpx.AsyncClient):
    """Sends its token with every request. account_id: in whose name."""

    account_id: UUID
    token: str

    async def change(self, address: str, patch: Any, etag: str) -> httpx.Response:
        """A merge patch of what was read under this ETag."""
        headers = {"if-match": f'"{etag}"', "content-type": "application/merge-patch+json"}
        return await self.patch(address, json=patch, headers=headers)


async def token_of(
    crm: Installation, account_id: UUID, *, scopes: Iterable[str], role: str = "owner", purpose: str = "relationship"
) -> str:
    """A token of this account, for those of the scopes that its role has."""
    from confida_core.accounts.api_tokens import NewToken, make_token
    from confida_core.accounts.roles import permissions_of
    from confida_core.vault.access import Access, Actor

    held = permissions_of(crm.registry, role)
    access = Access(actor=Actor(id=account_id, permissions=held), purpose="relationship", where="test")
    wanted = NewToken(label="Test", purpose=purpose, scopes=sorted(set(scopes) & held))
    return (await make_token(crm, access, wanted))[1]


def program_of(app: Any, token: str) -> Program:
    """A program with this token."""
    program = Program(transport=httpx.ASGITransport(app), base_url=BASE, headers={"authorization": f"Bearer {token}"})
    program.token = token
    return program


async def new_program(
    app: Any,
    crm: Installation,
    scopes: Iterable[str],
    *,
    role: str = "owner",
    name: str = "Olgaprogram",
    purpose: str = "relationship",
) -> Program:
    """In the name of a new account of this role."""
    account_id = await make_account(crm, name, role)
    made = program_of(app, await token_of(crm, account_id, role=role, scopes=scopes, purpose=purpose))
    made.account_id = account_id
    return made
