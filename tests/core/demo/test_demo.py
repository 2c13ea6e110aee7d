"""The demo data: always the same, plainly invented, and valid like any contact."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from confida_core.clock import now
from confida_core.demo.people import ORGANISATION_IDS, ORGANISATIONS, PEOPLE, employers, organisations, people
from confida_core.demo.talk import INTERACTIONS, interactions
from confida_core.interactions.content import checked

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
    assert shown == {person: names[ORGANISATION_IDS[employer]] for person, employer in employers().items()}
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
