"""Days and amounts as somebody typed them into a form of billing, each with its own complaint."""

from __future__ import annotations

from datetime import date

from confida_core.api import (
    InvalidAmount,
    read_amount,
)

EARLIEST, LATEST = 1900, 2999
NO_DAY = "Please choose a day."


def typed_day(text: str, field: str, errors: dict[str, str], *, needed: bool = True) -> date | None:
    """As browsers send it (2026-11-22); None where nothing or no day was typed, which stands in the errors then."""
    if not text.strip() and not needed:
        return None
    try:
        day: date | None = date.fromisoformat(text.strip())
    except ValueError:
        day = None
    # Days at the end of the calendar cannot be counted on from, and mean nothing here.
    if day is None or not EARLIEST <= day.year <= LATEST:
        errors[field] = NO_DAY
        return None
    return day


def typed_amount(text: str, currency: str, locale: str, errors: dict[str, str], *, field: str = "amount") -> int:
    """Minor units; 0 where it is no amount, which stands in the errors then."""
    try:
        return read_amount(text, currency, locale)
    except InvalidAmount as wrong:
        errors[field] = str(wrong)
        return 0
