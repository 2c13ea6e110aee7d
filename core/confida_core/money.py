"""Amounts of money: whole minor units of one ISO 4217 currency, never a float; sums never mix currencies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

from babel.core import get_global
from babel.numbers import format_currency, format_decimal, get_decimal_symbol, get_group_symbol, parse_decimal

LARGEST_AMOUNT = 9_007_199_254_740_991
"""Minor units that any program can read back as a JSON number, some ninety trillion euros."""


class InvalidAmount(ValueError):
    """What was typed is no amount of this currency; the message says why and does not repeat it."""


def minor_digits(currency: str) -> int:
    """Digits after the point: 2 for EUR, 0 for JPY, 3 for KWD. Raises InvalidAmount for what is no currency."""
    if currency not in get_global("all_currencies"):
        raise InvalidAmount("This is no currency of ISO 4217.")
    digits = get_global("currency_fractions")
    return int(digits.get(currency, digits["DEFAULT"])[0])


def rounded_amount(exact: Fraction) -> int:
    """To the nearest whole minor unit, halves away from zero, as invoices are rounded (EN 16931-1, 6.5.2)."""
    doubled = 2 * abs(exact.numerator)
    whole = (doubled + exact.denominator) // (2 * exact.denominator)
    return whole if exact >= 0 else -whole


def shared_amount(amount: int, weights: Sequence[int]) -> list[int]:
    """The amount in parts as the weights have it, to the minor unit; the parts add up to it.

    Units that are left over go to the parts that lost most by rounding down, the earlier first (largest remainder).
    Raises ValueError if a weight is negative or all are 0.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("weights must not be negative, and one of them must count")
    sign, rest = (1, amount) if amount >= 0 else (-1, -amount)
    parts = [rest * weight // total for weight in weights]
    order = sorted(range(len(weights)), key=lambda at: (-(rest * weights[at] % total), at))
    for at in order[: rest - sum(parts)]:
        parts[at] += 1
    return [sign * part for part in parts]


def read_amount(typed: str, currency: str, locale: str = "en") -> int:
    """Minor units of what somebody typed in their own way of writing numbers, such as `1.234,50`.

    Raises InvalidAmount for what is no number, has more digits after the point than the currency, or is too large.
    """
    digits = minor_digits(currency)
    return read_number(typed, digits, locale, f"{currency} has {digits} digits after the point.")


def read_number(typed: str, digits: int, locale: str = "en", finer: str = "") -> int:
    """Whole parts of a number typed in the locale's way, so many digits after the point: "1,5" with 3 is 1500 in German.

    Raises InvalidAmount; finer: what it says to more digits.
    """
    text = "".join(typed.split()).replace("\N{MINUS SIGN}", "-")
    try:
        value = Decimal(str(parse_decimal(text, locale=locale, strict=get_group_symbol(locale) in text)))
        scaled = value.scaleb(digits)
        exact = value.is_finite() and scaled == scaled.to_integral_value()
    except (ValueError, InvalidOperation):
        raise InvalidAmount(f"Please write it like 1234{get_decimal_symbol(locale)}50.") from None
    if not exact:
        raise InvalidAmount(finer or f"At most {digits} digits after the point, please.")
    if abs(scaled) > LARGEST_AMOUNT:
        raise InvalidAmount("This is too large.")
    return int(scaled)


def as_decimal(amount: int, currency: str) -> Decimal:
    """In major units, with all digits of the currency: 1250 EUR is 12.50."""
    return Decimal(amount).scaleb(-minor_digits(currency))


def typed_amount(amount: int, currency: str, locale: str = "en") -> str:
    """As somebody of the locale would type it, for a field of a form: `1234,50`."""
    digits = minor_digits(currency)
    shape = "0." + "0" * digits if digits else "0"
    return str(format_decimal(as_decimal(amount, currency), format=shape, locale=locale))


def shown_amount(amount: int, currency: str, locale: str = "en") -> str:
    """As people of the locale write it, with the currency's sign: `€12.50`, `12,50 €`."""
    return str(format_currency(as_decimal(amount, currency), currency, locale=locale))


def from_decimal(value: Decimal, currency: str) -> int:
    """Minor units of major ones; halves are rounded away from zero."""
    return int(value.scaleb(minor_digits(currency)).to_integral_value(ROUND_HALF_UP))


def summed_amounts(amounts: Iterable[tuple[int, str]]) -> dict[str, int]:
    """Amounts with their currency, added up for each currency by itself."""
    totals: dict[str, int] = {}
    for amount, currency in amounts:
        totals[currency] = totals.get(currency, 0) + amount
    return totals
