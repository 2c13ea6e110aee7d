"""Every sentence of the public side is there in every language, with the same placeholders."""

from __future__ import annotations

import subprocess
import sys

import pytest

from confida_web.languages import LANGUAGES, SOURCE, Catalogue, gettext, ngettext, preferred, speaking
from tests.translations import faults, messages, unused

OTHERS = [language for language in LANGUAGES if language != SOURCE]


@pytest.mark.parametrize("language", OTHERS)
def test_catalogue_says_everything_with_the_same_placeholders_and_nothing_else(language: str) -> None:
    assert faults(language) == {}
    assert unused(language) == set()


def test_words_of_templates_programs_and_titles_are_found() -> None:
    found = messages()
    assert found["Send me a code"] == "templates/portal/enter.html"
    assert found["Your code for %(organisation)s"] == "portal/mails.py"
    assert found["Please confirm"] == "templates/portal/confirm.html"
    assert found["yesterday"] == "formatting.py"


def test_fault_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    import tests.translations as checked

    monkeypatch.setattr(checked, "messages", lambda: {"Not there": "x", "Your code: %(code)s": "y", "today": "z"})
    assert checked.faults("de") == {"Not there": "missing"}
    monkeypatch.setattr("confida_web.languages.catalogue.__wrapped__", lambda _: Catalogue({"a %(b)s": "a %(c)s"}))


def test_language_is_spoken_within_the_block_only() -> None:
    with speaking("de"):
        assert gettext("Your code: %(code)s", code="5%") == "Ihr Code: 5%"
        with speaking("en"):
            assert gettext("today") == "today"
        assert gettext("today") == "heute"
        assert gettext("A sentence that nobody translated") == "A sentence that nobody translated"
    assert gettext("today") == "today"
    assert ngettext("%(num)s day", "%(num)s days", 2) == "2 days"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", ""), ("de", "de"), ("DE-at", "de"), ("fr, de;q=0.5", "de"), ("en;q=0.5, de;q=0.6", "de"), ("*", ""),
        ("de;q=0", ""), ("de;q=2", ""), ("de;q=٣", ""), (",,,;q=1", ""), ("x" * 100_000, ""), (",".join(["fr"] * 10_000), ""),
        ("de ; q=0.001 , fr", "de"), ("de;q=1.0000", ""),
    ],
)  # fmt: skip
def test_languages_of_the_browser_are_understood(header: str, language: str) -> None:
    assert preferred(header) == language


def test_start_reads_no_catalogue() -> None:
    source = "import sys, confida_web.app, confida_web.portal.routes; print('babel.messages' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
