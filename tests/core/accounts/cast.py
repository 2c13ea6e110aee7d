"""Accounts for tests: Olga the owner, Mats the colleague."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from confida_core.accounts.content import AccountContent
from confida_core.accounts.roles import Role, permissions_of
from confida_core.accounts.staff import insert_account
from confida_core.vault.access import Access, Actor

PASSWORD = "sieben Boote im Nebel"


async def account_of(crm: Any, name: str, role: str, stored: str | None = None) -> UUID:
    content = AccountContent(display_name=name, email=f"{name.lower()}@example.org")
    return await insert_account(crm, content, Role(role), password_hash=stored or "!")


def access_of(crm: Any, account_id: UUID, role: str) -> Access:
    actor = Actor(id=account_id, permissions=permissions_of(crm.registry, role))
    return Access(actor=actor, purpose="security", where="test")
