"""What stands on each kind of paper, in both languages; laid out, but not printed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from string import Formatter
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from confida_core.api import PostalAddress
from confida_sales.billing.statement import Account, Entry, Statement
from confida_sales.content import PaperContent, PaperLine, ReminderContent
from confida_sales.documents.composing import Reminded, shown_invoice, shown_offer, shown_reminder, shown_statement
from confida_sales.documents.mail_texts import OURS, PLACEHOLDERS, filled
from confida_sales.documents.shown import ShownPaper
from confida_sales.documents.typesetting import typeset
from confida_sales.documents.words import LANGUAGES, known_language
from confida_sales.tests.e_invoice_cast import DAY, DUE, PAPER, SELLER, issued

QUOTE = {
    "kind": "quote", "number": "Q-2026-00001", "revision": 2, "currency": "EUR", "sent_at": None,
    "created_at": datetime(2026, 11, 22, 12, tzinfo=UTC), "expires_on": DUE,
    "decided_at": datetime(2026, 11, 25, 12, tzinfo=UTC),
}  # fmt: skip


class Words(HTMLParser):
    """The text of a page, and the elements in it."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += [line.strip() for line in data.split("\n") if line.strip()]


def laid_out(paper: ShownPaper) -> Words:
    words = Words()
    words.feed(typeset(paper))
    return words


def sums(paper: ShownPaper) -> list[tuple[str, str]]:
    return [(one.label, one.amount.replace("\N{NO-BREAK SPACE}", " ")) for one in paper.sums]


def test_invoice_says_everything_in_german() -> None:
    paper = shown_invoice(issued(language="de"))
    assert (paper.title, paper.recipient) == (
        "Rechnung I-2026-00001",
        ("Ada Lovelace", "Market 1", "back door", "75001 Paris", "Frankreich"),
    )
    assert sums(paper) == [
        ("Summe der Posten", "64,47 €"),
        ("Rabatt", "-5,00 €"),
        ("Summe ohne Steuer", "59,47 €"),
        ("Umsatzsteuer 19\N{NO-BREAK SPACE}% auf 55,32\N{NO-BREAK SPACE}€", "10,51 €"),
        ("Umsatzsteuer 7\N{NO-BREAK SPACE}% auf 4,15\N{NO-BREAK SPACE}€", "0,29 €"),
        ("Gesamtbetrag", "70,27 €"),
    ]
    assert dict(paper.facts) == {
        "Nummer": "I-2026-00001", "Datum": "22. November 2026", "Geliefert am": "20. November 2026",
        "Zahlbar bis": "6. Dezember 2026", "Ihr Zeichen": "04011000-12345-03", "Ihre Steuernummer": "FR40303265045",
    }  # fmt: skip
    assert "unten genannte Konto" in paper.after[0]
    text = laid_out(paper).text
    assert [word for word in ("1,5 bundle", "abzüglich 10\N{NO-BREAK SPACE}%", "DE89 3704 0044 0532 0130 00") if word in text] == [
        "1,5 bundle", "abzüglich 10\N{NO-BREAK SPACE}%", "DE89 3704 0044 0532 0130 00",
    ]  # fmt: skip


def test_credit_note_names_its_invoice_and_asks_for_nothing() -> None:
    paper = shown_invoice(issued(kind="credit_note"))
    assert (paper.title, dict(paper.facts)["To invoice"]) == (
        "Credit note I-2026-00001",
        "I-2026-00000 of 1 October 2026",
    )
    assert paper.after == ("We credit this amount: we set it off against the invoice, or pay it back.",)


def test_untaxed_paper_says_why() -> None:
    line = PaperLine(name="Boat", price=100_00, tax_category="AE")
    paper = shown_invoice(issued(msgspec.structs.replace(PAPER, lines=(line,), discount=0)))
    assert paper.after[0] == "Reverse charge: the tax is owed by the recipient."
    own = replace(SELLER, exempt_reason="Exempt under section 19 UStG")
    exempt = msgspec.structs.replace(PAPER, lines=(PaperLine(name="Boat", price=1, tax_category="E"),), discount=0)
    assert shown_invoice(issued(exempt, seller=own)).after[0] == "Exempt under section 19 UStG"


def test_quote_says_how_long_it_holds_and_who_accepted_it() -> None:
    paper = shown_offer(QUOTE, msgspec.structs.replace(PAPER, accepted_by="Ada Lovelace"), SELLER, "en")
    facts = dict(paper.facts)
    assert (paper.title, facts["Number"], facts["Valid until"]) == (
        "Quote Q-2026-00001", "Q-2026-00001 Version 2", "6 December 2026",
    )  # fmt: skip
    assert paper.after == ("Accepted by Ada Lovelace on 25 November 2026.",)
    order = shown_offer(QUOTE | {"kind": "order", "revision": 1}, PAPER, SELLER, "en")
    assert (order.title, "Valid until" in dict(order.facts)) == ("Order confirmation Q-2026-00001", False)


def test_reminder_asks_for_what_is_open_with_its_fee() -> None:
    reminded = Reminded(step=2, on=date(2027, 1, 3), fee=5_00, content=ReminderContent())
    paper = shown_reminder(issued(gross=70_27, paid=10_27, credited=0), reminded)
    assert paper.title == "Payment reminder (2)"
    assert sums(paper) == [
        ("I-2026-00001 of 22 November 2026", "€70.27"), ("Paid", "-€10.27"), ("Fee for reminding", "€5.00"),
        ("To be paid", "€65.00"),
    ]  # fmt: skip
    own = replace(reminded, content=ReminderContent(text="Please do."))
    assert shown_reminder(issued(gross=1, paid=0, credited=0), own).opening == "Please do."


def test_statement_shows_what_moved_and_what_is_open() -> None:
    moved = (
        Entry(on=DAY, kind="invoice", number="I-1", amount=70_00, balance=71_00, invoice_id=uuid4()),
        Entry(on=DUE, kind="payment", number="I-1", amount=-30_00, balance=41_00, invoice_id=uuid4()),
    )
    account = Account(currency="EUR", opening=1_00, entries=moved, closing=41_00)
    statement = Statement(contact_id=uuid4(), name="Ada", since=date(2026, 1, 1), until=DUE, accounts=(account,))
    paper = shown_statement(statement, PAPER, SELLER, "en")
    assert [(one.what, one.debit, one.credit, one.balance) for one in paper.accounts[0].moves] == [
        ("Balance", "", "", "€1.00"), ("Invoice I-1", "€70.00", "", "€71.00"), ("Payment I-1", "", "€30.00", "€41.00"),
    ]  # fmt: skip
    assert "Open in all: €41.00" in laid_out(paper).text
    assert "Nothing is open. Thank you." in laid_out(replace(paper, accounts=())).text


def test_what_people_typed_is_never_part_of_the_page() -> None:
    evil = '<img src="file:///etc/passwd"><style>@import url(http://127.0.0.1)</style>'
    paper = PaperContent(
        name=evil, address=PostalAddress(street=evil, country="DE"), reference=evil, opening=evil, closing=evil,
        lines=(PaperLine(name=evil, description=evil, unit=evil, price=1, tax_category="E"),), discount_reason=evil,
    )  # fmt: skip
    shown = shown_invoice(issued(paper, seller=replace(SELLER, name=evil, exempt_reason=evil)))
    assert laid_out(shown).tags & {"img", "style", "link", "script"} == set()
    assert laid_out(shown).text.count(evil) >= 8


def test_every_language_has_the_same_words_with_the_same_places() -> None:
    def places(text: str) -> list[str]:
        return sorted(name for _, name, _, _ in Formatter().parse(text) if name)

    english = {key: places(text) for key, text in LANGUAGES["en"].items()}
    for language, words in LANGUAGES.items():
        assert {key: places(text) for key, text in words.items()} == english, language
    for language, texts in OURS.items():
        found = {kind: [places(text) for text in both] for kind, both in texts.items()}
        assert found == {kind: [places(text) for text in both] for kind, both in OURS["en"].items()}, language
        assert {name for both in found.values() for names in both for name in names} <= set(PLACEHOLDERS)


@pytest.mark.parametrize(
    ("tag", "language"), [("de", "de"), ("de-AT", "de"), ("de_CH", "de"), ("en-GB", "en"), ("fr", "en"), ("", "en")]
)
def test_language_is_one_of_ours(tag: str, language: str) -> None:
    assert known_language(tag) == language


def test_values_of_a_mail_are_put_in_once() -> None:
    assert (
        filled("{name}: {due}\n\n{link}\n\n{other}", {"name": "{due}", "due": "now", "link": ""})
        == "{due}: now\n\n{other}"
    )
