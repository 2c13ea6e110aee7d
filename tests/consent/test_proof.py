"""CR-9: the proof of a consent to telephone marketing is owed for five years from its giving, and again after every use."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from confida_consent.durations import after
from confida_consent.events import record_event
from confida_consent.proof import last_use, note_uses, proof_owed_until, telephone_list
from confida_core.clock import now
from confida_core.outbound.sender import permitted
from tests.consent.gate_cast import make_contact
from tests.consent.people import LETTER, says, staff
from tests.core.outbound.house import access_of

pytestmark = pytest.mark.anyio


async def called(crm: Any, country: str = "DE", channel: str = "phone") -> tuple[Any, Any]:
    """Somebody who consented 700 days ago to a purpose that lasts 24 months, and the event."""
    one = await make_contact(crm, country=country, number="+4930123456")
    said = says(
        one, "given", channel=channel, method="paper", evidence=LETTER, indicated_at=now() - timedelta(days=700)
    )
    return one, await record_event(crm, staff(), said)


async def test_cr9_five_years_run_from_the_giving_and_anew_from_each_use(crm: Any) -> None:
    ada, given = await called(crm)
    assert await last_use(crm, given.id) is None
    assert await proof_owed_until(crm, [ada]) == {ada: after(given.indicated_at, "P5Y")}
    before = now().replace(microsecond=0)
    assert (await telephone_list(crm, access_of(), [ada], "newsletter")).allowed == [ada]
    used = await last_use(crm, given.id)
    assert used is not None
    assert before <= used <= now()
    assert await proof_owed_until(crm, [ada]) == {ada: after(used, "P5Y")}


async def test_cr9_use_that_was_noted_is_never_noted_as_earlier(crm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _, given = await called(crm)
    await note_uses(crm, [given.id])
    used = await last_use(crm, given.id)
    monkeypatch.setattr("confida_consent.proof.now", lambda: now() - timedelta(days=30))
    await note_uses(crm, [given.id])
    assert await last_use(crm, given.id) == used


@pytest.mark.parametrize(("country", "channel"), [("DE", "email"), ("FR", "phone")])
async def test_no_proof_is_owed_where_no_law_says_so(crm: Any, country: str, channel: str) -> None:
    ada, _ = await called(crm, country, channel)
    assert await proof_owed_until(crm, [ada]) == {}


async def test_hand_over_to_somebody_else_is_a_use(crm: Any) -> None:
    ada, given = await called(crm)
    await permitted(
        crm, access_of(), [ada], purpose="newsletter", channel="phone", path="export", recipient="Call Centre"
    )
    assert await last_use(crm, given.id) is not None


async def test_cr9_list_of_our_own_to_telephone_is_a_use_whoever_asks_for_it(crm: Any) -> None:
    ada, given = await called(crm)
    await permitted(crm, access_of(), [ada], purpose="newsletter", channel="phone", path="callers")
    assert await last_use(crm, given.id) is not None
