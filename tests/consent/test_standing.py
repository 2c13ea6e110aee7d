"""A no stands beside the keys before it stands in the data, and only a later yes of the person lifts it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from confida_consent.events import (
    ImportRefused,
    IndicationRefused,
    record_event,
    record_events,
    settle,
    states_of,
)
from confida_consent.jobs import reconcile_orders
from confida_consent.tables import ConsentEvent
from confida_core.clock import now
from confida_core.ids import new_id
from confida_core.storage.database import StorageFull
from confida_core.vault.orders import NewOrder
from tests.consent.people import LETTER, MANAGING, add_contact, person, says, staff

pytestmark = pytest.mark.anyio


async def state_of_newsletter(crm: Any, subject_id: Any) -> str:
    return (await states_of(crm, subject_id))["newsletter", "email"].state


async def test_yes_lifts_the_orders_it_answers_and_no_others(crm: Any) -> None:
    ada = await add_contact(crm)
    await record_event(crm, person(ada), says(ada, "withdrawn"))
    by_phone = await record_event(crm, person(ada), says(ada, "withdrawn", channel="phone"))
    await crm.orders.give("restriction", ada)

    await record_event(crm, person(ada), says(ada, "given"))

    assert {(order.kind, order.event_id) for order in crm.orders.of(ada)} == {
        ("withdrawal", by_phone.id),
        ("restriction", None),
    }


async def test_no_on_its_way_is_not_lifted_by_a_yes_beside_it(crm: Any) -> None:
    """Its order is there, its event not yet: the yes that is recorded in between does not answer it."""
    ada = await add_contact(crm)
    await crm.orders.give_many(
        [NewOrder(kind="withdrawal", subject_id=ada, purpose="newsletter", channel="email", event_id=new_id())]
    )

    await record_event(crm, person(ada), says(ada, "given"))

    assert [order.kind for order in crm.orders.of(ada)] == ["withdrawal"]


async def test_crash_between_yes_and_lifting_is_made_good(crm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await add_contact(crm)
    await record_event(crm, person(ada), says(ada, "withdrawn"))

    async def crash(*_: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr("confida_consent.events.lift_answered", crash)
        with pytest.raises(ConnectionError):
            await record_event(crm, person(ada), says(ada, "given"))
    assert [order.kind for order in crm.orders.of(ada)] == ["withdrawal"]

    await reconcile_orders(crm, {})

    assert crm.orders.of(ada) == []


async def test_within_a_transaction_of_the_caller_nothing_is_lifted_before_it_commits(crm: Any) -> None:
    ada = await add_contact(crm)
    await record_event(crm, person(ada), says(ada, "withdrawn"))

    async with crm.data.transaction():
        recorded = await record_events(crm, person(ada), [says(ada, "given")])
        assert [order.kind for order in crm.orders.of(ada)] == ["withdrawal"]
    queued = await crm.data.fetch("SELECT key FROM job WHERE periodic = ?", False)
    await settle(crm, recorded)

    assert [row["key"] for row in queued] == ["consent.reconcile_orders"]
    assert crm.orders.of(ada) == []


async def test_no_that_cannot_be_written_still_stands_beside_the_keys(
    crm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await add_contact(crm)

    async def full(*_: Any) -> None:
        raise StorageFull

    with monkeypatch.context() as patched:
        patched.setattr("confida_consent.events.append_drafts", full)
        with pytest.raises(StorageFull):
            await record_event(crm, person(ada), says(ada, "withdrawn"))

    assert crm.orders.denies(ada, "newsletter", "email") is not None
    assert await ConsentEvent.count() == 0


async def test_no_to_a_purpose_whose_plugin_is_gone_is_taken(crm: Any) -> None:
    ada = await add_contact(crm)

    recorded = await record_event(crm, person(ada), says(ada, "withdrawn", purpose="membership.letter"))

    assert (recorded.purpose_version, recorded.legal_basis) == (0, "")
    assert crm.orders.denies(ada, "membership.letter", "email") is not None


async def test_list_never_turns_a_no_into_a_yes(crm: Any) -> None:
    ada = await add_contact(crm)
    brought = {"method": "import", "actor_kind": "import", "evidence": LETTER}
    no = await record_event(crm, person(ada), says(ada, "withdrawn"))

    with pytest.raises(ImportRefused):
        await record_event(crm, staff(MANAGING), says(ada, "given", **brought))
    with pytest.raises(ImportRefused):
        await record_event(crm, staff(MANAGING), says(ada, "given", supersedes=no.id, **brought))

    assert await state_of_newsletter(crm, ada) == "withdrawn"


async def test_list_never_turns_an_order_without_event_into_a_yes(crm: Any) -> None:
    """A backup older than the withdrawal was restored: the event is lost, the order is not."""
    ada = await add_contact(crm)
    await crm.orders.give("withdrawal", ada, purpose="newsletter", channel="email")

    with pytest.raises(ImportRefused):
        await record_event(
            crm, staff(MANAGING), says(ada, "given", method="import", actor_kind="import", evidence=LETTER)
        )


async def test_correction_by_staff_ends_what_was_recorded_wrongly(crm: Any) -> None:
    ada = await add_contact(crm)
    wrong = await record_event(crm, staff(), says(ada, "withdrawn", method="phone"))

    right = await record_event(
        crm, staff(), says(ada, "given", method="phone", evidence=LETTER, supersedes=wrong.id,
                           indicated_at=wrong.indicated_at - timedelta(days=1))
    )  # fmt: skip

    assert (await state_of_newsletter(crm, ada), crm.orders.of(ada)) == ("given", [])
    with pytest.raises(IndicationRefused):
        await record_event(crm, staff(), says(ada, "given", method="phone", evidence=LETTER, supersedes=wrong.id))
    assert right.supersedes == wrong.id


async def test_yes_of_an_earlier_date_does_not_lift_an_order_whose_event_was_lost(
    crm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A restored backup knows nothing of the withdrawal any more; a form that was signed before it does not undo it."""
    ada = await add_contact(crm)
    withdrawn = await record_event(crm, person(ada), says(ada, "withdrawn"))
    await crm.data.fetch("DELETE FROM consent_event WHERE id = ?", withdrawn.id)
    monkeypatch.setattr("confida_consent.standing.ON_ITS_WAY", timedelta(0))

    earlier = now() - timedelta(days=30)
    await record_event(crm, staff(), says(ada, "given", method="paper", evidence=LETTER, indicated_at=earlier))
    assert [order.event_id for order in crm.orders.of(ada)] == [withdrawn.id]

    await record_event(crm, person(ada), says(ada, "given"))
    assert crm.orders.of(ada) == []


async def test_correcting_one_no_leaves_the_other_beside_it(crm: Any) -> None:
    ada = await add_contact(crm)
    for access in (person(ada), staff()):
        event = await record_event(crm, access, says(ada, "objected", purpose="profiling", channel="profiling"))
    mistake = says(
        ada, "objection_ended", purpose="profiling", channel="profiling", evidence=LETTER, supersedes=event.id
    )
    with pytest.raises(IndicationRefused, match="said no beside it"):
        await record_event(crm, staff(), mistake)
    assert (await states_of(crm, ada))["profiling", "profiling"].state == "objected"
