"""What the buttons of the editor of papers do to its lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from confida_core.api import (
    Installation,
    InvalidAmount,
    Row,
    read_number,
)
from confida_sales.catalogue.products import among, prices_of, products
from confida_sales.papers_choices import usual_tax
from confida_sales.papers_shown import LineForm, PaperForm, Reader, plain_amount, plain_number, read_id
from confida_sales.settings import SalesSettings

MOST_FOUND = 20
MOST_TYPED = 80
"""Lines in the editor: a form has a thousand fields at most. Programs may write longer papers."""
TOO_MANY = f"At most {MOST_TYPED} lines can be edited here."
ON_A_LINE = re.compile(r"(remove|up|down)-([0-9]{1,4})")


async def changed_lines(
    crm: Installation, settings: SalesSettings, shown: PaperForm, button: str, reader: Reader
) -> PaperForm:
    """button: `add`, `pick`, `pick-<product>`, `remove-<n>`, `up-<n>`, `down-<n>`, `recalculate`, `totals`. Others change nothing.

    Prices that were taken from the list follow quantity, currency and list; those that somebody typed stay.
    """
    if (found := ON_A_LINE.fullmatch(button)) and int(found[2]) < len(shown.lines):
        shown = moved(shown, found[1], int(found[2]))
    elif button == "add":
        shown = added(shown, LineForm(tax=usual_tax(settings)), "name")
    elif button == "pick":
        shown = await searched(crm, shown, reader)
    elif product_id := read_id(button.removeprefix("pick-")):
        shown = await picked(crm, shown, await among(crm, "SELECT * FROM sales_product WHERE id", [product_id]), reader)
    return shown if button == "totals" else await priced(crm, shown, reader)


def moved(shown: PaperForm, how: str, at: int) -> PaperForm:
    lines = list(shown.lines)
    line = lines.pop(at)
    if how == "remove":
        return replace(shown, lines=tuple(lines), focus=f"lines-{min(at, len(lines) - 1)}-name" if lines else "pick")
    to = max(0, min(len(lines), at + (1 if how == "down" else -1)))
    lines.insert(to, line)
    return replace(shown, lines=tuple(lines), focus=f"lines-{to}-{how}")


def added(shown: PaperForm, line: LineForm, part: str) -> PaperForm:
    if len(shown.lines) >= MOST_TYPED:
        return replace(shown, errors={"pick": TOO_MANY}, focus="pick")
    return replace(shown, lines=(*shown.lines, line), pick="", focus=f"lines-{len(shown.lines)}-{part}")


async def searched(crm: Installation, shown: PaperForm, reader: Reader) -> PaperForm:
    """The one product that the words name becomes a line; several are offered to choose from."""
    words = shown.pick.strip()
    if not words:
        return replace(shown, errors={"pick": "Please say which product, or add a line without one."}, focus="pick")
    found = await products(crm, words, limit=MOST_FOUND)
    exact = [row for row in found if words.lower() in {row["sku"].lower(), row["name"].lower()}]
    if len(exact) == 1 or len(found) == 1:
        return await picked(crm, shown, exact or found, reader)
    if not found:
        return replace(shown, errors={"pick": "No product has this in its name or number."}, focus="pick")
    return replace(shown, picks=tuple((str(row["id"]), f"{row['name']} ({row['sku']})") for row in found), focus="pick")


async def picked(crm: Installation, shown: PaperForm, rows: Sequence[Row], reader: Reader) -> PaperForm:
    """A line for the product. A bundle says what it holds."""
    if not rows:
        return replace(shown, focus="pick")
    row = rows[0]
    holds = await crm.data.fetch(
        "SELECT p.name, b.quantity FROM sales_bundle_item b JOIN sales_product p ON p.id = b.product_id "
        "WHERE b.bundle_id = ? ORDER BY p.sku",
        row["id"],
    )
    parts = [f"{plain_number(part['quantity'], 3, reader.locale)} × {part['name']}" for part in holds]
    line = LineForm(
        product=str(row["id"]),
        sku=row["sku"],
        name=row["name"],
        description="\n".join([row["description"], *parts]).strip(),
        unit=row["unit"],
        tax=f"{row['tax_category']}-{row['tax_rate']}",
        recurs=str(row["recurs_months"]),
    )
    return added(shown, line, "quantity")


async def priced(crm: Installation, shown: PaperForm, reader: Reader) -> PaperForm:
    """The price of the list on every line that has a product, and no other price typed. One query."""
    waiting = [
        (at, product_id, quantity)
        for at, line in enumerate(shown.lines)
        if (product_id := read_id(line.product))
        and line.price.strip() in {"", line.listed}
        and (quantity := quantity_of(line, reader)) > 0
    ]
    found = await prices_of(
        crm,
        [(product_id, quantity) for _, product_id, quantity in waiting],
        currency=shown.currency,
        day=reader.today,
        list_id=read_id(shown.price_list),
    )
    lines = list(shown.lines)
    for (at, _, _), price in zip(waiting, found, strict=True):
        text = "" if price is None else plain_amount(price, shown.currency, reader.locale)
        lines[at] = replace(lines[at], price=text, listed=text)
    return replace(shown, lines=tuple(lines))


def quantity_of(line: LineForm, reader: Reader) -> int:
    try:
        return read_number(line.quantity or "1", 3, reader.locale)
    except InvalidAmount:
        return 0
