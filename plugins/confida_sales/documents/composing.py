"""From what is kept of a quote, order, invoice, credit note, reminder or statement to what stands on its paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from confida_sales.billing.invoices import open_amount
from confida_sales.billing.statement import Account, Entry, Statement
from confida_sales.content import PaperContent, ReminderContent
from confida_sales.documents.einvoice.building import Issued
from confida_sales.documents.seller import Seller
from confida_sales.documents.shown import (
    ShownAccount,
    ShownMove,
    ShownPaper,
    ShownSum,
    Wording,
    lines_of,
    reasons_of,
    recipient_of,
    sums_of,
)
from confida_sales.papers import added_up

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reminded:
    """One step of reminding. fee: minor units of the invoice's currency."""

    step: int
    on: date
    fee: int
    content: ReminderContent


def shown_invoice(issued: Issued) -> ShownPaper:
    """An invoice or credit note."""
    row, paper, seller = issued.row, issued.paper, issued.seller
    wording = Wording(language=issued.language, currency=row["currency"])
    sums = added_up(paper)
    facts = [(wording.say("number"), row["number"]), (wording.say("date"), wording.day(row["issued_on"]))]
    if issued.corrects:
        number, day = issued.corrects
        facts.append((wording.say("corrects"), wording.say("of_day", number=number, day=wording.day(day))))
    return ShownPaper(
        **common(paper, seller, wording),
        kind=row["kind"],
        title=f"{wording.say(row['kind'])} {row['number']}",
        facts=(*facts, *facts_of(paper, row["due_on"], "due", wording)),
        opening=paper.opening,
        lines=lines_of(paper, sums, wording),
        sums=sums_of(paper, sums, wording),
        after=(*reasons_of(paper, seller, wording), payment_of(row, seller, wording, sums.gross)),
        closing=paper.closing,
    )


def common(paper: PaperContent, seller: Seller, wording: Wording) -> dict[str, Any]:
    return {
        "language": wording.language,
        "seller": seller,
        "seller_country": wording.country(seller.country) if seller.country else "",
        "recipient": recipient_of(paper.name, paper.address, seller.country, wording),
    }


def facts_of(paper: PaperContent, day: date | None, label: str, wording: Wording) -> tuple[tuple[str, str], ...]:
    found = (
        (wording.say("delivered"), wording.day(paper.delivered_on) if paper.delivered_on else ""),
        (wording.say(label), wording.day(day) if day else ""),
        (wording.say("reference"), paper.reference),
        (wording.say("tax_number_buyer"), paper.tax_number),
    )
    return tuple((name, value) for name, value in found if value.strip())


def payment_of(row: Row, seller: Seller, wording: Wording, amount: int) -> str:
    if row["kind"] == "credit_note":
        return wording.say("credited")
    return wording.say(
        "pay" if seller.iban else "pay_plain",
        amount=wording.money(amount),
        due=wording.day(row["due_on"]),
        number=row["number"],
    )


def shown_offer(row: Row, paper: PaperContent, seller: Seller, language: str) -> ShownPaper:
    """A quote or an order; its day is that on which it was sent, for a draft the day it was made."""
    wording = Wording(language=language, currency=row["currency"])
    sums = added_up(paper)
    revision = wording.say("version", revision=row["revision"]) if row["revision"] > 1 else ""
    facts = (
        (wording.say("number"), f"{row['number'] or '–'} {revision}".strip()),
        (wording.say("date"), wording.day((row["sent_at"] or row["created_at"]).date())),
    )
    return ShownPaper(
        **common(paper, seller, wording),
        kind=row["kind"],
        title=f"{wording.say(row['kind'])} {row['number'] or ''}".strip(),
        facts=(*facts, *facts_of(paper, row["expires_on"] if row["kind"] == "quote" else None, "valid_until", wording)),
        opening=paper.opening,
        lines=lines_of(paper, sums, wording),
        sums=sums_of(paper, sums, wording),
        after=(*reasons_of(paper, seller, wording), *acceptance_of(row, paper, wording)),
        closing=paper.closing,
    )


def acceptance_of(row: Row, paper: PaperContent, wording: Wording) -> tuple[str, ...]:
    if not paper.accepted_by or row["decided_at"] is None:
        return ()
    return (wording.say("accepted", name=paper.accepted_by, day=wording.day(row["decided_at"].date())),)


def shown_reminder(issued: Issued, reminded: Reminded) -> ShownPaper:
    row, paper, seller = issued.row, issued.paper, issued.seller
    wording = Wording(language=issued.language, currency=row["currency"])
    still_open = max(0, open_amount(dict(row)))
    title = wording.say("reminder" if reminded.step <= 1 else "reminder_more", step=reminded.step)
    sums = [
        ShownSum(
            label=wording.say("of_day", number=row["number"], day=wording.day(row["issued_on"])),
            amount=wording.money(row["gross"]),
        ),
        ShownSum(label=wording.say("paid"), amount=wording.money(-row["paid"])),
        ShownSum(label=wording.say("credited_so_far"), amount=wording.money(-row["credited"])),
        ShownSum(label=wording.say("fee"), amount=wording.money(reminded.fee)),
    ]
    given = (True, row["paid"], row["credited"], reminded.fee)
    return ShownPaper(
        **common(paper, seller, wording),
        kind="reminder",
        title=title,
        facts=(
            (wording.say("invoice"), row["number"]),
            (wording.say("date"), wording.day(reminded.on)),
            (wording.say("due"), wording.day(row["due_on"])),
        ),
        opening=reminded.content.text or wording.say("reminding" if reminded.step <= 1 else "reminding_more"),
        sums=(
            *(one for one, there in zip(sums, given, strict=True) if there),
            ShownSum(label=wording.say("to_pay"), amount=wording.money(still_open + reminded.fee), strong=True),
        ),
        after=(wording.say("crossed"),),
    )


def shown_statement(statement: Statement, paper: PaperContent, seller: Seller, language: str) -> ShownPaper:
    """paper: name and address of the customer, as papers have them."""
    wording = Wording(language=language)
    return ShownPaper(
        **common(paper, seller, wording),
        kind="statement",
        title=wording.say("statement"),
        facts=(
            (wording.say("since"), wording.day(statement.since)),
            (wording.say("until"), wording.day(statement.until)),
        ),
        accounts=tuple(
            account_of(one, Wording(language=language, currency=one.currency)) for one in statement.accounts
        ),
    )


def account_of(account: Account, wording: Wording) -> ShownAccount:
    opening = ShownMove(on="", what=wording.say("balance"), debit="", credit="", balance=wording.money(account.opening))
    return ShownAccount(
        currency=account.currency,
        moves=(*((opening,) if account.opening else ()), *(move_of(entry, wording) for entry in account.entries)),
        closing=wording.say("open_in_all", amount=wording.money(account.closing))
        if account.closing
        else wording.say("nothing_open"),
    )


def move_of(entry: Entry, wording: Wording) -> ShownMove:
    amount = wording.money(abs(entry.amount))
    kind = "payment" if entry.kind in {"payment", "refund"} else entry.kind
    return ShownMove(
        on=wording.day(entry.on),
        what=f"{wording.say(kind)} {entry.number}",
        debit=amount if entry.amount > 0 else "",
        credit=amount if entry.amount <= 0 else "",
        balance=wording.money(entry.balance),
    )
