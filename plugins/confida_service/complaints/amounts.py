"""Amounts of money as people type them: whole minor units of one ISO 4217 currency, never a float."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

LARGEST = 9_007_199_254_740_991
"""Minor units that any program can read back as a JSON number."""


class InvalidAmount(ValueError):
    """What was typed is no amount of this currency; the message says why and does not repeat it."""


def minor_digits(currency: str) -> int:
    """Digits after the point: 2 for EUR, 0 for JPY. Raises InvalidAmount for what is no currency."""
    from babel.core import get_global

    if currency not in get_global("all_currencies"):
        raise InvalidAmount("This is no currency of ISO 4217.")
    digits = get_global("currency_fractions")
    return int(digits.get(currency, digits["DEFAULT"])[0])


def read_amount(typed: str, currency: str, locale: str) -> int:
    """Minor units of what is written as people of the locale write it, such as `1.234,50`. Raises InvalidAmount."""
    from babel.numbers import get_decimal_symbol, get_group_symbol, parse_decimal

    text, digits = "".join(typed.split()), minor_digits(currency)
    try:
        value = Decimal(str(parse_decimal(text, locale=locale, strict=get_group_symbol(locale) in text)))
        scaled = value.scaleb(digits)
        exact = value.is_finite() and scaled == scaled.to_integral_value()
    except (ValueError, InvalidOperation):
        raise InvalidAmount(f"Please write it like 1234{get_decimal_symbol(locale)}50.") from None
    if not exact:
        raise InvalidAmount(f"{currency} has {digits} digits after the point.")
    if not 0 <= scaled <= LARGEST:
        raise InvalidAmount("It must be more than nothing, and not too large.")
    return int(scaled)


def typed_amount(amount: int | None, currency: str, locale: str) -> str:
    """As `read_amount` reads it, without the sign of the currency; "" for none."""
    from babel.numbers import format_decimal

    if amount is None:
        return ""
    digits = minor_digits(currency)
    form = "0." + "0" * digits if digits else "0"
    return str(format_decimal(plain(amount, currency), format=form, locale=locale))


def plain(amount: int, currency: str) -> Decimal:
    """In major units: 1250 EUR is 12.50."""
    return Decimal(amount).scaleb(-minor_digits(currency))
