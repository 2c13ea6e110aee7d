"""Telephone numbers as digits, so that a number is found however it is written."""

from __future__ import annotations

import re

# ITU-T E.164 assigns country codes without common prefixes: one digit (1, 7), these two-digit ones, else three digits.
_TWO_DIGIT_CODES = frozenset(
    str(code)
    for codes in (range(30, 35), range(43, 50), range(51, 59), range(60, 67), range(90, 96), (20, 27, 36, 39, 40, 41))
    for code in (*codes, 81, 82, 84, 86, 98)
)
_NOT_A_DIGIT = re.compile(r"\D")
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")


def _digits(number: str) -> str:
    plain = _NOT_A_DIGIT.sub("", _TRUNK_ZERO.sub("", number))
    return plain if plain.isascii() else "".join(str(int(digit)) for digit in plain)


def international_digits(number: str) -> str:
    """The digits, with the country code where one was written ("+49 ...", "0049 ..."), else as they stand; may be ""."""
    digits = _digits(number)
    return digits[2:] if digits.startswith("00") else digits


def phone_spellings(number: str) -> set[str]:
    """Every run of digits under which a person may look for the number.

    With country code, and where that is known also without, and with the zero that many countries dial first.
    """
    digits = international_digits(number)
    if not digits:
        return set()
    if not (number.lstrip().startswith("+") or _digits(number).startswith("00")):
        return {digits, digits.removeprefix("0") or digits}
    code = 1 if digits[0] in "17" else 2 if digits[:2] in _TWO_DIGIT_CODES else 3
    national = digits[code:]
    return {digits, national, "0" + national} if national else {digits}
