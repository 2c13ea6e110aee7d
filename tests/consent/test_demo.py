"""What the invented people of the demo said: the same each time, valid in the ledger, and gone with them."""

from __future__ import annotations

import random
from typing import Any

import pytest

from confida_consent.demo import SEED, load, remove, said
from confida_consent.ledger.audit import verify_stored
from confida_core.clock import now
from confida_core.contacts.people import create_many
from confida_core.contacts.trash import purge_contact
from confida_core.demo.people import FIRST, people
from confida_core.vault.access import system_access

pytestmark = pytest.mark.anyio
ACCESS = system_access("test")
SOME = 40


def test_people_said_the_same_every_time() -> None:
    moment = now()
    once, again = (list(said(random.Random(SEED), FIRST.people, moment)) for _ in range(2))
    assert once == again
    assert {one.kind for one in once} == {"given", "refused", "requested"}


async def test_what_was_said_is_sound_in_the_ledger_and_goes_with_the_people(crm: Any) -> None:
    invented = list(people(now()))[:SOME]
    await create_many(crm, ACCESS, invented, kind="created")
    ids = list(FIRST.people[:SOME])
    await load(crm, ACCESS, ids)
    events = (await crm.data.fetch("SELECT count(*) AS events FROM consent_event"))[0]["events"]
    assert (events > SOME // 2, (await verify_stored(crm)).sound) == (True, True)
    for contact_id in ids:
        await purge_contact(crm, contact_id)
    await remove(crm, ACCESS, ids)
    assert await crm.data.fetch("SELECT id FROM consent_event") == []
    assert (await verify_stored(crm)).sound
