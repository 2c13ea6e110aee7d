"""The demo data: always the same, plainly invented, and valid like any contact."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from confida_core.clock import now
from confida_core.demo import people as invented
from confida_core.demo import talk
from confida_core.demo.loading import DemoPresent, demo_ids, load_demo, next_round, purge_demo
from confida_core.demo.people import FIRST, ORGANISATIONS, PEOPLE, employers, ids_of, organisations, people
from confida_core.demo.talk import INTERACTIONS, interactions
from confida_core.interactions.content import checked
from confida_core.vault.access import system_access

MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)
RESERVED = re.compile(r"\+44207946\d{4}|\+447700900\d{3}|\+493023125\d{3}|\+4917604069\d{3}|\+120255501\d{2}")


def test_demo_data_are_the_same_every_time() -> None:
    assert list(people(MOMENT)) == list(people(MOMENT))
    assert list(organisations(MOMENT)) == list(organisations(MOMENT))
    assert list(interactions(MOMENT)) == list(interactions(MOMENT))


def test_demo_contacts_are_many_different_and_plainly_invented() -> None:
    contacts = [*people(MOMENT), *organisations(MOMENT)]
    assert len(contacts) == len({contact.id for contact in contacts}) == PEOPLE + ORGANISATIONS
    assert len({contact.content.display_name for contact in contacts}) == PEOPLE + ORGANISATIONS
    assert {contact.content.language for contact in contacts} == {"en", "de", "ar"}
    for contact in contacts:
        content = contact.content
        assert content.note, content.display_name
        assert all(re.search(r"[@.]example\.org$", email.address) for email in content.emails)
        assert [phone.number for phone in content.phones if not RESERVED.fullmatch(phone.number)] == []


def test_whoever_is_employed_names_an_organisation_of_the_demo_data() -> None:
    names = {contact.id: contact.content.display_name for contact in organisations(MOMENT)}
    shown = {number: one.content.organisation for number, one in enumerate(people(MOMENT)) if one.content.organisation}
    assert shown == {person: names[FIRST.organisations[employer]] for person, employer in employers().items()}
    assert 60 <= len(shown) <= 100


def test_demo_interactions_are_valid() -> None:
    drafts = list(interactions(now()))
    assert len(drafts) == INTERACTIONS
    for draft in drafts:
        checked(draft)
    assert {draft.kind for draft in drafts} == {"call", "meeting", "note", "email", "task"}


@pytest.mark.parametrize("kind", ["call", "meeting", "note", "email", "task"])
def test_every_kind_is_spoken_in_every_language(kind: str) -> None:
    from confida_core.demo.words import LOCALES, TALK

    assert [bool(TALK[locale.language][kind]) for locale in LOCALES] == [True, True, True]


@pytest.mark.anyio
async def test_invented_people_come_again_as_others_after_they_were_erased(
    crm: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody who was erased comes back under the same id, the invented neither."""
    for module, name, few in ((talk, "INTERACTIONS", 10), (talk, "PEOPLE", 9), (invented, "PEOPLE", 9)):
        monkeypatch.setattr(module, name, few)
    count = 9 + ORGANISATIONS
    access = system_access("tests")
    assert await load_demo(crm, access) == count
    with pytest.raises(DemoPresent):
        await load_demo(crm, access)
    assert await purge_demo(crm) == count
    await next_round(crm)
    assert await load_demo(crm, access) == count
    rows = await crm.data.fetch("SELECT id FROM contact")
    assert {row["id"] for row in rows} == set((await demo_ids(crm)).everybody) == set(ids_of(1).everybody)
    assert set(ids_of(0).everybody).isdisjoint(ids_of(1).everybody)
