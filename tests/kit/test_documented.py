"""The page about testing names every fixture of the kit, and no other; and every name for annotations."""

from __future__ import annotations

import re
from pathlib import Path

import confida_web.testing
from confida_web.testing import fixtures

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "plugins" / "testing.md").read_text()


def test_every_fixture_is_documented_and_no_other() -> None:
    told = {
        name for cell in re.findall(r"^\| (`[^|]*) \|", PAGE, re.MULTILINE) for name in re.findall(r"`(\w+)`", cell)
    }
    assert told == {name for name in fixtures.__all__ if not name.startswith("pytest_")}


def test_every_name_for_annotations_is_documented_and_there() -> None:
    (paragraph,) = re.findall(r"^For annotations.*?\n\n", PAGE, re.MULTILINE | re.DOTALL)
    told = {name.partition("(")[0] for name in re.findall(r"`(\w+(?:\(html\))?)`", paragraph)} - {"confida_web"}
    assert told == set(confida_web.testing.__all__)
    assert all(getattr(confida_web.testing, name) for name in told)
