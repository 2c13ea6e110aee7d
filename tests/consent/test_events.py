"""What is indicated is recorded once, in order, with its proof; and a no is never lost on the way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from confida_consent.events import record_event, states_of
from tests.consent.people import add_contact, person, says

pytestmark = pytest.mark.anyio


async def test_given_then_withdrawn_is_withdrawn(crm: Any) -> None:
    ada = await add_contact(crm)
    given = await record_event(crm, person(ada), says(ada, "given"))
    withdrawn = await record_event(crm, person(ada), says(ada, "withdrawn"))

    states = await states_of(crm, ada)

    assert {key: (state.state, state.event.id) for key, state in states.items()} == {
        ("newsletter", "email"): ("withdrawn", withdrawn.id)
    }
    assert (given.ledger_index, withdrawn.ledger_index) == (0, 1)
    assert given.valid_until is not None
    assert given.valid_until - given.indicated_at > timedelta(days=729)
    assert [(order.kind, order.purpose, order.channel, order.event_id) for order in crm.orders.of(ada)] == [
        ("withdrawal", "newsletter", "email", withdrawn.id)
    ]
