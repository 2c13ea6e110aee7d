"""Days and amounts as somebody typed them into a form of billing, each with its own complaint."""

from __future__ import annotations

from datetime import date

from confida_sales.money import InvalidAmount, read_amount

NO_DAY = "Please choose a day."


def typed_day(text: str, field: str, errors: dict[str, str], *, needed: bool = True) -> date | None:
    """As browsers send it (2026-11-22); None where nothing or no day was typed, which stands in the errors then."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() or needed else None
    except ValueError:
        errors[field] = NO_DAY
        return None


def typed_amount(text: str, currency: str, locale: str, errors: dict[str, str], *, field: str = "amount") -> int:
    """Minor units; 0 where it is no amount, which stands in the errors then."""
    try:
        return read_amount(text, currency, locale)
    except InvalidAmount as wrong:
        errors[field] = str(wrong)
        return 0
