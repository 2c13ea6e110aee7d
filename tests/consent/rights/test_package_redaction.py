"""Other people in the texts: found, decided by somebody, blackened everywhere, and told without the words."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from confida_consent.rights.content import Redaction
from confida_consent.rights.package import assemble_package
from confida_consent.rights.package_review import (
    NotReady,
    decide_redactions,
    release_package,
    review_package,
)
from confida_consent.rights.redaction import BLACK, blackened, pattern_of, phrases
from confida_core.contacts.content import (
    Birthday,
    ContactContent,
    ContactKind,
    EmailAddress,
    PhoneNumber,
    PostalAddress,
    StructuredName,
)
from confida_core.contacts.people import create_contact
from confida_core.interactions.content import InteractionDraft
from confida_core.interactions.interactions import log_interaction
from confida_core.storage.sealed_files import keep_files, only, receive_file
from confida_core.vault.access import system_access
from tests.consent.rights.answers import OFFICER, ask, texts_in, unpacked

pytestmark = pytest.mark.anyio

SYSTEM = system_access("tests", "relationship")


async def add(crm: Any, given: str, family: str, email: str) -> UUID:
    content = ContactContent(
        display_name=f"{given} {family}",
        name=StructuredName(given=given, family=family),
        emails=[EmailAddress(address=email)],
        phones=[PhoneNumber(number="+493023125001")] if given == "Ada" else [],
    )
    return await create_contact(crm, SYSTEM, ContactKind.PERSON, content)


async def note(crm: Any, text: str, *people: UUID) -> UUID:
    return await log_interaction(crm, SYSTEM, InteractionDraft(kind="note", people=people, body=text))


async def reviewed(crm: Any, request_id: UUID) -> Any:
    await assemble_package(crm, request_id)
    review = await review_package(crm, OFFICER, request_id)
    assert review is not None
    return review


async def test_names_and_addresses_of_others_are_suggested_and_the_persons_own_are_not(crm: Any) -> None:
    ada = await add(crm, "Ada", "Lovelace", "ada@example.org")
    mats = await add(crm, "Mats", "Mustermann", "mats@example.org")
    await add(crm, "Zoe", "Outsider", "zoe@example.org")
    await note(crm, "Mats said that Ada Lovelace met Zoe Outsider. Call 030 23125002 or zoe@example.org.", ada, mats)
    await note(crm, "ADA@example.org, +49 30 23125001: nothing about Someone Else here, nor 12345678.", ada)
    await note(crm, "Mats again", ada)
    review = await reviewed(crm, await ask(crm, ada))
    found = {(each.words, each.kind, each.places) for each in review.suggestions}
    assert found == {
        ("Mats", "name", 2), ("Zoe Outsider", "name", 1), ("030 23125002", "phone", 1), ("zoe@example.org", "email", 1),
    }  # fmt: skip
    first = next(each for each in review.suggestions if each.words == "Zoe Outsider")
    assert (first.record, first.field) == ("interaction", "body")


async def test_first_names_of_those_who_share_a_record_are_found_in_what_comes_before_it_too(crm: Any) -> None:
    mats = await add(crm, "Mats", "Mustermann", "mats@example.org")
    content = ContactContent(display_name="Ada Lovelace", note="Likes Mats. And the Mustermanns.")
    ada = await create_contact(crm, SYSTEM, ContactKind.PERSON, content)
    await note(crm, "A meeting", ada, mats)
    review = await reviewed(crm, await ask(crm, ada))
    assert [(each.words, each.record, each.field) for each in review.suggestions] == [("Mats", "contact", "note")]


async def test_nothing_is_released_before_every_suggestion_is_decided(crm: Any) -> None:
    ada = await add(crm, "Ada", "Lovelace", "ada@example.org")
    mats = await add(crm, "Mats", "Mustermann", "mats@example.org")
    await note(crm, "Mats Mustermann wrote from mats@example.org", ada, mats)
    request_id = await ask(crm, ada)
    await reviewed(crm, request_id)
    with pytest.raises(NotReady, match="undecided"):
        await release_package(crm, OFFICER, request_id)
    await decide_redactions(
        crm, OFFICER, request_id,
        blacken=[Redaction(words="mats@example.org")],
        leave=[Redaction(words="Mats Mustermann"), Redaction(words="Mats"), Redaction(words="Mustermann")],
    )  # fmt: skip
    with pytest.raises(NotReady, match="outdated"):
        await release_package(crm, OFFICER, request_id)
    review = await reviewed(crm, request_id)
    assert review.suggestions == []
    await release_package(crm, OFFICER, request_id)
    everything = "\n".join(texts_in(await unpacked(crm, request_id)))
    assert "mats@example.org" not in everything
    assert "Mats Mustermann wrote" in everything


async def test_one_field_of_one_record_can_be_blackened_as_a_whole(crm: Any) -> None:
    ada = await add(crm, "Ada", "Lovelace", "ada@example.org")
    first, second = await note(crm, "The first secret", ada), await note(crm, "The second text", ada)
    request_id = await ask(crm, ada)
    whole = Redaction(record="interaction", record_id=str(first), field="body", reason="Another person's illness")
    await decide_redactions(crm, OFFICER, request_id, blacken=[whole])
    await reviewed(crm, request_id)
    files = await unpacked(crm, request_id)
    entries = json.loads(files["data/interaction-0001.json"])["entries"]
    assert {each["id"]: each["content"]["body"] for each in entries} == {
        str(first): BLACK,
        str(second): "The second text",
    }
    assert "Another person&#x27;s illness" in files["answer.html"].decode()


async def test_a_whole_file_can_be_kept_back(crm: Any) -> None:
    ada = await add(crm, "Ada", "Lovelace", "ada@example.org")
    kept, given = [await receive_file(crm, name, only(name.encode())) for name in ("kept.txt", "given.txt")]
    await keep_files(crm, [kept, given], owner_id=ada, people=[ada], permission="contacts.read")
    request_id = await ask(crm, ada)
    (store,) = crm.registry.stores
    redaction = Redaction(record=f"store:{store}", record_id=str(kept.id), reason="It is about her neighbour")
    await decide_redactions(crm, OFFICER, request_id, blacken=[redaction])
    await reviewed(crm, request_id)
    files = await unpacked(crm, request_id)
    assert [content for name, content in files.items() if name.startswith("files/")] == [b"given.txt"]
    assert "It is about her neighbour" in files["answer.html"].decode()
    assert "Kept back; see the answer in detail." in files[f"data/store_{store}-0001.html"].decode()


async def test_a_redaction_says_which_words_or_which_field(crm: Any) -> None:
    request_id = await ask(crm, await add(crm, "Ada", "Lovelace", "ada@example.org"))
    with pytest.raises(ValueError, match="say which words"):
        await decide_redactions(crm, OFFICER, request_id, blacken=[Redaction(record="interaction")])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mats met MATS.", f"{BLACK} met {BLACK}."),
        ("Matsumoto", "Matsumoto"),
        ({"Mats": ["x Mats"]}, {BLACK: [f"x {BLACK}"]}),
        (7, 7),
    ],
)
def test_words_are_blackened_as_whole_words_in_any_shape(text: Any, expected: Any) -> None:
    assert blackened(text, pattern_of("mats")) == expected


def test_several_words_are_found_however_they_are_spaced() -> None:
    assert blackened("Mats \n Mustermann", pattern_of("Mats Mustermann")) == BLACK


def test_only_several_words_with_capitals_may_be_a_full_name() -> None:
    assert [words for words, named in phrases("Anna and Bo Bell") if named] == [
        "Anna and Bo",
        "Anna and Bo Bell",
        "Bo Bell",
    ]


@pytest.mark.parametrize("words", ["DE", "phone", "2026", "1", "person", "en"])
async def test_short_and_coded_words_are_blackened_and_the_answer_still_comes(crm: Any, words: str) -> None:
    """A country code, the name of a channel, a number: whatever the fields are, none of them fails the assembly."""
    content = ContactContent(
        display_name="Ada Lovelace",
        language="en",
        emails=[EmailAddress(address="ada@example.org", label="DE")],
        phones=[PhoneNumber(number="+493023125001")],
        addresses=[PostalAddress(street="Hafenweg 1", locality="Leipzig", country="DE")],
        birthday=Birthday(year=2026, month=1, day=1),
        custom={"de": "DE", "1": 1},
    )
    ada = await create_contact(crm, SYSTEM, ContactKind.PERSON, content)
    request_id = await ask(crm, ada)
    await decide_redactions(crm, OFFICER, request_id, blacken=[Redaction(words=words, reason="Somebody else")])
    await assemble_package(crm, request_id)
    files = await unpacked(crm, request_id)
    assert "Ada Lovelace" in files["data/contact-0001.html"].decode()
