"""By what a person is known in a text: found however it is written, and no other word is taken for it."""

from __future__ import annotations

import pytest
from msgspec import structs

from confida_core.contacts.content import ContactContent, EmailAddress, Link, PhoneNumber, PostalAddress, StructuredName
from confida_core.contacts.known_terms import all_terms, redacted, terms_of
from confida_core.contacts.redaction_marks import blanked
from confida_core.interactions.content import InteractionContent

ADA = ContactContent(
    display_name="Dr. Ada von Grass",
    name=StructuredName(prefix="Dr.", given="Ada", family="von Grass"),
    nickname="Addie",
    emails=[EmailAddress(address="Ada.Grass@example.org")],
    phones=[PhoneNumber(number="+493414960777"), PhoneNumber(number="12 34")],
    addresses=[PostalAddress(street="c/o Club\nHafenweg 3", locality="Leipzig")],
    links=[Link(url="https://ada.example.org/")],
)


def said(text: str, content: ContactContent = ADA) -> str:
    return redacted(InteractionContent(subject="Untouched", body=text), all_terms([(True, content)]).pattern()).body


@pytest.mark.parametrize(
    "text",
    [
        "Ada", "ADA", "Addie", "Grass", "von Grass, Ada", "dr. ada  von grass", "ada.grass@EXAMPLE.org", "hafenweg 3",
        "https://ada.example.org/", "+49 341 4960777", "0341/4960777", "0049 (0) 341 496-07-77", "0341 - 4960 777",
        "+493414960777",
    ],
)  # fmt: skip
def test_term_is_found_as_people_write_it(text: str) -> None:
    assert said(f"<{text}>").replace("von [erased]", "[erased]").replace(", [erased]", "") == "<[erased]>"


@pytest.mark.parametrize(
    "text",
    [
        "Adamant", "Canada", "the grass is green", "adage", "Leipzig", "1234", "034149607779", "Club", "from Dr. House",
        "another@example.org",
    ],
)  # fmt: skip
def test_other_words_stay(text: str) -> None:
    assert said(text) == text


def test_genitive_keeps_its_ending() -> None:
    assert said("Adas and Ada's hat") == "[erased]s and [erased]'s hat"


def test_shown_name_is_taken_apart_where_its_parts_are_not_known() -> None:
    assert said("Mrs Quast came", ContactContent(display_name="Zoe Quast")) == "Mrs [erased] came"
    organisation = all_terms([(False, ContactContent(display_name="Zoe Quast Foundation"))]).pattern()
    content = InteractionContent(body="Zoe asked the zoe quast foundation")
    assert redacted(content, organisation).body == "Zoe asked the [erased]"


def test_terms_of_others_are_theirs() -> None:
    mats = ContactContent(display_name="Mats Grass", name=StructuredName(given="Mats", family="Grass"))
    left = (terms_of(ADA) - terms_of(mats)).pattern()
    assert redacted(InteractionContent(body="Ada and Mats Grass"), left).body == "[erased] and Mats Grass"


def test_text_that_would_become_too_long_for_its_field_is_cut() -> None:
    full = InteractionContent(subject="Ada " * 50)
    changed = redacted(full, terms_of(ADA).pattern())
    assert len(changed.subject) == 200
    assert "Ada" not in changed.subject


def test_untouched_content_is_the_same_object() -> None:
    content = InteractionContent(body="Nobody")
    assert redacted(content, terms_of(ADA).pattern()) is content
    assert redacted(content, None) is content


def test_blanked_content_keeps_what_is_technical() -> None:
    from confida_core.storage.file_content import FileContent

    content = FileContent(secret=b"x" * 32, name="Ada.pdf", media_type="application/pdf", sha256="ab" * 32, size=3)
    assert blanked(content) == structs.replace(content, name="[erased]")
