"""One spelling for mail addresses, numbers, pages and countries."""

from __future__ import annotations

import pytest

from confida_core.contacts.channels import (
    country_code,
    country_name,
    normal_email,
    normal_label,
    normal_link,
    normal_phone,
)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Ada.Example@EXAMPLE.org ", "Ada.Example@example.org"),
        ("mailto:ada@example.org", "ada@example.org"),
        ("ada@office.local", "ada@office.local"),
        ("ada@exämple.org", "ada@exämple.org"),
        ("ada@example.org.", None),
        ("ada example@example.org", None),
        ("ada@" + "x" * 70 + ".example.org", None),
        ("x" * 65 + "@example.org", None),
        ("@", None),
        ("", None),
    ],
)
def test_normal_email(typed: str, stored: str | None) -> None:
    assert normal_email(typed) == stored


@pytest.mark.parametrize(
    ("typed", "region", "stored"),
    [
        ("+44 20 7946 0018", "", "+442079460018"),
        ("(020) 7946 0018", "GB", "+442079460018"),
        ("020 7946 0018", "", "020 7946 0018"),
        ("tel:+44-20-7946-0018;ext=5", "", "+442079460018;ext=5"),
        ("555-555-1111", "US", "555-555-1111"),
        ("ask at the desk", "GB", "ask at the desk"),
        ("0" * 500, "GB", "0" * 500),
        ("", "GB", ""),
    ],
)
def test_normal_phone(typed: str, region: str, stored: str) -> None:
    assert normal_phone(typed, region) == stored


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("www.example.org", "https://www.example.org"),
        ("example.org/us", "https://example.org/us"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("https://", None),
        ("https://[::1", None),
        ("https://example.org:99999/", None),
        ('https://example.org/"onmouseover="x', None),
        ("https://example.org/" + "x" * 2_000, None),
    ],
)
def test_normal_link(typed: str, stored: str | None) -> None:
    assert normal_link(typed) == stored


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Deutschland", "DE"),
        ("u.s.a.", "US"),
        ("UK", "GB"),
        ("Österreich", "AT"),
        ("fr", "FR"),
        ("Atlantis", None),
        ("EU", None),
    ],
)
def test_country_code(written: str, code: str | None) -> None:
    assert country_code(written) == code


def test_country_name_of_unknown_code_is_the_code() -> None:
    assert (country_name("DE"), country_name("QQ")) == ("Germany", "QQ")


def test_normal_label_knows_the_usual_words_only() -> None:
    assert [normal_label(text) for text in ("Work Fax", "HOME", "Grand Central")] == [
        "work fax",
        "home",
        "Grand Central",
    ]
