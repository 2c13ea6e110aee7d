"""The account of one customer: what was billed, credited and paid, and what that leaves, for each currency by itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from confida_core.api import Access, Installation, NotFound, Opened, Row, display_names
from confida_sales.content import INVOICE, PAYMENT, PaperContent, PaymentContent

EntryKind = Literal["invoice", "credit_note", "payment", "refund", "correction"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One line. amount: minor units, with a minus what lessens the debt. balance: after it. invoice_id: what it is about."""

    on: date
    kind: EntryKind
    number: str
    amount: int
    balance: int
    invoice_id: UUID
    reference: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """All of one currency. opening: before the first day. overdue: of what is open now."""

    currency: str
    opening: int
    entries: tuple[Entry, ...]
    closing: int
    overdue: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """name: of the customer; as it stands on the last paper where there is no such contact any more."""

    contact_id: UUID
    name: str
    since: date
    until: date
    accounts: tuple[Account, ...]


async def statement_of(crm: Installation, access: Access, contact_id: UUID, since: date, until: date) -> Statement:
    """From the first day to the last, both included. Four queries, whatever there is.

    access: of somebody who may read sales, or of the person themselves, who see their own account alone. Raises Forbidden
    and NotFound; the latter too for somebody without any invoice whom this access may not see.
    """
    if access.actor.kind != "subject":
        access.actor.require("sales.read")
    elif access.actor.id != contact_id:
        raise NotFound
    papers = await read_all(crm, access, INVOICE, "issued_on", contact_id=contact_id, until=until)
    payments = await read_all(crm, access, PAYMENT, "paid_on", contact_id=contact_id, until=until)
    name = (await display_names(crm, access, [contact_id])).get(contact_id, "")
    if not name and not papers:
        raise NotFound
    today_due = {one.row["id"]: one.row for one in papers}
    moves = sorted([*moves_of_papers(papers), *moves_of_payments(payments, today_due)], key=lambda move: move[:3])
    currencies = sorted({one.row["currency"] for one in papers})
    accounts = [account_of(currency, moves, papers, since, until) for currency in currencies]
    return Statement(
        contact_id=contact_id, name=name or papers[-1].content.name, since=since, until=until, accounts=tuple(accounts)
    )


async def read_all(
    crm: Installation, access: Access, record: Any, day: str, *, contact_id: UUID, until: date
) -> list[Opened[Any]]:
    rows = await crm.data.fetch(
        f"SELECT * FROM {record.name} WHERE contact_id = ? AND {day} <= ? ORDER BY {day}, id", contact_id, until
    )
    return await crm.door.open(access, record, rows)


Move = tuple[date, int, UUID, str, EntryKind, str, int, UUID, str]
"""Day, rank within the day, id, currency, kind, number, amount, id of the invoice, reference."""


def moves_of_papers(papers: Iterable[Opened[PaperContent]]) -> Iterable[Move]:
    for one in papers:
        row = one.row
        billed = row["kind"] == "invoice"
        amount = row["gross"] if billed else -row["gross"]
        yield (
            row["issued_on"], 0 if billed else 1, row["id"], row["currency"], "invoice" if billed else "credit_note",
            row["number"], amount, row["id"], "",
        )  # fmt: skip


def moves_of_payments(payments: Iterable[Opened[PaymentContent]], papers: dict[UUID, Row]) -> Iterable[Move]:
    for one in payments:
        row = one.row
        paper = papers.get(row["invoice_id"])
        yield (
            row["paid_on"], 2, row["id"], row["currency"], kind_of(row),
            paper["number"] if paper else "", -row["amount"], row["invoice_id"], one.content.reference,
        )  # fmt: skip


def kind_of(row: Row) -> EntryKind:
    """correction: the entry takes a wrong one back, and no money moved."""
    if row["reverses_id"] is not None:
        return "correction"
    return "payment" if row["amount"] > 0 else "refund"


def account_of(
    currency: str, moves: Sequence[Move], papers: Sequence[Opened[PaperContent]], since: date, until: date
) -> Account:
    own = [move for move in moves if move[3] == currency]
    balance = opening = sum(move[6] for move in own if move[0] < since)
    entries = []
    for on, _, _, _, kind, number, amount, invoice_id, reference in own:
        if on < since:
            continue
        balance += amount
        entries.append(
            Entry(
                on=on,
                kind=kind,
                number=number,
                amount=amount,
                balance=balance,
                invoice_id=invoice_id,
                reference=reference,
            )
        )
    overdue = sum(
        max(0, one.row["gross"] - one.row["paid"] - one.row["credited"])
        for one in papers
        if one.row["currency"] == currency and one.row["kind"] == "invoice" and one.row["due_on"] < until
    )
    return Account(currency=currency, opening=opening, entries=tuple(entries), closing=balance, overdue=overdue)
