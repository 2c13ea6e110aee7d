"""Addresses and numbers as the countries themselves write them."""

from __future__ import annotations

import pytest

from confida_core.contacts.content import PostalAddress
from confida_core.contacts.written import address_lines, shown_phone

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
