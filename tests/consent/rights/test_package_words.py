"""The answer's words: every one of ours has German beside it, and values are written as the language writes them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from confida_consent import hooks as consent_hooks
from confida_consent.hookspecs import ConsentHooks
from confida_consent.receipts import words as receipt_words
from confida_consent.rights import package
from confida_consent.rights.checklist import ITEMS
from confida_consent.rights.collecting import REGISTERS, group_of_table
from confida_consent.rights.package_german import GERMAN
from confida_consent.rights.package_html import document, element, link
from confida_consent.rights.package_pages import DETAIL, FOR_ENTRIES, SUMMARY, TITLE
from confida_consent.rights.package_periods import CRITERIA, OTHERWISE
from confida_consent.rights.package_sections import RIGHTS
from confida_consent.rights.package_sections_end import ORDERS
from confida_consent.rights.package_words import WHOM, Voice
from confida_core import hooks as core_hooks
from confida_core.declarations import RecordDeclaration
from confida_core.exchange.imports import ORIGINS
from confida_core.hookspecs import CoreHooks
from confida_core.registry import load_registry

FOLDER = Path(package.__file__).parent
KNOWN = {**receipt_words.GERMAN, **GERMAN}
# The same in both languages.
SAME = {"SHA-256"}


def literals() -> Iterator[str]:
    """Every text that stands in a call of `say`, and every first text of a pair that is said."""
    for path in sorted(FOLDER.glob("package_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "say":
                if isinstance(node.args[0], ast.Constant):
                    yield str(node.args[0].value)
                elif isinstance(node.args[0], ast.IfExp):
                    yield from (
                        str(one.value)
                        for one in (node.args[0].body, node.args[0].orelse)
                        if isinstance(one, ast.Constant)
                    )


def declared() -> Iterator[str]:
    registry = load_registry((), built_in=[core_hooks, consent_hooks], specifications=(CoreHooks, ConsentHooks))
    record: RecordDeclaration
    for record in registry.records.values():
        yield from (record.label, record.answer.category or record.label, record.answer.source or record.label)
        yield from record.answer.left_out.values()
    yield from (purpose.label for purpose in registry.purposes.values())
    yield from (store.label for store in registry.stores.values())
    yield from (group_of_table(one, "core").label for one in registry.all("tables") if one.subject)


def constants() -> Iterator[str]:
    yield from (title for _, _, title in ITEMS)
    yield from (
        DETAIL,
        SUMMARY,
        TITLE,
        OTHERWISE,
        *CRITERIA.values(),
        *ORDERS.values(),
        *WHOM.values(),
        *ORIGINS.values(),
    )
    yield from (label for _, label in (*RIGHTS, *FOR_ENTRIES))
    for group, _ in REGISTERS:
        yield from (group.label, group.category)


@pytest.mark.parametrize("texts", [literals, declared, constants])
def test_every_text_of_ours_has_german_beside_it(texts: Any) -> None:
    found = set(texts())
    assert len(found) > 15
    assert found - set(KNOWN) - SAME == set()


def test_german_has_the_same_places_to_fill_in() -> None:
    import string

    def places(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text)} - {None}

    assert {text for text, german in GERMAN.items() if places(text) != places(german)} == set()


@pytest.mark.parametrize(
    ("language", "field", "value", "expected"),
    [
        ("en", "started_on", date(2026, 3, 1), "1 March 2026"),
        ("de", "started_on", date(2026, 3, 1), "1. März 2026"),
        ("en", "at", datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "2 July 2026, 00:30:00 CEST"),
        ("de", "birthday", {"month": 12, "day": 10, "year": 1815}, "10. Dezember 1815"),
        ("en", "birthday", {"month": 12, "day": 10, "year": None}, "10 December"),
        ("de", "country", "DE", "Deutschland"),
        ("de", "channel", "email", "E-Mail"),
        ("de", "direction", "in", "Eingehend"),
        ("de", "retired", True, "Ja"),
        ("de", "emails", [{"address": "ada@example.org", "label": "home"}], "Adresse: ada@example.org, Bezeichnung: home"),
        ("en", "tags", ["a", "b"], "a\nb"),
        ("en", "source", "/my/subscribe_now", "/my/subscribe_now"),
        ("en", "note", "", ""),
        ("fr", "channel", "post", "Post"),
    ],
)  # fmt: skip
def test_values_are_written_as_the_language_writes_them(language: str, field: str, value: Any, expected: str) -> None:
    assert Voice(language, "Europe/Berlin").value(field, value) == expected


@pytest.mark.parametrize(("language", "expected"), [("en", "€1,234.50"), ("de", "1.234,50\N{NO-BREAK SPACE}€")])
def test_amounts_stand_in_their_currency(language: str, expected: str) -> None:
    beside = {"amount": 123450, "currency": "EUR"}
    assert Voice(language, "UTC").value("amount", 123450, beside) == expected
    assert Voice(language, "UTC").value("amount", 500, {"currency": "JPY"}).endswith(("¥500", "500\N{NO-BREAK SPACE}¥"))


def test_everything_that_is_written_into_a_page_is_escaped() -> None:
    assert element("p", '<b>"&', id='"x"') == '<p id="&quot;x&quot;">&lt;b&gt;&quot;&amp;</p>'
    assert b"<title>&lt;b&gt;</title>" in document("en", "<b>")


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "//example.org", "/etc/passwd", ""])
def test_only_our_files_and_the_web_are_linked_to(href: str) -> None:
    assert link(href, "there") == "there"
