"""Restriction: each look needs a ground, and nobody lifts it before the person was told (GDPR Art. 18(2), (3))."""

from __future__ import annotations

from typing import Any

import pytest

from confida_consent.rights.restriction import (
    NotTold,
    lift_restriction,
    may_look,
    open_restricted,
    restriction_of,
    tell_before_lifting,
)
from confida_core.contacts.states import restrict_contact
from confida_core.contacts.validation import InvalidContent
from confida_core.ids import new_id
from confida_core.vault.access import Access, Actor, Forbidden, NotFound, system_access
from tests.consent.people import add_contact

pytestmark = pytest.mark.anyio


def officer(permissions: frozenset[str] = frozenset({"contacts.restrict", "contacts.read"})) -> Access:
    return Access(actor=Actor(id=new_id(), permissions=permissions), purpose="data_subject_rights", where="tests")


async def restricted_contact(crm: Any) -> Any:
    ada = await add_contact(crm)
    await restrict_contact(crm, system_access("tests"), ada)
    return ada


async def test_look_needs_a_ground_which_the_audit_trail_keeps(crm: Any) -> None:
    ada, olga = await restricted_contact(crm), officer()
    assert await may_look(crm, olga, ada) is False
    with pytest.raises(InvalidContent) as refused:
        await open_restricted(crm, olga, ada, "curiosity")
    assert list(refused.value.errors) == ["ground"]
    await open_restricted(crm, olga, ada, "legal_claims")
    assert await may_look(crm, olga, ada) is True
    assert await may_look(crm, officer(), ada) is False
    rows = await crm.data.fetch(
        "SELECT kind, actor_id, target_id, serious FROM audit_event WHERE kind LIKE 'restricted.%'"
    )
    assert [(row["kind"], row["actor_id"], row["target_id"], bool(row["serious"])) for row in rows] == [
        ("restricted.opened_for_legal_claims", olga.actor.id, ada, True)
    ]


async def test_ground_holds_for_half_an_hour(crm: Any) -> None:
    ada, olga = await restricted_contact(crm), officer()
    await open_restricted(crm, olga, ada, "consent")
    restriction = await restriction_of(crm, ada)
    assert restriction is not None
    await crm.data.fetch("UPDATE audit_event SET at = ?", restriction.since.replace(year=2020))
    assert await may_look(crm, olga, ada) is False


async def test_restriction_is_lifted_only_after_the_person_was_told(crm: Any) -> None:
    ada, olga = await restricted_contact(crm), officer()
    with pytest.raises(NotTold):
        await lift_restriction(crm, olga, ada)
    assert crm.orders.restricted(ada)
    await tell_before_lifting(crm, olga, ada, "post")
    found = await restriction_of(crm, ada)
    assert found is not None
    assert found.told_at is not None
    await lift_restriction(crm, olga, ada)
    assert await restriction_of(crm, ada) is None


async def test_what_was_told_about_an_earlier_restriction_does_not_count(crm: Any) -> None:
    ada, olga = await restricted_contact(crm), officer()
    await tell_before_lifting(crm, olga, ada, "phone")
    await lift_restriction(crm, olga, ada)
    await restrict_contact(crm, system_access("tests"), ada)
    with pytest.raises(NotTold):
        await lift_restriction(crm, olga, ada)


async def test_slip_of_the_hand_is_taken_back_by_who_made_it_only(crm: Any) -> None:
    ada, olga = await add_contact(crm), officer()
    await restrict_contact(crm, olga, ada)
    with pytest.raises(NotTold):
        await lift_restriction(crm, officer(), ada)
    await lift_restriction(crm, olga, ada)
    assert await restriction_of(crm, ada) is None


async def test_each_step_needs_its_permission_and_something_restricted(crm: Any) -> None:
    ada, zoe = await add_contact(crm), officer(frozenset({"contacts.read"}))
    with pytest.raises(Forbidden):
        await open_restricted(crm, zoe, ada, "consent")
    with pytest.raises(Forbidden):
        await tell_before_lifting(crm, zoe, ada, "post")
    with pytest.raises(NotFound):
        await tell_before_lifting(crm, officer(), ada, "post")
    with pytest.raises(NotFound):
        await open_restricted(crm, officer(), new_id(), "consent")
    with pytest.raises(InvalidContent):
        await tell_before_lifting(crm, officer(), await restricted_contact(crm), "pigeon")
