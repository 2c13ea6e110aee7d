"""Filling gaps and taking changes back, for any two contacts."""

from __future__ import annotations

from hypothesis import given, settings

from confida_core.contacts.content import ContactContent, EmailAddress, PhoneNumber, StructuredName
from confida_core.contacts.history import differences
from confida_core.exchange.imports_filling import filled
from confida_core.exchange.undo import undone
from tests.core.exchange.any_contact import contacts

CONTENT = contacts().map(lambda pair: pair[1])


@given(CONTENT, CONTENT)
@settings(max_examples=200, deadline=None)
def test_any_change_can_be_taken_back(before: ContactContent, after: ContactContent) -> None:
    assert undone(after, differences(before, after)) == before


@given(CONTENT, CONTENT)
@settings(max_examples=200, deadline=None)
def test_filling_overwrites_nothing_and_does_no_more_the_second_time(
    ours: ContactContent, theirs: ContactContent
) -> None:
    result, _ = filled(ours, theirs)
    assert result.display_name == ours.display_name
    for field in ("nickname", "organisation", "job_title", "department", "birthday", "language"):
        assert getattr(result, field) == (getattr(ours, field) or getattr(theirs, field))
    for field in ("emails", "phones", "addresses", "links"):
        assert getattr(result, field)[: len(getattr(ours, field))] == getattr(ours, field)
    assert set(result.tags) == {*ours.tags, *theirs.tags}
    assert result.custom == {**theirs.custom, **ours.custom}
    assert result.note.startswith(ours.note)
    assert filled(result, theirs)[0] == result


def test_what_stood_there_and_differs_is_named() -> None:
    ours = ContactContent(
        display_name="Ada Example",
        job_title="Engineer",
        custom={"size": "M"},
        phones=[PhoneNumber(number="+4930123456")],
    )
    theirs = ContactContent(
        display_name="A. Example", name=StructuredName(given="A."), job_title="Director", custom={"size": "L", "shoe": 38},
        phones=[PhoneNumber(number="+49 30 123456", label="work")], emails=[EmailAddress(address="ada@example.org")],
    )  # fmt: skip
    result, stayed = filled(ours, theirs)
    assert stayed == ["Name", "Job title", "size"]
    assert (result.phones, result.emails, result.custom) == (ours.phones, theirs.emails, {"size": "M", "shoe": 38})
    assert result.name == theirs.name
