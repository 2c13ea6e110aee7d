"""Addresses and numbers as the countries themselves write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from confida_core.contacts.content import PostalAddress
from confida_core.contacts.written import address_lines, grouped_phone, shown_phone

STREET = {"street": "12 High Street", "postal_code": "AB1 2CD", "locality": "Town", "region": "County"}


@pytest.mark.parametrize(
    ("country", "lines"),
    [
        ("DE", ("12 High Street", "AB1 2CD Town", "County")),
        ("GB", ("12 High Street", "Town", "AB1 2CD", "County")),
        ("US", ("12 High Street", "Town, County AB1 2CD")),
        ("HU", ("Town", "12 High Street", "AB1 2CD", "County")),
        ("", ("12 High Street", "AB1 2CD Town", "County")),
        ("QQ", ("12 High Street", "AB1 2CD Town", "County")),
    ],
)
def test_lines_stand_in_the_order_of_the_country(country: str, lines: tuple[str, ...]) -> None:
    assert address_lines(PostalAddress(country=country, **STREET)) == lines


def test_missing_parts_leave_no_signs_behind() -> None:
    assert address_lines(PostalAddress(country="US", postal_code="10001"), "United States") == (
        "10001",
        "United States",
    )
    assert address_lines(PostalAddress()) == ()


@pytest.mark.parametrize(
    ("number", "region", "shown"),
    [
        ("+4930901820", "DE", "030 901820"),
        ("+4930901820", "GB", "+49 30 901820"),
        ("+442079460018;ext=5", "", "+44 20 7946 0018 x5"),
        ("0341 1234", "DE", "0341 1234"),
        ("+1", "", "+1"),
    ],
)
def test_number_is_shown_nationally_at_home_only(number: str, region: str, shown: str) -> None:
    assert shown_phone(number, region) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+442079460024", "+44 20 7946 0024"),
        ("+493023125001", "+49 30 2312 5001"),
        ("+12025550101", "+1 202 555 0101"),
        ("+41446681800", "+41 446 681 800"),
        ("+962790123456", "+962 790 123 456"),
        ("+3725123456;ext=12", "+372 512 3456 ext. 12"),
        ("+1911", "+1 911"),
        ("030 901820", "030 901820"),
        ("+49", "+49"),
        ("", ""),
    ],
)
def test_number_of_a_list_stands_in_groups(number: str, shown: str) -> None:
    assert grouped_phone(number) == shown


@given(st.from_regex(r"\+[1-9][0-9]{0,14}", fullmatch=True))
def test_groups_lose_no_digit(number: str) -> None:
    assert grouped_phone(number).replace(" ", "") == number


def test_country_codes_are_those_of_the_numbering_plan() -> None:
    """Against the data of phonenumbers."""
    import phonenumbers

    codes = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    assert [code for code in codes if not grouped_phone(f"+{code}99999999").startswith(f"+{code} ")] == []
