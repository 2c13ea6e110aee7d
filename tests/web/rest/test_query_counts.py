"""How often the database is asked: the same for one row and for three."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.people import make

pytestmark = pytest.mark.anyio
# Beside what the list itself asks: the token.
ADDRESSES = {
    "/api/v1/contacts": 3,
    "/api/v1/contacts?q=a&sort=-created": 3,
    '/api/v1/contacts?filter={"field":"kind","op":"is","value":"person"}': 4,
    '/api/v1/contacts?filter={"field":"custom.size","op":"known"}': 5,
    "/api/v1/organisations": 3,
    "/api/v1/relationships": 6,
}


def read_only(asked: list[str]) -> list[str]:
    """Without the entry of the read log, which on SQLite goes into a journal of its own."""
    return [statement for statement in asked if "read_entry" not in statement]


async def test_lists_ask_as_often_for_three_as_for_one(olga: Any, crm: Any, client: Any, queries: Any) -> None:
    from confida_core.contacts.relationships import add_relationship
    from confida_core.vault.access import system_access

    await client.post("/settings/fields", data={"label": "Size", "type": "text", "key": "size"})
    counts: list[dict[str, int]] = []
    last = await make(crm, "A0", custom={"size": "L"})
    for number in range(1, 4):
        one = await make(crm, f"A{number}", custom={"size": "L"})
        await make(crm, f"AO{number}", kind="organisation")
        await add_relationship(crm, system_access("test"), "partner", last, one)
        if number in {1, 3}:
            # The index takes in what was just made, keys are loaded, and the day of the token's use is noted.
            await olga.get("/api/v1/relationships")
            await olga.get("/api/v1/contacts")
            found = {}
            for address in ADDRESSES:
                with queries() as asked:
                    answer = await olga.get(address)
                assert answer.status_code == 200
                found[address] = len(read_only(asked))
            counts.append(found)
    assert counts == [ADDRESSES, ADDRESSES]


async def test_one_contact_takes_as_few_queries_as_a_list(olga: Any, crm: Any, queries: Any) -> None:
    ada = await make(crm, "Ada")
    await olga.get(f"/api/v1/contacts/{ada}")
    with queries() as asked:
        await olga.get(f"/api/v1/contacts/{ada}")
    assert len(read_only(asked)) == 2
