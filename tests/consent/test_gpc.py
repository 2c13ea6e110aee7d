"""Global Privacy Control beside the gate: an objection to what rests on our interest, and nothing against an explicit consent."""

from __future__ import annotations

from typing import Any

import pytest

from confida_consent.answers import Reason
from confida_consent.events import record_event
from confida_consent.gate import may
from confida_consent.gpc import record_signal
from tests.consent.gate_cast import make_contact
from tests.consent.people import person, says

pytestmark = pytest.mark.anyio


async def test_cf7_signal_objects_to_interests_and_leaves_consents_alone(crm: Any) -> None:
    ada = await make_contact(crm, country="US")
    await record_event(crm, person(ada), says(ada, "given"))
    assert (await may(crm, ada, "customer_offers", "email")).allowed
    said = await record_signal(crm, person(ada), ada, source="portal")
    assert {(event.kind, event.method, event.actor_kind) for event in said} == {("objected", "gpc", "subject")}
    assert (await may(crm, ada, "customer_offers", "email")).reason == Reason.OBJECTED
    assert (await may(crm, ada, "profiling", "profiling")).reason == Reason.OBJECTED
    assert [(await may(crm, ada, purpose, "email")).allowed for purpose in ("newsletter", "agreement")] == [True, True]


async def test_cf7_signal_is_recorded_once_and_never_against_what_the_same_request_gives(crm: Any) -> None:
    ada = await make_contact(crm, country="US")
    said = await record_signal(crm, person(ada), ada, but={("profiling", "profiling")})
    assert "profiling" not in {event.purpose for event in said}
    assert (await may(crm, ada, "profiling", "profiling")).allowed
    again = await record_signal(crm, person(ada), ada, but={("profiling", "profiling")})
    assert again == []
