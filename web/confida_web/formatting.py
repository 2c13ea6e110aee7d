"""Dates, numbers and names as people read them; everything a template shows of these goes through here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit
from jinja2 import pass_context

from confida_core.clock import now
from confida_web.languages import gettext, mark

if TYPE_CHECKING:
    from jinja2.runtime import Context
    from litestar import Request

COUNTED_EXACTLY = 10_000  # Beyond this a count would slow the page (issue 2), so it says "more than".
TINTS = 8  # As many avatar colours as the style sheet knows.


class Formatter:
    """Shows values in one language and one time zone; made once for each pair, then kept.

    Every method takes None and shows "", because a template should not have to ask first.
    """

    def __init__(self, lang: str, time_zone: str) -> None:
        self.locale = _locale(lang)
        self.zone = ZoneInfo(time_zone)
        # Only days, minutes and numbers are kept: they say nothing about anybody. Babel needs 20 to 100 µs for each (measured).
        self._on = lru_cache(maxsize=4096)(self._date_text)
        self._time = lru_cache(maxsize=1440)(self._time_text)
        self._duration = lru_cache(maxsize=1024)(self._duration_text)
        self._number = lru_cache(maxsize=1024)(self._number_text)
        self._money = lru_cache(maxsize=4096)(self._money_text)

    def today(self) -> date:
        return now().astimezone(self.zone).date()

    def local(self, moment: datetime) -> datetime:
        """The same instant in the reader's time zone; a naive value is taken as UTC."""
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(self.zone)

    def on(self, value: date | datetime | None) -> str:
        """The calendar day, as "21 Nov 2026"."""
        return "" if value is None else self._on(self._day_of(value), "medium")

    def long_date(self, value: date | datetime | None) -> str:
        """The calendar day with its weekday, as "Saturday, 21 November 2026"."""
        return "" if value is None else self._on(self._day_of(value), "full")

    def day(self, value: date | datetime | None) -> str:
        """The day as seen from today: a word for yesterday to tomorrow, the weekday within six days, else the date."""
        if value is None:
            return ""
        day, today = self._day_of(value), self.today()
        distance = (day - today).days
        if distance in _NEAR:
            return gettext(_NEAR[distance])
        if 0 < distance < 7:
            return self._on(day, "weekday")
        return self._on(day, "short" if day.year == today.year else "medium")

    def time(self, value: datetime | None) -> str:
        if value is None:
            return ""
        local = self.local(value)
        return self._time(local.hour, local.minute)

    def at(self, value: date | datetime | None) -> str:
        """Day and time, as "21 Nov 2026, 14:05"; of a mere day the day."""
        if not isinstance(value, datetime):
            return self.on(value)
        return f"{self.on(value)}, {self.time(value)}"

    def moment(self, value: datetime | None) -> str:
        """The day as seen from today, with the time."""
        return "" if value is None else f"{self.day(value)}, {self.time(value)}"

    def number(self, value: float | None) -> str:
        return "" if value is None else self._number(value)

    def money(self, amount: int | None, currency: str) -> str:
        """An amount in minor units of an ISO 4217 currency, with the currency's sign: 1250 EUR as "€12.50"."""
        return "" if amount is None else self._money(amount, currency)

    def size(self, size_bytes: int | None) -> str:
        """A file size in the unit a person would choose (powers of 1000, as file managers show it)."""
        if size_bytes is None:
            return ""
        value, unit = float(size_bytes), "byte"
        for unit in ("byte", "kilobyte", "megabyte", "gigabyte"):
            if value < 1000 or unit == "gigabyte":
                break
            value /= 1000
        return format_unit(round(value, 1 if value < 10 else 0), f"digital-{unit}", length="short", locale=self.locale)

    def duration(self, minutes: int | None) -> str:
        """Minutes as hours and minutes, in short units of the language."""
        return "" if minutes is None else self._duration(minutes)

    def _duration_text(self, minutes: int) -> str:
        hours, rest = divmod(minutes, 60)
        parts = [
            format_unit(amount, unit, length="short", locale=self.locale)
            for amount, unit in ((hours, "duration-hour"), (rest, "duration-minute"))
            if amount
        ]
        return " ".join(parts) or format_unit(0, "duration-minute", length="short", locale=self.locale)

    def birthday(self, month: int, day: int, year: int | None) -> str:
        """A birthday with or without its year; 29 February needs no leap year to be shown."""
        if year is not None:
            return self._on(date(year, month, day), "medium")
        return format_skeleton("MMMd", datetime(2000, month, day, tzinfo=UTC), locale=self.locale)

    def counted(self, count: int, exact: bool = True) -> str:
        """A count of results; beyond what is counted exactly it says so in words."""
        return self.number(count) if exact else gettext("more than %(n)s", n=self.number(min(count, COUNTED_EXACTLY)))

    def _day_of(self, value: date | datetime) -> date:
        return self.local(value).date() if isinstance(value, datetime) else value

    def _time_text(self, hour: int, minute: int) -> str:
        return format_time(time(hour, minute), "short", locale=self.locale)

    def _number_text(self, value: float) -> str:
        return format_decimal(value, locale=self.locale)

    def _money_text(self, amount: int, currency: str) -> str:
        digits = get_global("currency_fractions")
        places = int(digits.get(currency, digits["DEFAULT"])[0])
        return str(format_currency(Decimal(amount).scaleb(-places), currency, locale=self.locale))

    def _date_text(self, day: date, form: str) -> str:
        if form == "short":
            return format_skeleton("MMMd", datetime(day.year, day.month, day.day, tzinfo=UTC), locale=self.locale)
        return format_date(day, "EEEE" if form == "weekday" else form, locale=self.locale)


_NEAR: Mapping[int, str] = {-1: mark("yesterday"), 0: mark("today"), 1: mark("tomorrow")}


def _locale(lang: str) -> Locale:
    # "en" alone would be American in CLDR, and the product speaks British English.
    try:
        return Locale.parse("en_GB" if lang == "en" else lang.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale.parse("en_GB")


@lru_cache(maxsize=256)
def formatter(lang: str, time_zone: str) -> Formatter:
    """The formatter of a language and a time zone; unknown ones fall back to British English and UTC."""
    try:
        return Formatter(lang, time_zone)
    except (KeyError, ValueError, OSError):
        return Formatter(lang, "UTC")


def formatter_of(request: Request[Any, Any, Any]) -> Formatter:
    """As whoever asked reads it."""
    return formatter(request.state.frame.lang, request.state.frame.time_zone)


def initials(name: str) -> str:
    """At most two letters or digits that stand for a name, in any script; "" where the name has none."""
    found = [letter for word in name.split() if (letter := _first_letter(word))]
    return (found[0] + found[-1] if len(found) > 1 else "".join(found)).upper()


def _first_letter(word: str) -> str:
    # Almost every word begins with one; brackets, quotes and emoji are passed over.
    return word[0] if word[0].isalnum() else next((letter for letter in word if letter.isalnum()), "")


def tint(name: str) -> int:
    """Which of the avatar colours a name gets; the same on every machine and every day."""
    return (ord(name[0]) * 7 + ord(name[-1]) + len(name)) % TINTS if name else 0


def iso(value: date | datetime | None) -> str:
    """The machine form for `<time datetime>`; instants in UTC."""
    if isinstance(value, datetime):
        instant = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
        return instant.isoformat(timespec="seconds")[:-6] + "Z"
    return value.isoformat() if value else ""


_CONTEXT_FILTERS = {
    "date": "on",
    "long_date": "long_date",
    "day": "day",
    "time": "time",
    "datetime": "at",
    "moment": "moment",
    "number": "number",
    "size": "size",
    "duration": "duration",
    "counted": "counted",
}


def _through_formatter(method: str) -> Callable[..., str]:
    @pass_context
    def show(context: Context, value: Any, *arguments: Any) -> str:
        text: str = getattr(context["f"], method)(value, *arguments)
        return text

    return show


def filters() -> dict[str, Callable[..., Any]]:
    """The filters of the template environment; the dated ones read the formatter `f` of the page's context.

    Macros do not see that context, therefore they take `f` as an argument and call its methods.
    """
    found: dict[str, Callable[..., Any]] = {
        name: _through_formatter(method) for name, method in _CONTEXT_FILTERS.items()
    }
    return found | {"initials": initials, "tint": tint, "iso": iso}
