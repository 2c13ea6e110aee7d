"""What a list of a hundred contacts takes a program: eight programs at once, one process of the server."""

from __future__ import annotations

import asyncio
import random
from functools import partial
from typing import Any
from urllib.parse import urlencode

from confida_core.accounts.api_tokens import NewToken, make_token
from confida_core.accounts.roles import permissions_of
from confida_core.index.query import Ask, IndexQuery
from confida_core.installation import Installation, open_installation
from confida_core.settings import Settings
from confida_core.vault.access import Access, Actor
from confida_web.app import load_everything
from tests.bench.visits import EACH, SORTS

LISTED = 100
# Programs are held back long before they ask as often as these; the limit is not what is measured.
UNLIMITED = 1_000_000


def without_limits(settings: Settings) -> Settings:
    return settings.model_copy(update={"api_requests_per_minute": UNLIMITED})


def requests_of_programs(settings: Settings) -> list[list[bytes]]:
    """For each of eight tokens its requests: first pages and others all over the list, in every order."""
    return asyncio.run(prepared(settings))


async def prepared(settings: Settings) -> list[list[bytes]]:
    chance = random.Random(7)
    async with open_installation(settings, load_everything(settings)) as crm:
        accounts = await crm.data.fetch("SELECT id, role FROM account WHERE state = 'active' ORDER BY id LIMIT 8")
        addresses = [address for sort in SORTS for address in pages(crm, sort)]
        plans = []
        for account in accounts:
            actor = Actor(id=account["id"], permissions=permissions_of(crm.registry, account["role"]))
            access = Access(actor=actor, purpose="relationship", where="bench")
            wanted = NewToken(label="Bench", purpose="relationship", scopes=("contacts.read",))
            secret = (await make_token(crm, access, wanted))[1]
            plans.append([request_of(chance.choice(addresses), secret) for _ in range(EACH)])
        return plans


def pages(crm: Installation, sort: Any) -> list[str]:
    found = []
    for sign in ("", "-"):
        cursor: str | None = None
        for _ in range(40):
            asked = {"limit": LISTED, "sort": sign + sort} | ({"cursor": cursor} if cursor else {})
            found.append(f"/api/v1/contacts?{urlencode(asked)}")
            query = IndexQuery(sort=sort, descending=bool(sign), cursor=cursor, limit=500)
            cursor = crm.index.inline(partial(Ask.page, query=query)).next_cursor
            if cursor is None:
                break
    return found


def request_of(address: str, secret: str) -> bytes:
    head = f"GET {address} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {secret}\r\nAccept: application/json\r\n\r\n"
    return head.encode()
