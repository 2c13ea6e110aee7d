"""Each page asks the same number of questions for one row and for three."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from confida_consent.rights.breaches import record_breach
from confida_consent.rights.content import BreachFile, HoldNote
from confida_consent.rights.holds import give_hold, today_of
from confida_consent.rights.retention import choose_country
from confida_core.clock import now
from tests.web.registers.test_pages import INSIDE, ada, hand_over

pytestmark = pytest.mark.anyio

NAMES = ("Ada Lovelace", "Grace Hopper", "Noor Inayat")


async def fill(crm: Any, name: str) -> None:
    contact_id = await ada(crm, name)
    await crm.data.fetch("UPDATE contact SET created_at = ?", now() - timedelta(days=9_000))
    note = HoldNote(name="Case", reason="A claim.", owner="Olga")
    await give_hold(crm, INSIDE, contact_id, note, today_of(crm) + timedelta(days=9))
    await hand_over(crm, contact_id)
    await record_breach(crm, INSIDE, BreachFile(title="Lost"), now())


async def questions(client: Any, crm: Any, path: str) -> int:
    await client.get(path)
    seen: list[str] = []
    crm.data.observers.append(seen.append)
    page = await client.get(path)
    crm.data.observers.clear()
    assert page.status_code == 200
    return len(seen)


COSTS = {
    "/registers": 6,
    "/registers/retention": 27,
    "/registers/retention/contacts": 15,
    "/registers/holds": 7,
    # One of them is for the addresses that get events by webhook, who are recipients too.
    "/registers/processing": 10,
    "/registers/disclosures": 7,
    "/registers/breaches": 5,
}


# On PostgreSQL the read log is no journal of its own, but one more statement of every page that names somebody.
NAMING = ("/registers/retention/contacts", "/registers/holds", "/registers/disclosures")


async def test_page_costs_the_same_for_one_row_and_for_three(client: Any, crm: Any, engine: str) -> None:
    expected = {path: cost + (engine == "postgres" and path in NAMING) for path, cost in COSTS.items()}
    await choose_country(crm, INSIDE, "DE")
    found = []
    for names in (NAMES[:1], NAMES[1:]):
        for name in names:
            await fill(crm, name)
        found.append({path: await questions(client, crm, path) for path in COSTS})
    assert found == [expected, expected]
