"""What can be chosen in the editor of papers: products, price lists, currencies, taxes and countries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from babel import Locale

from confida_core.api import (
    Installation,
    InvalidAmount,
    read_number,
)
from confida_sales.catalogue.products import products
from confida_sales.papers_shown import RHYTHMS, UNTAXED, PaperForm, tax_label
from confida_sales.settings import SalesSettings
from confida_sales.totals import RATE_PARTS
from confida_web.api import Option, gettext

MOST_OFFERED = 300
"""Products in the list below the field; of more than these some are found by typing only."""
APART = frozenset({"EU", "EZ", "UN", "ZZ", "QO", "XA", "XB"})


async def choices_for(crm: Installation, settings: SalesSettings, shown: PaperForm, locale: str) -> PaperForm:
    """The same form with everything that can be chosen in it. Two queries."""
    lists = await crm.data.fetch(
        "SELECT id, name, currency, standard FROM sales_price_list ORDER BY standard DESC, name"
    )
    offered = await products(crm, limit=MOST_OFFERED)
    own = [row for row in lists if row["currency"] == shown.currency]
    standard = next((str(row["id"]) for row in own if row["standard"]), "")
    chosen = shown.price_list if any(str(row["id"]) == shown.price_list for row in own) else standard
    known = dict.fromkeys([shown.currency, settings.currency, *(row["currency"] for row in lists)])
    return replace(
        shown,
        currencies=(shown.currency,) if shown.fixed_currency else tuple(known),
        price_list=chosen,
        price_lists=tuple(Option(value=str(row["id"]), label=row["name"]) for row in own),
        taxes=tax_options(settings, locale, (line.tax for line in shown.lines)),
        rhythms=rhythm_options(line.recurs for line in shown.lines),
        countries=countries(locale),
        products=tuple((row["sku"], row["name"]) for row in offered),
    )


def rates(settings: SalesSettings) -> tuple[int, ...]:
    """In hundredths of a percent, the usual one first; what is no rate is passed over."""
    found = []
    for typed in settings.tax_rates:
        try:
            rate = read_number(typed.strip().removesuffix("%").replace(",", "."), 2)
        except InvalidAmount:
            continue
        if 0 < rate <= RATE_PARTS:
            found.append(rate)
    return tuple(dict.fromkeys(found))


def usual_tax(settings: SalesSettings) -> str:
    return f"S-{next(iter(rates(settings)), 0)}"


def tax_options(settings: SalesSettings, locale: str, used: Iterable[str] = ()) -> tuple[Option, ...]:
    """What the organisation charges, what it does not, and what stands on the lines already, whatever is charged today."""
    values = [f"S-{rate}" for rate in rates(settings)] + [f"{category}-0" for category in UNTAXED]
    for value in used:
        category, _, rate = value.partition("-")
        if category in {"S", *UNTAXED} and rate.isascii() and rate.isdigit() and len(rate) <= 5:
            values.append(value)
    return tuple(Option(value=value, label=label_of(value, locale)) for value in dict.fromkeys(values))


def rhythm_options(used: Iterable[str] = ()) -> tuple[Option, ...]:
    """How often something is charged, in months."""
    months = [*RHYTHMS, *(int(value) for value in used if value.isascii() and value.isdigit() and len(value) <= 3)]
    return tuple(Option(value=str(every), label=rhythm_label(every)) for every in sorted(set(months)))


def rhythm_label(months: int) -> str:
    return gettext(RHYTHMS[months]) if months in RHYTHMS else gettext("every %(months)s months", months=months)


def label_of(value: str, locale: str) -> str:
    category, _, rate = value.partition("-")
    return gettext(tax_label(category, int(rate), locale))


@lru_cache(maxsize=32)
def countries(locale: str) -> tuple[Option, ...]:
    """By their name in the reader's language."""
    found = [(str(name), str(code)) for code, name in Locale.parse(locale).territories.items() if len(code) == 2]
    return tuple(Option(value=code, label=name) for name, code in sorted(found) if code.isalpha() and code not in APART)
