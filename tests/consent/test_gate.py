"""The gate, question by question: who may be written to, and why not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from confida_consent.answers import CITATIONS, SENTENCES, Answer, Reason
from confida_consent.events import record_event
from confida_consent.gate import may, may_many
from confida_consent.purposes import retire_purpose, save_purpose
from confida_consent.sending import verdict_of
from confida_consent.vocabulary import Basis
from confida_core.clock import now
from confida_core.contacts.content import ContactContent, ContactKind, EmailAddress, PostalAddress
from confida_core.contacts.people import update_contact
from confida_core.contacts.trash import trash_contact
from confida_core.ids import new_id
from confida_core.vault.suppressions import EVERYTHING, suppress
from tests.consent.gate_cast import MANAGER, make_contact, own_purpose
from tests.consent.people import LETTER, SYSTEM, add_contact, person, says, staff

pytestmark = pytest.mark.anyio


async def test_consent_that_was_given_is_allowed_until_it_ends(crm: Any) -> None:
    ada = await add_contact(crm)
    given = await record_event(crm, person(ada), says(ada, "given"))
    answer = await may(crm, ada, "newsletter", "email")
    assert answer == Answer(
        True, Reason.CONSENT, "consent", given.id, given.indicated_at, given.valid_until, "GDPR Art. 6(1)(a)"
    )
    assert answer.until is not None
    later = await may(crm, ada, "newsletter", "email", answer.until)
    assert (later.allowed, later.reason, later.event_id) == (False, Reason.EXPIRED, given.id)


async def test_cr5_no_event_unknown_purpose_and_foreign_channel_mean_no(crm: Any) -> None:
    ada = await add_contact(crm)
    assert (await may(crm, ada, "newsletter", "email")).reason == Reason.NEVER_ASKED
    assert (await may(crm, ada, "nothing_like_it", "email")).reason == Reason.UNKNOWN_PURPOSE
    assert (await may(crm, ada, "newsletter", "profiling")).reason == Reason.FOREIGN_CHANNEL
    assert (await may(crm, new_id(), "newsletter", "email")).reason == Reason.UNKNOWN_CONTACT


async def test_cr8_consent_by_mail_says_nothing_about_the_telephone(crm: Any) -> None:
    ada = await add_contact(crm)
    await record_event(crm, person(ada), says(ada, "given"))
    assert (await may(crm, ada, "newsletter", "phone")).reason == Reason.NEVER_ASKED


async def test_withdrawal_names_its_event_and_is_effective_at_once(crm: Any) -> None:
    ada = await add_contact(crm)
    await record_event(crm, person(ada), says(ada, "given"))
    withdrawn = await record_event(crm, person(ada), says(ada, "withdrawn"))
    answer = await may(crm, ada, "newsletter", "email")
    assert (answer.allowed, answer.reason, answer.event_id) == (False, Reason.WITHDRAWN, withdrawn.id)


async def test_standing_order_denies_even_without_its_event_as_after_a_restore(crm: Any) -> None:
    ada = await add_contact(crm)
    await record_event(crm, person(ada), says(ada, "given"))
    lost = new_id()
    await crm.orders.give("withdrawal", ada, purpose="newsletter", channel="email", event_id=lost)
    answer = await may(crm, ada, "newsletter", "email")
    assert (answer.reason, answer.event_id) == (Reason.WITHDRAWN, lost)


async def test_question_about_an_earlier_instant_is_answered_as_of_then(crm: Any) -> None:
    ada = await add_contact(crm)
    given = await record_event(crm, person(ada), says(ada, "given"))
    withdrawn = await record_event(crm, person(ada), says(ada, "withdrawn"))
    assert (
        await may(crm, ada, "newsletter", "email", given.indicated_at - timedelta(seconds=1))
    ).reason == Reason.NEVER_ASKED
    # The order of a no is given before its event is written, hence the middle.
    orders = crm.orders.of(ada)
    between = given.indicated_at + (orders[0].given_at - given.indicated_at) / 2
    assert (await may(crm, ada, "newsletter", "email", between)).reason == Reason.CONSENT
    assert (await may(crm, ada, "newsletter", "email", withdrawn.recorded_at)).reason == Reason.WITHDRAWN


async def test_restricted_person_is_refused_but_answered_where_the_law_obliges(crm: Any) -> None:
    ada = await add_contact(crm)
    await record_event(crm, person(ada), says(ada, "given"))
    await crm.orders.give("restriction", ada)
    assert (await may(crm, ada, "newsletter", "email")).reason == Reason.RESTRICTED
    assert (await may(crm, ada, "agreement", "email")).reason == Reason.RESTRICTED
    answer = await may(crm, ada, "consent_confirmation", "email")
    assert (answer.reason, verdict_of(answer).even_restricted) == (Reason.LEGAL_OBLIGATION, True)


async def test_contact_in_the_trash_is_refused(crm: Any) -> None:
    ada = await add_contact(crm)
    await record_event(crm, person(ada), says(ada, "given"))
    await trash_contact(crm, replace(MANAGER, purpose="relationship"), ada)
    assert (await may(crm, ada, "newsletter", "email")).reason == Reason.IN_TRASH


async def test_retired_purpose_is_refused(crm: Any) -> None:
    ada = await add_contact(crm)
    await record_event(crm, person(ada), says(ada, "given"))
    await retire_purpose(crm, MANAGER, "newsletter")
    assert (await may(crm, ada, "newsletter", "email")).reason == Reason.RETIRED_PURPOSE


async def test_cr5_newer_incompatible_version_means_no_and_a_compatible_one_does_not(crm: Any) -> None:
    ada = await add_contact(crm)
    await save_purpose(crm, MANAGER, own_purpose("press", version=1))
    given = await record_event(crm, person(ada), says(ada, "given", purpose="press"))
    await save_purpose(crm, MANAGER, own_purpose("press", version=2, compatible=True))
    assert (await may(crm, ada, "press", "email")).reason == Reason.CONSENT
    await save_purpose(crm, MANAGER, own_purpose("press", version=3, compatible=False))
    answer = await may(crm, ada, "press", "email")
    assert (answer.reason, answer.event_id) == (Reason.OTHER_VERSION, given.id)


async def test_objection_to_a_legitimate_interest_ends_it_until_it_is_taken_back(crm: Any) -> None:
    ada = await add_contact(crm)
    assert (await may(crm, ada, "profiling", "profiling")).reason == Reason.LEGITIMATE_INTEREST
    objected = await record_event(crm, person(ada), says(ada, "objected", purpose="profiling", channel="profiling"))
    answer = await may(crm, ada, "profiling", "profiling")
    assert (answer.reason, answer.event_id, answer.citation) == (Reason.OBJECTED, objected.id, "GDPR Art. 21")
    await record_event(crm, person(ada), says(ada, "objection_ended", purpose="profiling", channel="profiling"))
    assert (await may(crm, ada, "profiling", "profiling")).allowed


async def test_contract_needs_no_consent_and_heeds_no_marketing_suppression(crm: Any) -> None:
    ada = await add_contact(crm)
    await suppress(crm, "email", "ada@example.org")
    assert (await may(crm, ada, "agreement", "email")).reason == Reason.CONTRACT
    await suppress(crm, "email", "ada@example.org", EVERYTHING)
    assert (await may(crm, ada, "agreement", "email")).reason == Reason.SUPPRESSED


@pytest.mark.parametrize(
    ("channel", "typed"),
    [
        ("email", "  ADA@Example.org "),
        ("phone", "030 123456"),
        ("sms", "+49 (0)30 123456"),
        ("messenger", "0049 30 123456"),
        ("post", "ADA, Musterstraße 5, 10115 Berlin"),
    ],
)
async def test_suppressed_address_is_refused_however_it_is_written(crm: Any, channel: str, typed: str) -> None:
    ada = await make_contact(crm, street="Musterstraße 5", postal_code="10115", locality="Berlin", number="+4930123456")
    mats = await make_contact(crm, "Mats", email="mats@example.org", number="+4930999999", street="Hof 1")
    for one in (ada, mats):
        await record_event(crm, staff(), says(one, "given", channel=channel, method="paper", evidence=LETTER))
    await suppress(crm, channel, typed)
    answers = await may_many(crm, [ada, mats], "newsletter", channel)
    assert [answers[one].reason for one in (ada, mats)] == [Reason.SUPPRESSED, Reason.CONSENT]


async def test_suppressed_address_with_umlauts_is_refused_and_its_plain_neighbour_is_not_asked_about(crm: Any) -> None:
    ada = await make_contact(crm, email="jürgen@example.org")
    await record_event(crm, person(ada), says(ada, "given"))
    await suppress(crm, "email", "JÜRGEN@example.org")
    assert (await may(crm, ada, "newsletter", "email")).reason == Reason.SUPPRESSED


async def test_suppression_of_one_purpose_leaves_the_others(crm: Any) -> None:
    ada = await add_contact(crm)
    await save_purpose(crm, MANAGER, own_purpose("press"))
    for purpose in ("newsletter", "press"):
        await record_event(crm, person(ada), says(ada, "given", purpose=purpose))
    await suppress(crm, "email", "ada@example.org", "press")
    reasons = [(await may(crm, ada, purpose, "email")).reason for purpose in ("newsletter", "press")]
    assert reasons == [Reason.CONSENT, Reason.SUPPRESSED]


async def test_second_address_of_a_contact_is_enough_and_a_later_one_is_known(crm: Any) -> None:
    ada = await add_contact(crm)
    await record_event(crm, person(ada), says(ada, "given"))
    await suppress(crm, "email", "late@example.org")
    assert (await may(crm, ada, "newsletter", "email")).allowed
    content = ContactContent(
        display_name="Ada", emails=[EmailAddress(address=f"{name}@example.org") for name in ("ada", "late")]
    )
    await update_contact(crm, replace(MANAGER, purpose="relationship"), ada, content, seen=1)
    assert (await may(crm, ada, "newsletter", "email")).reason == Reason.SUPPRESSED


async def test_many_are_answered_in_the_order_asked_for_and_share_equal_answers(crm: Any) -> None:
    people = [await add_contact(crm, str(number), f"p{number}@example.org") for number in range(3)]
    asked = [people[2], new_id(), people[0], people[1], people[2]]
    answers = await may_many(crm, asked, "newsletter", "email")
    assert list(answers) == asked[:4]
    assert answers[people[0]] is answers[people[1]]


async def test_gate_opens_nothing_sealed(crm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ada = await make_contact(crm, addresses=[PostalAddress(street="Hof 1", locality="Berlin", country="DE")])
    await record_event(crm, person(ada), says(ada, "given"))
    await suppress(crm, "email", "somebody@example.org")
    await may(crm, ada, "customer_offers", "post")

    async def refuse(*_: Any) -> Any:
        raise AssertionError("something was opened")

    monkeypatch.setattr(type(crm.door), "open", refuse)
    assert (await may(crm, ada, "newsletter", "email")).allowed
    assert (await may(crm, ada, "customer_offers", "post")).allowed


async def test_organisation_is_judged_as_one(crm: Any) -> None:
    club = await make_contact(crm, "Club", kind=ContactKind.ORGANISATION)
    assert (await may(crm, club, "customer_offers", "phone")).reason == Reason.LAW_ASKS_FACTS
    ada = await add_contact(crm)
    assert (await may(crm, ada, "customer_offers", "phone")).reason == Reason.LAW_ASKS_CONSENT


def test_every_reason_has_a_sentence_and_every_basis_a_citation() -> None:
    assert set(SENTENCES) == set(Reason)
    assert set(CITATIONS) >= set(Basis)


async def test_expiry_counts_from_the_very_instant(crm: Any) -> None:
    ada = await add_contact(crm)
    end = now() + timedelta(days=1)
    await record_event(crm, SYSTEM, says(ada, "given", method="paper", valid_until=end))
    reasons = [(await may(crm, ada, "newsletter", "email", at)).reason for at in (end - timedelta(microseconds=1), end)]
    assert reasons == [Reason.CONSENT, Reason.EXPIRED]
