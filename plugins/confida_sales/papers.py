"""What stands on a quote, order or invoice, checked and added up."""

from __future__ import annotations

from collections.abc import Sequence

from confida_core.api import (
    LARGEST_AMOUNT,
    InvalidContent,
)
from confida_sales.content import PaperContent, PaperLine
from confida_sales.totals import RATE_PARTS, UNTAXED, Line, Tax, Totals, totals

MOST_LINES = 500
LARGEST_QUANTITY = 2_000_000_000
LONGEST_NAME = 500


def tax_of(line: PaperLine) -> Tax:
    return Tax(category=line.tax_category, rate=line.tax_rate)  # type: ignore[arg-type]  # Checked before it is sealed.


def added_up(paper: PaperContent) -> Totals:
    """The sums of a checked paper, in minor units of its currency."""
    lines = [
        Line(quantity=line.quantity, price=line.price, tax=tax_of(line), discount=line.discount) for line in paper.lines
    ]
    return totals(lines, paper.discount)


def check_paper(paper: PaperContent) -> Totals:
    """Its sums. Raises InvalidContent with errors by field (`lines.2.price`)."""
    errors: dict[str, str] = {}
    if not paper.name.strip():
        errors["name"] = "Please say for whom it is."
    if not 1 <= len(paper.lines) <= MOST_LINES:
        errors["lines"] = f"Between one and {MOST_LINES} lines."
    errors |= check_lines(paper.lines)
    if errors:
        raise InvalidContent(errors)
    try:
        found = added_up(paper)
    except ValueError:
        raise InvalidContent({"discount": "The discount is more than there is, or less than nothing."}) from None
    if found.gross > LARGEST_AMOUNT:
        raise InvalidContent({"lines": "The sum is too large."})
    return found


def check_lines(lines: Sequence[PaperLine]) -> dict[str, str]:
    errors = {}
    for at, line in enumerate(lines):
        if not 1 <= len(line.name.strip()) <= LONGEST_NAME:
            errors[f"lines.{at}.name"] = "Please say what it is."
        if not 1 <= line.quantity <= LARGEST_QUANTITY:
            errors[f"lines.{at}.quantity"] = "More than nothing, please, and at most two million."
        if not 0 <= line.price <= LARGEST_AMOUNT // 1_000:
            errors[f"lines.{at}.price"] = "This price is too large, or less than nothing."
        if not 0 <= line.discount <= RATE_PARTS:
            errors[f"lines.{at}.discount"] = "From 0 to 100 percent."
        taxed = line.tax_category == "S"
        if not (taxed or line.tax_category in UNTAXED) or not 0 <= line.tax_rate <= (RATE_PARTS if taxed else 0):
            errors[f"lines.{at}.tax"] = "Please choose one of the taxes."
    return errors
