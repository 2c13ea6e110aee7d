"""Two contacts become one: a no of either prevails, and a yes goes nowhere it was not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from confida_consent.content import Evidence
from confida_consent.events import events_of, record_event, record_events, states_of
from confida_consent.ledger.audit import verify_stored
from confida_consent.merging import merge_consents
from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.vault.access import Forbidden, NotFound
from tests.consent.people import MANAGING, SYSTEM, add_contact, person, says, staff

pytestmark = pytest.mark.anyio
MERGING = staff(MANAGING)


async def test_no_of_the_loser_prevails_over_a_later_yes_of_the_winner(crm: Any) -> None:
    loser, winner = await add_contact(crm), await add_contact(crm)
    await record_event(crm, person(loser), says(loser, "withdrawn"))
    await record_event(crm, person(winner), says(winner, "given"))

    added = await merge_consents(crm, MERGING, loser, winner)

    assert [(each.kind, each.subject_id) for each in added] == [("withdrawn", winner)]
    assert (await states_of(crm, winner))["newsletter", "email"].state == "withdrawn"
    assert crm.orders.denies(winner, "newsletter", "email") is not None


async def test_no_of_the_winner_stays(crm: Any) -> None:
    loser, winner = await add_contact(crm), await add_contact(crm)
    await record_event(crm, person(winner), says(winner, "withdrawn"))
    await record_event(crm, person(loser), says(loser, "given"))

    assert await merge_consents(crm, MERGING, loser, winner) == []
    assert (await states_of(crm, winner))["newsletter", "email"].state == "withdrawn"


async def test_yes_is_carried_over_with_its_proof_time_and_end(crm: Any) -> None:
    loser, winner = await add_contact(crm), await add_contact(crm)
    begun, ends = now() - timedelta(days=30), now() + timedelta(days=300)
    given = await record_event(
        crm,
        SYSTEM,
        says(loser, "given", indicated_at=begun, valid_until=ends, evidence=Evidence(detail="By post.", source="/my/")),
    )

    await merge_consents(crm, MERGING, loser, winner)
    again = await merge_consents(crm, MERGING, loser, winner)

    opened = await events_of(crm, SYSTEM, winner)
    assert [
        (each.event.kind, each.event.indicated_at, each.event.valid_until, each.event.notice_id) for each in opened
    ] == [("given", begun, ends, given.notice_id)]
    assert (opened[0].evidence.detail, opened[0].evidence.source) == ("By post.", f"/my/; merged: {given.id}")
    assert again == []
    assert (await verify_stored(crm)).faults == []


async def test_expired_consent_of_the_winner_is_not_revived(crm: Any) -> None:
    loser, winner = await add_contact(crm), await add_contact(crm)
    await record_event(crm, person(loser), says(loser, "given"))
    await record_event(
        crm,
        SYSTEM,
        says(winner, "given", indicated_at=now() - timedelta(days=9), valid_until=now() - timedelta(days=1)),
    )

    assert await merge_consents(crm, MERGING, loser, winner) == []
    assert (await states_of(crm, winner))["newsletter", "email"].state == "expired"


async def test_orders_without_an_event_are_carried_over_once(crm: Any) -> None:
    loser, winner = await add_contact(crm), await add_contact(crm)
    await crm.orders.give("objection", loser, purpose="", channel="email")
    await record_events(crm, person(loser), [says(loser, "withdrawn", channel="phone")])

    for _ in range(2):
        await merge_consents(crm, MERGING, loser, winner)

    orders = sorted((order.kind, order.purpose, order.channel) for order in crm.orders.of(winner))
    assert orders == [("objection", "", "email"), ("withdrawal", "newsletter", "phone")]


async def test_merging_asks_for_rights_and_for_two_contacts(crm: Any) -> None:
    ada = await add_contact(crm)
    with pytest.raises(Forbidden):
        await merge_consents(crm, staff(), ada, new_id())
    with pytest.raises(NotFound):
        await merge_consents(crm, MERGING, ada, new_id())
    with pytest.raises(ValueError, match="itself"):
        await merge_consents(crm, MERGING, ada, ada)
