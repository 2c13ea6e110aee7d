"""The receipt for reading: complete, in two languages, and without a word of consent where there is none."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from confida_consent.own_purposes import PURPOSES
from confida_consent.receipts import words
from confida_consent.receipts.files import FILES
from confida_consent.receipts.readable import ReceiptPage, page_of
from confida_consent.vocabulary import BASIS_LABELS, CHANNEL_LABELS, Actor, Basis, Channel, Kind, Method
from tests.consent.receipts.papers import NOTICE, SAID_AT, objection, paper, status


def rows(page: ReceiptPage, key: str) -> dict[str, str]:
    return {row.label: row.value for section in page.sections if section.key == key for row in section.rows}


def text_of(page: ReceiptPage) -> str:
    lines = [page.title, page.lead, *(section.title for section in page.sections)]
    return "\n".join([*lines, *(f"{row.label}: {row.value}" for section in page.sections for row in section.rows)])


def test_receipt_says_who_when_what_and_how() -> None:
    page = page_of(paper())
    assert (page.language, page.title, page.issuer) == ("en", "Receipt for your consent", "Example Association")
    assert rows(page, "decision") == {
        "Decision": "Consent given",
        "What for": "Newsletter",
        "In plain words": paper().purpose.texts["en"].description,
        "Way": "E-mail",
        "Lawful basis": "Consent",
        "Valid until": "31 January 2028, 10:14:52 CET",
    }
    assert rows(page, "circumstances") == {
        "When": "31 January 2026, 10:14:52 CET",
        "How": "Form on a web page",
        "Said by": "Ada",
        "For": "ada@example.org",
        "Form": "/my/subscribe",
        "Recorded": "31 January 2026, 10:15:00 CET",
        "Recorded by": "The person",
    }
    assert page.notice.encode() == NOTICE


def test_receipt_is_written_in_german_too() -> None:
    page = page_of(paper(), "de-AT")
    assert (page.language, page.title) == ("de", "Beleg über Ihre Einwilligung")
    assert rows(page, "decision")["Gültig bis"] == "31. Januar 2028, 10:14:52 MEZ"
    assert rows(page, "data") == {
        "Arten von Daten": "Name, E-Mail-Adresse",
        "Aufbewahrt": "Bis Sie widerrufen; den Nachweis Ihrer Einwilligung drei weitere Jahre.",
        "Gespeichert in": "Deutschland",
        "Andere, die sie erhalten": "Niemand",
    }
    assert rows(page, "controller")["Anschrift"] == "Example Street 1\nBack yard\n04109 Leipzig\nDeutschland"


def test_language_follows_the_notice_unless_the_reader_says_otherwise() -> None:
    assert [page_of(paper(language=tag)).language for tag in ("de", "de-CH", "fr", "")] == ["de", "de", "en", "en"]
    assert page_of(paper(language="de"), "en").language == "en"


def test_receipt_tells_where_to_change_ones_mind_and_where_to_complain() -> None:
    found = next(section for section in page_of(paper()).sections if section.key == "rights")
    assert [(row.label, row.href) for row in found.rows] == [
        ("Withdraw, or change your mind", "https://crm.example.org/my/"),
        ("See, correct, erase, restrict or take along your data", "https://crm.example.org/my/"),
        ("Complain", "https://www.datenschutz.sachsen.de"),
    ]


def test_receipt_tells_what_became_of_a_yes() -> None:
    later = (status("withdrawn", indicated_at=SAID_AT + timedelta(days=1)),)
    assert rows(page_of(paper(later=later)), "later") == {"Consent withdrawn": "1 February 2026, 10:14:52 CET"}
    assert rows(page_of(paper()), "later") == {}


@pytest.mark.parametrize("kind", ["objected", "withdrawn", "refused"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_cr6_objection_is_no_consent_in_any_word(language: str, kind: str) -> None:
    """Whatever word it was recorded by: a link to unsubscribe does not ask what the letter rested on."""
    page = page_of(replace(objection(kind), later=(status(kind),)), language)
    said = text_of(page).replace(page.lead, "")
    assert re.findall(r"(?i)consent|agreed|einwillig|widerruf|withdraw", said) == []
    assert page.title == {"en": "Record of your objection", "de": "Beleg über Ihren Widerspruch"}[language]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_event_can_be_read(kind: str, language: str) -> None:
    basis = "legitimate_interest" if kind in {"objected", "objection_ended", "ground_noted"} else "consent"
    page = page_of(paper(kind, basis=basis), language)
    assert [section.key for section in page.sections] == [
        "decision", "circumstances", "data", "controller", "rights", "proof",
    ]  # fmt: skip


def test_every_word_of_ours_has_a_german_one() -> None:
    labels = {**words.KIND_LABELS, **words.METHOD_LABELS, **words.ACTOR_LABELS}
    assert (set(words.KIND_LABELS), set(words.METHOD_LABELS), set(words.ACTOR_LABELS)) == (
        set(Kind), set(Method), set(Actor),
    )  # fmt: skip
    said = {*FILES.values(), *labels.values(), *CHANNEL_LABELS.values(), *BASIS_LABELS.values()}
    for receipt in (paper(), paper("withdrawn"), objection(), paper("ground_noted")):
        full = replace(receipt, circumstances=replace(receipt.circumstances, confirmed_at=SAID_AT, stated_at=SAID_AT))
        page = page_of(full, "en")
        said |= {page.title, page.lead, page.notice_title}
        said |= {section.title for section in page.sections} | {
            row.label for section in page.sections for row in section.rows
        }
    assert said - set(words.GERMAN) == set()
    assert [word for word in (*Channel, *Basis, *Kind) if words.label(word, "en") == word] == []


def test_terms_without_a_word_of_ours_are_taken_apart() -> None:
    assert [words.data_label(term, "de") for term in ("EmailAddress", "BankAccount")] == [
        "E-Mail-Adresse",
        "Bank account",
    ]


def test_organisation_that_named_no_authority_points_to_the_list_of_all() -> None:
    bare = replace(paper().controller, authority="", authority_contact="")
    complain = rows(page_of(paper(controller=bare)), "rights")["Complain"]
    assert complain.splitlines()[1].startswith("https://www.edpb.europa.eu/")


def test_how_long_is_said_in_german_for_every_purpose_of_ours() -> None:
    for purpose in PURPOSES:
        shown = rows(page_of(paper(purpose=purpose), "de"), "data")
        assert shown["Aufbewahrt"] == purpose.texts["de"].retention
