"""Texts that people take for the same compare equal, and names are found under the spellings people type."""

from __future__ import annotations

import pytest

from confida_core.index.fold import fold, spellings
from confida_core.index.phones import international_digits, phone_spellings


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Ada   LOVELACE ", "ada lovelace"),
        ("Müller", "muller"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("Ærøskøbing", "aeroskobing"),
        ("İzmir", "izmir"),
        ("Ｆｕｌｌ", "full"),
        ("Ω", "ω"),
        ("Йод", "иод"),
        ("שָׁלוֹם", "שלום"),
        ("مُحَمَّد", "محمد"),
        ("が", "が"),
        ("हिन्दी", "हिन्दी"),
        ("한국", "한국"),
        ("a\0b\ud800c\n", "a b c"),
        ("", ""),
    ],
)
def test_fold_text(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_spellings_of_umlaut_and_apostrophe() -> None:
    assert spellings("Müller") == {"muller", "mueller"}
    assert spellings("O’Brien") == {"o’brien", "obrien"}
    assert spellings("Ada") == {"ada"}
    assert spellings(" ") == set()


def test_international_digits_of_written_forms() -> None:
    assert international_digits("+49 (0)341 12-34") == "493411234"
    assert international_digits("0049 341 1234") == "493411234"
    assert international_digits("0341/1234") == "03411234"
    assert international_digits("ask Olga") == ""
    assert international_digits("٠١٢") == "012"


def test_phone_spellings_by_country() -> None:
    assert phone_spellings("+493411234") == {"493411234", "3411234", "03411234"}
    assert phone_spellings("+12025550123") == {"12025550123", "2025550123", "02025550123"}
    assert phone_spellings("+358401234567") == {"358401234567", "401234567", "0401234567"}
    assert phone_spellings("0341 1234") == {"03411234", "3411234"}
