"""What is indicated is recorded once, in order, with its proof; and a no is never lost on the way."""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from confida_consent.content import Evidence
from confida_consent.durations import after
from confida_consent.events import (
    IndicationRefused,
    event,
    events_of,
    record_event,
    record_events,
    states_of,
)
from confida_consent.gate import may
from confida_consent.ledger.audit import verify_stored
from confida_consent.ledger.verify import commitment_of
from confida_consent.notices import current_notice, notice
from confida_consent.purposes import save_purpose
from confida_consent.tables import ConsentEvent
from confida_core.clock import now
from confida_core.contacts.trash import purge_contact, trash_contact
from confida_core.ids import new_id
from confida_core.vault.access import Forbidden, NotFound, system_access
from tests.cases import in_one_installation
from tests.consent.gate_cast import MANAGER, own_purpose
from tests.consent.people import LETTER, MANAGING, READING, SYSTEM, add_contact, person, says, staff

pytestmark = pytest.mark.anyio


async def state_of_newsletter(crm: Any, subject_id: Any) -> str:
    return (await states_of(crm, subject_id))["newsletter", "email"].state


async def test_given_then_withdrawn_is_withdrawn(crm: Any) -> None:
    ada = await add_contact(crm)
    given = await record_event(crm, person(ada), says(ada, "given"))
    withdrawn = await record_event(crm, person(ada), says(ada, "withdrawn"))

    states = await states_of(crm, ada)

    assert {key: (state.state, state.event and state.event.id) for key, state in states.items()} == {
        ("newsletter", "email"): ("withdrawn", withdrawn.id)
    }
    assert (given.ledger_index, withdrawn.ledger_index) == (0, 1)
    assert given.valid_until is not None
    assert given.valid_until - given.indicated_at > timedelta(days=729)
    assert [(order.kind, order.purpose, order.channel, order.event_id) for order in crm.orders.of(ada)] == [
        ("withdrawal", "newsletter", "email", withdrawn.id)
    ]


async def test_cr2_row_leaf_and_notice_prove_each_other(crm: Any) -> None:
    ada = await add_contact(crm)
    recorded = await record_event(
        crm, person(ada), says(ada, "given", language="de-AT", evidence=Evidence(source="/my/"))
    )

    opened = await event(crm, person(ada), recorded.id)

    payload = json.loads(opened.evidence.payload)
    shown = await notice(crm, recorded.notice_id or new_id())
    leaves = await crm.data.fetch("SELECT commitment FROM ledger_leaf")
    assert (shown.language, recorded.language) == ("de", "de")
    assert payload["notice_sha256"] == hashlib.sha256(shown.content).hexdigest()
    assert payload["kind"] == "given"
    assert [bytes(leaf["commitment"]) for leaf in leaves] == [
        commitment_of(opened.evidence.salt, opened.evidence.payload)
    ]
    assert (opened.event, opened.evidence.source) == (recorded, "/my/")
    assert (await verify_stored(crm)).faults == []


async def test_two_people_racing_on_one_consent_are_both_recorded(crm: Any) -> None:
    ada = await add_contact(crm)
    kinds = ["given", "withdrawn"] * 8
    recorded = await asyncio.gather(*(record_event(crm, person(ada), says(ada, kind)) for kind in kinds))

    last = max(recorded, key=lambda each: each.ledger_index)
    assert sorted(each.ledger_index for each in recorded) == list(range(16))
    assert [
        each.ledger_index for each in sorted(recorded, key=lambda each: (each.indicated_at, each.ledger_index))
    ] == list(range(16))
    assert await state_of_newsletter(crm, ada) == last.kind
    if last.kind == "withdrawn":
        assert last.id in {order.event_id for order in crm.orders.of(ada)}
    assert (await verify_stored(crm)).faults == []


async def test_clock_moved_back_hides_no_withdrawal(crm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await add_contact(crm)
    given = await record_event(crm, person(ada), says(ada, "given"))
    monkeypatch.setattr("confida_consent.appending.now", lambda: given.indicated_at - timedelta(days=3))

    withdrawn = await record_event(crm, person(ada), says(ada, "withdrawn"))

    assert withdrawn.indicated_at == given.indicated_at
    assert await state_of_newsletter(crm, ada) == "withdrawn"


async def test_letter_of_earlier_date_counts_as_no_from_now_on_and_keeps_its_date(crm: Any) -> None:
    ada, dated = await add_contact(crm), datetime(2026, 3, 1, tzinfo=UTC)
    given = await record_event(crm, person(ada), says(ada, "given"))

    late = await record_event(crm, staff(), says(ada, "withdrawn", method="paper", indicated_at=dated, evidence=LETTER))

    opened = await event(crm, staff(), late.id)
    assert late.indicated_at >= given.indicated_at
    assert opened.evidence.stated_at == dated
    assert await state_of_newsletter(crm, ada) == "withdrawn"


async def test_paper_consent_of_earlier_date_does_not_undo_a_withdrawal(crm: Any) -> None:
    ada = await add_contact(crm)
    withdrawn = await record_event(crm, person(ada), says(ada, "withdrawn"))
    early = withdrawn.indicated_at - timedelta(days=9)

    given = await record_event(crm, staff(), says(ada, "given", method="paper", indicated_at=early, evidence=LETTER))

    assert given.indicated_at == early
    assert await state_of_newsletter(crm, ada) == "withdrawn"
    assert [order.event_id for order in crm.orders.of(ada)] == [withdrawn.id]


async def test_several_are_recorded_all_or_none(crm: Any) -> None:
    ada = await add_contact(crm)

    with pytest.raises(IndicationRefused):
        await record_events(crm, person(ada), [says(ada, "given"), says(ada, "given", purpose="customer_offers")])

    assert await ConsentEvent.count() == 0


@in_one_installation(
    ("fields", "field"),
    [
        ({"kind": "perhaps"}, "kind"),
        ({"kind": "given", "channel": "pigeon"}, "channel"),
        ({"kind": "given", "channel": "profiling"}, "channel"),
        ({"kind": "given", "method": "guess"}, "method"),
        ({"kind": "given", "method": "gpc"}, "method"),
        ({"kind": "given", "purpose": "customer_offers"}, "kind"),
        ({"kind": "objected"}, "kind"),
        ({"kind": "expired"}, "kind"),
        ({"kind": "given", "consent_type": "shouted"}, "consent_type"),
        ({"kind": "given", "indicated_at": datetime(2099, 1, 1, tzinfo=UTC)}, "indicated_at"),
        ({"kind": "given", "indicated_at": datetime(2020, 1, 1)}, "indicated_at"),  # noqa: DTZ001
        ({"kind": "given", "valid_until": datetime(2020, 1, 1, tzinfo=UTC)}, "valid_until"),
        ({"kind": "given", "evidence": Evidence(detail="x" * 20_001)}, "detail"),
        ({"kind": "given", "evidence": Evidence(detail="\x00")}, "detail"),
        ({"kind": "given", "supersedes": new_id()}, "supersedes"),
    ],
)
async def test_unsound_indication_is_refused_and_leaves_nothing(crm: Any, fields: dict[str, Any], field: str) -> None:
    ada = await add_contact(crm)

    with pytest.raises(IndicationRefused) as refused:
        await record_event(crm, SYSTEM, says(ada, **fields))

    assert refused.value.field == field
    assert (await ConsentEvent.count(), crm.orders.of(ada)) == (0, [])


async def test_who_may_record_what(crm: Any) -> None:
    ada, zoe = await add_contact(crm), await add_contact(crm, "Zoe", "zoe@example.org")
    with pytest.raises(NotFound):
        await record_event(crm, person(zoe), says(ada, "withdrawn"))
    with pytest.raises(Forbidden):
        await record_event(crm, staff(READING), says(ada, "withdrawn"))
    with pytest.raises(Forbidden):
        await record_event(crm, staff(), says(ada, "given", evidence=LETTER, actor_kind="import"))
    with pytest.raises(IndicationRefused):
        await record_event(crm, person(ada), says(ada, "invalidated"))
    with pytest.raises(IndicationRefused) as unproved:
        await record_event(crm, staff(), says(ada, "given", method="phone"))

    recorded = await record_event(crm, staff(), says(ada, "given", method="phone", evidence=LETTER))

    assert unproved.value.field == "evidence"
    assert (recorded.actor_kind, recorded.method) == ("staff", "phone")
    assert await ConsentEvent.count() == 1


async def test_cr6_interest_is_objected_to_and_never_consented(crm: Any) -> None:
    ada = await add_contact(crm)
    objected = await record_event(
        crm, person(ada), says(ada, "objected", purpose="customer_offers", method="preference_centre")
    )
    orders = crm.orders.of(ada)

    ended = await record_event(crm, person(ada), says(ada, "objection_ended", purpose="customer_offers"))

    assert (objected.legal_basis, objected.consent_type) == ("legitimate_interest", "")
    assert [(order.kind, order.event_id) for order in orders] == [("objection", objected.id)]
    assert (ended.consent_type, crm.orders.of(ada)) == ("", [])


async def test_trashed_contact_can_only_say_no(crm: Any) -> None:
    ada = await add_contact(crm)
    await trash_contact(crm, system_access("tests"), ada)

    with pytest.raises(NotFound):
        await record_event(crm, SYSTEM, says(ada, "given"))
    await record_event(crm, SYSTEM, says(ada, "withdrawn"))

    assert await state_of_newsletter(crm, ada) == "withdrawn"


async def test_restricted_contact_can_say_no_and_staff_record_no_yes(crm: Any) -> None:
    ada = await add_contact(crm)
    await crm.orders.give("restriction", ada)

    with pytest.raises(NotFound):
        await record_event(crm, staff(), says(ada, "given", method="paper", evidence=LETTER))
    await record_event(crm, staff(), says(ada, "withdrawn", method="paper"))

    assert [each.event.kind for each in await events_of(crm, staff(), ada)] == ["withdrawn"]


async def test_missing_contact_and_unknown_purpose_are_not_found(crm: Any) -> None:
    ada = await add_contact(crm)
    for indication in (
        says(new_id(), "withdrawn"),
        says(ada, "given", purpose="nothing"),
        says(ada, "withdrawn", purpose="!"),
    ):
        with pytest.raises(NotFound):
            await record_event(crm, SYSTEM, indication)
    assert crm.orders.of(ada) == []


async def test_question_displaces_no_decision(crm: Any) -> None:
    ada = await add_contact(crm)
    await record_event(crm, person(ada), says(ada, "refused"))

    await record_event(crm, SYSTEM, says(ada, "requested"))

    assert await state_of_newsletter(crm, ada) == "refused"


async def test_events_are_read_by_the_person_and_by_those_who_may(crm: Any) -> None:
    ada, zoe = await add_contact(crm), await add_contact(crm, "Zoe", "zoe@example.org")
    first = await record_event(crm, person(ada), says(ada, "given"))
    second = await record_event(crm, person(ada), says(ada, "withdrawn"))

    assert [each.event for each in await events_of(crm, staff(READING), ada)] == [second, first]
    assert [each.event for each in await events_of(crm, person(ada), ada)] == [second, first]
    with pytest.raises(NotFound):
        await events_of(crm, person(zoe), ada)
    with pytest.raises(NotFound):
        await event(crm, person(zoe), first.id)
    with pytest.raises(NotFound):
        await event(crm, staff(), new_id())
    with pytest.raises(Forbidden):
        await events_of(crm, staff(frozenset({"contacts.read"})), ada)


async def test_proof_outlives_the_contact_for_those_who_keep_it(crm: Any) -> None:
    ada = await add_contact(crm)
    recorded = await record_event(crm, person(ada), says(ada, "given"))
    await purge_contact(crm, ada)

    assert [each.event for each in await events_of(crm, staff(MANAGING), ada)] == [recorded]
    with pytest.raises(NotFound):
        await events_of(crm, staff(READING), ada)


@in_one_installation("kind", ["subject", "system", "nobody"])
async def test_staff_hand_in_nothing_in_the_name_of_somebody_else(crm: Any, kind: str) -> None:
    ada = await add_contact(crm)
    with pytest.raises(IndicationRefused, match="actor_kind"):
        await record_event(crm, staff(), says(ada, "given", method="paper", evidence=LETTER, actor_kind=kind))
    with pytest.raises(IndicationRefused, match="evidence"):
        await record_event(crm, staff(), says(ada, "given", method="paper", actor_kind="plugin"))


async def test_consent_lasts_no_longer_than_people_were_told(crm: Any) -> None:
    ada = await add_contact(crm)
    later, sooner = now() + timedelta(days=9_000), now() + timedelta(days=90)
    paper = {"method": "paper", "evidence": LETTER}
    long = await record_event(crm, staff(), says(ada, "given", valid_until=later, **paper))
    short = await record_event(crm, staff(), says(ada, "renewed", valid_until=sooner, **paper))
    assert (long.valid_until, short.valid_until) == (after(long.indicated_at, "P24M"), sooner)


async def test_yes_is_to_the_version_that_was_shown(crm: Any) -> None:
    """A link that was sent before the purpose asked for more confirms what its page says, and no more."""
    ada = await add_contact(crm)
    await save_purpose(crm, MANAGER, own_purpose("press"))
    shown = await current_notice(crm, "press", "en")
    await save_purpose(crm, MANAGER, own_purpose("press", version=2, compatible=False))
    said = says(ada, "given", purpose="press", notice_id=shown.id)
    assert (await record_event(crm, person(ada), said)).purpose_version == 1
    assert (await may(crm, ada, "press", "email")).reason == "other_version"
