"""Credit notes: all that is left of an invoice, or some of its lines, so that the parts add up to the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

import msgspec

from confida_core.api import (
    Access,
    Installation,
    InvalidContent,
    NotFound,
    Opened,
    rounded_amount,
)
from confida_sales.billing.drafts import check_day
from confida_sales.billing.invoices import issue_credit_note, visible_invoice
from confida_sales.content import INVOICE, PaperContent, PaperLine
from confida_sales.papers import added_up

MOST_STEPS = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Creditable:
    """An invoice and what may still be taken back: left, thousandths of each line; gross, discount: minor units."""

    invoice: Opened[PaperContent]
    left: tuple[int, ...]
    gross: int
    discount: int

    @property
    def paper(self) -> PaperContent:
        return self.invoice.content


async def creditable(crm: Installation, access: Access, invoice_id: UUID) -> Creditable:
    """What is left of an invoice. Three queries. Raises Forbidden, and NotFound for a credit note too."""
    opened = await visible_invoice(crm, access, invoice_id)
    if opened.row["kind"] != "invoice":
        raise NotFound
    notes = [note.content for note in await credit_notes_of(crm, access, invoice_id)]
    return Creditable(
        invoice=opened,
        left=left_of(opened.content.lines, [line for note in notes for line in note.lines]),
        gross=opened.row["gross"] - opened.row["credited"],
        discount=max(0, opened.content.discount - sum(note.discount for note in notes)),
    )


async def credit_notes_of(crm: Installation, access: Access, invoice_id: UUID) -> list[Opened[PaperContent]]:
    """The oldest first. Raises Forbidden."""
    access.actor.require("sales.read")
    rows = await crm.data.fetch("SELECT * FROM sales_invoice WHERE corrects_id = ? ORDER BY id", invoice_id)
    return await crm.door.open(access, INVOICE, rows)


def left_of(lines: Sequence[PaperLine], credited: Sequence[PaperLine]) -> tuple[int, ...]:
    """Of each line the quantity that no credit note has; alike ones are used up in their order."""
    taken: dict[PaperLine, int] = {}
    for line in credited:
        taken[alike(line)] = taken.get(alike(line), 0) + line.quantity
    left = []
    for line in lines:
        used = min(line.quantity, taken.get(alike(line), 0))
        taken[alike(line)] = taken.get(alike(line), 0) - used
        left.append(line.quantity - used)
    return tuple(left)


def alike(line: PaperLine) -> PaperLine:
    return msgspec.structs.replace(line, quantity=0)


def credit_paper(found: Creditable, quantities: Sequence[int], reason: str = "") -> PaperContent:
    """What a credit note over these quantities says. The discount on the whole is taken back as the lines weigh, and with
    the last of them what is left of it; so that parts never come to more than the invoice.

    Raises InvalidContent naming the lines (`quantity-2`).
    """
    errors = {
        f"quantity-{at}": "This is more than is left." if quantity > left else "Less than nothing cannot be taken back."
        for at, (quantity, left) in enumerate(zip(quantities, found.left, strict=True))
        if not 0 <= quantity <= left
    }
    lines = tuple(
        msgspec.structs.replace(line, quantity=quantity)
        for line, quantity in zip(found.paper.lines, quantities, strict=True)
        if quantity > 0
    )
    if errors or not lines:
        raise InvalidContent(errors or {"lines": "Please say how much of which line is taken back."})
    paper = msgspec.structs.replace(
        found.paper, lines=lines, discount=0, opening=reason.strip(), closing="", accepted_by=""
    )
    rest = tuple(quantities) == found.left
    return within(paper, found.discount if rest else share_of_discount(found, paper), found.gross)


def share_of_discount(found: Creditable, paper: PaperContent) -> int:
    whole = added_up(msgspec.structs.replace(found.paper, discount=0)).net
    part = added_up(paper).net
    return min(found.discount, rounded_amount(Fraction(found.paper.discount * part, whole))) if whole else 0


def within(paper: PaperContent, discount: int, most: int) -> PaperContent:
    """The paper with this discount, or with as much more as rounding makes necessary for it to fit."""
    net = added_up(paper).net
    for more in range(MOST_STEPS):
        fitting = msgspec.structs.replace(paper, discount=min(discount + more, net))
        if added_up(fitting).gross <= most:
            return fitting
    raise InvalidContent({"lines": "This is more than is left of the invoice."})


async def credit_lines(
    crm: Installation, access: Access, invoice_id: UUID, quantities: Sequence[int], *, issued_on: date, reason: str = ""
) -> UUID:
    """Take back so many thousandths of each line; returns the id of the credit note.

    Raises Forbidden, NotFound and InvalidContent.
    """
    access.actor.require("sales.bill")
    check_day(crm, issued_on)
    found = await creditable(crm, access, invoice_id)
    if len(quantities) != len(found.left):
        raise InvalidContent({"lines": "These are not the lines of this invoice."})
    return await issue_credit_note(crm, access, invoice_id, credit_paper(found, quantities, reason), issued_on)
