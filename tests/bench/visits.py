"""What people ask of the pages during the measurements, as whole HTTP requests."""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from confida_core.accounts.sessions import csrf_token_of, start_session
from confida_core.index.query import IndexQuery
from confida_core.installation import open_installation
from confida_core.settings import Settings
from tests.bench.stores import registry_of

SORTS = ("name", "organisation", "created", "touched")
EACH = 400  # Different requests of each kind and user, so that nothing can be answered from a cache of pages.


@dataclass(frozen=True)
class Visitor:
    """One person who is signed in."""

    cookie: str
    csrf_token: str

    def get(self, path: str) -> bytes:
        return f"GET {path} HTTP/1.1\r\n{self._headers()}\r\n".encode()

    def post(self, path: str, fields: dict[str, str], *extra: str) -> bytes:
        body = urlencode(fields).encode()
        head = f"POST {path} HTTP/1.1\r\n{self._headers()}Content-Type: application/x-www-form-urlencoded\r\n"
        head += "".join(f"{line}\r\n" for line in extra)
        head += f"X-CSRFToken: {self.csrf_token}\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body

    def _headers(self) -> str:
        return (
            f"Host: localhost\r\nCookie: {self.cookie}\r\nSec-Fetch-Site: same-origin\r\n"
            "Accept: text/html\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-GB,en;q=0.8\r\n"
        )


@dataclass(frozen=True)
class Known:
    """What the visits are made of: ids, words that are found, and places in the list."""

    visitors: list[Visitor]
    ids: list[UUID]
    words: list[str]
    pages: list[str]

    def lists(self, chance: random.Random) -> list[str]:
        return [chance.choice(self.pages) for _ in range(EACH)]

    def searches(self, chance: random.Random) -> list[dict[str, str]]:
        return [{"q": chance.choice(self.words)} for _ in range(EACH)]

    def contacts(self, chance: random.Random) -> list[str]:
        return [f"/contacts/{chance.choice(self.ids)}" for _ in range(EACH)]


async def know(settings: Settings) -> Known:
    """Signs everybody in, and picks contacts, words and pages of the list at random."""
    chance = random.Random(7)
    async with open_installation(settings, registry_of(settings)) as crm:
        accounts = await crm.data.fetch("SELECT id FROM account WHERE state = 'active' ORDER BY id LIMIT 8")
        secrets = [await start_session(crm, row["id"]) for row in accounts]
        visitors = [Visitor(f"__Host-confida={one}", csrf_token_of(crm, one)) for one in secrets]
        found = crm.index.connection().execute("SELECT id, display FROM contact").fetchall()
        chosen = chance.sample(found, min(len(found), 3_000))
        return Known(
            visitors,
            [UUID(bytes=row[0]) for row in chosen],
            [beginnings(chance, row[1]) for row in chosen],
            [address for sort in SORTS for address in addresses(crm, sort)],
        )


def beginnings(chance: random.Random, name: str) -> str:
    """The first letters of the first two words."""
    return " ".join(word[: chance.randint(2, 4)] for word in name.split()[:2])


def addresses(crm: Any, sort: Any) -> list[str]:
    """The first page of the list and others all over it, in both directions."""
    found = []
    for descending in (False, True):
        order = {"sort": sort, **({"order": "descending"} if descending else {})}
        found += [f"/contacts?{urlencode(order)}"] * 5
        cursor: str | None = None
        for _ in range(40):
            query = IndexQuery(sort=sort, descending=descending, cursor=cursor, limit=500)
            cursor = crm.index.inline(lambda ask, query=query: ask.page(query)).next_cursor
            if cursor is None:
                break
            found.append(f"/contacts?{urlencode({**order, 'cursor': cursor})}")
    return found


def everybody(known: Known, kind: str) -> list[list[bytes]]:
    """For each visitor the requests of one kind of load: lists, searches, contacts or mixed."""
    plans = []
    for number, visitor in enumerate(known.visitors):
        chance = random.Random(number)
        made = {
            "lists": [visitor.get(path) for path in known.lists(chance)],
            "searches": [
                visitor.post("/contacts/search", fields, "HX-Request: true") for fields in known.searches(chance)
            ],
            "contacts": [visitor.get(path) for path in known.contacts(chance)],
        }
        if kind == "mixed":
            kinds = chance.choices(list(made), weights=(40, 25, 35), k=EACH)
            plans.append([made[one][place] for place, one in enumerate(kinds)])
        else:
            plans.append(made[kind])
    return plans


def creations(known: Known) -> list[list[bytes]]:
    """New people through the form, each of another name than ever before."""
    plans, stamp = [], secrets.token_hex(4)
    for number, visitor in enumerate(known.visitors):
        plans.append(
            [
                visitor.post(
                    "/contacts/new",
                    {
                        "kind": "person",
                        "name-given": f"Bench{stamp}{number}",
                        "name-family": f"Number{place}",
                        "display_name": f"Bench{stamp}{number} Number{place}",
                        "emails-0-address": f"bench{stamp}{number}.{place}@example.org",
                        "emails-0-label": "work",
                    },
                )
                for place in range(5 * EACH)
            ]
        )
    return plans
