"""What may be stored of a contact, and what the person at the form is told."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from confida_core.contacts.content import (
    Birthday,
    ContactContent,
    EmailAddress,
    Link,
    PhoneNumber,
    PostalAddress,
    StructuredName,
)
from confida_core.contacts.validation import InvalidContent, display_name_of, validate_content


def errors_of(content: ContactContent) -> dict[str, str]:
    with pytest.raises(InvalidContent) as caught:
        validate_content(content)
    return caught.value.errors


def test_validate_content_normalises_text() -> None:
    checked = validate_content(
        ContactContent(
            display_name="  Zoe\u0308\t Example\x07 ",
            note="one\r\ntwo\rthree\u2028four ",
            tags=["b", "a", "b", " "],
            emails=[EmailAddress(address="Ada@EXAMPLE.org", label="Work"), EmailAddress(address=" ")],
            addresses=[PostalAddress(label="home"), PostalAddress(street="1 Road\nFlat 2", country="gb")],
        )
    )
    assert checked == ContactContent(
        display_name="Zoë Example",
        note="one\ntwo\nthree\nfour",
        tags=["a", "b"],
        emails=[EmailAddress(address="Ada@example.org", label="work")],
        addresses=[PostalAddress(street="1 Road\nFlat 2", country="GB")],
    )


def test_validate_content_names_every_wrong_field() -> None:
    found = errors_of(
        ContactContent(
            display_name="A\x00da",
            nickname="x" * 201,
            name=StructuredName(family="\ud800"),
            emails=[EmailAddress(address="ada@example.org"), EmailAddress(address="no address")],
            links=[Link(url="javascript:alert(1)")],
            addresses=[PostalAddress(country="XYZ"), PostalAddress(country="1A")],
            birthday=Birthday(month=2, day=30),
            language="not a language",
            picture="../../etc/passwd",
            custom={"": "x"},
        )
    )
    assert found == {
        "display_name": "contains a character that cannot be stored",
        "name.family": "contains a character that cannot be stored",
        "nickname": "is longer than 200 characters",
        "emails[1].address": "is no e-mail address",
        "links[0].url": "is no http or https address",
        "addresses[0].country": "is longer than 2 characters",
        "addresses[1].country": "is no two-letter country code",
        "birthday": "is no day of the calendar",
        "language": "is no language tag",
        "picture": "is no file of ours",
        "custom": "has a key that is not letters, digits, '_', '.' and '-', at most 64",
    }


def test_invalid_content_never_repeats_the_value() -> None:
    with pytest.raises(InvalidContent) as caught:
        validate_content(ContactContent(display_name="Ada", emails=[EmailAddress(address="secret at example")]))
    assert str(caught.value) == "emails[0].address: is no e-mail address"


@pytest.mark.parametrize(
    ("birthday", "errors"),
    [
        (Birthday(month=2, day=29), {}),
        (Birthday(month=2, day=29, year=2001), {"birthday": "is no day of the calendar"}),
        (Birthday(month=4, day=31), {"birthday": "is no day of the calendar"}),
        (Birthday(month=1, day=1, year=1700), {"birthday.year": "must lie between 1800 and 2200"}),
    ],
)
def test_validate_content_birthday(birthday: Birthday, errors: dict[str, str]) -> None:
    content = ContactContent(display_name="Ada", birthday=birthday)
    if errors:
        assert errors_of(content) == errors
    else:
        assert validate_content(content) == content


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, float("nan"), float("inf"), None, {"a": 1}])
def test_custom_value_that_no_engine_holds_is_refused(value: object) -> None:
    content = ContactContent(display_name="Ada", custom={"field": value})  # type: ignore[dict-item]
    assert errors_of(content) == {"custom.field": "has a value that cannot be stored"}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (
            ContactContent(name=StructuredName(given="Ada", additional="B.", family="Example", prefix="Dr")),
            "Ada B. Example",
        ),
        (ContactContent(name=StructuredName(prefix="Dr")), "Dr"),
        (ContactContent(nickname="Ada", organisation="Club"), "Ada"),
        (ContactContent(organisation="Club", emails=[EmailAddress(address="a@example.org")]), "Club"),
        (ContactContent(emails=[EmailAddress(address="a@example.org")]), "a@example.org"),
        (ContactContent(phones=[PhoneNumber(number="+442079460018")]), "+442079460018"),
        (ContactContent(note="met at the fair"), "(no name)"),
    ],
)
def test_display_name_is_built(content: ContactContent, name: str) -> None:
    assert display_name_of(content) == validate_content(content).display_name == name


def test_display_name_of_nothing_is_an_error() -> None:
    assert errors_of(ContactContent()) == {"display_name": "A contact needs at least a name."}
    assert errors_of(ContactContent(display_name=" \x07 ")) == {"display_name": "A contact needs at least a name."}


def test_display_name_built_from_long_parts_fits() -> None:
    long = ContactContent(name=StructuredName(given="g" * 150, family="f" * 150))
    assert validate_content(long).display_name == "g" * 150 + " " + "f" * 48 + "…"


def test_wrong_types_are_errors_not_crashes() -> None:
    wrong = ContactContent(
        display_name=5,  # type: ignore[arg-type]
        emails=["ada@example.org"],  # type: ignore[list-item]
        phones=None,  # type: ignore[arg-type]
        tags=[1],  # type: ignore[list-item]
        custom=[],  # type: ignore[arg-type]
    )
    assert sorted(errors_of(wrong)) == ["custom", "display_name", "emails", "phones", "tags[0]"]


@settings(max_examples=200)
@given(st.text(max_size=50), st.text(max_size=50), st.lists(st.text(max_size=20), max_size=4), st.text(max_size=50))
def test_validate_content_is_idempotent(name: str, note: str, tags: list[str], street: str) -> None:
    content = ContactContent(display_name=name, note=note, tags=tags, addresses=[PostalAddress(street=street)])
    try:
        once = validate_content(content)
    except InvalidContent:
        return
    assert validate_content(once) == once
